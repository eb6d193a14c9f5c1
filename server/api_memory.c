// SPDX-License-Identifier: Apache-2.0
#include "api_memory.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

enum { NAME_BYTES = 320 }; // method, space, key

typedef enum call_state {
    CALL_OPEN,    // the host has not answered
    CALL_DONE,    // the host carried it out
    CALL_REFUSED, // the host answered with an error
} call_state;

typedef enum call_event {
    CALL_ANSWERED,       // with a result
    CALL_ANSWERED_ERROR, // with an error of the host's
    CALL_ASKED_AGAIN,    // by a core that has heard the answer
} call_event;

struct api_remembered {
    call_state state;
    char *name;           // method and key
    uint64_t incarnation; // of the core that asked last: it has heard of the result
    uint64_t askers[API_MEMORY_ASKERS_MAX];
    size_t asker_count;
    uint8_t *result; // json, then tail
    size_t json_len, tail_len;
    int64_t answered_ms;
    UT_hash_handle hh;
    api_remembered *prev, *next; // of those that are not open, the oldest answer first
};

struct api_memory {
    api_remembered *calls; // by name
    api_remembered *kept;  // utlist
    size_t kept_count, kept_bytes;
};

// The only place where a call's state changes.
static void move(api_remembered *c, call_event event) {
    switch (event) {
    case CALL_ANSWERED:
        c->state = c->state == CALL_OPEN ? CALL_DONE : c->state;
        break;
    case CALL_ANSWERED_ERROR:
        c->state = c->state == CALL_OPEN ? CALL_REFUSED : c->state;
        break;
    case CALL_ASKED_AGAIN:
        c->state = c->state == CALL_REFUSED ? CALL_OPEN : c->state;
        break;
    }
}

static size_t size_of(const api_remembered *c) {
    return sizeof *c + strlen(c->name) + 1 + c->json_len + c->tail_len;
}

// Without its result; it is not among the kept ones any more.
static void drop_result(api_memory *m, api_remembered *c) {
    DL_DELETE(m->kept, c);
    m->kept_count--;
    m->kept_bytes -= size_of(c);
    free(c->result);
    c->result = NULL;
    c->json_len = c->tail_len = 0;
}

void api_memory_forget(api_memory *m, api_remembered *c) {
    if (c->state != CALL_OPEN)
        drop_result(m, c);
    HASH_DEL(m->calls, c);
    free(c->name);
    free(c);
}

api_memory *api_memory_create(void) {
    return xcalloc(1, sizeof(api_memory));
}

void api_memory_destroy(api_memory *m) {
    if (m == NULL)
        return;
    while (m->calls != NULL)
        api_memory_forget(m, m->calls);
    free(m);
}

void api_memory_expire(api_memory *m, int64_t now_ms) {
    while (m->kept != NULL && now_ms - m->kept->answered_ms >= API_MEMORY_KEEP_MS)
        api_memory_forget(m, m->kept);
}

static api_remembered *find_or_add(api_memory *m, const char *method, const char *key, bool *fresh) {
    char name[NAME_BYTES];
    api_remembered *c = NULL;
    (void)snprintf(name, sizeof name, "%s %s", method, key);
    HASH_FIND_STR(m->calls, name, c);
    *fresh = c == NULL;
    if (c == NULL) {
        c = xcalloc(1, sizeof *c);
        c->name = xstrdup(name);
        HASH_ADD_KEYPTR(hh, m->calls, c->name, strlen(c->name), c);
    }
    return c;
}

static api_advice join(api_remembered *c, uint64_t id) {
    if (c->asker_count == API_MEMORY_ASKERS_MAX)
        return API_BUSY;
    c->askers[c->asker_count++] = id;
    return API_JOIN;
}

api_advice api_memory_ask(api_memory *m, const char *method, const char *key, uint64_t id,
                          uint64_t incarnation, int64_t now_ms, api_remembered **call) {
    bool fresh = false;
    api_memory_expire(m, now_ms);
    api_remembered *c = find_or_add(m, method, key, &fresh);
    bool heard = c->incarnation == incarnation;
    *call = c;
    if (!heard)
        c->asker_count = 0; // those of a core that is gone hear nothing
    c->incarnation = incarnation;
    if (c->state == CALL_OPEN && !fresh)
        return join(c, id);
    if (c->state == CALL_DONE || (c->state == CALL_REFUSED && !heard))
        return API_KNOWN;
    if (c->state == CALL_REFUSED) {
        drop_result(m, c);
        move(c, CALL_ASKED_AGAIN);
    }
    (void)join(c, id);
    return API_SEND;
}

const uint64_t *api_memory_askers(const api_remembered *c, size_t *count) {
    *count = c->asker_count;
    return c->askers;
}

static bool copy_result(api_remembered *c, const api_result *result) {
    if (result->json.len > API_MEMORY_RESULT_MAX_BYTES ||
        result->tail.len > API_MEMORY_RESULT_MAX_BYTES - result->json.len)
        return false;
    c->result = malloc(result->json.len + result->tail.len + 1);
    if (c->result == NULL)
        return false;
    if (result->json.len > 0)
        memcpy(c->result, result->json.data, result->json.len);
    if (result->tail.len > 0)
        memcpy(c->result + result->json.len, result->tail.data, result->tail.len);
    c->json_len = result->json.len;
    c->tail_len = result->tail.len;
    return true;
}

bool api_memory_keep(api_memory *m, api_remembered *c, const api_result *result, int64_t now_ms) {
    if (!copy_result(c, result)) {
        api_memory_forget(m, c);
        return false;
    }
    move(c, result->refused ? CALL_ANSWERED_ERROR : CALL_ANSWERED);
    c->asker_count = 0;
    c->answered_ms = now_ms;
    DL_APPEND(m->kept, c);
    m->kept_count++;
    m->kept_bytes += size_of(c);
    while (m->kept_count > API_MEMORY_CALLS_MAX || m->kept_bytes > API_MEMORY_MAX_BYTES)
        api_memory_forget(m, m->kept);
    return true;
}

api_result api_memory_result(const api_remembered *c) {
    return (api_result){.refused = c->state == CALL_REFUSED,
                        .json = bytes_of(c->result, c->json_len),
                        .tail = bytes_of(c->result + c->json_len, c->tail_len)};
}
