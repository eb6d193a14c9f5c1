// SPDX-License-Identifier: Apache-2.0
// What a scalar means to the key that wants it.
#include "base/json.h"
#include "base/parse.h"
#include "config/node.h"

#include <math.h>
#include <strings.h>

// A number cut into its parts; without digits it is none.
typedef struct number {
    bool negative, hex, whole; // whole: decimal digits only
    bytes digits;              // hex: behind 0x; else all behind the sign
} number;

enum { NUMBER_MAX_BYTES = 40 }; // longer ones are no setting of ours
static const double EXACT_MAX = 9007199254740992.0;

bool conf_as_text(const conf_node *n, const char **out) {
    if (conf_kind_of(n) != CONF_SCALAR)
        return false;
    *out = conf_text(n);
    return true;
}

bool conf_as_bool(const conf_node *n, bool *out) {
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    if (conf_kind_of(n) != CONF_SCALAR)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(conf_text(n), words[i]) == 0) {
            *out = i % 2 == 1;
            return true;
        }
    }
    return false;
}

static size_t digits_at(bytes text, size_t from, const char *allowed) {
    size_t len = 0;
    while (from + len < text.len && text.data[from + len] != 0 &&
           strchr(allowed, text.data[from + len]) != NULL)
        len++;
    return len;
}

static const char DECIMAL[] = "0123456789";
static const char HEX[] = "0123456789abcdefABCDEF";

// digits [. digits] [e [sign] digits], at least one digit before the exponent: what JSON5 and YAML agree on.
static bool is_decimal(bytes text, bool *whole) {
    size_t before = digits_at(text, 0, DECIMAL);
    size_t at = before, after = 0;
    if (at < text.len && text.data[at] == '.') {
        after = digits_at(text, at + 1, DECIMAL);
        at += 1 + after;
    }
    if (before + after == 0)
        return false;
    *whole = at == before && at == text.len;
    if (at < text.len && (text.data[at] | 0x20) == 'e') {
        at++;
        if (at < text.len && (text.data[at] == '+' || text.data[at] == '-'))
            at++;
        size_t exponent = digits_at(text, at, DECIMAL);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.len;
}

static bool cut_number(const conf_node *n, number *out) {
    bytes text = bytes_str(conf_text(n));
    if (text.len > NUMBER_MAX_BYTES)
        return false;
    *out = (number){.negative = text.len > 0 && text.data[0] == '-'};
    if (text.len > 0 && (text.data[0] == '-' || text.data[0] == '+'))
        text = bytes_of(text.data + 1, text.len - 1);
    out->digits = text;
    if (text.len > 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x') {
        out->hex = true;
        out->digits = bytes_of(text.data + 2, text.len - 2);
        return digits_at(out->digits, 0, HEX) == out->digits.len;
    }
    return is_decimal(text, &out->whole);
}

static bool read_hex(bytes digits, uint64_t *out) {
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint8_t c = digits.data[i];
        if (value > UINT64_MAX >> 4)
            return false;
        value = value << 4 | (c <= '9' ? c - (unsigned)'0' : (c | 0x20U) - 'a' + 10U);
    }
    *out = value;
    return true;
}

// Through the JSON parser, which rounds correctly; a leading zero makes .5 and 0123 what it understands.
static bool read_decimal(bytes digits, double *out) {
    char text[NUMBER_MAX_BYTES + 2] = "0";
    cJSON *value = NULL;
    memcpy(text + 1, digits.data, digits.len);
    if (json_parse(bytes_of(text, digits.len + 1), &value) != OC_OK)
        return false;
    bool finite = cJSON_IsNumber(value) && isfinite(value->valuedouble);
    if (finite)
        *out = value->valuedouble;
    cJSON_Delete(value);
    return finite;
}

bool conf_as_number(const conf_node *n, double *out) {
    number cut;
    uint64_t whole = 0;
    double value = 0;
    if (!cut_number(n, &cut))
        return false;
    if (cut.hex ? !read_hex(cut.digits, &whole) : !read_decimal(cut.digits, &value))
        return false;
    if (cut.hex)
        value = (double)whole;
    *out = cut.negative ? -value : value;
    return true;
}

bool conf_as_int(const conf_node *n, int64_t *out) {
    number cut;
    uint64_t whole = 0;
    double value = 0;
    if (!cut_number(n, &cut))
        return false;
    if (cut.hex || cut.whole) {
        bool fits =
            cut.hex ? read_hex(cut.digits, &whole) : parse_uint(cut.digits, INT64_MAX, &whole) == OC_OK;
        if (!fits || whole > INT64_MAX)
            return false;
    } else {
        if (!read_decimal(cut.digits, &value) || value > EXACT_MAX || value != floor(value))
            return false;
        whole = (uint64_t)value;
    }
    *out = cut.negative ? -(int64_t)whole : (int64_t)whole;
    return true;
}
