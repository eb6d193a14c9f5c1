// SPDX-License-Identifier: Apache-2.0
#include "interactions/foreign_text.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNE_OUT_MAX = 16 };

static void add(buf *out, const void *data, size_t len) {
    oc_err err = buf_append(out, data, len);
    (void)err; // the room was reckoned by whoever made the buffer: what is beyond it is cut
}

// Controls, and characters without a width or with a direction of their own: they make a text look like another one.
static bool hidden(uint32_t rune) {
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 8},           {0xB, 0xD},       {0xE, 0x1F},        {0x7F, 0x9F},
                  {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},
                  {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
                  {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
                  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    }
    return false;
}

// --- sentences ---

// At the front of a line these begin a list, a quotation or a heading; "1." and "1)" a list.
static bool begins_block(uint32_t rune) {
    return rune < 0x80 && strchr("-+=.)>#", (int)rune) != NULL;
}

static bool is_mark(uint32_t rune) {
    return rune < 0x80 && strchr("\\`*_[]<>#|~:!&$", (int)rune) != NULL;
}

typedef struct liner {
    buf out;
    bool lines;     // line ends stay
    bool gap;       // white space is owed
    size_t breaks;  // line ends in it
    bool line_head; // nothing but digits since the line began
} liner;

static void pay_gap(liner *l) {
    bool first = l->out.len == 0;
    if (l->gap && !first && l->lines && l->breaks > 0) {
        add(&l->out, "\n\n", l->breaks > 1 ? 2 : 1);
        l->line_head = true;
    } else if (l->gap && !first) {
        add(&l->out, " ", 1);
    }
    l->gap = false;
    l->breaks = 0;
}

static void add_rune(liner *l, uint32_t rune, bytes raw) {
    static const char zero_width_space[] = "\xE2\x80\x8B";
    pay_gap(l);
    if (is_mark(rune) || (l->line_head && begins_block(rune)))
        add(&l->out, "\\", 1);
    add(&l->out, raw.data, raw.len);
    if (rune == '@')
        add(&l->out, zero_width_space, sizeof zero_width_space - 1);
    l->line_head = l->line_head && rune >= '0' && rune <= '9';
}

static char *write_lines(const char *text, size_t max_runes, bool lines) {
    bytes rest = bytes_str(text);
    size_t runes = 0;
    liner l = {.lines = lines, .line_head = true};
    buf_init(&l.out, max_runes * 8 + RUNE_OUT_MAX);
    while (rest.len > 0) {
        uint32_t rune = 0;
        size_t len = utf8_next(rest, &rune);
        bytes raw = rune == 0xFFFD ? bytes_str("\xEF\xBF\xBD") : bytes_of(rest.data, len);
        rest = bytes_of(rest.data + len, rest.len - len);
        if (rune == '\n' || rune == '\r' || utf8_is_space(rune)) {
            l.gap = true;
            l.breaks += rune == '\n';
        } else if (!hidden(rune)) {
            if (runes++ == max_runes) {
                add(&l.out, "\xE2\x80\xA6", 3);
                break;
            }
            add_rune(&l, rune, raw);
        }
    }
    return buf_take_str(&l.out);
}

char *foreign_line(const char *text, size_t max_runes) {
    return write_lines(text, max_runes, false);
}

char *foreign_lines(const char *text, size_t max_runes) {
    return write_lines(text, max_runes, true);
}

char *foreign_label(const char *text, size_t max_runes) {
    bytes rest = bytes_str(text);
    size_t runes = 0;
    bool gap = false;
    buf out;
    buf_init(&out, max_runes * 5 + RUNE_OUT_MAX);
    while (rest.len > 0) {
        uint32_t rune = 0;
        size_t len = utf8_next(rest, &rune);
        bytes raw = rune == 0xFFFD ? bytes_str("\xEF\xBF\xBD") : bytes_of(rest.data, len);
        rest = bytes_of(rest.data + len, rest.len - len);
        if (utf8_is_space(rune) || hidden(rune)) {
            gap = gap || utf8_is_space(rune);
            continue;
        }
        if (runes + 1 >= max_runes && utf8_has_visible(rest)) {
            add(&out, "\xE2\x80\xA6", 3);
            break;
        }
        if (gap && out.len > 0)
            add(&out, " ", 1);
        runes += gap && out.len > 0 ? 2 : 1;
        gap = false;
        add(&out, raw.data, raw.len);
    }
    return buf_take_str(&out);
}

// --- code ---

static size_t write_code_rune(uint32_t rune, bytes raw, char out[RUNE_OUT_MAX]) {
    bool plain = rune == '\n' || rune == '\t' || (!hidden(rune) && rune != 0xFFFD);
    if (!plain)
        return (size_t)snprintf(out, RUNE_OUT_MAX, "\\u{%x}", rune);
    memcpy(out, raw.data, raw.len);
    return raw.len;
}

// Copies max runes from the front and leaves in *rest what was not copied.
static void copy_code(buf *out, bytes *rest, size_t max) {
    for (size_t i = 0; i < max && rest->len > 0; i++) {
        char written[RUNE_OUT_MAX];
        uint32_t rune = 0;
        size_t len = utf8_next(*rest, &rune);
        add(out, written, write_code_rune(rune, bytes_of(rest->data, len), written));
        *rest = bytes_of(rest->data + len, rest->len - len);
    }
}

static void skip_runes(bytes *rest, size_t count) {
    uint32_t rune = 0;
    for (; count > 0 && rest->len > 0; count--) {
        size_t len = utf8_next(*rest, &rune);
        *rest = bytes_of(rest->data + len, rest->len - len);
    }
}

static size_t longest_ticks(bytes text) {
    size_t longest = 0, now = 0;
    for (size_t i = 0; i < text.len; i++) {
        now = text.data[i] == '`' ? now + 1 : 0;
        longest = now > longest ? now : longest;
    }
    return longest;
}

char *foreign_code(const char *text, size_t max_runes, size_t *cut_runes) {
    bytes rest = bytes_str(text);
    size_t runes = utf8_runes(rest);
    buf body, out;
    *cut_runes = runes > max_runes ? runes - max_runes : 0;
    buf_init(&body, max_runes * RUNE_OUT_MAX + RUNE_OUT_MAX);
    if (*cut_runes > 0) {
        copy_code(&body, &rest, max_runes / 2);
        add(&body, "\n[\xE2\x80\xA6]\n", 7);
        skip_runes(&rest, *cut_runes);
    }
    copy_code(&body, &rest, max_runes);
    size_t ticks = longest_ticks(buf_bytes(&body)) + 1;
    ticks = ticks < 3 ? 3 : ticks;
    buf_init(&out, body.len + 2 * ticks + RUNE_OUT_MAX);
    for (size_t i = 0; i < ticks; i++)
        add(&out, "`", 1);
    add(&out, "\n", 1);
    add(&out, buf_bytes(&body).data, body.len);
    add(&out, "\n", 1);
    for (size_t i = 0; i < ticks; i++)
        add(&out, "`", 1);
    add(&out, "\n", 1);
    buf_free(&body);
    return buf_take_str(&out);
}
