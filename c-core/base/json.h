// SPDX-License-Identifier: Apache-2.0
// Small helpers over cJSON: strict bounded parsing, reading with defaults, building without checks at each line.
#ifndef OC_BASE_JSON_H
#define OC_BASE_JSON_H

#include "base/buf.h"
#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

// Parses one JSON value and nothing behind it. *out is the caller's (cJSON_Delete). OC_EMALFORMED, OC_ENOMEM.
// Nesting deeper than cJSON's own limit (1000) is malformed.
oc_err json_parse(bytes text, cJSON **out) OC_MUST_CHECK;
// Appends the value without white space. OC_ELIMIT, OC_ENOMEM.
oc_err json_print(const cJSON *value, buf *out) OC_MUST_CHECK;

// Members by exact name. object may be NULL or no object: then the answer is the "absent" one.
const cJSON *json_get(const cJSON *object, const char *key);            // NULL when absent or null
const char *json_string(const cJSON *object, const char *key);          // NULL when absent or no string
const char *json_text(const cJSON *object, const char *key);            // "" instead of NULL
int64_t json_int(const cJSON *object, const char *key, int64_t absent); // also when no number or beyond 2^53
bool json_bool(const cJSON *object, const char *key, bool absent);
const cJSON *json_array(const cJSON *object, const char *key); // NULL when absent or no array

// Building. Out of memory ends the process (see mem.h); the added value is owned by the object.
cJSON *json_new_object(void);
cJSON *json_new_array(void);
cJSON *json_new_string(const char *text); // NULL counts as ""
cJSON *json_new_string_n(const char *text, size_t length_bytes);
cJSON *json_new_string_taken(
    char *text);                     // takes text, which came from malloc: for what is too large to be copied
cJSON *json_new_int(int64_t number); // exact up to 10^15: cJSON prints no more digits
cJSON *json_new_bool(bool value);
void json_add(cJSON *object, const char *key, cJSON *value); // takes value
void json_push(cJSON *array, cJSON *value);                  // takes value
void json_add_string(cJSON *object, const char *key, const char *text);
void json_add_int(cJSON *object, const char *key, int64_t number);
void json_add_bool(cJSON *object, const char *key, bool value);
cJSON *json_add_object(cJSON *object, const char *key); // the new empty member
cJSON *json_add_array(cJSON *object, const char *key);

#endif
