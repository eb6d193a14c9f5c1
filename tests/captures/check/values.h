// SPDX-License-Identifier: Apache-2.0
// A decoded value against what description.json says of it: structs as objects with Go's field names,
// {"$type", "$value"} for what an interface holds, {"$bytes"} for byte strings, {"$gobencoder", "hex"} and
// the like for opaque ones; text that is not printable as {"hex", "len"}, long text as {"text", "len"}.
#ifndef OC_TESTS_CAPTURES_VALUES_H
#define OC_TESTS_CAPTURES_VALUES_H

#include "report.h"

#include "wire/gob.h"

#include <cJSON.h>

// Each difference is a finding that names its place in the value.
void values_compare(report *r, const char *place, const cJSON *want, const gob_value *got);
void values_compare_text(report *r, const char *place, const cJSON *want, bytes got);

#endif
