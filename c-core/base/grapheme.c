// SPDX-License-Identifier: Apache-2.0
#include "base/grapheme.h"

#include "base/grapheme_table.h"
#include "base/utf8.h"

static bool is(uint32_t rune, grapheme_class class) {
    const grapheme_table *t = &grapheme_tables[class];
    size_t low = 0, high = t->count;
    if (rune < 0x80)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rune > t->ranges[middle].last)
            low = middle + 1;
        else if (rune < t->ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

static bool is_control(uint32_t rune) {
    return rune < 0x20 || rune == 0x7F || is(rune, GRAPHEME_CONTROL);
}

static bool is_flag_letter(uint32_t rune) {
    return rune >= 0x1F1E6 && rune <= 0x1F1FF;
}

// Korean letters: leading, vowel, trailing; and syllables that take a vowel or only a trailing letter.
typedef enum hangul { NOT_HANGUL, LEADING, VOWEL, TRAILING, SYLLABLE_OPEN, SYLLABLE_CLOSED } hangul;

static hangul hangul_of(uint32_t rune) {
    static const struct letters {
        uint32_t first, last;
        hangul kind;
    } all[] = {
        {0x1100, 0x115F, LEADING}, {0x1160, 0x11A7, VOWEL}, {0x11A8, 0x11FF, TRAILING},
        {0xA960, 0xA97C, LEADING}, {0xD7B0, 0xD7C6, VOWEL}, {0xD7CB, 0xD7FB, TRAILING},
    };
    if (rune >= 0xAC00 && rune <= 0xD7A3)
        return (rune - 0xAC00) % 28 == 0 ? SYLLABLE_OPEN : SYLLABLE_CLOSED;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (rune >= all[i].first && rune <= all[i].last)
            return all[i].kind;
    }
    return NOT_HANGUL;
}

static bool hangul_joins(hangul before, hangul after) {
    switch (before) {
    case LEADING:
        return after != NOT_HANGUL && after != TRAILING;
    case VOWEL:
    case SYLLABLE_OPEN:
        return after == VOWEL || after == TRAILING;
    case TRAILING:
    case SYLLABLE_CLOSED:
        return after == TRAILING;
    case NOT_HANGUL:
        break;
    }
    return false;
}

// What of the runes behind matters for the next.
typedef struct seen {
    uint32_t last;
    bool picture;           // a picture, and only marks since
    bool consonant, linked; // an Indic consonant, and only marks since; a linker among them
    bool flag_letter;       // one letter of a flag that still takes a second
} seen;

static seen see(seen before, uint32_t rune, bool joined) {
    bool mark = is(rune, GRAPHEME_JOINS);
    return (seen){
        .last = rune,
        .picture = is(rune, GRAPHEME_PICTURE) || (mark && before.picture),
        .consonant = is(rune, GRAPHEME_CONSONANT) || (mark && before.consonant),
        .linked = mark && before.consonant && (before.linked || is(rune, GRAPHEME_LINKER)),
        .flag_letter = is_flag_letter(rune) && !(joined && before.flag_letter),
    };
}

// Two that neither mark nor control are: parts of one picture, syllable, conjunct or flag.
static bool belong_together(seen before, uint32_t rune) {
    return (before.picture && before.last == 0x200D && is(rune, GRAPHEME_PICTURE)) ||
           (before.linked && is(rune, GRAPHEME_CONSONANT)) || (before.flag_letter && is_flag_letter(rune)) ||
           hangul_joins(hangul_of(before.last), hangul_of(rune));
}

static bool joins_previous(seen before, uint32_t rune) {
    if (before.last == '\r' && rune == '\n')
        return true;
    if ((rune < 0x80 && before.last < 0x80) || is_control(before.last) || is_control(rune))
        return false;
    return is(rune, GRAPHEME_JOINS) || is(before.last, GRAPHEME_PREPENDS) || belong_together(before, rune);
}

size_t grapheme_next(bytes text) {
    uint32_t rune;
    size_t at = utf8_next(text, &rune);
    seen state = see((seen){.last = 0}, rune, false);
    while (at < text.len) {
        size_t len = utf8_next(bytes_of(text.data + at, text.len - at), &rune);
        if (!joins_previous(state, rune))
            break;
        state = see(state, rune, true);
        at += len;
    }
    return at;
}

static size_t columns_of_one(bytes grapheme) {
    uint32_t first, rune;
    size_t at = utf8_next(grapheme, &first);
    if (is_control(first) || (is(first, GRAPHEME_JOINS) && at == grapheme.len))
        return 0;
    if (is(first, GRAPHEME_WIDE))
        return 2;
    for (size_t len; at < grapheme.len; at += len) {
        len = utf8_next(bytes_of(grapheme.data + at, grapheme.len - at), &rune);
        if (rune == 0xFE0F || is_flag_letter(rune)) // shown as a picture
            return 2;
    }
    return 1;
}

size_t grapheme_columns(bytes text) {
    size_t columns = 0;
    for (size_t at = 0, len; at < text.len; at += len) {
        bytes rest = bytes_of(text.data + at, text.len - at);
        len = grapheme_next(rest);
        columns += columns_of_one(bytes_of(rest.data, len));
    }
    return columns;
}
