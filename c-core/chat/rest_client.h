// SPDX-License-Identifier: Apache-2.0
// Mattermost's REST API with a bot token: one call after the other over kept connections, at most REST_OPEN_MAX at once.
// What fails in passing is tried again within the call's limit; a server that asks for a pause gets it for all calls. A
// token that is not accepted halts the client: nothing is sent any more. Nothing here blocks.
#ifndef OC_CHAT_REST_CLIENT_H
#define OC_CHAT_REST_CLIENT_H

#include "chat/types.h"
#include "config/account.h"
#include "net/net.h"

enum {
    REST_OPEN_MAX = 8,
    REST_WAITING_MAX = 2048,           // OC_EBUSY above
    REST_LIMIT_MS = 10000,             // of a call with all its attempts
    REST_ANSWER_MAX_BYTES = 16 << 20,  // OC_ELIMIT above
    REST_REQUEST_MAX_BYTES = 16 << 20, // of a body
};

typedef struct rest_client rest_client;

// server is copied, n borrowed. halted comes at most once, from the loop: why is a sentence for an administrator.
rest_client *rest_client_create(net *n, const server_config *server,
                                void (*halted)(void *ctx, const char *why), void *ctx);
// Until the server has done the first thing for us: each try that failed, though it is made again, with the context of halted.
void rest_client_tell_unserved(rest_client *c, void (*unserved)(void *ctx, const chat_error *error));
// Open calls end with OC_ECLOSED first. NULL-safe.
void rest_client_destroy(rest_client *c);
const server_config *rest_client_server(const rest_client *c);
bool rest_client_halted(const rest_client *c);
// How far the server's clock is ahead of ours, by its last answer (to the second); 0 before the first.
int64_t rest_client_ahead_ms(const rest_client *c);

typedef struct rest_request { // copied
    const char *method;       // "GET" …
    const char *path;         // below /api/v4, with its query; ids in it are checked (api_url.h)
    const cJSON *json;        // the body, or NULL
    bytes content;            // or as it is
    const char *content_type; // of content
    bool repeatable;          // doing it twice is as good as once; true for GET, PUT and DELETE anyway
    int64_t limit_ms;         // 0: REST_LIMIT_MS
    bool beside_api;          // path is below the server's address itself, and a good answer need be no JSON
} rest_request;

// json is NULL where the answer holds none. Borrowed.
typedef void rest_fn(void *ctx, const chat_error *error, const cJSON *json);
// Ends in exactly one callback, never from inside this call.
void rest_call(rest_client *c, const rest_request *r, rest_fn *fn, void *ctx);

// A handle for a transfer of one's own: address, token, trust and proxy are set. NULL and *why (a lower-case clause, which
// the caller frees) when it cannot be made. Goes back with net_end.
CURL *rest_easy(rest_client *c, const char *path, char **why);
CURL *rest_easy_beside(rest_client *c, const char *path, char **why); // the same for what is beside the API
// What the answer of such a transfer says: body is what came of an error's. Halts the client at a 401. message lives
// as long as *text, which the caller frees.
chat_error rest_judge(rest_client *c, CURL *easy, CURLcode result, bytes body, char **text);
net *rest_client_net(const rest_client *c);

#endif
