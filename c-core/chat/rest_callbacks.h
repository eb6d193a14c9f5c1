// SPDX-License-Identifier: Apache-2.0
// What the server calls us back for: slash commands, buttons, menus and dialogs. The addresses in our posts and the requests
// that come by them.
#ifndef OC_CHAT_REST_CALLBACKS_H
#define OC_CHAT_REST_CALLBACKS_H

#include "chat/rest_chat.h"
#include "net/http_server.h"

typedef enum rest_taken {
    REST_NOT_MINE, // another account's, or nobody's
    REST_TAKEN,    // it is or will be answered
} rest_taken;

// The argument of a slash command that does nothing: the bot itself gives it, to see whether the server can call us.
#define REST_CALLBACK_CHECK "callback-check"

// Whether the account takes calls from there (interactions.allowedSourceIps; without one, this machine alone).
bool rest_callbacks_from(const chat *c, const ip_address *from);
// A request below the account's own path. GET and others: 405. Without the account's secret: 401.
rest_taken rest_take_interaction(chat *c, http_exchange *e, const http_request *r);
// A request at the account's own path for MCP, whose secret the app judges: anybody's from where calls are taken.
rest_taken rest_take_mcp(chat *c, http_exchange *e, const http_request *r);
// Whether requests for slash commands at this path may be this account's, and whether a payload is: by its token or, so that
// a token that was renewed is learned, by team and trigger.
bool rest_has_commands_at(const chat *c, const char *path);
bool rest_knows_token(const chat *c, const cJSON *payload);
bool rest_knows_command(const chat *c, const cJSON *payload);
// Whether the account is at work: before, nobody can be served.
bool rest_callbacks_ready(const chat *c);
// Answers it once the server has said that the command stands and has this token; else 401. The payload is of a command that
// is known.
void rest_take_command(chat *c, http_exchange *e, const cJSON *payload);
// An answer that the person alone sees.
void rest_answer_command(http_exchange *e, int status, const char *text);
#define REST_UNKNOWN_TOKEN "Unauthorized: invalid command token."
// Nobody waits for its answer any more.
void rest_callback_ended(chat *c, http_exchange *e);

#endif
