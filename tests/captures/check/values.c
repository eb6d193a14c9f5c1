// SPDX-License-Identifier: Apache-2.0
#include "values.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

enum { PLACE_MAX_BYTES = 512, TEXT_SHOWN_WHOLE_BYTES = 2048 };

static void expect(report *r, const char *place, bool holds, const char *what) {
    if (!holds)
        report_add(r, "%s: %s", place, what);
}

static bool hex_equals(const char *hex, bytes got) {
    if (strlen(hex) != 2 * got.len)
        return false;
    for (size_t i = 0; i < got.len; i++) {
        char digits[3];
        (void)snprintf(digits, sizeof digits, "%02x", got.data[i]);
        if (memcmp(hex + 2 * i, digits, 2) != 0)
            return false;
    }
    return true;
}

static bool is_plain(bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == 0 || text.data[i] > 0x7e)
            return false;
    }
    return true;
}

static bytes first(bytes text, size_t len) {
    return bytes_of(text.data, text.len < len ? text.len : len);
}

static bool text_equals(const cJSON *want, bytes got) {
    const char *whole = cJSON_GetStringValue(want);
    const char *hex = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(want, "hex"));
    const char *start = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(want, "text"));
    double len = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(want, "len"));
    if (!is_plain(got))
        return hex != NULL && hex_equals(hex, first(got, 256)) && len == (double)got.len;
    if (got.len > TEXT_SHOWN_WHOLE_BYTES)
        return start != NULL && bytes_is(first(got, 256), start) && len == (double)got.len;
    return whole != NULL && bytes_is(got, whole);
}

void values_compare_text(report *r, const char *place, const cJSON *want, bytes got) {
    expect(r, place, text_equals(want, got), "another text");
}

static bool number_equals(const cJSON *want, double got) {
    return cJSON_IsNumber(want) && want->valuedouble == got;
}

static void compare_struct(report *r, const char *place, const cJSON *want, const gob_value *got) {
    expect(r, place, cJSON_IsObject(want) && (size_t)cJSON_GetArraySize(want) == got->list.count,
           "another number of fields");
    for (size_t i = 0; i < got->list.count; i++) {
        char inner[PLACE_MAX_BYTES];
        (void)snprintf(inner, sizeof inner, "%s.%s", place, got->list.names[i]);
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(want, got->list.names[i]);
        if (item == NULL)
            report_add(r, "%s: not in the description", inner);
        else
            values_compare(r, inner, item, &got->list.items[i]);
    }
}

static void compare_list(report *r, const char *place, const cJSON *want, const gob_value *got) {
    const cJSON *item = want != NULL ? want->child : NULL;
    expect(r, place, cJSON_IsArray(want) && (size_t)cJSON_GetArraySize(want) == got->list.count,
           "another length");
    for (size_t i = 0; i < got->list.count && item != NULL; i++, item = item->next) {
        char inner[PLACE_MAX_BYTES];
        (void)snprintf(inner, sizeof inner, "%s[%zu]", place, i);
        values_compare(r, inner, item, &got->list.items[i]);
    }
}

// A map's key as the description writes it; false for keys that it writes in another way.
static bool format_key(const gob_value *key, char *out, size_t size) {
    if (key->kind == GOB_INT)
        return snprintf(out, size, "%" PRId64, key->integer) > 0;
    if (key->kind == GOB_UINT)
        return snprintf(out, size, "%" PRIu64, key->uinteger) > 0;
    if (key->kind != GOB_STRING || !is_plain(key->text) || key->text.len >= size)
        return false;
    memcpy(out, key->text.data, key->text.len);
    out[key->text.len] = '\0';
    return true;
}

static void compare_map(report *r, const char *place, const cJSON *want, const gob_value *got) {
    expect(r, place, cJSON_IsObject(want) && (size_t)cJSON_GetArraySize(want) == got->list.count,
           "another number of entries");
    for (size_t i = 0; i < got->list.count; i++) {
        char key[PLACE_MAX_BYTES], inner[2 * PLACE_MAX_BYTES];
        if (!format_key(&got->list.items[2 * i], key, sizeof key))
            continue;
        (void)snprintf(inner, sizeof inner, "%s[%s]", place, key);
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(want, key);
        if (item == NULL)
            report_add(r, "%s: not in the description", inner);
        else
            values_compare(r, inner, item, &got->list.items[2 * i + 1]);
    }
}

static void compare_interface(report *r, const char *place, const cJSON *want, const gob_value *got) {
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(want, "$type"));
    expect(r, place, name != NULL && strcmp(name, got->list.name) == 0, "another registered name");
    values_compare(r, place, cJSON_GetObjectItemCaseSensitive(want, "$value"), &got->list.items[0]);
}

static void compare_opaque(report *r, const char *place, const cJSON *want, const gob_value *got) {
    static const char *const KINDS[] = {"$gobencoder", "$binarymarshaler", "$textmarshaler"};
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(want, KINDS[got->type->opaque_wire_field - 4]);
    const char *hex = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(want, "hex"));
    expect(r, place, cJSON_IsString(name) && strcmp(name->valuestring, got->type->name) == 0,
           "another opaque type");
    expect(r, place, hex != NULL && hex_equals(hex, got->text), "other bytes");
}

static void compare_scalar(report *r, const char *place, const cJSON *want, const gob_value *got) {
    switch (got->kind) {
    case GOB_NIL:
        expect(r, place, cJSON_IsNull(want), "nil where something was described");
        break;
    case GOB_BOOL:
        expect(r, place, cJSON_IsBool(want) && cJSON_IsTrue(want) == got->boolean, "another bool");
        break;
    case GOB_INT:
        expect(r, place, number_equals(want, (double)got->integer), "another int");
        break;
    case GOB_UINT:
        expect(r, place, number_equals(want, (double)got->uinteger), "another uint");
        break;
    case GOB_FLOAT:
        expect(r, place, number_equals(want, got->number), "another float");
        break;
    case GOB_STRING:
        values_compare_text(r, place, want, got->text);
        break;
    case GOB_BYTES:
        values_compare_text(r, place, cJSON_GetObjectItemCaseSensitive(want, "$bytes"), got->text);
        break;
    default:
        report_add(r, "%s: a kind that no recording had yet", place);
        break;
    }
}

void values_compare(report *r, const char *place, const cJSON *want, const gob_value *got) {
    switch (got->kind) {
    case GOB_STRUCT:
        compare_struct(r, place, want, got);
        break;
    case GOB_SLICE:
    case GOB_ARRAY:
        compare_list(r, place, want, got);
        break;
    case GOB_MAP:
        compare_map(r, place, want, got);
        break;
    case GOB_INTERFACE:
        compare_interface(r, place, want, got);
        break;
    case GOB_OPAQUE:
        compare_opaque(r, place, want, got);
        break;
    default:
        compare_scalar(r, place, want, got);
        break;
    }
}
