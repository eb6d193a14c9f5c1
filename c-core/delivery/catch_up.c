// SPDX-License-Identifier: Apache-2.0
#include "delivery/catch_up.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"

#include <stdlib.h>

enum {
    CHANNELS_A_PAGE = 200,
    CHANNELS_MAX = 20000,
    POSTS_A_PAGE = 60,
    PAGES_MAX = 340,
    ROOM_PAUSE_MS = 200,
    TRIES_MAX = 5,
    TRY_PAUSE_MS = 1000
};

typedef enum catch_up_state {
    CATCH_UP_CHANNELS, // the bot's channels are being listed
    CATCH_UP_CHANNEL,  // whether the next channel has news is being asked
    CATCH_UP_POSTS,    // its newest posts are being read, page after page
    CATCH_UP_HANDING,  // what was found there goes to the caller
    CATCH_UP_DONE,     // it is over, or nobody wants it any more
} catch_up_state;

struct catch_up {
    loop *loop;
    chat *chat;
    const catch_up_events *events;
    void *ctx;
    char *bot_user_id;
    int64_t since_ms;
    catch_up_state state;
    bool waiting;    // for an answer of the server
    bool incomplete; // something could not be read
    int tries;
    cJSON *channels; // ids
    int page;        // of the list that is being read
    int next;        // channel
    char channel_type;
    cJSON *found; // posts of the channel, newest first
    size_t handed;
    loop_timer timer;
};

static void step(void *ctx);

static void destroy(catch_up *u) {
    loop_timer_cancel(&u->timer);
    cJSON_Delete(u->channels);
    cJSON_Delete(u->found);
    free(u->bot_user_id);
    free(u);
}

void catch_up_cancel(catch_up *u) {
    if (u == NULL)
        return;
    u->state = CATCH_UP_DONE;
    loop_timer_cancel(&u->timer);
    if (!u->waiting)
        destroy(u);
}

static void finish(catch_up *u) {
    u->state = CATCH_UP_DONE;
    u->events->done(u->ctx, u->handed, !u->incomplete);
    destroy(u);
}

// The one place where it moves on.
static void go(catch_up *u, catch_up_state to) {
    u->state = to;
    u->tries = 0;
    step(u);
}

// Every answer of the server comes through here. Returns whether it can be used.
static bool answered(catch_up *u, const chat_error *error, catch_up_state give_up) {
    u->waiting = false;
    if (u->state == CATCH_UP_DONE) {
        destroy(u);
        return false;
    }
    if (error->err == OC_OK)
        return true;
    if (error->err != OC_ENOTFOUND && u->tries++ < TRIES_MAX) {
        loop_timer_set(u->loop, &u->timer, TRY_PAUSE_MS, step, u);
        return false;
    }
    log_warn("a part of what came while we were away could not be read", "error", error->message);
    u->incomplete = true;
    if (give_up == CATCH_UP_CHANNEL)
        u->next++;
    go(u, give_up);
    return false;
}

// --- which channels ---

static void on_channels(void *ctx, const chat_error *error, const cJSON *ids) {
    catch_up *u = ctx;
    const cJSON *id = NULL;
    if (!answered(u, error, CATCH_UP_CHANNEL))
        return;
    cJSON_ArrayForEach(id, ids) json_push(u->channels, cJSON_Duplicate(id, 0));
    u->page++;
    bool more = cJSON_GetArraySize(ids) == CHANNELS_A_PAGE && cJSON_GetArraySize(u->channels) < CHANNELS_MAX;
    go(u, more ? CATCH_UP_CHANNELS : CATCH_UP_CHANNEL);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    catch_up *u = ctx;
    if (!answered(u, error, CATCH_UP_CHANNEL))
        return;
    if (channel->last_post_at_ms < u->since_ms) {
        u->next++;
        go(u, CATCH_UP_CHANNEL);
        return;
    }
    u->page = 0;
    u->channel_type = channel->type;
    cJSON_Delete(u->found);
    u->found = json_new_array();
    go(u, CATCH_UP_POSTS);
}

// --- its posts ---

// Keeps what is new enough; returns whether older pages can hold more of it.
static bool keep_new(catch_up *u, const cJSON *list) {
    const cJSON *id = NULL, *order = json_array(list, "order");
    cJSON_ArrayForEach(id, order) {
        const cJSON *post = json_get(json_get(list, "posts"), cJSON_GetStringValue(id));
        if (json_int(post, "create_at", 0) < u->since_ms)
            return false;
        chat_post view = chat_post_view(post);
        if (strcmp(view.user_id, u->bot_user_id) != 0 && u->events->wants(u->ctx, u->channel_type, &view))
            json_push(u->found, cJSON_Duplicate(post, 1));
    }
    return cJSON_GetArraySize(order) == POSTS_A_PAGE;
}

static void on_posts(void *ctx, const chat_error *error, const cJSON *list) {
    catch_up *u = ctx;
    if (!answered(u, error, CATCH_UP_HANDING))
        return;
    bool more = keep_new(u, list);
    if (more && ++u->page == PAGES_MAX) {
        log_warn("more posts came into a channel while we were away than are looked at");
        u->incomplete = true;
        more = false;
    }
    go(u, more ? CATCH_UP_POSTS : CATCH_UP_HANDING);
}

static void hand_over(catch_up *u) {
    for (;;) {
        cJSON *post = cJSON_DetachItemFromArray(u->found, cJSON_GetArraySize(u->found) - 1); // the oldest
        if (post == NULL) {
            u->next++;
            go(u, CATCH_UP_CHANNEL);
            return;
        }
        if (u->handed == CATCH_UP_POSTS_MAX || !u->events->has_room(u->ctx)) {
            json_push(u->found, post);
            break;
        }
        chat_post view = chat_post_view(post);
        view.again = true;
        u->handed++;
        u->events->post(u->ctx, &view);
        cJSON_Delete(post);
    }
    if (u->handed == CATCH_UP_POSTS_MAX) {
        log_warn("too many posts came while we were away: the rest is left out");
        u->incomplete = true;
        finish(u);
        return;
    }
    loop_timer_set(u->loop, &u->timer, ROOM_PAUSE_MS, step, u);
}

static void step(void *ctx) {
    catch_up *u = ctx;
    const char *channel_id = cJSON_GetStringValue(cJSON_GetArrayItem(u->channels, u->next));
    switch (u->state) {
    case CATCH_UP_CHANNELS:
        u->waiting = true;
        chat_bot_channels(u->chat, u->bot_user_id, u->page, CHANNELS_A_PAGE, on_channels, u);
        break;
    case CATCH_UP_CHANNEL:
        if (channel_id == NULL) {
            finish(u);
            break;
        }
        u->waiting = true;
        chat_refresh_channel(u->chat, channel_id, on_channel, u);
        break;
    case CATCH_UP_POSTS:
        u->waiting = true;
        chat_get_posts(u->chat, channel_id, u->page, POSTS_A_PAGE, on_posts, u);
        break;
    case CATCH_UP_HANDING:
        hand_over(u);
        break;
    case CATCH_UP_DONE:
        break;
    }
}

catch_up *catch_up_start(loop *l, chat *c, const char *bot_user_id, int64_t since_ms,
                         const catch_up_events *events, void *ctx) {
    catch_up *u = xcalloc(1, sizeof *u);
    u->loop = l;
    u->chat = c;
    u->events = events;
    u->ctx = ctx;
    u->bot_user_id = xstrdup(bot_user_id);
    u->since_ms = since_ms;
    u->channels = json_new_array();
    u->found = json_new_array();
    loop_timer_set(l, &u->timer, 0, step, u);
    return u;
}
