// SPDX-License-Identifier: Apache-2.0
// The adapter's life: who we are, when events may come, the end.
#include "chat/rest_chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/random.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    FACT_GOOD_FOR_MS = 30000, // as in the plugin adapter: a right may hang on these facts
    FACTS_MAX = 2048,
    FRESH_MS = 5000,
    HOOKS_MAX = 500,
    HOOK_MS = 29 * 60 * 1000, // the server keeps them for half an hour
    RECENT_MAX = 500,
    RECENT_MS = 24 * 3600 * 1000,
    FIRST_RETRY_MS = 1000,
    QUIET_TRIES = 4,
    LONGEST_RETRY_MS = 30000,
    CLOCK_TELL_MS = 5000, // the server's clock may differ by this much without a word
};

// The one place where the state moves.
static void move(chat *c, rest_chat_state to, const char *why) {
    if (c->state == to)
        return;
    c->state = to;
    free(c->problem);
    c->problem = *why != '\0' ? xstrdup(why) : NULL;
    c->told_state(c->state_ctx, to, why);
}

rest_chat_state rest_chat_get_state(const chat *c) {
    return c->state;
}

static void on_halted(void *ctx, const char *why) {
    chat *c = ctx;
    rest_socket_stop(c->socket);
    loop_timer_cancel(&c->retry);
    log_error("the account is halted: the token is not accepted", "account", c->account, "reason", why);
    move(c, REST_HALTED, why);
}

// --- who we are ---

static void who_am_i(void *ctx);

// Whoever starts the program hears at once what is wrong, and the same again less and less often.
static void tell_trouble(chat *c, const chat_error *error) {
    const bool same = c->problem != NULL && strcmp(c->problem, error->message) == 0;
    const bool due = c->tries >= QUIET_TRIES && (c->tries & (c->tries - 1)) == 0;
    if (same && !due)
        return;
    free(c->problem);
    c->problem = xstrdup(error->message);
    log_warn("the Mattermost server does not say who we are", "account", c->account, "error", error->message);
}

static void on_unserved(void *ctx, const chat_error *error) {
    chat *c = ctx;
    const bool first = c->problem == NULL;
    if (c->state == REST_STARTING && first)
        tell_trouble(c, error);
}

static void try_again(chat *c, const chat_error *error) {
    int64_t wait_ms = FIRST_RETRY_MS;
    for (int i = 0; i < c->tries && wait_ms < LONGEST_RETRY_MS; i++)
        wait_ms *= 2;
    wait_ms = wait_ms / 2 + random_below((uint32_t)wait_ms);
    c->tries++;
    tell_trouble(c, error);
    loop_timer_set(c->loop, &c->retry, wait_ms, who_am_i, c);
}

static void tell_clock(const chat *c) {
    int64_t ahead_ms = rest_client_ahead_ms(c->rest);
    if (ahead_ms > -CLOCK_TELL_MS && ahead_ms < CLOCK_TELL_MS)
        return;
    char *text = xasprintf("%lld", (long long)ahead_ms);
    log_warn("the server's clock and this machine's differ: set both by NTP", "server_ahead_ms", text);
    free(text);
}

static void keep_self(chat *c, const cJSON *self) {
    if (!json_bool(self, "is_bot", false))
        log_warn("the token is a person's, not a bot's: make a bot account for it", "account", c->account);
    bool renamed = c->bot_username != NULL && strcmp(c->bot_username, json_text(self, "username")) != 0;
    free(c->bot_user_id);
    free(c->bot_username);
    c->bot_user_id = xstrdup(json_text(self, "id"));
    c->bot_username = xstrdup(json_text(self, "username"));
    if (renamed)
        log_info("the bot has another name", "account", c->account, "username", c->bot_username);
    if (renamed && c->activating)
        c->events.settings_changed(c->ctx); // it is mentioned by that one
}

static void on_self(void *ctx, const chat_error *error, const cJSON *user) {
    chat *c = ctx;
    static const chat_error empty = {.err = OC_EREMOTE, .id = "", .message = "no user in the answer"};
    if (error->err == OC_ECLOSED && c->rest == NULL)
        return;
    if (error->http_status == 401)
        return; // halted
    if (error->err != OC_OK || *json_text(user, "id") == '\0') {
        try_again(c, error->err != OC_OK ? error : &empty);
        return;
    }
    c->tries = 0;
    keep_self(c, user);
    tell_clock(c);
    if (c->state != REST_STARTING)
        return;
    log_info("the Mattermost server knows us", "account", c->account, "username", c->bot_username);
    move(c, REST_LISTENING, "");
    rest_socket_start(c->socket);
}

static void who_am_i(void *ctx) {
    chat *c = ctx;
    rest_call(c->rest, &(rest_request){.method = "GET", .path = "/users/me"}, on_self, c);
}

void rest_ask_self(chat *c) {
    who_am_i(c);
}

// --- the event stream ---

static int64_t server_ms(const chat *c, int64_t wall_ms) {
    int64_t ahead_ms = c->rest != NULL ? rest_client_ahead_ms(c->rest) : 0;
    return ahead_ms < 0 ? wall_ms + ahead_ms : wall_ms; // the earlier of both clocks
}

static void on_delivering(void *ctx, bool gap) {
    chat *c = ctx;
    bool first = !c->activating;
    if (gap)
        rest_missed(c, c->since_ms);
    c->since_ms = server_ms(c, rest_socket_heard_ms(c->socket));
    c->activating = true;
    move(c, REST_READY, "");
    if (first)
        c->events.activate(c->ctx);
}

static void on_gap(void *ctx) {
    chat *c = ctx;
    rest_missed(c, c->since_ms);
}

static void on_event(void *ctx, cJSON *frame) {
    chat *c = ctx;
    rest_take_event(c, frame);
    c->since_ms = server_ms(c, rest_socket_heard_ms(c->socket));
}

static void on_refused(void *ctx) {
    chat *c = ctx;
    who_am_i(c); // its 401 halts us
}

int64_t chat_told_until_ms(const chat *c) {
    int64_t heard_ms = rest_socket_heard_ms(c->socket);
    return c->activated && heard_ms > 0 && rest_socket_get_state(c->socket) == SOCKET_DELIVERING
               ? server_ms(c, heard_ms)
               : c->since_ms;
}

// "mattermost:<id>", "user:<id>", "@<id>" and "<id>" name somebody; other entries are no ids.
static cJSON *ids_in(char *const *entries) {
    cJSON *ids = json_new_array();
    for (; entries != NULL && *entries != NULL; entries++) {
        const char *colon = strrchr(*entries, ':'), *id = colon != NULL ? colon + 1 : *entries;
        id += *id == '@';
        if (parse_is_mm_id(id))
            json_push(ids, json_new_string(id));
    }
    return ids;
}

// --- life ---

chat *rest_chat_create(loop *l, const rest_chat_options *o) {
    static const rest_socket_events events = {
        .delivering = on_delivering, .gap = on_gap, .event = on_event, .refused = on_refused};
    chat *c = xcalloc(1, sizeof *c);
    *c = (chat){.loop = l, .store = o->store, .told_state = o->state, .state_ctx = o->ctx};
    c->account = xstrdup(o->account);
    c->settings = xstrdup(o->settings);
    c->owners = ids_in(o->owners);
    c->since_ms = loop_wall_ms(l);
    c->held = json_new_array();
    c->rest = rest_client_create(o->net, o->server, on_halted, c);
    rest_client_tell_unserved(c->rest, on_unserved);
    c->socket = rest_socket_create(o->net, rest_client_server(c->rest), &events, c);
    rest_callbacks_begin(c, o->callbacks);
    c->users = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->channels = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->members = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->teams = cache_create(FACTS_MAX, FACT_GOOD_FOR_MS);
    c->fresh = cache_create(FACTS_MAX, FRESH_MS);
    c->answer_hooks = cache_create(HOOKS_MAX, HOOK_MS);
    c->recent = cache_create(RECENT_MAX, RECENT_MS);
    c->tongues = tongues_create();
    return c;
}

void chat_on(chat *c, const chat_events *events, void *ctx) {
    c->events = *events;
    c->ctx = ctx;
}

void rest_chat_start(chat *c) {
    who_am_i(c);
}

static void on_removed(chat *c) {
    if (c->activated)
        c->events.stopping(c->ctx);
    else
        chat_stopped(c);
}

void rest_chat_stop(chat *c, void (*stopped)(void *ctx), void *ctx) {
    loop_timer_cancel(&c->retry);
    rest_socket_stop(c->socket);
    c->stopped = stopped;
    c->stopped_ctx = ctx;
    move(c, REST_STOPPED, "");
    rest_commands_remove(c, on_removed);
}

void chat_stopped(chat *c) {
    void (*stopped)(void *ctx) = c->stopped;
    c->stopped = NULL;
    if (stopped != NULL)
        stopped(c->stopped_ctx);
}

void rest_chat_set_settings(chat *c, const char *settings, char *const *owners) {
    cJSON_Delete(c->owners);
    c->owners = ids_in(owners);
    free(c->settings);
    c->settings = xstrdup(settings);
    if (c->activating)
        c->events.settings_changed(c->ctx);
}

void rest_chat_close(chat *c) {
    if (c == NULL || c->rest == NULL)
        return;
    rest_client *rest = c->rest;
    loop_timer_cancel(&c->retry);
    rest_reads_close(c);
    rest_uploads_close(c);
    rest_whispers_close(c);
    rest_socket_stop(c->socket);
    c->rest = NULL;
    rest_client_destroy(rest);
}

void rest_chat_destroy(chat *c) {
    if (c == NULL)
        return;
    rest_chat_close(c);
    rest_socket_destroy(c->socket);
    cache_destroy(c->users);
    tongues_destroy(c->tongues);
    cache_destroy(c->channels);
    cache_destroy(c->members);
    cache_destroy(c->teams);
    cache_destroy(c->fresh);
    cache_destroy(c->answer_hooks);
    cache_destroy(c->recent);
    rest_callbacks_end(c);
    cJSON_Delete(c->owners);
    cJSON_Delete(c->held);
    cJSON_Delete(c->channel_list);
    cJSON_Delete(c->server_info);
    free(c->account);
    free(c->settings);
    free(c->problem);
    free(c->commands_problem);
    free(c->bot_user_id);
    free(c->bot_username);
    free(c);
}
