// SPDX-License-Identifier: Apache-2.0
// The HTTP request and answer by which a connection becomes a WebSocket (RFC 6455 §4). Pure.
#ifndef OC_NET_WS_UPGRADE_H
#define OC_NET_WS_UPGRADE_H

#include "base/buf.h"

enum {
    WS_KEY_BYTES = 24,              // base64 of 16 random bytes
    WS_ACCEPT_BYTES = 28,           // base64 of a SHA-1
    WS_ANSWER_MAX_BYTES = 16 * 1024 // head of the answer, and as much of a refusal's body as is looked at
};

typedef struct ws_url {
    bool tls;
    char *host; // as in the Host header: with brackets for IPv6, with the port when it is not the default
    char *path; // with the query, "/" at least
    char *base; // http:// or https:// form for libcurl, without path
} ws_url;

// OC_EINVAL when it is not ws:// or wss:// with a host, or has a user part, a fragment, blanks or control characters.
oc_err ws_url_parse(const char *text, ws_url *out) OC_MUST_CHECK;
void ws_url_free(ws_url *u); // safe for zeroed structs

void ws_key_create(char key[WS_KEY_BYTES + 1]);                        // fresh and random
void ws_accept_for(const char *key, char accept[WS_ACCEPT_BYTES + 1]); // what the server must answer to it
// No Origin and no X-Forwarded header: the gateway refuses both (gateway-protocol notes §1).
// bearer: NULL or an access token for the Authorization header.
oc_err ws_upgrade_request(buf *out, const ws_url *url, const char *key, const char *bearer) OC_MUST_CHECK;

typedef struct ws_answer {
    int status;        // of HTTP
    size_t head_bytes; // what follows belongs to the WebSocket (101) or is the body
} ws_answer;
// OC_EAGAIN: more bytes are needed. OC_EMALFORMED: not HTTP, or a 101 that does not fit our request.
// OC_ELIMIT: the head is too long.
oc_err ws_upgrade_answer(bytes data, const char *key, ws_answer *out) OC_MUST_CHECK;

#endif
