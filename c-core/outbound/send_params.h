// SPDX-License-Identifier: Apache-2.0
// Parameters of the message tools as OpenClaw's own channel takes them. Pure (reference-behaviour notes §7.9).
#ifndef OC_OUTBOUND_SEND_PARAMS_H
#define OC_OUTBOUND_SEND_PARAMS_H

#include "base/err.h"

#include <cJSON.h>
#include <stdbool.h>

// The name of an emoji as Mattermost has it: colons taken off, known signs by their names with skin tones; others as they came.
// The caller frees it; NULL: nothing is there.
char *emoji_name_of(const char *text);

typedef struct react_params {
    const char *post_id; // borrowed from the parameters
    char *emoji;         // the caller's
    bool remove;
} react_params;
// OC_EINVAL with a sentence (static): out is untouched.
oc_err react_params_read(const cJSON *params, react_params *out, const char **sentence) OC_MUST_CHECK;

// The one file that a message takes along, wherever it was named: NULL for none. Borrowed. OC_EINVAL: several, or bytes instead of a place.
oc_err send_attachment_read(const cJSON *params, const char **media, const char **sentence) OC_MUST_CHECK;

#endif
