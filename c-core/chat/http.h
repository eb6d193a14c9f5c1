// SPDX-License-Identifier: Apache-2.0
// An HTTP request that reached us through the chat server: buttons, dialogs, the status panel.
#ifndef OC_CHAT_HTTP_H
#define OC_CHAT_HTTP_H

#include "base/bytes.h"
#include "base/err.h"
#include "chat/chat.h"

// All borrowed until the answer. path is below our own prefix and without the query.
const char *chat_http_method(const chat_http *r);
const char *chat_http_path(const chat_http *r);
const char *chat_http_query(const chat_http *r); // without "?", "" when there is none
// The user whose valid session sent the request, as the server says; "" for nobody. Also "" when another plugin sent
// it: a plugin can name any user.
const char *chat_http_user_id(const chat_http *r);
const char *chat_http_header(const chat_http *r, const char *canonical_name); // first value, "" when absent

// The path of a click on a button that OpenClaw's own channel made, whose context the adapter found signed. It has no slash:
// nobody else's request can have it.
#define CHAT_HTTP_OFFICIAL_CLICK "official-click"

// The path of the tools over MCP, and the header that holds their secret.
#define CHAT_HTTP_MCP_PATH "/mcp"
#define CHAT_HTTP_MCP_SECRET "X-Openclaw-Authorization"

// Collects the body, up to max_bytes. fn comes once: OC_OK with the whole body (borrowed), OC_ELIMIT, OC_ECLOSED.
typedef void chat_http_body_fn(void *ctx, chat_http *r, oc_err err, bytes body);
void chat_http_read(chat_http *r, size_t max_bytes, chat_http_body_fn *fn, void *ctx);

// Answers and ends the request; an unread body is dropped. header may be NULL or an object name → text.
void chat_http_answer(chat_http *r, int status, const char *content_type, const cJSON *header, bytes body);
// The same with {"error": sentence}.
void chat_http_answer_error(chat_http *r, int status, const char *sentence);

#endif
