// SPDX-License-Identifier: Apache-2.0
// What each API call does on the fake server.
#ifndef OC_RIG_API_H
#define OC_RIG_API_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>

typedef struct api_reply { // the caller's
    cJSON *result;         // NULL: nothing
    char *tail;            // for {"$tail":[0,tail_len]}
    int tail_len;
} api_reply;

// 0 or an HTTP status.
int api_do(const char *name, const cJSON *params, bytes tail, api_reply *out);
bool api_may_fail(const char *name);
const char *api_turn_of(const cJSON *params);
bool api_is_first_part(
    const char *name, const cJSON *params); // CreatePost of an answer's part 0 // a CreatePost's marker; NULL
void api_values_spoilt(void); // the watermark may have been among them: what was missed may be lost

#endif
