// SPDX-License-Identifier: Apache-2.0
// JSON5 (spec.json5.org 1.0.0), which OpenClaw's own configuration is written in, strictly: JSON with comments,
// trailing commas, keys without quotes, single quotes, continued lines and a few more numbers. Infinity and NaN are
// refused: no setting wants them.
#include "base/buf.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "config/read_parts.h"

#include <stdlib.h>

typedef struct cursor {
    reading *r;
    const uint8_t *at, *end;
    int line;
    buf word; // the string or key being read
} cursor;

static bool read_value(cursor *c, size_t depth, conf_node **out);

static bool is_digit(int b) {
    return b >= '0' && b <= '9';
}

static int peek(const cursor *c, size_t ahead) {
    return ahead < (size_t)(c->end - c->at) ? c->at[ahead] : -1;
}

static bytes rest(const cursor *c) {
    return bytes_of(c->at, (size_t)(c->end - c->at));
}

// --- white space and comments ---------------------------------------------------------------------------------

// How many bytes of white space that is no line break stand here, beyond ASCII too (section 8 of the specification).
static size_t space_bytes(const cursor *c) {
    static const uint32_t spaces[] = {' ',    '\t',   '\v',   '\f',   0x00A0, 0x1680,
                                      0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF};
    uint32_t rune;
    if (c->at == c->end)
        return 0;
    size_t len = utf8_next(rest(c), &rune);
    if (rune >= 0x2000 && rune <= 0x200A)
        return len;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        if (rune == spaces[i])
            return len;
    }
    return 0;
}

// Takes one line break (LF, CR or both), if one stands here.
static bool take_break(cursor *c) {
    int first = peek(c, 0);
    if (first != '\n' && first != '\r')
        return false;
    c->at += first == '\r' && peek(c, 1) == '\n' ? 2 : 1;
    c->line++;
    return true;
}

// A line's end for comments, which the two separators beyond ASCII are, too.
static bool at_line_end(const cursor *c) {
    int first = peek(c, 0);
    return first < 0 || first == '\n' || first == '\r' ||
           (first == 0xE2 && peek(c, 1) == 0x80 && (peek(c, 2) == 0xA8 || peek(c, 2) == 0xA9));
}

static bool skip_comment(cursor *c) {
    int line = c->line;
    if (peek(c, 1) == '/') {
        while (!at_line_end(c))
            c->at++;
        return true;
    }
    c->at += 2;
    while (!(peek(c, 0) == '*' && peek(c, 1) == '/')) {
        if (c->at == c->end)
            return reading_fail(c->r, line, "the comment that begins here (/*) is never closed (*/).");
        if (!take_break(c))
            c->at++;
    }
    c->at += 2;
    return true;
}

// To the next thing that counts, or the end. False when a comment does not end.
static bool skip(cursor *c) {
    for (;;) {
        size_t len = space_bytes(c);
        if (len > 0)
            c->at += len;
        else if (peek(c, 0) == '/' && (peek(c, 1) == '/' || peek(c, 1) == '*')) {
            if (!skip_comment(c))
                return false;
        } else if (!take_break(c))
            return true;
    }
}

// --- strings and keys -----------------------------------------------------------------------------------------

static bool append(cursor *c, const void *data, size_t len) {
    if (buf_append(&c->word, data, len) == OC_OK)
        return true;
    return reading_fail(c->r, c->line, "a single value is longer than %d KiB.", CONF_SCALAR_MAX_BYTES / 1024);
}

static bool append_rune(cursor *c, uint32_t rune) {
    uint8_t out[4];
    size_t len = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (rune & 0x3F));
        rune >>= 6;
    }
    out[0] = (uint8_t)(first[len] | rune);
    return append(c, out, len);
}

static int hex_digit(int b) {
    if (is_digit(b))
        return b - '0';
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

// Exactly count hex digits.
static bool take_hex(cursor *c, int count, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < count; i++) {
        int digit = hex_digit(peek(c, 0));
        if (digit < 0)
            return reading_fail(c->r, c->line, "\\%c wants %d hexadecimal digits.", count == 2 ? 'x' : 'u',
                                count);
        *out = *out << 4 | (uint32_t)digit;
        c->at++;
    }
    return true;
}

// The digits of \uXXXX, and the second half where a pair is needed.
static bool take_unicode(cursor *c, uint32_t *rune) {
    uint32_t low = 0;
    if (!take_hex(c, 4, rune))
        return false;
    if (*rune < 0xD800 || *rune > 0xDFFF)
        return true;
    bool pair = *rune <= 0xDBFF && peek(c, 0) == '\\' && peek(c, 1) == 'u';
    if (pair) {
        c->at += 2;
        if (!take_hex(c, 4, &low))
            return false;
    }
    if (!pair || low < 0xDC00 || low > 0xDFFF)
        return reading_fail(c->r, c->line, "half of a surrogate pair (\\uD800 to \\uDFFF) is no character.");
    *rune = 0x10000 + ((*rune - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

// Behind a backslash and a digit: only \0 means something, and NUL is refused later.
static bool take_digit_escape(cursor *c, uint32_t digit) {
    if (digit != '0')
        return reading_fail(c->r, c->line,
                            "a backslash before a digit means nothing; write \\\\ for a backslash.");
    if (is_digit(peek(c, 0)))
        return reading_fail(c->r, c->line, "octal characters (\\012) are not allowed.");
    return append_rune(c, 0);
}

// Behind a backslash inside a string (section 5.1 of the specification).
static bool take_escape(cursor *c) {
    static const char names[] = "bfnrtv", values[] = "\b\f\n\r\t\v";
    uint32_t rune;
    if (c->at == c->end || take_break(c))
        return true; // a continued line; the end is noticed by whoever wants the closing quote
    c->at += utf8_next(rest(c), &rune);
    if (rune == 0x2028 || rune == 0x2029)
        return true;
    if (rune == 'u')
        return take_unicode(c, &rune) && append_rune(c, rune);
    if (rune == 'x')
        return take_hex(c, 2, &rune) && append_rune(c, rune);
    if (rune >= '0' && rune <= '9')
        return take_digit_escape(c, rune);
    const char *name = rune < 0x80 ? strchr(names, (int)rune) : NULL;
    return append_rune(c, name != NULL ? (uint32_t)values[name - names] : rune);
}

// A quoted text into c->word.
static bool take_string(cursor *c) {
    int line = c->line;
    uint8_t quote = *c->at++;
    buf_clear(&c->word);
    while (c->at < c->end && *c->at != quote) {
        const uint8_t *from = c->at;
        if (*from == '\n' || *from == '\r')
            return reading_fail(c->r, line, "the text in quotes that begins here does not end in its line.");
        if (*from == '\\') {
            c->at++;
            if (!take_escape(c))
                return false;
            continue;
        }
        while (c->at < c->end && strchr("\\\r\n", *c->at) == NULL && *c->at != quote)
            c->at++;
        if (!append(c, from, (size_t)(c->at - from)))
            return false;
    }
    if (c->at == c->end)
        return reading_fail(c->r, line, "the text in quotes that begins here is never closed.");
    c->at++;
    return true;
}

static bool is_word_byte(int b, bool first) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_' || b == '$' ||
           (!first && is_digit(b));
}

// A key without quotes into c->word. Letters beyond ASCII are taken without asking whether they are letters.
static bool take_identifier(cursor *c) {
    uint32_t rune;
    buf_clear(&c->word);
    while (c->at < c->end && space_bytes(c) == 0) {
        bytes here = rest(c);
        size_t len = utf8_next(here, &rune);
        if (rune == '\\' && peek(c, 1) == 'u') {
            c->at += 2;
            if (!take_unicode(c, &rune) || !append_rune(c, rune))
                return false;
            continue;
        }
        if (rune < 0x80 && !is_word_byte((int)rune, c->word.len == 0))
            break;
        if (!append(c, c->at, len))
            return false;
        c->at += len;
    }
    if (c->word.len == 0)
        return reading_fail(
            c->r, c->line,
            "a key is expected here: letters, digits, _ and $, a digit not first; any other key "
            "needs quotes.");
    return true;
}

// --- values ---------------------------------------------------------------------------------------------------

static size_t take_digits(cursor *c) {
    const uint8_t *from = c->at;
    while (is_digit(peek(c, 0)))
        c->at++;
    return (size_t)(c->at - from);
}

// Behind the sign. Only the shape is looked at: the text stays as it is.
static bool take_unsigned(cursor *c) {
    if (peek(c, 0) == '0' && (peek(c, 1) == 'x' || peek(c, 1) == 'X')) {
        const uint8_t *from = c->at += 2;
        while (hex_digit(peek(c, 0)) >= 0)
            c->at++;
        return c->at > from;
    }
    bool zero = peek(c, 0) == '0';
    size_t before = take_digits(c), after = 0;
    if (zero && before > 1)
        return false;
    if (peek(c, 0) == '.') {
        c->at++;
        after = take_digits(c);
    }
    if (before + after == 0)
        return false;
    if (peek(c, 0) == 'e' || peek(c, 0) == 'E') {
        c->at++;
        if (peek(c, 0) == '+' || peek(c, 0) == '-')
            c->at++;
        return take_digits(c) > 0;
    }
    return true;
}

// Whether what was read is only the front of something else.
static bool goes_on(const cursor *c) {
    int next = peek(c, 0);
    return is_word_byte(next, false) || next == '.' || (next >= 0x80 && space_bytes(c) == 0);
}

static bool read_number(cursor *c, conf_node **out) {
    const uint8_t *from = c->at;
    if (peek(c, 0) == '+' || peek(c, 0) == '-')
        c->at++;
    if (peek(c, 0) == 'I' || peek(c, 0) == 'N')
        return reading_fail(c->r, c->line, "Infinity and NaN are not allowed.");
    if (!take_unsigned(c) || goes_on(c))
        return reading_fail(c->r, c->line,
                            "is not a number as JSON5 writes it (12, -0.5, 1e3, 0x1F); a text needs quotes.");
    bytes text = bytes_of(from, (size_t)(c->at - from));
    if (!reading_allows_scalar(c->r, text, c->line))
        return false;
    *out = conf_new_scalar(text, true, c->line);
    return true;
}

static bool read_word(cursor *c, conf_node **out) {
    int line = c->line;
    const uint8_t *from = c->at;
    while (c->at < c->end && is_word_byte(*c->at, false))
        c->at++;
    bytes word = bytes_of(from, (size_t)(c->at - from));
    if (bytes_is(word, "null"))
        *out = conf_new_null(line);
    else if (bytes_is(word, "true") || bytes_is(word, "false"))
        *out = conf_new_scalar(word, true, line);
    else if (bytes_is(word, "NaN") || bytes_is(word, "Infinity"))
        return reading_fail(c->r, line, "Infinity and NaN are not allowed.");
    else
        return reading_fail(
            c->r, line,
            "a value is expected here: a text in quotes, a number, true, false, null, {…} or […].");
    return true;
}

// Behind an element or a member: a comma, or the bracket that closes. *closed says which.
static bool take_separator(cursor *c, char close, int open_line, bool *closed) {
    if (!skip(c))
        return false;
    int next = peek(c, 0);
    *closed = next == close;
    if (next == ',' || next == close) {
        c->at++;
        return true;
    }
    if (next < 0)
        return reading_fail(c->r, open_line, "the %c that stands here is never closed with %c.",
                            close == '}' ? '{' : '[', close);
    return reading_fail(c->r, c->line, "a comma or %c is missing before this.", close);
}

// One key and its colon. The key stays in c->word.
static bool take_key(cursor *c, const conf_node *map) {
    int line = c->line;
    bool quoted = peek(c, 0) == '"' || peek(c, 0) == '\'';
    if (!(quoted ? take_string(c) : take_identifier(c)))
        return false;
    if (!reading_allows_key(c->r, map, buf_bytes(&c->word), line) || !skip(c))
        return false;
    if (peek(c, 0) != ':')
        return reading_fail(c->r, c->line, "a colon is missing behind a key.");
    c->at++;
    return true;
}

static bool read_member(cursor *c, conf_node *map, size_t depth) {
    int line = c->line;
    conf_node *value = NULL;
    if (!take_key(c, map))
        return false;
    char *key = buf_take_str(&c->word);
    bool good = skip(c) && read_value(c, depth, &value);
    if (good)
        conf_put(map, key, line, value);
    free(key);
    return good;
}

// The members or elements behind the opening bracket, into the node.
static bool read_inside(cursor *c, conf_node *node, size_t depth) {
    bool map = conf_kind_of(node) == CONF_MAP;
    char close = map ? '}' : ']';
    int open_line = c->line;
    bool closed = false;
    c->at++;
    while (!closed) {
        conf_node *value = NULL;
        if (!skip(c))
            return false;
        if (peek(c, 0) == close || c->at == c->end)
            return take_separator(c, close, open_line, &closed);
        if (!(map ? read_member(c, node, depth) : read_value(c, depth, &value)))
            return false;
        if (value != NULL)
            conf_push(node, value);
        if (!take_separator(c, close, open_line, &closed))
            return false;
    }
    return true;
}

static bool read_container(cursor *c, size_t depth, conf_node **out) {
    conf_node *node = peek(c, 0) == '{' ? conf_new_map(c->line) : conf_new_list(c->line);
    if (reading_allows_depth(c->r, depth + 1, c->line) && read_inside(c, node, depth + 1)) {
        *out = node;
        return true;
    }
    conf_destroy(node);
    return false;
}

static bool read_string(cursor *c, conf_node **out) {
    int line = c->line;
    if (!take_string(c) || !reading_allows_scalar(c->r, buf_bytes(&c->word), line))
        return false;
    *out = conf_new_scalar(buf_bytes(&c->word), false, line);
    return true;
}

// One value; c stands on its first byte. depth counts the brackets around it.
static bool read_value(cursor *c, size_t depth, conf_node **out) {
    int first = peek(c, 0);
    if (!reading_allows_node(c->r, c->line))
        return false;
    if (first == '{' || first == '[')
        return read_container(c, depth, out);
    if (first == '"' || first == '\'')
        return read_string(c, out);
    if (is_digit(first) || first == '+' || first == '-' || first == '.')
        return read_number(c, out);
    return read_word(c, out);
}

conf_node *read_json5(reading *r, bytes text) {
    cursor c = {.r = r, .at = text.data, .end = text.data + text.len, .line = 1};
    conf_node *tree = NULL;
    buf_init(&c.word, CONF_SCALAR_MAX_BYTES);
    bool good = skip(&c);
    if (good && c.at == c.end)
        tree = conf_new_null(1); // nothing but comments
    else
        good = good && read_value(&c, 0, &tree) && skip(&c);
    if (good && c.at < c.end)
        good = reading_fail(r, c.line, "something follows behind the end of the configuration.");
    if (c.word.memory != NULL)
        secret_wipe(c.word.memory, c.word.cap);
    buf_free(&c.word);
    if (!good) {
        conf_destroy(tree);
        return NULL;
    }
    return tree;
}
