// SPDX-License-Identifier: Apache-2.0
// What the tests of the gateway's other connections share: scripted answers to methods, and what was heard. Included by them.
#ifndef OC_TESTS_BESIDE_BENCH_H
#define OC_TESTS_BESIDE_BENCH_H

#include "fake_transport.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/gateway.h"
#include "gateway/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCRIPT_MAX = 16 };

typedef struct script { // method → payload, or an error that begins with '!'
    const char *methods[SCRIPT_MAX], *answers[SCRIPT_MAX];
} script;

static inline cJSON *parsed(const char *text) {
    cJSON *value = cJSON_Parse(text);
    if (value == NULL)
        fail_msg("the test's own text is no JSON: %s", text);
    return value;
}

static inline void script_set(script *s, const char *method, const char *answer) {
    for (size_t i = 0; i < SCRIPT_MAX; i++) {
        if (s->methods[i] != NULL && strcmp(s->methods[i], method) != 0)
            continue;
        s->methods[i] = method;
        s->answers[i] = answer;
        return;
    }
    fail_msg("the script is full");
}

static inline cJSON *script_answer(void *ctx, const char *method, const cJSON *params, cJSON **error) {
    const script *s = ctx;
    (void)params;
    for (size_t i = 0; i < SCRIPT_MAX && s->methods[i] != NULL; i++) {
        if (strcmp(s->methods[i], method) != 0)
            continue;
        if (s->answers[i][0] != '!')
            return parsed(s->answers[i]);
        *error = parsed(s->answers[i] + 1);
    }
    return NULL;
}

typedef struct heard { // everything, a line each
    char text[16384];
} heard;

static inline void hear(heard *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void hear(heard *h, const char *format, ...) {
    size_t at = strlen(h->text);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(h->text + at, sizeof h->text - at, format, args);
    va_end(args);
    at = strlen(h->text);
    (void)snprintf(h->text + at, sizeof h->text - at, "\n");
}

// Takes what was heard since the last time.
static inline void assert_heard(heard *h, const char *wanted) {
    assert_string_equal(h->text, wanted);
    h->text[0] = '\0';
}

static inline void on_resolved(void *ctx, resolve_outcome outcome, const char *sentence) {
    static const char *const names[] = {"taken", "too late", "refused", "away"};
    if ((outcome == RESOLVE_TAKEN) != (*sentence == '\0'))
        fail_msg("%s with the sentence “%s”", names[outcome], sentence);
    hear(ctx, "%s", names[outcome]);
}

static inline void event(fake_world *w, const char *name, const char *payload) {
    fake_gateway_event(fake_world_gateway(w), name, parsed(payload));
    fake_world_settle(w);
}

#endif
