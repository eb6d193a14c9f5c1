// SPDX-License-Identifier: Apache-2.0
// Whether a slash command that calls us still stands as we made it (reference-behaviour notes §9.6): the server is asked for it
// each time; several calls at one time share an answer, a command that does not stand is believed so for five seconds, and
// questions are limited: what comes faster is taken when the server has confirmed the same token in the last five seconds. Calls whose token we know and those with another one have limits of their own, so that
// who guesses keeps nobody out. A token that was renewed is learned.
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { LOOKUP_MS = 1000, REFUSED_MS = 5000, FRESH_MS = 5000, WAITERS_MAX = 64 };

typedef struct waiter {
    char *token;
    rest_checked_fn *fn;
    void *ctx;
    struct waiter *next;
} waiter;

// What is known about one command's registration.
typedef struct rest_command_check {
    chat *chat;
    char *id, *team_id, *trigger;
    bool asking;
    int64_t refused_until_ms, stood_at_ms; // 0: it was not heard yet that it stands
    token_rate known, strange;
    waiter *waiters;
    int waiting;
    struct rest_command_check *prev, *next;
} check;

static void forget(check *k) {
    waiter *w = NULL, *next = NULL;
    LL_FOREACH_SAFE (k->waiters, w, next) {
        secret_wipe(w->token, strlen(w->token));
        free(w->token);
        free(w);
    }
    free(k->id);
    free(k->team_id);
    free(k->trigger);
    free(k);
}

void rest_command_checks_end(chat *c) {
    check *k = NULL, *next = NULL;
    DL_FOREACH_SAFE (c->checks, k, next) {
        DL_DELETE(c->checks, k);
        forget(k);
    }
}

// Those of commands that we have no more go.
static check *check_for(chat *c, const cJSON *command) {
    check *k = NULL, *next = NULL, *found = NULL;
    DL_FOREACH_SAFE (c->checks, k, next) {
        if (strcmp(k->id, json_text(command, "id")) == 0) {
            found = k;
        } else if (!k->asking && rest_command_at(c, k->team_id, k->trigger) == NULL) {
            DL_DELETE(c->checks, k);
            forget(k);
        }
    }
    if (found != NULL)
        return found;
    k = xcalloc(1, sizeof *k);
    *k = (check){.chat = c,
                 .id = xstrdup(json_text(command, "id")),
                 .team_id = xstrdup(json_text(command, "team_id")),
                 .trigger = xstrdup(json_text(command, "trigger"))};
    DL_APPEND(c->checks, k);
    return k;
}

// --- the answer ---

static void end(check *k, const char *token) {
    waiter *w = k->waiters, *next = NULL;
    k->asking = false;
    k->waiters = NULL;
    k->waiting = 0;
    for (; w != NULL; w = next) {
        next = w->next;
        w->fn(w->ctx, token != NULL && rest_same_secret(w->token, token));
        secret_wipe(w->token, strlen(w->token));
        free(w->token);
        free(w);
    }
}

static void stands_not(check *k, const char *why) {
    log_warn("a call for a slash command is refused: the command is not registered as we made it", "account",
             k->chat->account, "trigger", k->trigger, "team_id", k->team_id, "reason", why);
    k->refused_until_ms = loop_now_ms(k->chat->loop) + REFUSED_MS;
    k->stood_at_ms = 0;
    end(k, NULL);
}

static void judge(check *k, const cJSON *one) {
    chat *c = k->chat;
    cJSON *ours = rest_command_at(c, k->team_id, k->trigger);
    const char *token = json_text(one, "token");
    bool same =
        ours != NULL && strcmp(json_text(ours, "id"), k->id) == 0 &&
        strcmp(json_text(one, "id"), k->id) == 0 && strcmp(json_text(one, "team_id"), k->team_id) == 0 &&
        strcmp(json_text(one, "trigger"), k->trigger) == 0 && strcmp(json_text(one, "method"), "P") == 0 &&
        strcmp(json_text(one, "url"), c->commands_url) == 0 && *token != '\0';
    if (!same) {
        stands_not(k, "another team, trigger, method or address");
        return;
    }
    if (!rest_same_secret(json_text(ours, "token"), token)) {
        log_info("a slash command has another token now", "account", c->account, "trigger", k->trigger);
        cJSON_DeleteItemFromObjectCaseSensitive(ours, "token");
        json_add_string(ours, "token", token);
    }
    k->stood_at_ms = loop_now_ms(c->loop);
    char *kept = xstrdup(token); // what a waiter does may change the command
    end(k, kept);
    secret_wipe(kept, strlen(kept));
    free(kept);
}

// --- the questions ---

// NULL: we have ended meanwhile.
static check *asked(void *ctx, const chat_error *error) {
    check *k = ctx;
    if (error->err != OC_ECLOSED)
        return k;
    end(k, NULL);
    return NULL;
}

static void on_list(void *ctx, const chat_error *error, const cJSON *json) {
    check *k = asked(ctx, error);
    const cJSON *one = NULL, *found = NULL;
    if (k == NULL)
        return;
    cJSON_ArrayForEach(one, json) {
        if (strcmp(json_text(one, "id"), k->id) == 0 && json_int(one, "delete_at", 0) == 0)
            found = one;
    }
    if (found != NULL)
        judge(k, found);
    else
        stands_not(k, error->err != OC_OK ? error->message : "it was deleted");
}

static void on_command(void *ctx, const chat_error *error, const cJSON *json) {
    check *k = asked(ctx, error);
    if (k == NULL)
        return;
    if (error->err == OC_OK && *json_text(json, "id") != '\0' && json_int(json, "delete_at", 0) == 0) {
        judge(k, json);
        return;
    }
    if (k->chat->rest == NULL) {
        end(k, NULL);
        return;
    }
    char *path = rest_path("/commands?team_id=", k->team_id, "&custom_only=true", NULL);
    rest_call(k->chat->rest, &(rest_request){.method = "GET", .path = path, .limit_ms = LOOKUP_MS}, on_list,
              k);
    free(path);
}

static void ask(check *k) {
    char *path = rest_path("/commands/", k->id, NULL);
    k->asking = true;
    rest_call(k->chat->rest, &(rest_request){.method = "GET", .path = path, .limit_ms = LOOKUP_MS},
              on_command, k);
    free(path);
}

void rest_check_command(chat *c, const cJSON *command, const char *token, rest_checked_fn *fn, void *ctx) {
    int64_t now_ms = loop_now_ms(c->loop);
    bool log = false, known = rest_same_secret(json_text(command, "token"), token);
    check *k = check_for(c, command);
    if (c->rest == NULL || now_ms < k->refused_until_ms || k->waiting == WAITERS_MAX) {
        fn(ctx, false);
        return;
    }
    if (!k->asking && !token_rate_take(known ? &k->known : &k->strange, now_ms, &log)) {
        bool fresh = known && k->stood_at_ms != 0 && now_ms - k->stood_at_ms < FRESH_MS;
        if (fresh) { // many people at once are no attack
            fn(ctx, true);
            return;
        }
        if (log)
            log_warn("slash commands are called faster than they can be checked", "account", c->account,
                     "trigger", k->trigger);
        fn(ctx, false);
        return;
    }
    waiter *w = xmalloc(sizeof *w);
    *w = (waiter){.token = xstrdup(token), .fn = fn, .ctx = ctx};
    LL_APPEND(k->waiters, w);
    k->waiting++;
    if (!k->asking)
        ask(k);
}
