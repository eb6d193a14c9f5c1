// SPDX-License-Identifier: Apache-2.0
// Questions that agents ask people (ask_user), waiting at a gateway: known by events and by a list after each connect;
// bounded; closed when answered, cancelled, expired or gone. Heard on the run connection for every session of the gateway:
// whose session it is the caller decides (gateway-protocol notes §12).
#ifndef OC_GATEWAY_QUESTIONS_H
#define OC_GATEWAY_QUESTIONS_H

#include "base/bytes.h"
#include "gateway/resolve.h"

#include <cJSON.h>

typedef struct questions questions;

enum { QUESTIONS_MAX = 500, QUESTION_ITEMS_MAX = 8, QUESTION_OPTIONS_MAX = 50 };

typedef struct question_option { // texts are never NULL
    const char *label;           // also what the answer says
    const char *description;     // ""
} question_option;

typedef struct question_item {
    const char *id, *header, *text;
    const char *url; // that the question is about; ""
    const question_option *options;
    size_t option_count; // 0: free text
    bool multi_select;   // several options may be chosen
    bool other;          // a text of one's own is taken beside the options
    bool secret;         // must not be asked in a chat
} question_item;

typedef struct gateway_question { // texts are never NULL; all of them are the agent's: data
    const char *id, *agent_id, *session_key, *run_id;
    const question_item *items; // at least one
    size_t item_count;
    bool secret;                    // one of its items is
    int64_t created_ms, expires_ms; // wall clock, as the gateway says
    int64_t expires_in_ms;          // left now by our clock; 0: over
    bool listed; // it was waiting already when we connected: an earlier process may have shown it
} gateway_question;

typedef enum question_end {
    QUESTION_ANSWERED, // by us or by somebody else
    QUESTION_CANCELLED,
    QUESTION_EXPIRED,
    QUESTION_GONE, // not there any more when we connected anew, or the gateway is another
} question_end;

typedef struct question_answer {
    const char *item_id;
    const char *const *values; // labels, or a text of one's own
    size_t value_count;
} question_answer;

typedef struct questions_events {
    void (*requested)(void *ctx, const gateway_question *q); // once for each id
    // Once for each that was requested. answers: what was answered (the gateway's object: item id → list of texts), or NULL;
    // borrowed. q is freed afterwards.
    void (*closed)(void *ctx, const gateway_question *q, question_end end, const cJSON *answers);
    void (*listed)(
        void
            *ctx); // after each connect: requested was called for all that wait, closed for all that are gone
} questions_events;

// Borrowed until it is closed; NULL when it does not wait (any more).
const gateway_question *questions_find(const questions *s, const char *id);
const gateway_question *questions_at(const questions *s,
                                     size_t index); // in the order of their coming; NULL behind the last
// What waits is known: after a connect only when the gateway has listed it. Before, one that is not found may wait all the same.
bool questions_known(const questions *s);
bool questions_listing(const questions *s); // the gateway is being asked what waits
// Sends an answer (copied). resolved_by: a name for the gateway's records, or "". fn is called exactly once, never from
// inside; closed is called on its own, before or after.
void questions_answer(questions *s, const char *id, const question_answer *answers, size_t count,
                      const char *resolved_by, resolve_fn *fn, void *ctx);
void questions_cancel(questions *s, const char *id, resolve_fn *fn, void *ctx);

// --- for gateway.c ---
typedef struct loop loop;
typedef struct requests requests;
questions *questions_create(loop *l, requests *r, const questions_events *events, void *ctx);
void questions_destroy(
    questions *s); // no closed comes any more; open answers end with RESOLVE_AWAY; NULL-safe
void questions_on_ready(questions *s); // asks for what waits
bool questions_wants(bytes event_name);
void questions_on_event(questions *s, const char *name, const cJSON *payload);

#endif
