// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

static const uint32_t REPLACEMENT = 0xFFFD;

typedef struct range {
    uint32_t first, last;
} range;

static bool in_ranges(uint32_t rune, const range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (rune >= ranges[i].first && rune <= ranges[i].last)
            return true;
    }
    return false;
}

// How many bytes a sequence has whose first byte is this; 0: none starts with it.
static size_t sequence_bytes(uint8_t first) {
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t utf8_next(bytes text, uint32_t *rune) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = text.data[0];
    size_t len = sequence_bytes(first);
    *rune = len == 1 ? first : REPLACEMENT;
    if (len < 2 || text.len < len)
        return 1;
    uint32_t value = first & (0x7FU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((text.data[i] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (text.data[i] & 0x3FU);
    }
    if (value < least[len] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 1;
    *rune = value;
    return len;
}

size_t utf8_runes(bytes text) {
    size_t count = 0;
    uint32_t rune;
    while (text.len > 0) {
        size_t len = utf8_next(text, &rune);
        text = bytes_of(text.data + len, text.len - len);
        count++;
    }
    return count;
}

static size_t units_of(uint32_t rune) {
    return rune > 0xFFFF ? 2 : 1;
}

size_t utf16_units(bytes text) {
    size_t count = 0;
    uint32_t rune;
    while (text.len > 0) {
        size_t len = utf8_next(text, &rune);
        text = bytes_of(text.data + len, text.len - len);
        count += units_of(rune);
    }
    return count;
}

size_t utf16_prefix(bytes text, size_t units) {
    size_t at = 0;
    uint32_t rune;
    while (at < text.len) {
        size_t len = utf8_next(bytes_of(text.data + at, text.len - at), &rune);
        if (units_of(rune) > units)
            break;
        units -= units_of(rune);
        at += len;
    }
    return at;
}

bool utf8_is_space(uint32_t rune) {
    static const range spaces[] = {
        {0x0009, 0x000D}, {0x0020, 0x0020}, {0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
        {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
    };
    if (rune < 0x80) // nearly always
        return rune == ' ' || (rune >= '\t' && rune <= '\r');
    return in_ranges(rune, spaces, sizeof spaces / sizeof *spaces);
}

bytes utf8_trim_end(bytes text) {
    enum { LONGEST_SPACE = 3 };
    while (text.len > 0) {
        uint32_t rune = 0;
        size_t len = 1;
        while (len < LONGEST_SPACE && len < text.len && (text.data[text.len - len] & 0xC0) == 0x80)
            len++;
        if (utf8_next(bytes_of(text.data + text.len - len, len), &rune) != len || !utf8_is_space(rune))
            break;
        text.len -= len;
    }
    return text;
}

bytes utf8_trim(bytes text) {
    return utf8_trim_end(utf8_trim_start(text));
}

// Marks, variation selectors, joiners, skin tones, tags: not to be seen alone.
static bool is_mark(uint32_t rune) {
    static const range joining[] = {
        {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
        {0x0900, 0x0903},   {0x093A, 0x093C},   {0x093E, 0x094F}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
        {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF}, {0x200D, 0x200D}, {0x20D0, 0x20FF},
        {0x302A, 0x302F},   {0x3099, 0x309A},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF},
        {0xE0020, 0xE007F}, {0xE0100, 0xE01EF},
    };
    return in_ranges(rune, joining, sizeof joining / sizeof *joining);
}

bool utf8_has_visible(bytes text) {
    static const range invisible[] = {
        {0x0000, 0x0020}, {0x007F, 0x00A0}, {0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x0600, 0x0605},
        {0x061C, 0x061C}, {0x06DD, 0x06DD}, {0x115F, 0x1160},   {0x1680, 0x1680}, {0x180E, 0x180E},
        {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F},   {0x3000, 0x3000}, {0x3164, 0x3164},
        {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
    };
    uint32_t rune;
    while (text.len > 0) {
        size_t len = utf8_next(text, &rune);
        if (!in_ranges(rune, invisible, sizeof invisible / sizeof *invisible) && !is_mark(rune))
            return true;
        text = bytes_of(text.data + len, text.len - len);
    }
    return false;
}

bytes utf8_trim_start(bytes text) {
    uint32_t rune;
    while (text.len > 0) {
        size_t len = utf8_next(text, &rune);
        if (!utf8_is_space(rune))
            break;
        text = bytes_of(text.data + len, text.len - len);
    }
    return text;
}

// Capitals of a range stand a shift below their small letters; where capitals and small letters take turns, every second one is a
// capital.
uint32_t utf8_lower(uint32_t rune) {
    static const struct {
        uint32_t first, last, shift, every;
    } CAPITALS[] = {
        {'A', 'Z', 0x20, 1},     {0xC0, 0xD6, 0x20, 1},   {0xD8, 0xDE, 0x20, 1}, // ASCII, Latin-1
        {0x100, 0x136, 1, 2},    {0x139, 0x147, 1, 2},    {0x14A, 0x176, 1, 2},  // Latin Extended-A
        {0x179, 0x17D, 1, 2},    {0x1EA0, 0x1EFE, 1, 2},                         // Vietnamese
        {0x391, 0x3A9, 0x20, 1},                                                 // Greek
        {0x410, 0x42F, 0x20, 1}, {0x400, 0x40F, 0x50, 1},                        // Cyrillic
    };
    for (size_t i = 0; i < sizeof CAPITALS / sizeof *CAPITALS; i++) {
        if (rune >= CAPITALS[i].first && rune <= CAPITALS[i].last)
            return (rune - CAPITALS[i].first) % CAPITALS[i].every == 0 ? rune + CAPITALS[i].shift : rune;
    }
    return rune;
}
