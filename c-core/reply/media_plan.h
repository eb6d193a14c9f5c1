// SPDX-License-Identifier: Apache-2.0
// Which files belong to an agent's answer (gateway-protocol notes §11): what its media entries mean, and which are refused.
// Pure. A model wrote the entries: nothing outside the agent's workspace and the public internet can be meant by them.
#ifndef OC_REPLY_MEDIA_PLAN_H
#define OC_REPLY_MEDIA_PLAN_H

#include "words/words.h"

#include "base/json.h"

enum { MEDIA_ITEMS_MAX = 40, MEDIA_SOURCE_MAX_BYTES = 8192 };

typedef enum media_kind {
    MEDIA_WORKSPACE, // source: a path in the agent's workspace, without . and ..
    MEDIA_URL,       // source: an http or https address, not judged yet
    MEDIA_REFUSED,   // why says so
} media_kind;

typedef struct media_item {
    media_kind kind;
    char *source;
    char *name;    // clean, to show and for the file; may be "" of a URL
    words_key why; // of MEDIA_REFUSED: a lower-case clause for people
} media_item;

typedef struct media_plan {
    media_item items[MEDIA_ITEMS_MAX];
    size_t count, left_out; // left_out: those above the maximum
} media_plan;

// Some entry of the result's payloads (may be NULL) names a file.
bool media_wanted(const cJSON *payloads);
// A copy of the payloads with nothing but their entries, to be kept; the caller's.
cJSON *media_plan_entries(const cJSON *payloads);
// Some entry is an absolute path: then root must be known for the plan.
bool media_needs_root(const cJSON *payloads);
// root: the folder of the agent's workspace on the gateway's machine, "" when unknown (then no absolute path is in it).
// An entry that occurs twice counts once. The plan is the caller's: media_plan_free.
media_plan *media_plan_make(const cJSON *payloads, const char *root);
void media_plan_free(media_plan *p); // NULL-safe

#endif
