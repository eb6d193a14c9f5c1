// SPDX-License-Identifier: Apache-2.0
// Slash commands over REST: one in each team that the bot is in, adopted when an earlier process made it, taken away at the
// end. Foreign ones are left alone.
#include "base/log.h"
#include "base/mem.h"
#include "chat/command_plan.h"
#include "chat/rest_callbacks.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { DESCRIPTION_MAX_BYTES = 128, REMOVE_WITHIN_MS = 3000 };

// Somebody waits for the registration.
typedef struct waiter {
    chat_done_fn *fn;
    void *ctx;
    struct waiter *next;
} waiter;

typedef struct registration { // one round through all teams
    chat *chat;
    cJSON *teams, *existing;
    int team, command;
    size_t standing;
    bool again; // something was asked for meanwhile
    char *problem;
    waiter *waiters;
} registration;

static void next_team(registration *r);
static void next_command(registration *r);

// --- what stands where ---

static const char *team_of(const registration *r) {
    return json_text(cJSON_GetArrayItem(r->teams, r->team), "id");
}

cJSON *rest_command_at(const chat *c, const char *team_id, const char *trigger) {
    cJSON *one = NULL;
    cJSON_ArrayForEach(one, c->commands) {
        if (strcmp(json_text(one, "team_id"), team_id) == 0 &&
            strcmp(json_text(one, "trigger"), trigger) == 0)
            return one;
    }
    return NULL;
}

static void set_text(cJSON *object, const char *key, const char *text) {
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    json_add_string(object, key, text);
}

static void stands(registration *r, const cJSON *command) {
    chat *c = r->chat;
    cJSON *one = rest_command_at(c, team_of(r), json_text(command, "trigger"));
    if (one == NULL) {
        one = json_new_object();
        json_add_string(one, "team_id", team_of(r));
        json_add_string(one, "trigger", json_text(command, "trigger"));
        json_push(c->commands, one);
    }
    set_text(one, "id", json_text(command, "id"));
    set_text(one, "token", json_text(command, "token"));
    r->standing++;
}

static void note_problem(registration *r, const char *what) {
    log_warn("a slash command is missing in a team", "team_id", team_of(r), "reason", what);
    free(r->problem);
    r->problem = xstrdup(what);
}

// --- one round ---

static void begin_round(registration *r);

static void end_round(registration *r) {
    chat *c = r->chat;
    bool fine = r->standing > 0 || r->problem == NULL;
    const chat_error error =
        fine ? REST_NO_ERROR : (chat_error){.err = OC_EDENIED, .id = "", .message = r->problem};
    char *count = xasprintf("%zu", r->standing);
    if (r->again) {
        r->again = false;
        free(count);
        begin_round(r);
        return;
    }
    free(c->commands_problem);
    c->commands_problem = r->problem != NULL ? xstrdup(r->problem) : NULL;
    log_info("slash commands are registered", "account", c->account, "commands", count);
    free(count);
    c->registration = NULL;
    waiter *w = r->waiters, *next = NULL;
    for (; w != NULL; w = next) {
        next = w->next;
        w->fn(w->ctx, &error);
        free(w);
    }
    cJSON_Delete(r->teams);
    cJSON_Delete(r->existing);
    free(r->problem);
    free(r);
}

static void finish_written(rest_wanted *w, const chat_error *error, const cJSON *json) {
    registration *r = w->ctx;
    if (error->err == OC_OK)
        stands(r, json);
    else
        note_problem(r, error->http_status == 403
                            ? "the bot may not manage slash commands in the team: give it a role "
                              "that may, for example team admin"
                            : error->message);
    r->command++;
    next_command(r);
}

static void write_command(registration *r, const cJSON *wanted, const cJSON *ours) {
    cJSON *body = cJSON_Duplicate(wanted, 1);
    json_add_string(body, "team_id", team_of(r));
    const rest_wanted answer = {.finish = finish_written, .ctx = r};
    if (ours == NULL) {
        rest_send(r->chat, "POST", rest_path("/commands", NULL), body, false, &answer);
        return;
    }
    json_add_string(body, "id", json_text(ours, "id"));
    rest_send(r->chat, "PUT", rest_path("/commands/", json_text(ours, "id"), NULL), body, true, &answer);
}

static void next_command(registration *r) {
    const cJSON *ours = NULL;
    for (;; r->command++) {
        const cJSON *wanted = cJSON_GetArrayItem(r->chat->wanted_commands, r->command);
        if (wanted == NULL || r->chat->rest == NULL) {
            r->team++;
            next_team(r);
            return;
        }
        switch (command_plan(r->existing, r->chat->bot_user_id, wanted, &ours)) {
        case COMMAND_KEEP:
            stands(r, ours);
            break;
        case COMMAND_FOREIGN:
            note_problem(r, "somebody else's command has the same trigger");
            break;
        case COMMAND_CREATE:
        case COMMAND_UPDATE:
            write_command(r, wanted, ours);
            return;
        }
    }
}

static void finish_listed(rest_wanted *w, const chat_error *error, const cJSON *json) {
    registration *r = w->ctx;
    cJSON_Delete(r->existing);
    r->existing = cJSON_Duplicate(json, 1);
    r->command = 0;
    if (error->err == OC_OK) {
        next_command(r);
        return;
    }
    note_problem(r, error->message);
    r->team++;
    next_team(r);
}

static void next_team(registration *r) {
    if (cJSON_GetArrayItem(r->teams, r->team) == NULL || r->chat->rest == NULL)
        end_round(r);
    else
        rest_get(r->chat, rest_path("/commands?team_id=", team_of(r), "&custom_only=true", NULL),
                 &(rest_wanted){.finish = finish_listed, .ctx = r});
}

static void finish_teams(rest_wanted *w, const chat_error *error, const cJSON *json) {
    registration *r = w->ctx;
    cJSON_Delete(r->teams);
    r->teams = error->err == OC_OK ? cJSON_Duplicate(json, 1) : json_new_array();
    r->team = 0;
    if (error->err != OC_OK)
        note_problem(r, error->message);
    next_team(r);
}

static void begin_round(registration *r) {
    r->standing = 0;
    free(r->problem);
    r->problem = NULL;
    rest_get(r->chat, rest_path("/users/", r->chat->bot_user_id, "/teams", NULL),
             &(rest_wanted){.finish = finish_teams, .ctx = r});
}

static registration *register_all(chat *c) {
    if (c->registration != NULL) {
        c->registration->again = true;
        return c->registration;
    }
    registration *r = xcalloc(1, sizeof *r);
    r->chat = c;
    c->registration = r;
    begin_round(r);
    return r;
}

void rest_commands_again(chat *c) {
    if (cJSON_GetArraySize(c->wanted_commands) > 0)
        (void)register_all(c);
}

// --- the calls of chat/server.h ---

static size_t prefix_bytes(const char *text, size_t max_bytes) {
    size_t len = strlen(text) < max_bytes ? strlen(text) : max_bytes;
    while (len > 0 && text[len] != '\0' && ((unsigned char)text[len] & 0xC0) == 0x80) // not within a rune
        len--;
    return len;
}

static cJSON *command_body(const chat *c, const chat_command_info *info) {
    const char *description = info->description != NULL ? info->description : "";
    char *cut = xstrndup(description, prefix_bytes(description, DESCRIPTION_MAX_BYTES));
    cJSON *body = json_new_object();
    json_add_string(body, "trigger", info->trigger);
    json_add_string(body, "method", "P");
    json_add_string(body, "url", c->commands_url);
    json_add_string(body, "display_name", info->display_name);
    json_add_string(body, "description", cut);
    json_add_bool(body, "auto_complete", true);
    json_add_string(body, "auto_complete_desc", cut);
    json_add_string(body, "auto_complete_hint", info->hint);
    free(cut);
    return body;
}

static void forget_wanted(chat *c, const char *trigger) {
    for (int i = cJSON_GetArraySize(c->wanted_commands) - 1; i >= 0; i--) {
        if (strcmp(json_text(cJSON_GetArrayItem(c->wanted_commands, i), "trigger"), trigger) == 0)
            cJSON_DeleteItemFromArray(c->wanted_commands, i);
    }
}

void chat_register_command(chat *c, const chat_command_info *command, chat_done_fn *fn, void *ctx) {
    static const chat_error none = {
        .err = OC_EDENIED,
        .id = "",
        .message =
            "callbacks.listen is not set, so there are no slash commands: write @bot /openclaw … instead"};
    if (*c->commands_url == '\0') {
        fn(ctx, &none);
        return;
    }
    waiter *w = xmalloc(sizeof *w);
    *w = (waiter){.fn = fn, .ctx = ctx};
    forget_wanted(c, command->trigger);
    json_push(c->wanted_commands, command_body(c, command));
    registration *r = register_all(c);
    LL_APPEND(r->waiters, w);
}

static void finish_removed(rest_wanted *w, const chat_error *error, const cJSON *json) {
    (void)w, (void)json;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND)
        log_warn("a slash command could not be taken away", "error", error->message);
}

// Registering looks at them anyway, and leaves those of others alone.
void chat_custom_commands(chat *c, const char *team_id, chat_json_fn *fn, void *ctx) {
    cJSON *none = json_new_array();
    (void)c, (void)team_id;
    fn(ctx, &REST_NO_ERROR, none);
    cJSON_Delete(none);
}

void chat_unregister_command(chat *c, const char *trigger, chat_done_fn *fn, void *ctx) {
    forget_wanted(c, trigger);
    for (int i = cJSON_GetArraySize(c->commands) - 1; i >= 0; i--) {
        const cJSON *one = cJSON_GetArrayItem(c->commands, i);
        if (strcmp(json_text(one, "trigger"), trigger) != 0)
            continue;
        rest_send(c, "DELETE", rest_path("/commands/", json_text(one, "id"), NULL), NULL, true,
                  &(rest_wanted){.finish = finish_removed});
        cJSON_DeleteItemFromArray(c->commands, i);
    }
    fn(ctx, &REST_NO_ERROR);
}

// --- the end ---

static void all_removed(chat *c) {
    void (*removed)(chat * c) = c->removed;
    c->removed = NULL;
    loop_timer_cancel(&c->remove_limit);
    if (removed != NULL)
        removed(c);
}

static void on_remove_limit(void *ctx) {
    all_removed(ctx);
}

static void finish_last(rest_wanted *w, const chat_error *error, const cJSON *json) {
    finish_removed(w, error, json);
    if (--w->chat->removing == 0)
        all_removed(w->chat);
}

void rest_commands_remove(chat *c, void (*removed)(chat *c)) {
    cJSON *commands = c->commands;
    const cJSON *one = NULL;
    c->commands = json_new_array();
    c->removed = removed;
    c->removing = 1;
    loop_timer_set(c->loop, &c->remove_limit, REMOVE_WITHIN_MS, on_remove_limit, c);
    cJSON_ArrayForEach(one, commands) {
        c->removing++;
        rest_send(c, "DELETE", rest_path("/commands/", json_text(one, "id"), NULL), NULL, true,
                  &(rest_wanted){.finish = finish_last});
    }
    cJSON_Delete(commands);
    if (--c->removing == 0)
        all_removed(c);
}
