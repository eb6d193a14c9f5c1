// SPDX-License-Identifier: Apache-2.0
#include "chat/button_token.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "openclaw-mattermost-interactions"

enum { CANONICAL_MAX_BYTES = 128 * 1024, DIGEST_BYTES = 32, MEMBERS_MAX = 1000, DIGITS_MAX = 17 };

// --- the order of keys: weights of the letters, then accents, then case ---

static const char BEFORE_LETTERS[] = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
// U+00C0 … U+00FF by their base letters; a blank where there is none.
static const char LATIN[] = "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTSaaaaaaaceeeeiiiidnooooo ouuuuyty";
enum { LATIN_FIRST = 0xC0, LATIN_LAST = 0xFF, LETTER_WEIGHT = 1000, OTHER_WEIGHT = 100000 };

typedef struct weights {
    uint32_t letter, accent, upper;
} weights;

static weights weigh(uint32_t rune) {
    uint32_t base = rune;
    bool accent = rune >= LATIN_FIRST && rune <= LATIN_LAST && LATIN[rune - LATIN_FIRST] != ' ';
    if (accent)
        base = (uint32_t)LATIN[rune - LATIN_FIRST];
    const char *sign = base < 0x80 && base != 0 ? strchr(BEFORE_LETTERS, (int)base) : NULL;
    if (sign != NULL)
        return (weights){.letter = (uint32_t)(sign - BEFORE_LETTERS) + 1};
    if (base < 0x80 && isalpha((int)base))
        return (weights){.letter = LETTER_WEIGHT + (uint32_t)tolower((int)base),
                         .accent = accent ? rune : 0,
                         .upper = (uint32_t)(isupper((int)base) != 0)};
    return (weights){.letter = OTHER_WEIGHT + rune};
}

static int compare(uint32_t a, uint32_t b) {
    return a < b ? -1 : a > b;
}

int button_key_order(const char *a, const char *b) {
    bytes left = bytes_str(a), right = bytes_str(b);
    int accent = 0, upper = 0;
    while (left.len > 0 && right.len > 0) {
        uint32_t x = 0, y = 0;
        size_t x_len = utf8_next(left, &x), y_len = utf8_next(right, &y);
        weights p = weigh(x), q = weigh(y);
        if (p.letter != q.letter)
            return compare(p.letter, q.letter);
        accent = accent != 0 ? accent : compare(p.accent, q.accent);
        upper = upper != 0 ? upper : compare(p.upper, q.upper);
        left = bytes_of(left.data + x_len, left.len - x_len);
        right = bytes_of(right.data + y_len, right.len - y_len);
    }
    if (left.len != right.len)
        return left.len == 0 ? -1 : 1;
    return accent != 0 ? accent : upper != 0 ? upper : strcmp(a, b);
}

// JavaScript puts members whose names are numbers of an array first.
static bool is_index(const char *key, uint64_t *index) {
    bool plain = (key[0] != '0' || key[1] == '\0') && key[0] != '\0';
    return plain && parse_uint(bytes_str(key), UINT32_MAX - 1, index) == OC_OK;
}

static int by_key(const void *a, const void *b) {
    const cJSON *left = *(cJSON *const *)a, *right = *(cJSON *const *)b;
    uint64_t i = 0, k = 0;
    bool left_index = is_index(left->string, &i), right_index = is_index(right->string, &k);
    if (left_index && right_index)
        return i < k ? -1 : i > k;
    if (left_index != right_index)
        return left_index ? -1 : 1;
    return button_key_order(left->string, right->string);
}

// --- values ---

static oc_err append_text(buf *out, const char *text) {
    static const char plain[] = "\b\f\n\r\t\"\\", named[] = "bfnrt\"\\";
    oc_err err = buf_append_byte(out, '"');
    for (; err == OC_OK && *text != '\0'; text++) {
        const char *special = strchr(plain, *text);
        if (special != NULL)
            err = buf_printf(out, "\\%c", named[special - plain]);
        else if ((unsigned char)*text < ' ')
            err = buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            err = buf_append_byte(out, (uint8_t)*text);
    }
    return err == OC_OK ? buf_append_byte(out, '"') : err;
}

// Whether the text gives the number back.
static bool reads_as(const char *text, double number) {
    cJSON *json = NULL;
    bool same = json_parse(bytes_str(text), &json) == OC_OK && json->valuedouble == number;
    cJSON_Delete(json);
    return same;
}

// The fewest digits that do, and how many of them stand before the point.
static int shortest(double number, char digits[DIGITS_MAX + 1]) {
    char text[64];
    int count = 0;
    uint64_t exponent = 0;
    for (int precision = 0; precision < DIGITS_MAX; precision++) {
        (void)snprintf(text, sizeof text, "%.*e", precision, number);
        if (reads_as(text, number))
            break;
    }
    const char *e = strchr(text, 'e');
    for (const char *c = text; c < e && count < DIGITS_MAX; c++) {
        if (isdigit((unsigned char)*c))
            digits[count++] = *c;
    }
    digits[count] = '\0';
    if (parse_uint(bytes_str(e + 2), 999, &exponent) != OC_OK)
        exponent = 0;
    return (e[1] == '-' ? -(int)exponent : (int)exponent) + 1;
}

// ECMAScript's Number::toString: an exponent from 1e21 on and below 1e-6.
static oc_err append_number(buf *out, double number) {
    enum { POINT_MAX = 21, POINT_MIN = -6 };
    char digits[DIGITS_MAX + 1];
    if (!isfinite(number)) // 1e999 was one
        return buf_append_str(out, "null");
    if (number == 0)
        return buf_append_byte(out, '0');
    int point = shortest(fabs(number), digits), count = (int)strlen(digits);
    oc_err err = number < 0 ? buf_append_byte(out, '-') : OC_OK;
    if (err != OC_OK)
        return err;
    if (point > POINT_MAX || point <= POINT_MIN)
        return buf_printf(out, "%c%s%se%c%d", digits[0], count > 1 ? "." : "", digits + 1,
                          point > 0 ? '+' : '-', abs(point - 1));
    if (point <= 0)
        return buf_printf(out, "0.%.*s%s", -point, "000000", digits);
    if (point >= count)
        return buf_printf(out, "%s%.*s", digits, point - count, "000000000000000000000");
    return buf_printf(out, "%.*s.%s", point, digits, digits + point);
}

static oc_err append_value(buf *out, const cJSON *value);

static oc_err append_list(buf *out, const cJSON *list) {
    const cJSON *item = NULL;
    oc_err err = buf_append_byte(out, '[');
    cJSON_ArrayForEach(item, list) {
        if (err == OC_OK && item != list->child)
            err = buf_append_byte(out, ',');
        if (err == OC_OK)
            err = append_value(out, item);
    }
    return err == OC_OK ? buf_append_byte(out, ']') : err;
}

static oc_err append_object(buf *out, const cJSON *object) {
    const cJSON *item = NULL;
    size_t count = 0, max = (size_t)cJSON_GetArraySize(object);
    if (max > MEMBERS_MAX)
        return OC_ELIMIT;
    const cJSON **members = xcalloc(max + 1, sizeof *members);
    cJSON_ArrayForEach(item, object) members[count++] = item;
    qsort(members, count, sizeof *members, by_key);
    oc_err err = buf_append_byte(out, '{');
    for (size_t i = 0; err == OC_OK && i < count; i++) {
        if (i > 0)
            err = buf_append_byte(out, ',');
        if (err == OC_OK)
            err = append_text(out, members[i]->string);
        if (err == OC_OK)
            err = buf_append_byte(out, ':');
        if (err == OC_OK)
            err = append_value(out, members[i]);
    }
    free(members);
    return err == OC_OK ? buf_append_byte(out, '}') : err;
}

static oc_err append_value(buf *out, const cJSON *value) {
    if (cJSON_IsObject(value))
        return append_object(out, value);
    if (cJSON_IsArray(value))
        return append_list(out, value);
    if (cJSON_IsString(value))
        return append_text(out, value->valuestring);
    if (cJSON_IsNumber(value))
        return append_number(out, value->valuedouble);
    return buf_append_str(out, cJSON_IsTrue(value) ? "true" : cJSON_IsFalse(value) ? "false" : "null");
}

char *button_canonical(const cJSON *context) {
    buf out;
    buf_init(&out, CANONICAL_MAX_BYTES);
    char *text = append_value(&out, context) == OC_OK ? buf_take_str(&out) : NULL;
    buf_free(&out);
    return text;
}

// --- the token ---

static char *hmac_hex(const char *key, const char *data) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char *hex = xmalloc(2 * DIGEST_BYTES + 1);
    if (HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)data, strlen(data), digest, &len) ==
            NULL ||
        len != DIGEST_BYTES)
        abort(); // OpenSSL without SHA-256
    for (unsigned i = 0; i < len; i++)
        (void)snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
    return hex;
}

char *button_token(const secret *bot_token, const cJSON *context) {
    cJSON *bare = cJSON_Duplicate(context, 1);
    cJSON_DeleteItemFromObjectCaseSensitive(bare, "_token");
    char *canonical = button_canonical(bare), *token = NULL;
    if (canonical != NULL) {
        char *key = hmac_hex(KEY, secret_reveal(bot_token));
        token = hmac_hex(key, canonical);
        secret_wipe(key, strlen(key));
        free(key);
    }
    free(canonical);
    cJSON_Delete(bare);
    return token;
}

bool button_token_fits(const secret *bot_token, const cJSON *context) {
    char *token = button_token(bot_token, context);
    secret *ours = secret_create(token), *given = secret_create(json_text(context, "_token"));
    bool fits = token != NULL && secret_equal(ours, given);
    secret_destroy(ours);
    secret_destroy(given);
    free(token);
    return fits;
}
