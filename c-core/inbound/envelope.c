// SPDX-License-Identifier: Apache-2.0
#include "inbound/envelope.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>

enum { ENVELOPE_MAX_BYTES = 1 << 20, FILE_NAMES_MAX_UNITS = 512 };

static char *trimmed(const char *text) {
    bytes t = utf8_trim(bytes_str(text));
    return xstrndup((const char *)t.data, t.len);
}

static char *label(const char *name, const char *id, bool same_is_one) {
    char *clean = trimmed(name), *clean_id = trimmed(id), *out;
    if (*clean_id == '\0' || (same_is_one && strcmp(clean, clean_id) == 0))
        out = xstrdup(clean);
    else
        out = xasprintf("%s id:%s", clean, clean_id);
    free(clean);
    free(clean_id);
    return out;
}

char *envelope_direct_label(const char *name, const char *user_id) {
    return label(name, user_id, true);
}

char *envelope_channel_label(const char *name, const char *fallback, const char *channel_id) {
    bool named = utf8_trim(bytes_str(name)).len > 0;
    const char *other = fallback != NULL && *fallback != '\0' ? fallback : "Group";
    return label(named ? name : other, channel_id, false);
}

// A part of the header: on one line, without brackets.
static char *header_part(const char *text) {
    bytes rest = utf8_trim(bytes_str(text));
    char *out = xmalloc(rest.len + 1), *end = out;
    bool blank = false;
    for (size_t at = 0, len; at < rest.len; at += len) {
        uint32_t rune;
        len = utf8_next(bytes_of(rest.data + at, rest.len - at), &rune);
        if (utf8_is_space(rune)) {
            blank = true;
            continue;
        }
        if (blank)
            *end++ = ' ';
        blank = false;
        if (rune == '[' || rune == ']')
            *end++ = rune == '[' ? '(' : ')';
        else
            end = mempcpy(end, rest.data + at, len);
    }
    *end = '\0';
    return out;
}

// Rounded to whole seconds, minutes, hours or days.
static char *elapsed_text(int64_t ms) {
    int64_t seconds = (ms + 500) / 1000, minutes = (seconds + 30) / 60, hours = (minutes + 30) / 60;
    if (minutes < 1)
        return xasprintf(" +%llds", (long long)seconds);
    if (minutes < 60)
        return xasprintf(" +%lldm", (long long)minutes);
    if (hours < 48)
        return xasprintf(" +%lldh", (long long)hours);
    return xasprintf(" +%lldd", (long long)((hours + 12) / 24));
}

static char *time_text(int64_t at_ms) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm t;
    if (at_ms <= 0 || gmtime_r(&seconds, &t) == NULL)
        return xstrdup("");
    return xasprintf(" %s %04d-%02d-%02dT%02d:%02d:%02dZ", days[t.tm_wday], t.tm_year + 1900, t.tm_mon + 1,
                     t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

// Who speaks in a direct message: the label's name. One with a colon could pass for a sender and a text.
static char *direct_sender(const char *from) {
    char *name = header_part(from);
    for (char *at = strchr(name, ' '); at != NULL; at = strchr(at + 1, ' ')) {
        if (at > name && strncasecmp(at + 1, "id:", 3) == 0) {
            *at = '\0';
            break;
        }
    }
    if (strchr(name, ':') == NULL)
        return name;
    free(name);
    return xstrdup("(sender)");
}

static char *channel_sender(const envelope *e) {
    char *name = trimmed(e->sender_name), *id = trimmed(e->sender_id), *out;
    if (*name != '\0' && *id != '\0' && strcmp(name, id) != 0) {
        char *both = xasprintf("%s (%s)", name, id);
        out = header_part(both);
        free(both);
    } else {
        out = header_part(*name != '\0' ? name : id);
    }
    free(name);
    free(id);
    return out;
}

char *envelope_text(const envelope *e) {
    bool gap = e->at_ms > 0 && e->previous_at_ms > 0 && e->at_ms >= e->previous_at_ms;
    char *from = header_part(e->from), *at = time_text(e->at_ms);
    char *elapsed = gap ? elapsed_text(e->at_ms - e->previous_at_ms) : xstrdup("");
    char *sender = e->kind == CHAT_DIRECT ? direct_sender(e->from) : channel_sender(e);
    char *out = xasprintf("[Mattermost%s%s%s%s] %s%s%s", *from != '\0' ? " " : "", from, elapsed, at, sender,
                          *sender != '\0' ? ": " : "", e->body);
    free(from);
    free(at);
    free(elapsed);
    free(sender);
    return out;
}

static oc_err put_past(buf *out, const char *from, const char *channel_id, const envelope_past *past) {
    char *body = xasprintf("%s [id:%s channel:%s]", past->body, past->post_id, channel_id);
    char *text = envelope_text(&(envelope){.from = from,
                                           .kind = CHAT_CHANNEL,
                                           .sender_name = past->sender,
                                           .sender_id = "",
                                           .at_ms = past->at_ms,
                                           .body = body});
    oc_err err = buf_printf(out, "%s\n", text);
    free(text);
    free(body);
    return err;
}

char *envelope_with_history(const char *from, const char *channel_id, const envelope_past *past, size_t count,
                            const char *current) {
    buf out;
    buf_init(&out, ENVELOPE_MAX_BYTES);
    oc_err err =
        count > 0 ? buf_append_str(&out, "[Chat messages since your last reply - for context]\n") : OC_OK;
    for (size_t i = 0; err == OC_OK && i < count; i++)
        err = put_past(&out, from, channel_id, &past[i]);
    if (err == OC_OK && count > 0)
        err = buf_append_str(&out, "\n[Current message - respond to this]\n");
    if (err == OC_OK)
        err = buf_append_str(&out, current);
    if (err == OC_OK)
        return buf_take_str(&out);
    buf_free(&out); // too much: the question is what matters
    return xstrdup(current);
}

char *envelope_body_with_files(const char *body, size_t files) {
    char *text = trimmed(body), *out;
    const char *line_break = *text != '\0' ? "\n" : "";
    if (files == 0)
        return text;
    if (files == 1)
        out = xasprintf("%s%s<media:attachment>", text, line_break);
    else
        out = xasprintf("%s%s<media:attachment> (%zu attachments)", text, line_break, files);
    free(text);
    return out;
}

// The last part of a path, without control characters.
static oc_err put_file_name(buf *out, const char *name) {
    const char *start = name;
    size_t before = out->len;
    oc_err err = OC_OK;
    for (const char *at = name; *at != '\0'; at++)
        start = *at == '/' || *at == '\\' ? at + 1 : start;
    bytes last = utf8_trim(bytes_str(start));
    for (size_t i = 0; err == OC_OK && i < last.len; i++) {
        if (last.data[i] < 0x20 || last.data[i] == 0x7F)
            continue;
        if (out->len == before && before > 0)
            err = buf_append_str(out, ", ");
        if (err == OC_OK)
            err = buf_append_byte(out, last.data[i]);
    }
    return err;
}

// The names as one JSON string behind a blank; "" when there is none.
static char *quoted_names(const char *const *names, size_t count) {
    buf list, quoted;
    buf_init(&list, ENVELOPE_MAX_BYTES);
    buf_init(&quoted, ENVELOPE_MAX_BYTES);
    oc_err err = OC_OK;
    for (size_t i = 0; err == OC_OK && i < count; i++)
        err = put_file_name(&list, names[i]);
    bytes kept = bytes_of(buf_bytes(&list).data, utf16_prefix(buf_bytes(&list), FILE_NAMES_MAX_UNITS));
    if (err == OC_OK && kept.len > 0) {
        cJSON *text = json_new_string_n((const char *)kept.data, kept.len);
        err = buf_append_str(&quoted, " ");
        if (err == OC_OK)
            err = json_print(text, &quoted);
        cJSON_Delete(text);
    }
    if (err != OC_OK)
        buf_clear(&quoted);
    buf_free(&list);
    return buf_take_str(&quoted);
}

char *envelope_body_with_unavailable(const char *body, size_t unavailable, const char *const *names,
                                     size_t count) {
    char *text = trimmed(body);
    if (unavailable == 0)
        return text;
    char *known = quoted_names(names, count), *out;
    const char *gap = *text != '\0' ? "\n\n" : "";
    if (unavailable == 1)
        out = xasprintf("%s%s[mattermost attachment unavailable]%s", text, gap, known);
    else
        out = xasprintf("%s%s[mattermost %zu attachments unavailable]%s", text, gap, unavailable, known);
    free(known);
    free(text);
    return out;
}
