// SPDX-License-Identifier: Apache-2.0
// The link between shim and core: JSON-RPC 2.0 over one nng pair socket, both sides calling. docs/protocol.md
// describes it in full. Both processes use this module; it knows neither hooks nor gob.
//
// A frame is: u32 BE json length · JSON · u32 BE tail length · tail; a message is one frame or several, at most
// LINK_MESSAGE_MAX_BYTES. A body (file, HTTP body) goes in pieces under credit, behind everything else. A call or answer
// that is too long for a message is carried the same way and arrives whole, up to LINK_LARGE_MAX_BYTES.
#ifndef OC_LINK_LINK_H
#define OC_LINK_LINK_H

#include "base/buf.h"
#include "base/loop.h"

#include <cJSON.h>

enum {
    LINK_MESSAGE_MAX_BYTES = 256 << 10,
    LINK_PIECE_BYTES = 128 << 10,       // of a body
    LINK_BODY_CREDIT_BYTES = 512 << 10, // what a sender may have under way unasked
    LINK_TAIL_INLINE_BYTES = 128 << 10, // a byte string up to this size rides in its message's tail
    LINK_QUEUE_MAX_BYTES = 16 << 20,    // waiting to be sent, bodies not counted
    LINK_LARGE_MAX_BYTES = 16 << 20,    // JSON and tail of one call or answer
    LINK_CALLS_MAX = 4096,              // open calls of one side
    LINK_BODIES_MAX = 256,              // open bodies of one side
    LINK_JOIN_MS = 10000,               // the peer must have come by then
};

typedef struct link_t link_t;
typedef struct link_body link_body; // a byte stream in one direction

// JSON-RPC error codes of our own; others are HTTP status codes from Mattermost's AppError or JSON-RPC's own.
enum { LINK_E_CLOSED = -32000, LINK_E_TIMEOUT = -32001, LINK_E_BUSY = -32002 };

typedef struct link_message { // of an incoming call, notification or answer; borrowed during the callback
    const cJSON *json;        // params, or result (NULL when there is an error)
    const cJSON *error;       // of an answer: {"code","message","data"}, NULL on success
    bytes tail;
    link_body *body; // incoming body announced by this message as "$body", or NULL. Read or cancel it
} link_message;

// An incoming call is answered exactly once, now or later, by its id. id 0 = a notification: no answer.
typedef void link_call_fn(void *ctx, uint64_t id, const char *method, const link_message *message);
typedef void link_answer_fn(void *ctx, const link_message *answer);
typedef void link_down_fn(
    void *ctx); // the peer is gone; open calls have been answered with LINK_E_CLOSED before

// --- life ---
// The shim's side: a fresh listening socket at url ("ipc:///…" or "abstract://…") for a peer of this pid and our uid.
oc_err link_listen(loop *l, const char *url, link_t **out) OC_MUST_CHECK;
void link_expect_peer(link_t *k, int pid); // connections of any other process are refused
// The core's side: dials one peer in its life and goes down with it.
oc_err link_dial(loop *l, const char *url, link_t **out) OC_MUST_CHECK;
void link_on_call(link_t *k, link_call_fn *fn, void *ctx);
void link_on_down(link_t *k, link_down_fn *fn, void *ctx);
// Open calls are answered with LINK_E_CLOSED, bodies are cancelled; a socket file is removed. May be called from any
// of the link's callbacks. link_on_down's is not called. NULL-safe.
void link_destroy(link_t *k);

// --- calling ---
// params_json is the text of a JSON array or object (copied). on_answer may be NULL: then it is a notification.
// timeout_ms 0 = no limit. tail may be empty. on_answer is never called from inside. OC_EBUSY when a queue is full,
// OC_ECLOSED when the peer is gone, OC_ELIMIT when it is too long (with a "$body": longer than one message).
oc_err link_call(link_t *k, const char *method, bytes params_json, bytes tail, int64_t timeout_ms,
                 link_answer_fn *on_answer, void *ctx, uint64_t *id_out) OC_MUST_CHECK;
void link_forget(link_t *k, uint64_t id); // the answer is no longer wanted
// Answers an incoming call. result_json "" means null. What is too long or finds no room becomes a LINK_E_BUSY error.
void link_answer(link_t *k, uint64_t id, bytes result_json, bytes tail);
void link_answer_error(link_t *k, uint64_t id, int code, const char *message, const cJSON *data);

// --- bodies ---
// Sending: make one, set its callbacks, name it in a message, then write pieces. It is named as {"$body":id} by an
// element of the params array, or as a member "$body" of the params or result object; deeper ones are plain data.
// An incoming body without callbacks when the message's own callback returns is cancelled.
link_body *link_body_send(link_t *k); // NULL when the peer is gone or too many are open
uint64_t link_body_id(const link_body *b);
size_t link_body_room_bytes(const link_body *b); // credit left: write no more than this
oc_err link_body_write(link_body *b,
                       bytes piece) OC_MUST_CHECK; // copied; OC_EBUSY beyond the credit, nothing sent
void link_body_end(link_body *b);                  // whole; b is gone
// Receiving and sending: callbacks. data: bytes came (credit is given back by link_body_consumed); end: complete;
// cancelled: the other side gave up or the link went down; b is gone after end and cancelled.
typedef struct link_body_events {
    void (*data)(void *ctx, link_body *b, bytes piece);
    void (*end)(void *ctx, link_body *b);
    void (*cancelled)(void *ctx, link_body *b);
    void (*room)(void *ctx, link_body *b); // sending: credit came
} link_body_events;
void link_body_on(link_body *b, const link_body_events *events, void *ctx);
void link_body_consumed(link_body *b, size_t len); // of what data handed over, now or later
void link_body_cancel(link_body *b);               // b is gone, no callback; NULL-safe

#endif
