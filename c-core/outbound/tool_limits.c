// SPDX-License-Identifier: Apache-2.0
#include "outbound/tool_limits.h"

#include "base/mem.h"

#include <stdlib.h>
#include <uthash.h>

enum { MINUTE_MS = 60000 };

typedef struct counted {
    char *session;
    int64_t minute;
    int calls;
    int64_t bytes;
    UT_hash_handle hh;
} counted;

struct tool_limits {
    counted *sessions;
};

static void forget(tool_limits *l, counted *c) {
    HASH_DEL(l->sessions, c);
    free(c->session);
    free(c);
}

tool_limits *tool_limits_create(void) {
    return xcalloc(1, sizeof(tool_limits));
}

void tool_limits_destroy(tool_limits *l) {
    counted *c = NULL, *next = NULL;
    if (l == NULL)
        return;
    HASH_ITER (hh, l->sessions, c, next)
        forget(l, c);
    free(l);
}

static void forget_old(tool_limits *l, int64_t minute) {
    counted *c = NULL, *next = NULL;
    HASH_ITER (hh, l->sessions, c, next) {
        if (c->minute != minute)
            forget(l, c);
    }
}

static counted *of_session(tool_limits *l, const char *session, int64_t minute) {
    counted *c = NULL;
    HASH_FIND_STR(l->sessions, session, c);
    if (c == NULL) {
        if (HASH_COUNT(l->sessions) >= TOOL_LIMITS_SESSIONS_MAX)
            forget_old(l, minute);
        if (HASH_COUNT(l->sessions) >= TOOL_LIMITS_SESSIONS_MAX)
            return NULL;
        c = xcalloc(1, sizeof *c);
        c->session = xstrdup(session);
        c->minute = minute;
        HASH_ADD_KEYPTR(hh, l->sessions, c->session, strlen(c->session), c);
    }
    if (c->minute != minute) {
        c->minute = minute;
        c->calls = 0;
        c->bytes = 0;
    }
    return c;
}

bool tool_limits_take(tool_limits *l, const char *session, int calls_per_minute, int64_t bytes_per_minute,
                      int64_t now_ms) {
    counted *c = of_session(l, session, now_ms / MINUTE_MS);
    if (c == NULL || (calls_per_minute > 0 && c->calls >= calls_per_minute) ||
        (bytes_per_minute > 0 && c->bytes >= bytes_per_minute))
        return false;
    c->calls++;
    return true;
}

void tool_limits_add_bytes(tool_limits *l, const char *session, size_t bytes) {
    counted *c = NULL;
    HASH_FIND_STR(l->sessions, session, c);
    if (c != NULL)
        c->bytes += (int64_t)bytes;
}
