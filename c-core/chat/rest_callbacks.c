// SPDX-License-Identifier: Apache-2.0
#include "chat/rest_callbacks.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/random.h"
#include "base/secret.h"
#include "chat/callback_url.h"
#include "chat/official_click.h"
#include "chat/rest_http.h"
#include "chat/rest_internal.h"
#include "net/forwarded.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define NOT_STARTED "The bot is starting: try again in a moment."

// A request whose answer is awaited.
typedef struct rest_pending {
    chat *chat;
    http_exchange *exchange; // NULL: nobody waits for it
    cJSON *payload;          // of a slash command
    struct rest_pending *prev, *next;
} rest_pending;

static rest_pending *pend(chat *c, http_exchange *e) {
    rest_pending *p = xcalloc(1, sizeof *p);
    *p = (rest_pending){.chat = c, .exchange = e};
    DL_APPEND(c->pending, p);
    return p;
}

static void settle(rest_pending *p) {
    DL_DELETE(p->chat->pending, p);
    cJSON_Delete(p->payload);
    free(p);
}

static void answer(rest_pending *p, int status, const char *type, const cJSON *header, bytes body) {
    http_exchange *e = p->exchange;
    settle(p);
    if (e != NULL)
        http_answer(e, status, type, header, body);
}

void rest_callback_ended(chat *c, http_exchange *e) {
    rest_pending *p = NULL;
    DL_FOREACH (c->pending, p) {
        if (p->exchange == e)
            p->exchange = NULL;
    }
}

bool rest_same_secret(const char *a, const char *b) {
    secret *left = secret_create(a), *right = secret_create(b);
    bool same = *a != '\0' && secret_equal(left, right);
    secret_destroy(left);
    secret_destroy(right);
    return same;
}

// --- from where ---

bool rest_callbacks_from(const chat *c, const ip_address *from) {
    static char v4[] = "127.0.0.1", v6[] = "::1", *const here[] = {v4, v6, NULL};
    char *const *named = c->rest != NULL ? rest_client_server(c->rest)->callback_ips : NULL;
    return ip_in_list(named != NULL && *named != NULL ? named : here, from);
}

// --- buttons, menus, dialogs ---

static void on_http_answer(void *ctx, int status, const char *content_type, const cJSON *header, bytes body) {
    answer(ctx, status, content_type, header, body);
}

static void refuse(http_exchange *e, int status, const char *sentence) {
    char *text = xasprintf("{\"error\":\"%s\"}", sentence);
    http_answer(e, status, "application/json", NULL, bytes_str(text));
    free(text);
}

static void refuse_method(http_exchange *e) {
    cJSON *header = json_new_object();
    json_add_string(header, "Allow", "POST");
    http_answer(e, 405, "application/json", header, bytes_str("{\"error\":\"Method Not Allowed\"}"));
    cJSON_Delete(header);
}

static void to_app(chat *c, http_exchange *e, const rest_http_request *request) {
    rest_pending *p = pend(c, e);
    chat_http *made = rest_http_create(request, on_http_answer, p);
    if (made != NULL)
        c->events.http(c->ctx, made);
    else
        answer(p, 503, "text/plain", NULL, bytes_str("no memory\n"));
}

// The server names who clicked; it alone knows the secret in the address, which no client is shown.
static void hand_over(chat *c, http_exchange *e, const http_request *r, const char *path) {
    cJSON *json = NULL, *header = json_new_object();
    if (json_parse(r->body, &json) != OC_OK || !cJSON_IsObject(json)) {
        refuse(e, 400, "Invalid request body");
        goto out;
    }
    json_add_string(header, "Content-Type", json_text(r->header, "content-type"));
    const char *user_id = json_text(json, "user_id");
    const rest_http_request request = {.method = r->method,
                                       .path = path,
                                       .query = r->query,
                                       .user_id = parse_is_mm_id(user_id) ? user_id : "",
                                       .header = header,
                                       .body = r->body};
    to_app(c, e, &request);
out:
    cJSON_Delete(header);
    cJSON_Delete(json);
}

// A button that OpenClaw's own channel made with this bot's token, before we took over: its address has no secret of ours, but
// its context is signed.
static void hand_over_official(chat *c, http_exchange *e, const http_request *r) {
    cJSON *json = NULL;
    const char *why = "Invalid request body";
    int status = json_parse(r->body, &json) != OC_OK
                     ? 400
                     : official_click_check(rest_client_server(c->rest)->bot_token, json, &why);
    cJSON_Delete(json);
    if (status != 200)
        log_warn("a click is refused: it is none of a button that this bot made", "account", c->account,
                 "reason", why);
    if (status != 200)
        refuse(e, status, why);
    else if (!c->activated)
        refuse(e, 503, NOT_STARTED);
    else
        hand_over(c, e, r, CHAT_HTTP_OFFICIAL_CLICK);
}

rest_taken rest_take_interaction(chat *c, http_exchange *e, const http_request *r) {
    char *prefix = callback_path(c->interactions_url);
    size_t len = strlen(prefix);
    bool mine = *c->interactions_url != '\0' && strncmp(r->path, prefix, len) == 0 &&
                (r->path[len] == '/' || r->path[len] == '\0');
    free(prefix);
    if (!mine)
        return REST_NOT_MINE;
    const char *given = r->path + len + (r->path[len] == '/');
    char *token = xstrndup(given, strcspn(given, "/"));
    bool knows = rest_same_secret(token, c->callback_secret);
    const char *rest = given + strlen(token);
    if (strcmp(r->method, "POST") != 0)
        refuse_method(e);
    else if (!rest_callbacks_from(c, &r->from))
        refuse(e, 403, "Forbidden origin");
    else if (!knows && *given == '\0')
        hand_over_official(c, e, r);
    else if (!knows)
        refuse(e, 401, "Unauthorized");
    else if (!c->activated)
        refuse(e, 503, NOT_STARTED);
    else
        hand_over(c, e, r, rest);
    free(token);
    return REST_TAKEN;
}

// --- the tools over MCP ---

// Of the request's headers what MCP asks for, by canonical name.
static cJSON *mcp_header(const http_request *r) {
    static const struct {
        const char *there, *here;
    } names[] = {{"x-openclaw-authorization", CHAT_HTTP_MCP_SECRET},
                 {"authorization", "Authorization"},
                 {"origin", "Origin"},
                 {"content-type", "Content-Type"}};
    cJSON *header = json_new_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_add_string(header, names[i].here, json_text(r->header, names[i].there));
    return header;
}

rest_taken rest_take_mcp(chat *c, http_exchange *e, const http_request *r) {
    char *path = callback_path(c->mcp_url);
    bool mine = *c->mcp_url != '\0' && strcmp(r->path, path) == 0;
    free(path);
    if (!mine)
        return REST_NOT_MINE;
    if (!rest_callbacks_from(c, &r->from)) {
        refuse(e, 403, "Forbidden origin");
    } else if (!c->activated) {
        refuse(e, 503, NOT_STARTED);
    } else {
        cJSON *header = mcp_header(r);
        to_app(c, e,
               &(rest_http_request){.method = r->method,
                                    .path = CHAT_HTTP_MCP_PATH,
                                    .query = r->query,
                                    .user_id = "",
                                    .header = header,
                                    .body = r->body});
        cJSON_Delete(header);
    }
    return REST_TAKEN;
}

// --- slash commands ---

static const char *trigger_of(const cJSON *payload) {
    const char *command = json_text(payload, "command");
    return *command == '/' ? command + 1 : command;
}

static const cJSON *command_of(const chat *c, const cJSON *payload) {
    return rest_command_at(c, json_text(payload, "team_id"), trigger_of(payload));
}

bool rest_has_commands_at(const chat *c, const char *path) {
    char *ours = callback_path(c->commands_url);
    bool same = *c->commands_url != '\0' && strcmp(ours, path) == 0;
    free(ours);
    return same;
}

bool rest_knows_command(const chat *c, const cJSON *payload) {
    return command_of(c, payload) != NULL;
}

bool rest_knows_token(const chat *c, const cJSON *payload) {
    const cJSON *command = command_of(c, payload);
    return command != NULL && rest_same_secret(json_text(command, "token"), json_text(payload, "token"));
}

cJSON *rest_command_body(const chat *c, const chat_command_result *result) {
    cJSON *json = json_new_object();
    json_add_string(json, "response_type", result->in_channel ? "in_channel" : "ephemeral");
    json_add_string(json, "text", result->text);
    json_add_bool(json, "skip_slack_parsing", true);
    if (result->props != NULL) {
        cJSON *props = rest_props_for_server(c, result->props);
        cJSON *attachments = cJSON_DetachItemFromObjectCaseSensitive(props, "attachments");
        if (attachments != NULL)
            json_add(json, "attachments", attachments);
        json_add(json, "props", props);
    }
    if (result->goto_path != NULL)
        json_add_string(json, "goto_location", result->goto_path);
    return json;
}

static void on_command_answer(void *ctx, const chat_command_result *result) {
    rest_pending *p = ctx;
    cJSON *json = rest_command_body(p->chat, result);
    char *text = cJSON_PrintUnformatted(json);
    answer(p, 200, "application/json; charset=utf-8", NULL, bytes_str(text != NULL ? text : "{}"));
    cJSON_free(text);
    cJSON_Delete(json);
}

static void run_command(rest_pending *p) {
    chat *c = p->chat;
    const cJSON *payload = p->payload;
    if (strcmp(json_text(payload, "text"), REST_CALLBACK_CHECK) == 0 &&
        strcmp(json_text(payload, "user_id"), c->bot_user_id) == 0) {
        answer(p, 200, "application/json", NULL, bytes_str("{}"));
        return;
    }
    char *whole = *json_text(payload, "text") != '\0'
                      ? xasprintf("/%s %s", trigger_of(payload), json_text(payload, "text"))
                      : xasprintf("/%s", trigger_of(payload));
    cJSON *kept = cJSON_Duplicate(payload, 1);
    rest_note_answer_hook(c, payload);
    const chat_command command = {.user_id = json_text(kept, "user_id"),
                                  .channel_id = json_text(kept, "channel_id"),
                                  .team_id = json_text(kept, "team_id"),
                                  .root_id = json_text(kept, "root_id"),
                                  .trigger_id = json_text(kept, "trigger_id"),
                                  .command = whole};
    c->events.command(c->ctx, &command, rest_command_ticket(on_command_answer, p));
    cJSON_Delete(kept);
    free(whole);
}

void rest_answer_command(http_exchange *e, int status, const char *text) {
    cJSON *json = json_new_object();
    json_add_string(json, "response_type", "ephemeral");
    json_add_string(json, "text", text);
    char *body = cJSON_PrintUnformatted(json);
    http_answer(e, status, "application/json; charset=utf-8", NULL, bytes_str(body != NULL ? body : "{}"));
    cJSON_free(body);
    cJSON_Delete(json);
}

static void refuse_token(rest_pending *p) {
    http_exchange *e = p->exchange;
    log_warn("a call for a slash command has another token", "account", p->chat->account);
    settle(p);
    if (e != NULL)
        rest_answer_command(e, 401, REST_UNKNOWN_TOKEN);
}

static void on_checked(void *ctx, bool fine) {
    rest_pending *p = ctx;
    if (fine && p->exchange != NULL && p->chat->activated)
        run_command(p);
    else
        refuse_token(p);
}

bool rest_callbacks_ready(const chat *c) {
    return c->activated;
}

void rest_take_command(chat *c, http_exchange *e, const cJSON *payload) {
    const cJSON *command = command_of(c, payload);
    rest_pending *p = pend(c, e);
    p->payload = cJSON_Duplicate(payload, 1);
    if (!c->activated || command == NULL)
        refuse_token(p);
    else
        rest_check_command(c, command, json_text(payload, "token"), on_checked, p);
}

// --- addresses in what we send ---

#define OURS "/plugins/openclaw"

// A button leads to us by the plugin's path; from outside it needs a whole address. NULL: there is none.
static char *address_for_server(const chat *c, const char *url) {
    if (strncmp(url, OURS "/", strlen(OURS "/")) != 0)
        return xstrdup(url);
    return *c->interactions_url != '\0'
               ? xasprintf("%s/%s%s", c->interactions_url, c->callback_secret, url + strlen(OURS))
               : NULL;
}

static void put_address(const chat *c, cJSON *actions) {
    for (int i = cJSON_GetArraySize(actions) - 1; i >= 0; i--) {
        cJSON *integration = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(actions, i), "integration");
        const char *url = json_string(integration, "url");
        char *address = url != NULL ? address_for_server(c, url) : NULL;
        if (address != NULL) {
            cJSON_DeleteItemFromObjectCaseSensitive(integration, "url");
            json_add_string(integration, "url", address);
        } else if (url != NULL) { // a button that leads nowhere is none
            cJSON_DeleteItemFromArray(actions, i);
        }
        free(address);
    }
}

cJSON *rest_props_for_server(const chat *c, const cJSON *props) {
    cJSON *copy = cJSON_Duplicate(props, 1), *attachment = NULL;
    cJSON_ArrayForEach(attachment, cJSON_GetObjectItemCaseSensitive(copy, "attachments")) {
        cJSON *actions = cJSON_GetObjectItemCaseSensitive(attachment, "actions");
        put_address(c, actions);
        if (actions != NULL && cJSON_GetArraySize(actions) == 0)
            cJSON_DeleteItemFromObjectCaseSensitive(attachment, "actions");
    }
    return copy;
}

void chat_open_dialog(chat *c, const char *trigger_id, const char *url, const cJSON *dialog, chat_done_fn *fn,
                      void *ctx) {
    static const chat_error none = {
        .err = OC_EDENIED, .id = "", .message = "there is no address for dialogs"};
    char *address = address_for_server(c, url);
    if (address == NULL) {
        fn(ctx, &none);
        return;
    }
    cJSON *json = json_new_object();
    json_add_string(json, "trigger_id", trigger_id);
    json_add_string(json, "url", address);
    json_add(json, "dialog", cJSON_Duplicate(dialog, 1));
    rest_send(c, "POST", rest_path("/actions/dialogs/open", NULL), json, false,
              &(rest_wanted){.finish = rest_finish_done, .fn.done = fn, .ctx = ctx});
    free(address);
}

// --- life ---

// What only the server learns: kept, because posts that stand already have it.
static char *load_secret(chat *c) {
    enum { SECRET_BYTES = 24 };
    char fresh[2 * SECRET_BYTES + 1], *why = NULL;
    buf value;
    buf_init(&value, SQLITE_STORE_VALUE_MAX_BYTES);
    oc_err err =
        sqlite_store_get(c->store, c->account, "callback_secret", loop_wall_ms(c->loop), &value, &why);
    if (err == OC_ENOTFOUND) {
        random_hex(fresh, SECRET_BYTES);
        err = sqlite_store_set(c->store, c->account, "callback_secret", bytes_str(fresh), 0,
                               loop_wall_ms(c->loop), &why);
        if (err == OC_OK)
            err = buf_append_str(&value, fresh);
    }
    if (err != OC_OK)
        log_error("there are no buttons: their secret cannot be kept", "error", why);
    free(why);
    char *text = buf_take_str(&value);
    buf_free(&value);
    return text;
}

// What can be said without asking: Mattermost calls private addresses only where it was given leave.
static void warn_unreachable(const chat *c, const char *what, const char *url) {
    char *host = callback_host(url);
    switch (callback_judge(url, rest_client_server(c->rest)->base_url)) {
    case CALLBACK_PUBLIC:
        break;
    case CALLBACK_NEEDS_LEAVE:
        log_warn("the Mattermost server calls a private address only when \"Allow untrusted internal "
                 "connections to\" (System Console, Environment, Developer; "
                 "ServiceSettings.AllowedUntrustedInternalConnections) names it",
                 "account", c->account, "for", what, "host", host, "callback", url);
        break;
    case CALLBACK_ELSEWHERE:
        log_warn(
            "the Mattermost server is on another machine and cannot call this one's own address: set "
            "interactions.callbackBaseUrl (commands.callbackUrl where that is set) to one that it can call",
            "account", c->account, "for", what, "callback", url);
        break;
    }
    free(host);
}

void rest_callbacks_begin(chat *c, const char *base) {
    const server_config *server = rest_client_server(c->rest);
    c->commands = json_new_array();
    c->wanted_commands = json_new_array();
    c->interactions_url = xstrdup("");
    c->commands_url = xstrdup("");
    c->mcp_url = xstrdup("");
    c->callback_secret = xstrdup("");
    if (*base == '\0')
        return;
    const char *public_base = *server->callback_base != '\0' ? server->callback_base : base;
    free(c->mcp_url); // whoever calls there has a secret of their own
    c->mcp_url = callback_mcp(public_base, c->account);
    free(c->callback_secret);
    c->callback_secret = load_secret(c);
    if (*c->callback_secret == '\0')
        return;
    free(c->interactions_url);
    free(c->commands_url);
    c->interactions_url = callback_interactions(public_base, c->account);
    c->commands_url = callback_commands(server->command_url, public_base, server->command_path);
    warn_unreachable(c, "buttons", c->interactions_url);
    if (*server->command_url != '\0')
        warn_unreachable(c, "slash commands", c->commands_url);
}

void rest_callbacks_end(chat *c) {
    rest_command_checks_end(c);
    while (c->pending != NULL)
        settle(c->pending);
    loop_timer_cancel(&c->remove_limit);
    cJSON_Delete(c->commands);
    cJSON_Delete(c->wanted_commands);
    free(c->interactions_url);
    free(c->commands_url);
    free(c->mcp_url);
    free(c->callback_secret);
}
