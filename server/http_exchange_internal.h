// SPDX-License-Identifier: Apache-2.0
// The two halves of an exchange: http_request.c brings the request to the core, http_response.c the answer back.
#ifndef OC_HTTP_EXCHANGE_INTERNAL_H
#define OC_HTTP_EXCHANGE_INTERNAL_H

#include "http_exchange.h"

typedef enum http_state {
    HTTP_GATHERING, // a small body is being collected, to go to the core with the request itself
    HTTP_WAITING,   // a body is to be streamed and no core is ready for it
    HTTP_ASKED,     // the core has the request; a streamed body may still be on its way to it
    HTTP_HEADER,    // the answer has begun: header and status are under way to the server
    HTTP_BODY,      // the answer's body goes over, piece by piece
    HTTP_FINISHED,  // everything has ended, nobody calls any more; freed at the next flush
} http_state;

struct http_exchange {
    plugin_session *session;
    http_exchange *prev, *next;
    const char *hook;
    uint64_t seq;
    http_state state;

    // request
    buf params;              // "[context,request", not closed yet
    int64_t content_length;  // -1: unknown
    int64_t body_came_bytes; // so far
    broker_wait *body_dial;
    yamux_stream *body;
    buf gathered;
    core_wait *wait;
    core_call *call;
    link_body *upload; // to the core

    // answer
    broker_wait *writer_dial;
    rpc_stream *writer;
    int status;
    cJSON *header;
    buf out;              // came from the core, not written yet
    size_t writing_bytes; // of the Write that is under way
    bool whole;           // nothing follows what is in out
    link_body *download;  // from the core; NULL when there is none, or it is complete
};

// --- http_exchange.c ---
// Everything is ended and the hook is answered: error NULL with success, else the server makes a 500 of it if it still
// can. More calls are harmless.
void http_finish(http_exchange *x, const char *error);

// --- http_request.c ---
void http_request_begin(http_exchange *x, uint32_t body_id, const gob_value *request);
void http_request_drop(http_exchange *x); // more calls are harmless

// --- http_response.c ---
void http_response_begin(http_exchange *x, uint32_t writer_id);
void http_response_take(http_exchange *x, const link_message *answer); // the core's
void http_response_refuse(http_exchange *x, int status, const char *sentence);
void http_response_drop(http_exchange *x);

#endif
