// SPDX-License-Identifier: Apache-2.0
#include "reply/entities.h"

typedef struct entity {
    const char *name; // with its semicolon
    const char *character;
} entity;

static const entity entities[] = {
    {"amp;", "&"},       {"lt;", "<"},     {"gt;", ">"},    {"quot;", "\""},  {"apos;", "'"},
    {"nbsp;", "\u00a0"}, {"copy;", "©"},   {"reg;", "®"},   {"trade;", "™"},  {"hellip;", "…"},
    {"mdash;", "—"},     {"ndash;", "–"},  {"lsquo;", "‘"}, {"rsquo;", "’"},  {"ldquo;", "“"},
    {"rdquo;", "”"},     {"laquo;", "«"},  {"raquo;", "»"}, {"bull;", "•"},   {"middot;", "·"},
    {"times;", "×"},     {"divide;", "÷"}, {"deg;", "°"},   {"plusmn;", "±"}, {"euro;", "€"},
    {"pound;", "£"},     {"yen;", "¥"},    {"cent;", "¢"},  {"sect;", "§"},   {"para;", "¶"},
    {"micro;", "µ"},     {"larr;", "←"},   {"rarr;", "→"},  {"uarr;", "↑"},   {"darr;", "↓"},
    {"harr;", "↔"},      {"le;", "≤"},     {"ge;", "≥"},    {"ne;", "≠"},     {"infin;", "∞"},
    {"frac12;", "½"},    {"auml;", "ä"},   {"ouml;", "ö"},  {"uuml;", "ü"},   {"szlig;", "ß"},
    {"eacute;", "é"},    {"vert;", "|"},   {"ast;", "*"},   {"lowbar;", "_"}, {"grave;", "`"},
};

static size_t encode(uint32_t rune, char out[4]) {
    if (rune == 0 || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = 0xFFFD;
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t len = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, rune >>= 6)
        out[i] = (char)(0x80 | (rune & 0x3F));
    out[0] = (char)((0xF00U >> len & 0xF0) | rune);
    return len;
}

static int digit_of(uint8_t c, unsigned base) {
    int value = c >= '0' && c <= '9'                     ? c - '0'
                : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                         : 99;
    return (unsigned)value < base ? value : -1;
}

// "&#65;" or "&#x41;", up to seven digits.
static size_t decode_number(bytes text, char out[4], size_t *out_len) {
    bool hex = text.len > 2 && (text.data[2] | 0x20) == 'x';
    size_t first = hex ? 3 : 2, at = first;
    uint32_t rune = 0;
    for (; at < text.len && at < first + 7; at++) {
        int digit = digit_of(text.data[at], hex ? 16 : 10);
        if (digit < 0)
            break;
        rune = rune * (hex ? 16 : 10) + (uint32_t)digit;
    }
    if (at == first || at == text.len || text.data[at] != ';')
        return 0;
    *out_len = encode(rune, out);
    return at + 1;
}

size_t entity_decode(bytes text, char out[4], size_t *out_len) {
    if (text.len > 2 && text.data[1] == '#')
        return decode_number(text, out, out_len);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t len = strlen(entities[i].name);
        if (text.len <= len || memcmp(text.data + 1, entities[i].name, len) != 0)
            continue;
        *out_len = strlen(entities[i].character);
        memcpy(out, entities[i].character, *out_len);
        return len + 1;
    }
    return 0;
}
