// SPDX-License-Identifier: Apache-2.0
#include "chat/rest_front.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/rest_callbacks.h"
#include "chat/slash_payload.h"
#include "net/forwarded.h"

#include <stdlib.h>
#include <string.h>

#define NOT_READY "Slash commands are not yet initialized. Please try again in a moment."
#define BAD_PAYLOAD "Invalid slash command payload."
#define SAME_TOKEN "Conflict: command token is not unique across accounts."
#define SAME_COMMAND "Conflict: slash command is not unique across accounts."

struct rest_front {
    rest_front_owner owner;
    http_server *server;
};

static bool is_wanted(const rest_front *f, const ip_address *from) {
    const chat *c = NULL;
    for (size_t i = 0; (c = f->owner.chat_at(f->owner.ctx, i)) != NULL; i++) {
        if (rest_callbacks_from(c, from))
            return true;
    }
    return false;
}

static bool lets_in(void *ctx, const ip_address *from) {
    const rest_front *f = ctx;
    return ip_in_list(f->owner.trusted(f->owner.ctx).proxies, from) || is_wanted(f, from);
}

static void answer_text(http_exchange *e, int status, const char *text) {
    cJSON *header = json_new_object();
    if (status == 405)
        json_add_string(header, "Allow", "POST");
    http_answer(e, status, "text/plain; charset=utf-8", header, bytes_str(text));
    cJSON_Delete(header);
}

// --- slash commands ---

typedef struct owners { // whose a command is
    chat *by_token, *by_name;
    int tokens, names;
    bool ready; // some account is at work
} owners;

static owners find(const rest_front *f, const http_request *r, const cJSON *payload) {
    owners found = {.by_token = NULL};
    chat *c = NULL;
    for (size_t i = 0; (c = f->owner.chat_at(f->owner.ctx, i)) != NULL; i++) {
        if (!rest_has_commands_at(c, r->path) || !rest_callbacks_from(c, &r->from))
            continue;
        found.ready = found.ready || rest_callbacks_ready(c);
        if (payload != NULL && rest_knows_token(c, payload)) {
            found.by_token = c;
            found.tokens++;
        } else if (payload != NULL && rest_knows_command(c, payload)) {
            found.by_name = c;
            found.names++;
        }
    }
    return found;
}

static void take_command(const rest_front *f, http_exchange *e, const http_request *r) {
    cJSON *payload = slash_payload_read(json_text(r->header, "content-type"), r->body);
    const owners whose = find(f, r, payload);
    if (!whose.ready)
        rest_answer_command(e, 503, NOT_READY);
    else if (payload == NULL)
        rest_answer_command(e, 400, BAD_PAYLOAD);
    else if (whose.tokens == 1)
        rest_take_command(whose.by_token, e, payload);
    else if (whose.tokens > 1)
        rest_answer_command(e, 409, SAME_TOKEN);
    else if (whose.names == 1) // perhaps its token was renewed
        rest_take_command(whose.by_name, e, payload);
    else if (whose.names > 1)
        rest_answer_command(e, 409, SAME_COMMAND);
    else
        rest_answer_command(e, 401, REST_UNKNOWN_TOKEN);
    cJSON_Delete(payload);
}

static bool is_for_commands(const rest_front *f, const char *path) {
    const chat *c = NULL;
    for (size_t i = 0; (c = f->owner.chat_at(f->owner.ctx, i)) != NULL; i++) {
        if (rest_has_commands_at(c, path))
            return true;
    }
    return false;
}

// --- all of them ---

static bool taken_by_an_account(const rest_front *f, http_exchange *e, const http_request *r) {
    chat *c = NULL;
    for (size_t i = 0; (c = f->owner.chat_at(f->owner.ctx, i)) != NULL; i++) {
        if (rest_take_interaction(c, e, r) == REST_TAKEN || rest_take_mcp(c, e, r) == REST_TAKEN)
            return true;
    }
    return false;
}

static void on_request(void *ctx, http_exchange *e, const http_request *r) {
    const rest_front *f = ctx;
    const rest_front_trust trust = f->owner.trusted(f->owner.ctx);
    http_request request = *r;
    if (!forwarded_from(&r->from, r->header, trust.proxies, trust.real_ip, &request.from) ||
        !is_wanted(f, &request.from)) {
        http_drop(e); // as a connection from there would be
        return;
    }
    if (taken_by_an_account(f, e, &request))
        return;
    if (!is_for_commands(f, request.path))
        answer_text(e, 404, "Not Found\n");
    else if (strcmp(request.method, "POST") != 0)
        answer_text(e, 405, "Method Not Allowed\n");
    else
        take_command(f, e, &request);
}

static void on_ended(void *ctx, http_exchange *e) {
    const rest_front *f = ctx;
    chat *c = NULL;
    for (size_t i = 0; (c = f->owner.chat_at(f->owner.ctx, i)) != NULL; i++)
        rest_callback_ended(c, e);
}

rest_front *rest_front_listen(loop *l, const char *at, const rest_front_owner *owner, char **why) {
    static const http_server_events events = {.lets_in = lets_in, .request = on_request, .ended = on_ended};
    rest_front *f = xcalloc(1, sizeof *f);
    f->owner = *owner;
    f->server = http_server_create(l, at, &events, f, why);
    if (f->server != NULL)
        return f;
    free(f);
    return NULL;
}

void rest_front_destroy(rest_front *f) {
    if (f == NULL)
        return;
    http_server_destroy(f->server);
    free(f);
}

int rest_front_port(const rest_front *f) {
    return http_server_port(f->server);
}
