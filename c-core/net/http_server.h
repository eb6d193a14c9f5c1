// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 server on the loop for short requests: one a connection, its body in memory, strict about what it takes
// (RFC 9112). nng's own does not tell from where a request comes, which has to be judged here.
#ifndef OC_NET_HTTP_SERVER_H
#define OC_NET_HTTP_SERVER_H

#include "base/bytes.h"
#include "base/loop.h"
#include "net/address.h"

#include <cJSON.h>

enum {
    HTTP_HEAD_MAX_BYTES = 16 * 1024,
    HTTP_BODY_MAX_BYTES = 64 * 1024, // 413 above
    HTTP_SENT_MAX_BYTES = 4 << 20,   // of an answer's body
    HTTP_OPEN_MAX = 64,              // 503 above
    HTTP_REQUEST_MS = 10000,         // to come, 408 after; and as long again for the answer to go
    HTTP_ANSWER_MS = 30000,          // for the owner to answer, 504 after
};

typedef struct http_server http_server;
typedef struct http_exchange http_exchange;

typedef struct http_request {          // borrowed until the answer
    const char *method, *path, *query; // query without "?"
    const cJSON *header; // object: names in lower case → text; several with one name are joined by ", "
    bytes body;
    ip_address from;
} http_request;

typedef struct http_server_events {
    bool (*lets_in)(void *ctx, const ip_address *from); // false: the connection ends without a word
    void (*request)(void *ctx, http_exchange *e, const http_request *r); // to be answered once
    void (*ended)(void *ctx, http_exchange *e); // nobody waits for its answer any more: it must not be given
} http_server_events;

// at: "address:port", "[address]:port" for IPv6. NULL and *why, a sentence that the caller frees. events is borrowed.
http_server *http_server_create(loop *l, const char *at, const http_server_events *events, void *ctx,
                                char **why);
void http_server_destroy(http_server *s); // exchanges end without an answer; NULL-safe
int http_server_port(const http_server *s);
// Ends the exchange without a word.
void http_drop(http_exchange *e);
// Ends the exchange. header may be NULL or an object name → text.
void http_answer(http_exchange *e, int status, const char *content_type, const cJSON *header, bytes body);

#endif
