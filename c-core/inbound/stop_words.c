// SPDX-License-Identifier: Apache-2.0
#include "inbound/stop_words.h"

#include "base/utf8.h"

#include <string.h>

enum { PHRASE_MAX_BYTES = 64, TEXT_MAX_BYTES = 256 };

// In lower case, words parted by one blank, without punctuation. What rather answers a question of the agent ("cancel") is
// not among them.
static const char *const PHRASES[] = {
    // English
    "stop",
    "esc",
    "escape",
    "abort",
    "exit",
    "halt",
    "interrupt",
    "wait stop",
    "stop it",
    "stop that",
    "stop this",
    "stop now",
    "stop please",
    "please stop",
    "stop openclaw",
    "openclaw stop",
    "stop action",
    "stop agent",
    "stop run",
    "stop the run",
    "stop generating",
    "stop responding",
    "do not do that",
    "dont do that",
    "don t do that",
    // German, French, Spanish, Portuguese, Italian, Dutch
    "stopp",
    "halt an",
    "anhalten",
    "aufhören",
    "hör auf",
    "bitte stopp",
    "bitte stop",
    "stopp bitte",
    "stop bitte",
    "abbrechen",
    "arrête",
    "arrete",
    "arrêter",
    "arrêtez",
    "arrête toi",
    "stop s il te plaît",
    "para",
    "detente",
    "detén",
    "deten",
    "detener",
    "alto",
    "basta",
    "por favor para",
    "pare",
    "pára",
    "parem",
    "ferma",
    "fermati",
    "interrompi",
    "stoppen",
    "hou op",
    "ophouden",
    // Nordic, Polish, Czech, Turkish, Vietnamese, Indonesian
    "stoppa",
    "sluta",
    "avbryt",
    "stans",
    "afbryd",
    "lopeta",
    "zatrzymaj",
    "przestań",
    "przerwij",
    "zastav",
    "přestaň",
    "durdur",
    "dừng",
    "dừng lại",
    "berhenti",
    // Russian, Ukrainian, Greek
    "стоп",
    "остановись",
    "остановить",
    "остановите",
    "прекрати",
    "хватит",
    "стій",
    "зупинись",
    "σταμάτα",
    "σταματήστε",
    // Chinese, Japanese, Korean
    "停止",
    "停",
    "停下",
    "停下来",
    "停一下",
    "请停止",
    "中止",
    "中断",
    "やめて",
    "やめろ",
    "止めて",
    "止まれ",
    "ストップ",
    "停止して",
    "중지",
    "멈춰",
    "정지",
    "그만",
    "중단",
    // Arabic, Hebrew, Hindi, Thai
    "توقف",
    "قف",
    "أوقف",
    "עצור",
    "תפסיק",
    "रुको",
    "रोको",
    "बंद करो",
    "หยุด",
};

// What parts words or stands around them: all of ASCII but letters and digits, general and CJK punctuation and symbols, what
// nobody sees, pictures.
static bool is_between(uint32_t rune) {
    static const struct {
        uint32_t first, last;
    } RANGES[] = {
        {0, '0' - 1},     {'9' + 1, 'a' - 1}, {'z' + 1, 0xBF},  {0xD7, 0xD7},     {0xF7, 0xF7},
        {0x60C, 0x60C},   {0x61B, 0x61B},     {0x61F, 0x61F},   {0x964, 0x965},   {0x2000, 0x2BFF},
        {0x3000, 0x303F}, {0xFE00, 0xFE6F},   {0xFEFF, 0xFEFF}, {0xFF00, 0xFF20}, {0x1F000, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        if (rune >= RANGES[i].first && rune <= RANGES[i].last)
            return true;
    }
    return false;
}

static size_t put_rune(uint32_t rune, char out[4]) {
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        out[0] = (char)(0xC0 | (rune >> 6));
        out[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | (rune >> 12)); // above U+FFFF there are only pictures, which stand between words
    out[1] = (char)(0x80 | ((rune >> 6) & 0x3F));
    out[2] = (char)(0x80 | (rune & 0x3F));
    return 3;
}

// False: too long for a phrase.
static bool plain(bytes text, char out[PHRASE_MAX_BYTES]) {
    size_t len = 0;
    bool parted = false;
    while (text.len > 0) {
        uint32_t rune;
        size_t size = utf8_next(text, &rune);
        text = bytes_of(text.data + size, text.len - size);
        rune = utf8_lower(rune);
        if (is_between(rune)) {
            parted = len > 0;
            continue;
        }
        if (len + 6 > PHRASE_MAX_BYTES)
            return false;
        if (parted)
            out[len++] = ' ';
        parted = false;
        len += put_rune(rune, out + len);
    }
    out[len] = '\0';
    return true;
}

bool stop_words_say(const char *text) {
    char said[PHRASE_MAX_BYTES];
    size_t len = strnlen(text, TEXT_MAX_BYTES + 1);
    if (len > TEXT_MAX_BYTES || !plain(bytes_of(text, len), said))
        return false;
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        if (strcmp(said, PHRASES[i]) == 0)
            return true;
    }
    return false;
}
