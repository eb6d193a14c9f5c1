// SPDX-License-Identifier: Apache-2.0
// core_link.h and the link's bodies without a core: what the session asks for is written down, what the core would do is
// said by the test. Linked in place of the real ones. One for each test: scripted_core_reset.
#ifndef OC_TESTS_SCRIPTED_CORE_H
#define OC_TESTS_SCRIPTED_CORE_H

#include "core_link.h"

typedef struct scripted_call {
    char *method, *params;
    buf tail;
    link_answer_fn *answer; // NULL: answered or forgotten
    void *ctx;
    bool forgotten;
} scripted_call;

enum { SCRIPTED_CALLS_MAX = 16, SCRIPTED_BODIES_MAX = 8 };

struct link_body {
    uint64_t id;
    size_t room; // what may be written
    buf written;
    size_t consumed;
    bool ended, cancelled;
    link_body_events events;
    void *ctx;
};

typedef struct scripted_core {
    bool created, activated, destroyed;
    bool ready;
    const char *problem;
    scripted_call calls[SCRIPTED_CALLS_MAX];
    size_t call_count;
    link_body bodies[SCRIPTED_BODIES_MAX];
    size_t body_count;
    size_t post_count, configuration_changes;
    char *post; // params of the last one
    const char *post_hook;
    oc_err post_err;      // what core_link_post returns
    uint64_t answered_id; // of the last API call
    char *answer;         // its result, or its error's message
    char *answer_tail;
    int answer_code; // 0: a result
    size_t answer_count;
    core_wait_fn *waiting; // of core_link_wait
    void *waiting_ctx;
    bool stopping, goodbye;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
    core_link_events events;
    void *ctx;
} scripted_core;

extern scripted_core core_script;

void scripted_core_reset(void);           // also frees
void scripted_core_wait_over(bool ready); // whoever waits for the core is told
void scripted_core_answer(size_t call, const char *result_json, const char *tail, link_body *body);
void scripted_core_fail(size_t call, int code);
void scripted_core_calls(uint64_t id, const char *method, const char *params_json, const char *tail);
void scripted_core_calls_with_body(uint64_t id, const char *method, const char *params_json, link_body *body);
void scripted_core_stopped(void);
link_body *scripted_core_body(void); // a body that the core sends

#endif
