// SPDX-License-Identifier: Apache-2.0
#include "outbound/resolve_private.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "outbound/dm_retry.h"
#include "outbound/sight.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum {
    FORBIDDEN = 403,
    DIRECTS_MAX = 1024,
    DIRECTS_GOOD_FOR_MS = 600000,
    KINDS_MAX = 1024,
    KINDS_GOOD_FOR_MS = 300000, // OpenClaw's
};

resolver *resolver_create(loop *l, chat *c) {
    resolver *r = xcalloc(1, sizeof *r);
    r->loop = l;
    r->chat = c;
    r->directs = cache_create(DIRECTS_MAX, DIRECTS_GOOD_FOR_MS);
    r->kinds = cache_create(KINDS_MAX, KINDS_GOOD_FOR_MS);
    return r;
}

void resolver_destroy(resolver *r) {
    if (r == NULL)
        return;
    while (r->open != NULL) {
        question *q = r->open;
        question_fail(q, OC_ECLOSED, xstrdup("The plugin is stopping."));
    }
    cache_destroy(r->directs);
    cache_destroy(r->kinds);
    free(r);
}

void resolver_forget_channel(resolver *r, const char *channel_id) {
    (void)channel_id; // pairs of users lead to it: few enough to be asked for anew
    cache_clear(r->directs);
}

// --- the life of a question ---

static void release(question *q) {
    if (q->fn != NULL || q->expected > 0)
        return;
    cJSON_Delete(q->channel);
    cJSON_Delete(q->teams);
    cJSON_Delete(q->matches);
    char *texts[] = {q->bot_user_id, q->viewer_id, q->home_team_id, q->user_id, q->username};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(q);
}

void question_ask(question *q) {
    q->expected++;
}

bool question_answered(question *q) {
    q->expected--;
    if (q->fn != NULL)
        return true;
    release(q);
    return false;
}

static void finish(question *q, oc_err err, const char *sentence, const resolved *place) {
    resolved_fn *fn = q->fn;
    loop_timer_cancel(&q->timer);
    DL_DELETE(q->resolver->open, q);
    q->resolver = NULL;
    q->fn = NULL;
    q->expected++; // held while the callback runs
    fn(q->ctx, err, sentence, place);
    q->expected--;
    release(q);
}

void question_fail(question *q, oc_err err, char *sentence) {
    finish(q, err, sentence, NULL);
    free(sentence);
}

void question_call_failed(question *q, const chat_error *error, const char *what) {
    oc_err err = error->err == OC_ENOTFOUND ? OC_EREMOTE : error->err;
    question_fail(q, err,
                  xasprintf("Mattermost could not %s (%s). Nothing was sent; it may be tried again.", what,
                            *error->message != '\0' ? error->message : oc_err_text(error->err)));
}

bool question_is_absent(const chat_error *error) {
    return error->err == OC_ENOTFOUND || error->http_status == FORBIDDEN;
}

void question_place(question *q) {
    chat_channel c = question_channel_view(q->channel);
    const resolved place = {.type = q->channel != NULL ? c.type : 'D',
                            .channel_id = c.id,
                            .team_id = c.team_id,
                            .name = c.name,
                            .archived = c.delete_at_ms != 0,
                            .user_id = q->user_id != NULL ? q->user_id : "",
                            .username = q->username != NULL ? q->username : ""};
    finish(q, OC_OK, "", &place);
}

cJSON *question_channel_json(const chat_channel *channel) {
    cJSON *json = json_new_object();
    const char type[] = {channel->type, '\0'};
    json_add_string(json, "id", channel->id);
    json_add_string(json, "team_id", channel->team_id);
    json_add_string(json, "name", channel->name);
    json_add_string(json, "type", type);
    json_add_int(json, "delete_at", channel->delete_at_ms);
    return json;
}

chat_channel question_channel_view(const cJSON *json) {
    return (chat_channel){.id = json_text(json, "id"),
                          .team_id = json_text(json, "team_id"),
                          .name = json_text(json, "name"),
                          .display_name = "",
                          .header = "",
                          .purpose = "",
                          .type = *json_text(json, "type"),
                          .delete_at_ms = json_int(json, "delete_at", 0)};
}

// --- who sees it ---

typedef struct looking {
    question *q;
    cJSON *channel;
    question_seen_fn *fn;
    bool by_bot; // the viewer has seen it
} looking;

static void look_on(looking *l);

static void on_sight(void *ctx, const chat_error *error, bool seen) {
    looking *l = ctx;
    question *q = l->q;
    bool awaited = question_answered(q);
    if (awaited && error->err == OC_OK && seen && !l->by_bot) {
        l->by_bot = true;
        look_on(l);
        return;
    }
    question_seen_fn *fn = l->fn;
    cJSON_Delete(l->channel);
    free(l);
    if (awaited && error->err != OC_OK)
        question_call_failed(q, error, "tell who may see the channel");
    else if (awaited)
        fn(q, seen);
}

static void look_on(looking *l) {
    question *q = l->q;
    chat_channel channel = question_channel_view(l->channel);
    question_ask(q);
    sight_of_channel(q->resolver->chat, l->by_bot ? q->bot_user_id : q->viewer_id, &channel, on_sight, l);
}

void question_look(question *q, const cJSON *channel, question_seen_fn *fn) {
    looking *l = xcalloc(1, sizeof *l);
    *l = (looking){.q = q, .channel = cJSON_Duplicate(channel, 1), .fn = fn, .by_bot = *q->viewer_id == '\0'};
    look_on(l);
}

// --- ids of channels ---

// The same whether there is none or nobody may know of it.
static void no_channel(question *q) {
    const bool bare = q->target.kind == TARGET_BARE_ID;
    question_fail(q, OC_ENOTFOUND,
                  xasprintf("There is no %s with the id %s, or the bot or the person who asks cannot see it. "
                            "Look for it by its name.",
                            bare ? "user and no channel" : "channel", q->target.text));
}

static void keep_kind(question *q, const char *kind) {
    cJSON *value = json_new_string(kind);
    if (q->target.kind == TARGET_BARE_ID)
        cache_put(q->resolver->kinds, q->target.text, value, loop_now_ms(q->resolver->loop));
    cJSON_Delete(value);
}

// A direct channel is named after the two who are in it.
static void name_partner(question *q, const char *name) {
    size_t length = strlen(q->bot_user_id);
    const char *other = strstr(name, "__");
    if (other == NULL)
        return;
    if ((size_t)(other - name) == length && strncmp(name, q->bot_user_id, length) == 0)
        q->user_id = xstrdup(other + 2);
    else if (strcmp(other + 2, q->bot_user_id) == 0)
        q->user_id = xstrndup(name, (size_t)(other - name));
}

static void on_channel_seen(question *q, bool seen) {
    if (!seen) {
        no_channel(q);
    } else {
        if (*json_text(q->channel, "type") == 'D')
            name_partner(q, json_text(q->channel, "name"));
        question_place(q);
    }
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    question *q = ctx;
    if (!question_answered(q))
        return;
    if (question_is_absent(error)) {
        no_channel(q);
    } else if (error->err != OC_OK) {
        question_call_failed(q, error, "look up the channel");
    } else {
        keep_kind(q, "channel");
        q->channel = question_channel_json(channel);
        question_look(q, q->channel, on_channel_seen);
    }
}

static void find_channel(question *q) {
    question_ask(q);
    chat_get_channel(q->resolver->chat, q->target.text, on_channel, q);
}

// --- users ---

static void no_user(question *q) {
    if (q->target.kind == TARGET_BARE_ID) {
        no_channel(q);
        return;
    }
    bool id = parse_is_mm_id(q->target.text);
    question_fail(q, OC_ENOTFOUND,
                  xasprintf("There is no user %s%s in Mattermost whom the person who asks can see.",
                            id ? "with the id " : "@", q->target.text));
}

static void user_is_found(question *q) {
    if (q->open_direct)
        question_open_direct(q);
    else
        question_place(q);
}

static void on_user_seen(void *ctx, const chat_error *error, bool seen) {
    question *q = ctx;
    if (!question_answered(q))
        return;
    if (error->err != OC_OK)
        question_call_failed(q, error, "tell who may see the user");
    else if (!seen)
        no_user(q);
    else
        user_is_found(q);
}

static void judge_user(question *q, const chat_user *user) {
    if (strcmp(user->id, q->bot_user_id) == 0) {
        question_fail(q, OC_EDENIED, xstrdup("That is the bot itself, which writes no messages to itself."));
        return;
    }
    if (user->delete_at_ms != 0) {
        question_fail(q, OC_EDENIED,
                      xasprintf("The account of @%s is deactivated: nobody would read it.", user->username));
        return;
    }
    q->user_id = xstrdup(user->id);
    q->username = xstrdup(user->username);
    if (*q->viewer_id == '\0') {
        user_is_found(q);
        return;
    }
    question_ask(q);
    sight_of_user(q->resolver->chat, q->bot_user_id, q->viewer_id, user->id, on_user_seen, q);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    question *q = ctx;
    if (!question_answered(q))
        return;
    if (error->err == OC_ENOTFOUND && q->target.kind == TARGET_BARE_ID) {
        find_channel(q);
    } else if (error->err == OC_ENOTFOUND) {
        no_user(q);
    } else if (error->err != OC_OK) { // W-53: that says nothing of what the id is
        question_call_failed(q, error, "look up the user");
    } else {
        keep_kind(q, "user");
        judge_user(q, user);
    }
}

static void find_user(question *q) {
    question_ask(q);
    chat_get_user(q->resolver->chat, q->target.text, on_user, q);
}

// Names are in lower case, however they were written.
static void find_username(question *q) {
    char *name = q->target.text;
    if (*name == '@')
        memmove(name, name + 1, strlen(name));
    for (char *at = name; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    question_ask(q);
    chat_get_user_by_username(q->resolver->chat, name, on_user, q);
}

static void find_bare(question *q) {
    const cJSON *kind = cache_get(q->resolver->kinds, q->target.text, loop_now_ms(q->resolver->loop));
    if (kind != NULL && strcmp(kind->valuestring, "channel") == 0)
        find_channel(q);
    else
        find_user(q);
}

// --- asking ---

static question *question_new(resolver *r, const resolve_ask *ask, resolved_fn *fn, void *ctx) {
    question *q = xcalloc(1, sizeof *q);
    q->resolver = r;
    q->fn = fn;
    q->ctx = ctx;
    q->bot_user_id = xstrdup(ask->bot_user_id);
    q->viewer_id = xstrdup(ask->viewer_id);
    q->home_team_id = xstrdup(ask->home_team_id);
    q->retry = ask->retry != NULL ? *ask->retry : DM_RETRY_DEFAULTS;
    q->open_direct = ask->open_direct;
    DL_APPEND(r->open, q);
    return q;
}

void resolve_target(resolver *r, const resolve_ask *ask, const char *text, resolved_fn *fn, void *ctx) {
    question *q = question_new(r, ask, fn, ctx);
    const char *sentence = "";
    if (target_parse(text, &q->target, &sentence) != OC_OK) {
        question_fail(q, OC_EINVAL, xasprintf("%s.", sentence));
        return;
    }
    switch (q->target.kind) {
    case TARGET_CHANNEL:
        find_channel(q);
        break;
    case TARGET_CHANNEL_NAME:
        question_find_name(q);
        break;
    case TARGET_USER:
        if (parse_is_mm_id(q->target.text))
            find_user(q);
        else
            find_username(q);
        break;
    case TARGET_USERNAME:
        find_username(q);
        break;
    case TARGET_BARE_ID:
    default:
        find_bare(q);
        break;
    }
}

void resolve_direct(resolver *r, const resolve_ask *ask, const char *user_id, resolved_fn *fn, void *ctx) {
    question *q = question_new(r, ask, fn, ctx);
    q->user_id = xstrdup(user_id);
    question_open_direct(q);
}
