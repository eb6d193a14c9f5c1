// SPDX-License-Identifier: Apache-2.0
#include "base/file_name.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <strings.h>

enum { EXTENSION_MAX_BYTES = 12, RAW_MAX_BYTES = 16384 };

static bytes last_part(bytes path) {
    for (size_t i = path.len; i > 0; i--) {
        if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
            return bytes_of(path.data + i, path.len - i);
    }
    return path;
}

// Not to be seen, or able to make the rest look different.
static bool is_hidden(uint32_t rune) {
    return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || (rune >= 0x200b && rune <= 0x200f) ||
           (rune >= 0x2028 && rune <= 0x202e) || (rune >= 0x2060 && rune <= 0x206f) || rune == 0xfeff;
}

static bool is_special(uint32_t rune) {
    return rune == 0xfffd || (rune < 0x80 && strchr("<>:\"|?*`", (int)rune) != NULL);
}

// How much of text makes up its first max_runes.
static size_t prefix_bytes(bytes text, size_t max_runes) {
    size_t at = 0;
    uint32_t rune = 0;
    for (size_t runes = 0; at < text.len && runes < max_runes; runes++)
        at += utf8_next(bytes_of(text.data + at, text.len - at), &rune);
    return at;
}

static size_t extension_at(bytes name) { // where the dot stands; name.len when there is no extension
    for (size_t i = name.len; i > 1; i--) {
        if (name.data[i - 1] == '.')
            return name.len - i > 0 && name.len - i <= EXTENSION_MAX_BYTES ? i - 1 : name.len;
    }
    return name.len;
}

static void shorten(buf *name) {
    bytes all = buf_bytes(name);
    size_t dot = extension_at(all), runes = utf8_runes(all);
    if (runes <= FILE_NAME_MAX_RUNES)
        return;
    size_t extension_runes = utf8_runes(bytes_of(all.data + dot, all.len - dot));
    size_t keep = prefix_bytes(all, FILE_NAME_MAX_RUNES - extension_runes);
    uint8_t extension[EXTENSION_MAX_BYTES + 1];
    size_t len = all.len - dot;
    if (len > 0)
        memcpy(extension, all.data + dot, len);
    buf_truncate(name, keep);
    if (buf_append(name, extension, len) != OC_OK)
        abort(); // shorter than it was
}

static bytes trim(bytes text) {
    while (text.len > 0 && text.data[0] == ' ')
        text = bytes_of(text.data + 1, text.len - 1);
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '.'))
        text.len--;
    return text;
}

char *file_name_clean(bytes raw) {
    buf name;
    uint32_t rune = 0;
    raw = last_part(raw);
    if (raw.len > RAW_MAX_BYTES)
        raw = bytes_of(raw.data + raw.len - RAW_MAX_BYTES, RAW_MAX_BYTES); // the end has the extension
    buf_init(&name, RAW_MAX_BYTES + 1);
    for (size_t at = 0, n = 0; at < raw.len; at += n) {
        n = utf8_next(bytes_of(raw.data + at, raw.len - at), &rune);
        if (is_hidden(rune))
            continue;
        oc_err err = is_special(rune) ? buf_append_byte(&name, '_') : buf_append(&name, raw.data + at, n);
        if (err != OC_OK)
            break;
    }
    shorten(&name);
    bytes clean = trim(buf_bytes(&name));
    char *text = xstrndup((const char *)clean.data, clean.len);
    buf_free(&name);
    return text;
}

static const struct type_extension {
    const char *type, *extension;
} TYPES[] = {
    {"image/png", ".png"},       {"image/jpeg", ".jpg"},      {"image/gif", ".gif"},
    {"image/webp", ".webp"},     {"image/svg+xml", ".svg"},   {"image/avif", ".avif"},
    {"image/bmp", ".bmp"},       {"image/heic", ".heic"},     {"image/tiff", ".tiff"},
    {"audio/mpeg", ".mp3"},      {"audio/ogg", ".ogg"},       {"audio/wav", ".wav"},
    {"audio/mp4", ".m4a"},       {"audio/flac", ".flac"},     {"video/mp4", ".mp4"},
    {"video/webm", ".webm"},     {"video/quicktime", ".mov"}, {"application/pdf", ".pdf"},
    {"application/zip", ".zip"}, {"application/gzip", ".gz"}, {"application/json", ".json"},
    {"application/xml", ".xml"}, {"text/plain", ".txt"},      {"text/csv", ".csv"},
    {"text/markdown", ".md"},    {"text/html", ".html"},      {"text/calendar", ".ics"},
};

static const char *extension_for(const char *content_type) {
    size_t len = strcspn(content_type, "; \t");
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (strlen(TYPES[i].type) == len && strncasecmp(TYPES[i].type, content_type, len) == 0)
            return TYPES[i].extension;
    }
    return "";
}

char *file_name_for_type(bytes raw, const char *content_type) {
    char *clean = file_name_clean(raw);
    bytes name = bytes_str(clean);
    if (name.len > 0 && extension_at(name) < name.len)
        return clean;
    const char *extension = extension_for(content_type);
    clean[prefix_bytes(name, FILE_NAME_MAX_RUNES - strlen(extension))] = '\0';
    char *named = xasprintf("%s%s", name.len > 0 ? clean : "file", extension);
    free(clean);
    return named;
}

// --- Content-Disposition ----------------------------------------------------------------------------------------

// charset'language'percent-encoded (RFC 8187), the caller's; NULL when the charset is not UTF-8.
static char *extended_value(const char *value) {
    const char *language = strncasecmp(value, "UTF-8'", 6) == 0 ? strchr(value + 6, '\'') : NULL;
    return language != NULL ? percent_decode(bytes_str(language + 1)) : NULL;
}

// A token or a quoted string at *at, which moves behind it.
static char *plain_value(const char **at) {
    const char *from = *at;
    char *text = xstrdup(from);
    size_t written = 0;
    bool quoted = *from == '"';
    from += quoted ? 1 : 0;
    while (*from != '\0' && (quoted ? *from != '"' : strchr("; \t", *from) == NULL)) {
        from += quoted && *from == '\\' && from[1] != '\0' ? 1 : 0;
        text[written++] = *from++;
    }
    text[written] = '\0';
    *at = from + (quoted && *from == '"' ? 1 : 0);
    return text;
}

char *file_name_of_disposition(const char *header) {
    char *plain = NULL, *extended = NULL;
    const char *at = strchr(header, ';');
    while (at != NULL && *at == ';') {
        at += 1 + strspn(at + 1, " \t");
        size_t key_len = strcspn(at, "=; \t");
        const char *key = at;
        at += key_len;
        at += strspn(at, " \t");
        if (*at == '=') {
            at += 1 + strspn(at + 1, " \t");
            char *value = plain_value(&at);
            if (plain == NULL && key_len == 8 && strncasecmp(key, "filename", 8) == 0) {
                plain = value;
                value = NULL;
            } else if (extended == NULL && key_len == 9 && strncasecmp(key, "filename*", 9) == 0) {
                extended = extended_value(value);
            }
            free(value);
        }
        at = strchr(at, ';');
    }
    if (extended == NULL)
        return plain;
    free(plain);
    return extended;
}
