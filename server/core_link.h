// SPDX-License-Identifier: Apache-2.0
// The core as the plugin session sees it: hooks go to it, API calls come from it, posts are held until it reports
// their outcome. Starts, watches and restarts the core's process through supervisor.h. Nothing here blocks.
#ifndef OC_CORE_LINK_H
#define OC_CORE_LINK_H

#include "link/link.h"

typedef struct core_link core_link;
typedef struct core_call core_call; // a hook on its way; gone once its answer was called or it was forgotten

enum {
    CORE_WAIT_MS = 3000, // how long a hook waits for a core that is not ready
    CORE_LINK_ID_BITS =
        48, // of an API call's id; what stands above them tells one core's process from another
};

// What the core asks of the session. Borrowed arguments live for the callback only.
typedef struct core_link_events {
    // An API call to be carried out on the host's API stream. Answer it exactly once, now or later, by id; an answer
    // for a core that has died meanwhile is dropped. method as Mattermost's ("CreatePost"), message->json = params.
    // id 0: a notification, nothing is answered.
    void (*api_call)(void *ctx, uint64_t id, const char *method, const link_message *message);
    // A log line: level "debug", "info", "warn", "error"; fields is an object or NULL.
    void (*log)(void *ctx, const char *level, const char *message, const cJSON *fields);
    void (*interest_set)(void *ctx, const cJSON *params);      // notification interest.set
    void (*interest_channels)(void *ctx, const cJSON *params); // notification interest.channels
    void (*ready)(void *ctx); // the core has answered OnActivate; again after each restart
    void (*lost)(void *ctx);  // a core that was ready is gone: forget its interest filter
} core_link_events;

// Starts the core's process at once, in parallel with the host's handshake. core_path NULL: beside our own
// executable, with its architecture's name. events is copied.
core_link *core_link_create(loop *l, const char *core_path, const core_link_events *events, void *ctx);
void core_link_destroy(
    core_link *k); // kills a core that still runs and reaps it (at most a few ms); NULL-safe

// The API stream is up: the core gets OnActivate, and each later one as soon as it has said hello.
void core_link_activate(core_link *k);
bool core_link_ready(const core_link *k);
// Why no core can be started at all, with path, reason and remedy; NULL while it can. Borrowed.
const char *core_link_problem(const core_link *k);

// Sends a hook; the answer comes exactly once, never from inside this call: message->error NULL and json the result,
// or error.code LINK_E_CLOSED (no core within wait_ms, or it died), LINK_E_TIMEOUT, LINK_E_BUSY, or the core's own.
// params_json is an array's text (copied), tail its bytes (copied). timeout_ms counts from the sending; 0 = none.
core_call *core_link_call(core_link *k, const char *method, bytes params_json, bytes tail, int64_t wait_ms,
                          int64_t timeout_ms, link_answer_fn *on_answer, void *ctx);
void core_link_forget(core_call *call); // the answer is no longer wanted; NULL-safe

// A body to send with a hook: make it when core_link_ready, name it as {"$body":link_body_id(b)} in params, call, then
// write (the order of the messages is kept). NULL when the core is not ready.
link_body *core_link_body(core_link *k);
// Calls fn once: at once when the core is ready, else when it becomes so or wait_ms is over (ready = false).
typedef void core_wait_fn(void *ctx, bool ready);
typedef struct core_wait core_wait; // gone once fn was called or it was forgotten
core_wait *core_link_wait(core_link *k, int64_t wait_ms, core_wait_fn *fn,
                          void *ctx);     // NULL: fn was called already
void core_link_forget_wait(core_wait *w); // NULL-safe

// MessageHasBeenPosted "[context,post]" or MessageHasBeenUpdated "[context,now,before]": kept until the core has reported
// its outcome, given to a restarted core again with one more parameter {"again":true}. hook is a name for good. OC_EBUSY
// when too many are held (a log line is written).
oc_err core_link_post(core_link *k, const char *hook, bytes params_json, bytes tail) OC_MUST_CHECK;
// OnConfigurationChange: told to a ready core now, else as soon as it is ready. Repeats in between are one.
void core_link_configuration_changed(core_link *k);

// A body to send with the answer of an API call: named as "$body" in its result. NULL when the core that made the call is
// gone, or too many are open.
link_body *core_link_answer_body(core_link *k, uint64_t id);
// Answers of API calls. result_json "" means null.
void core_link_answer(core_link *k, uint64_t id, bytes result_json, bytes tail);
void core_link_answer_error(core_link *k, uint64_t id, int code, const char *message, const cJSON *data);

// Ends the core for good: OnDeactivate (when say_goodbye and it is ready; the API stream must still serve it), then the
// lifeline is closed, 2 s later it is killed. ended is called once no process is left, never from inside this
// call; a second call replaces the first one's callback. Nothing is restarted afterwards.
void core_link_stop(core_link *k, bool say_goodbye, void (*ended)(void *ctx), void *ctx);

#endif
