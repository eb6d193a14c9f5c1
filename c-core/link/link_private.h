// SPDX-License-Identifier: Apache-2.0
// What the files of the link share; nobody else includes it.
#ifndef OC_LINK_PRIVATE_H
#define OC_LINK_PRIVATE_H

#include "link/link.h"
#include "link/pair.h"

#include <uthash.h>

typedef struct link_call_t { // a call of ours that waits for its answer
    uint64_t id;
    link_t *k;
    link_answer_fn *on_answer;
    void *ctx;
    loop_timer timeout;
    UT_hash_handle hh;
} link_call_t;

struct link_body {
    uint64_t id; // numbered by the sending side
    link_t *k;
    bool incoming, claimed;
    link_body_events events; // claimed: set by link_body_on
    void *ctx;
    size_t credit_bytes;     // the sender may still send so much
    size_t unreturned_bytes; // incoming: consumed, but no credit was given for it yet
    // A long frame under way: it fills when incoming, else is sent as credit comes. NULL for bodies that users see.
    struct large_frame *large;
    UT_hash_handle hh;
};

struct link_t {
    loop *l;
    pair *pair; // NULL once down
    link_call_fn *on_call;
    void *call_ctx;
    link_down_fn *on_down;
    void *down_ctx;
    link_call_t *calls;                     // by id
    link_body *incoming, *outgoing;         // by id
    size_t large_in_bytes, large_out_bytes; // long frames under way
    uint64_t next_call, next_body;
    size_t open_incoming; // calls that we owe an answer
    unsigned depth;       // callbacks under way
    bool destroyed;       // freed when the last of them returns
};

// The peer broke the rules: one log line, and the link goes down.
void link_malformed(link_t *k, const char *what);
// A frame that arrived, by itself or in pieces.
void link_dispatch(link_t *k, bytes json, bytes tail);
// Sends a frame: in one message, or in pieces when it is too long. names_body: it must go in one.
oc_err link_send_frame(link_t *k, bytes json, bytes tail, bool names_body) OC_MUST_CHECK;

// --- body.c ---
// The id that value names as "$body", or 0.
uint64_t link_body_named(const cJSON *value);
// The incoming body that a message announces; NULL when there is none (or the id is in use: plain data then).
link_body *link_body_announced(link_t *k, uint64_t id);
// Notifications whose method begins with "$". False when it broke the rules.
bool link_body_notified(link_t *k, const char *method, const cJSON *params, bytes tail);
void link_body_cancel_all(link_t *k);
link_body *link_body_new(link_t *k, uint64_t id, bool incoming);
void link_body_free(link_body *b);
oc_err link_body_tell(link_t *k, pair_priority priority, const char *method, uint64_t id, uint64_t count,
                      bytes tail) OC_MUST_CHECK; // a notification about a body; count 0: without "bytes"

// --- large.c ---
oc_err link_large_send(link_t *k, bytes json, bytes tail) OC_MUST_CHECK;
void link_large_room(link_body *b);
bool link_large_announced(link_t *k, uint64_t id, int64_t len);
bool link_large_data(link_body *b, bytes piece);
void link_large_end(link_body *b);  // b is gone
void link_large_free(link_body *b); // only what makes it a long frame

#endif
