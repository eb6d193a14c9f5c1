// SPDX-License-Identifier: Apache-2.0
#include "inbound/visible_text.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdint.h>

static const char CUT[] = " […]";

typedef struct range {
    uint32_t first, last;
} range;

// Besides control characters: format characters and others without a shape (Unicode's Default_Ignorable_Code_Point).
static bool is_unseen(uint32_t rune) {
    static const range ranges[] = {
        {0x7F, 0x84},        {0x86, 0x9F},     {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
        {0x115F, 0x1160},    {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x206F},    {0x3164, 0x3164}, {0xFE00, 0xFE0D},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB},    {0xFDD0, 0xFDEF}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
        {0xF0000, 0x10FFFF},
    };
    if (rune < 0x20)
        return rune != '\n' && rune != '\t';
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    }
    return false;
}

static bool is_line_end(uint32_t rune) {
    return rune == '\n' || rune == '\r' || rune == 0x0B || rune == 0x0C || rune == 0x85 || rune == 0x2028 ||
           rune == 0x2029;
}

// U+FE0E and U+FE0F choose between text and emoji; more than one in a row can only carry something hidden.
static bool is_emoji_selector(uint32_t rune) {
    return rune == 0xFE0E || rune == 0xFE0F;
}

typedef struct reading {
    bytes rest;
    uint32_t before; // the rune that was kept last
    bool one_line;
} reading;

// The bytes of the next rune as they are kept: none for what is left out.
static bytes next(reading *r) {
    uint32_t rune = 0;
    size_t len = utf8_next(r->rest, &rune);
    bytes kept = bytes_of(r->rest.data, len);
    r->rest = bytes_of(r->rest.data + len, r->rest.len - len);
    if (rune == '\r' && r->rest.len > 0 && r->rest.data[0] == '\n')
        return bytes_of(NULL, 0);
    if (is_line_end(rune))
        kept = bytes_str(r->one_line ? " " : "\n");
    else if (rune == '\t' && r->one_line)
        kept = bytes_str(" ");
    else if (is_unseen(rune) || (is_emoji_selector(rune) && is_emoji_selector(r->before)))
        return bytes_of(NULL, 0);
    else if (rune == 0xFFFD)
        kept = bytes_str("\xEF\xBF\xBD");
    r->before = rune;
    return kept;
}

static char *plain(bytes text, size_t max_bytes, bool one_line) {
    reading r = {.rest = text, .one_line = one_line};
    buf out;
    bool fits = true;
    buf_init(&out, max_bytes + sizeof CUT);
    while (fits && r.rest.len > 0) {
        bytes kept = next(&r);
        fits = out.len + kept.len <= max_bytes && buf_append(&out, kept.data, kept.len) == OC_OK;
    }
    if (!fits && buf_append_str(&out, CUT) != OC_OK)
        buf_clear(&out); // memory is out: the next allocation ends the process
    return buf_take_str(&out);
}

char *visible_text(bytes text, size_t max_bytes) {
    return plain(text, max_bytes, false);
}

char *visible_line(bytes text, size_t max_bytes) {
    return plain(text, max_bytes, true);
}
