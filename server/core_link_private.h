// SPDX-License-Identifier: Apache-2.0
// What the files of core_link share; nobody else includes it.
#ifndef OC_CORE_LINK_PRIVATE_H
#define OC_CORE_LINK_PRIVATE_H

#include "base/secret.h"
#include "core_link.h"
#include "held_posts.h"
#include "supervisor.h"

typedef enum core_phase {
    CORE_ABSENT,     // no process, or one whose link is down
    CORE_STARTED,    // a process was started; its hello is awaited
    CORE_GREETED,    // it has said hello; the session has not activated yet
    CORE_ACTIVATING, // OnActivate is under way
    CORE_READY,      // hooks go to it
    CORE_LEAVING,    // for good: OnDeactivate is under way, or the process is ending, or it has ended
} core_phase;

struct core_call {
    core_link *k;
    bool sent;             // else it waits for a ready core, or for its failure to be told
    uint64_t link_id;      // of the sent call
    char *method, *params; // NULL once sent
    uint8_t *tail;
    size_t params_len, tail_len;
    int64_t timeout_ms;
    loop_timer limit;
    int failure; // the code that is told when limit fires
    link_answer_fn *on_answer;
    void *ctx;
    core_call *prev, *next; // utlist of those that wait
};

struct core_wait {
    core_link *k;
    core_wait_fn *fn;
    void *ctx;
    loop_timer limit;
    core_wait *prev, *next;
};

struct core_link {
    loop *l;
    core_link_events events;
    void *ctx;
    supervisor *supervisor;
    link_t *link; // of the present process, else NULL
    secret *secret;
    uint64_t incarnation; // counts processes
    core_phase phase;
    bool activated, stopping, goodbye_open, configuration_changed;
    loop_timer health_timer; // the limit for hello, then the next ping
    bool ping_open;

    core_call *waiting_calls;
    size_t waiting_count, waiting_bytes;
    core_call *open_calls; // sent ones, so that they can be freed
    core_wait *waits;

    held_posts posts;
    size_t posts_open; // handed to the present core
    loop_timer posts_timer;

    void (*ended)(void *ctx);
    void *ended_ctx;
};

// core_link_calls.c: the core became ready, or will never be again.
void core_calls_ready(core_link *k);
void core_calls_fail_waiting(core_link *k); // told later, from the loop
void core_calls_free(core_link *k);         // without callbacks
// core_link_posts.c
void core_posts_pump(core_link *k);

#endif
