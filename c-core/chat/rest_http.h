// SPDX-License-Identifier: Apache-2.0
// Makes the requests of chat/http.h from what came by the callback listener.
#ifndef OC_CHAT_REST_HTTP_H
#define OC_CHAT_REST_HTTP_H

#include "chat/http.h"

typedef struct rest_http_request { // copied
    const char *method, *path, *query, *user_id;
    const cJSON *header; // object: canonical name → text
    bytes body;
} rest_http_request;

typedef void rest_http_answer_fn(void *ctx, int status, const char *content_type, const cJSON *header,
                                 bytes body);
// answer comes once, when the request is answered; it is gone then. NULL: there is no memory for the body.
chat_http *rest_http_create(const rest_http_request *request, rest_http_answer_fn *answer, void *ctx);
void rest_http_destroy(chat_http *r); // one that nobody was given

typedef void rest_command_answer_fn(void *ctx, const chat_command_result *result);
// For the event command: answer comes once.
chat_command_ticket *rest_command_ticket(rest_command_answer_fn *answer, void *ctx);

#endif
