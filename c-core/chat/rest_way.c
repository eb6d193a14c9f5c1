// SPDX-License-Identifier: Apache-2.0
// How it stands with the way to the server and back: what the adapter knows, and a try.
#include "base/mem.h"
#include "chat/callback_url.h"
#include "chat/rest_callbacks.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>

chat_connection chat_get_connection(const chat *c) {
    const bool listens = *c->commands_url != '\0' && c->rest != NULL;
    return (chat_connection){
        .outside = true,
        .known = c->bot_user_id != NULL,
        .token_refused = c->state == REST_HALTED,
        .problem = c->problem != NULL ? c->problem : "",
        .delivers = c->state == REST_READY && rest_socket_get_state(c->socket) == SOCKET_DELIVERING,
        .clock_ahead_ms = c->rest != NULL ? rest_client_ahead_ms(c->rest) : 0,
        .callbacks = listens ? c->commands_url : "",
        .callbacks_here = listens && callback_judge(c->commands_url, rest_client_server(c->rest)->base_url) ==
                                         CALLBACK_ELSEWHERE,
        .no_buttons = *c->interactions_url == '\0',
        .commands_problem = c->commands_problem != NULL ? c->commands_problem : "",
    };
}

// --- the server is made to call us ---

typedef struct trying {
    cJSON *teams; // that are still to be looked through
    char *team_id, *trigger;
    chat_done_fn *fn;
    void *ctx;
} trying;

static void end(trying *t, const chat_error *error) {
    t->fn(t->ctx, error);
    cJSON_Delete(t->teams);
    free(t->team_id);
    free(t->trigger);
    free(t);
}

static void finish_executed(rest_wanted *w, const chat_error *error, const cJSON *json) {
    (void)json;
    end(w->ctx, error);
}

// The bot's own direct channel: what the command answers is seen by nobody else.
static void finish_channel(rest_wanted *w, const chat_error *error, const cJSON *json) {
    trying *t = w->ctx;
    if (error->err != OC_OK) {
        end(t, error);
        return;
    }
    cJSON *body = json_new_object();
    char *text = xasprintf("/%s %s", t->trigger, REST_CALLBACK_CHECK);
    json_add_string(body, "channel_id", json_text(json, "id"));
    json_add_string(body, "team_id", t->team_id);
    json_add_string(body, "command", text);
    rest_send(w->chat, "POST", xstrdup("/commands/execute"), body, false,
              &(rest_wanted){.finish = finish_executed, .ctx = t});
    free(text);
}

static const cJSON *own_command(const chat *c, const cJSON *commands) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, commands) {
        if (strcmp(json_text(one, "creator_id"), c->bot_user_id) == 0 &&
            strcmp(json_text(one, "url"), c->commands_url) == 0)
            return one;
    }
    return NULL;
}

static void next_team(chat *c, trying *t);

static void finish_commands(rest_wanted *w, const chat_error *error, const cJSON *json) {
    trying *t = w->ctx;
    chat *c = w->chat;
    const cJSON *found = error->err == OC_OK && c->rest != NULL ? own_command(c, json) : NULL;
    if (found == NULL) {
        next_team(c, t);
        return;
    }
    t->trigger = xstrdup(json_text(found, "trigger"));
    cJSON *both = json_new_array();
    json_push(both, json_new_string(c->bot_user_id));
    json_push(both, json_new_string(c->bot_user_id));
    rest_send(c, "POST", xstrdup("/channels/direct"), both, true,
              &(rest_wanted){.finish = finish_channel, .ctx = t});
}

static void next_team(chat *c, trying *t) {
    static const chat_error none = {
        .err = OC_ENOTFOUND, .id = "", .message = "no slash command of the bot stands in any of its teams"};
    cJSON *team = cJSON_DetachItemFromArray(t->teams, 0);
    if (team == NULL || c->rest == NULL) {
        cJSON_Delete(team);
        end(t, &none);
        return;
    }
    free(t->team_id);
    t->team_id = xstrdup(json_text(team, "id"));
    cJSON_Delete(team);
    rest_get(c, rest_path("/commands?team_id=", t->team_id, "&custom_only=true", NULL),
             &(rest_wanted){.finish = finish_commands, .ctx = t});
}

static void finish_teams(rest_wanted *w, const chat_error *error, const cJSON *json) {
    trying *t = w->ctx;
    if (error->err != OC_OK) {
        end(t, error);
        return;
    }
    t->teams = cJSON_IsArray(json) ? cJSON_Duplicate(json, 1) : json_new_array();
    next_team(w->chat, t);
}

void chat_try_callback(chat *c, chat_done_fn *fn, void *ctx) {
    static const chat_error not_yet = {
        .err = OC_ENOTFOUND, .id = "", .message = "nobody listens, or the server does not know us"};
    if (c->bot_user_id == NULL || *c->commands_url == '\0' || c->rest == NULL) {
        fn(ctx, &not_yet);
        return;
    }
    trying *t = xcalloc(1, sizeof *t);
    *t = (trying){.fn = fn, .ctx = ctx};
    rest_get(c, rest_path("/users/", c->bot_user_id, "/teams", NULL),
             &(rest_wanted){.finish = finish_teams, .ctx = t});
}
