// SPDX-License-Identifier: Apache-2.0
// What the core's API calls with a key came to, so that a call is carried out once also when the core died over it: the
// same call of the next core is joined with the one that is under way, or answered with what the host said.
// Pure: time is given, who sends and answers is api_calls.c. Source: docs/protocol.md, "Calls with a key".
#ifndef OC_API_MEMORY_H
#define OC_API_MEMORY_H

#include "base/bytes.h"
#include "base/err.h"

enum {
    API_KEY_MAX_BYTES = 200,
    API_MEMORY_KEEP_MS = 60000,  // from the host's answer on
    API_MEMORY_CALLS_MAX = 4096, // kept results; beyond this and API_MEMORY_MAX_BYTES the oldest go
    API_MEMORY_MAX_BYTES = 16 << 20,
    API_MEMORY_RESULT_MAX_BYTES = 1 << 20, // longer ones are given to those who wait, and not kept
    API_MEMORY_ASKERS_MAX = 8,             // who wait for one call
};

typedef struct api_memory api_memory;
typedef struct api_remembered api_remembered; // one call with a key

api_memory *api_memory_create(void);
void api_memory_destroy(api_memory *m); // also what is under way; NULL-safe

typedef enum api_advice {
    API_SEND,  // *call is under way from now on: api_memory_keep or api_memory_forget ends that
    API_JOIN,  // id is among those that are answered when *call, which is under way, comes back
    API_KNOWN, // api_memory_result is the answer
    API_BUSY,  // too many wait for *call already
} api_advice;

// The core of that incarnation (never older than the last one) makes the call. method lives as long as the memory, key is
// copied: 1 … API_KEY_MAX_BYTES. *call is the memory's; what API_KNOWN names is good until the next call of this module.
api_advice api_memory_ask(api_memory *m, const char *method, const char *key, uint64_t id,
                          uint64_t incarnation, int64_t now_ms, api_remembered **call);
// Ids of the present incarnation that wait for it; borrowed until the next call of this module.
const uint64_t *api_memory_askers(const api_remembered *call, size_t *count);

typedef struct api_result {
    bool refused; // json is the error {"code","message","data"} that the host gave, else the result
    bytes json, tail;
} api_result;
// The host answered: result is copied, or the call is forgotten where it is too long or memory is out. True: kept.
bool api_memory_keep(api_memory *m, api_remembered *call, const api_result *result, int64_t now_ms);
api_result api_memory_result(const api_remembered *call);    // borrowed
void api_memory_forget(api_memory *m, api_remembered *call); // it was not carried out, or nobody knows
void api_memory_expire(api_memory *m, int64_t now_ms); // now and then, so that an idle memory gets empty

#endif
