// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 request (RFC 9112 §2–6), strictly. Pure.
#ifndef OC_NET_HTTP_HEAD_H
#define OC_NET_HTTP_HEAD_H

#include "base/bytes.h"
#include "base/err.h"

#include <cJSON.h>

typedef struct http_head {
    char *method, *path, *query; // path is decoded no further than it came
    cJSON *header;               // names in lower case → text
    size_t bytes;                // the body begins here
    size_t body_bytes;
} http_head;

// 200: out is filled. 0: more is needed. Else the status that refuses it: 400 what is malformed, 411 a body without a
// length, 431 a head above max_bytes, 505 another version.
int http_head_read(bytes data, size_t max_bytes, http_head *out);
void http_head_free(http_head *h); // safe for zeroed ones
const char *http_status_text(int status);
oc_err http_number(bytes text, uint64_t max, uint64_t *out) OC_MUST_CHECK;

#endif
