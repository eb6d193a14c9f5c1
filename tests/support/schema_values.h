// SPDX-License-Identifier: Apache-2.0
// Values of schema types with every field set, for round trips.
#ifndef OC_TESTS_SCHEMA_VALUES_H
#define OC_TESTS_SCHEMA_VALUES_H

#include "wire/gob.h"

// Every string in it: one that AutocompleteArg.Type allows.
#define SCHEMA_VALUES_TEXT "TextInput"

// nesting: how deep structs may stand in one another, since types may hold themselves. Ends the process when the arena is
// too small. All memory is the arena's or static.
gob_value schema_full_value(arena *a, const gob_type *type, int nesting);
// The reply with either everything but its error set, or the error alone.
gob_value schema_full_reply(arena *a, const gob_type *reply, bool with_error, int nesting);

#endif
