// SPDX-License-Identifier: Apache-2.0
#include "outbound/sight.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 200, CHANNELS_MAX = 2000 };

typedef struct look {
    chat *chat;
    char *viewer_id, *other_id; // other_id: the channel's team, or the other user
    char *bot_user_id;          // of people
    chat_flag_fn *fn;
    void *ctx;
    cJSON *channel_ids; // a page of the bot's
    int page, at;
} look;

static const chat_error FINE = {.err = OC_OK, .id = "", .message = ""};

static look *begin(chat *c, const char *viewer_id, const char *other_id, chat_flag_fn *fn, void *ctx) {
    look *l = xcalloc(1, sizeof *l);
    *l = (look){
        .chat = c, .viewer_id = xstrdup(viewer_id), .other_id = xstrdup(other_id), .fn = fn, .ctx = ctx};
    return l;
}

static void end(look *l, const chat_error *error, bool seen) {
    l->fn(l->ctx, error, error->err == OC_OK && seen);
    cJSON_Delete(l->channel_ids);
    free(l->viewer_id);
    free(l->other_id);
    free(l->bot_user_id);
    free(l);
}

// --- channels ---

static void on_public_right(void *ctx, const chat_error *error, bool right) {
    end(ctx, error, right);
}

static void on_team_member(void *ctx, const chat_error *error, bool member) {
    look *l = ctx;
    if (error->err != OC_OK || !member)
        end(l, error, false);
    else
        chat_has_team_permission(l->chat, l->viewer_id, l->other_id, "read_public_channel", on_public_right,
                                 l);
}

static void on_channel_member(void *ctx, const chat_error *error, bool member) {
    look *l = ctx;
    if (error->err != OC_OK || member || *l->other_id == '\0')
        end(l, error, member);
    else
        chat_is_team_member(l->chat, l->other_id, l->viewer_id, on_team_member, l);
}

void sight_of_channel(chat *c, const char *viewer_id, const chat_channel *channel, chat_flag_fn *fn,
                      void *ctx) {
    look *l = begin(c, viewer_id, channel->type == 'O' ? channel->team_id : "", fn, ctx);
    chat_is_member(c, channel->id, viewer_id, on_channel_member, l);
}

// --- people: the bot's channels that both are in ---

static void next_channel(look *l);

static void on_shared(void *ctx, const chat_error *error, bool shared) {
    look *l = ctx;
    if (error->err != OC_OK || shared)
        end(l, error, shared);
    else
        next_channel(l);
}

static void on_viewer_there(void *ctx, const chat_error *error, bool there) {
    look *l = ctx;
    const cJSON *id = cJSON_GetArrayItem(l->channel_ids, l->at - 1);
    if (error->err != OC_OK)
        end(l, error, false);
    else if (there)
        chat_is_member(l->chat, id->valuestring, l->other_id, on_shared, l);
    else
        next_channel(l);
}

static void on_channels(void *ctx, const chat_error *error, const cJSON *ids) {
    look *l = ctx;
    if (error->err != OC_OK || cJSON_GetArraySize(ids) == 0) {
        end(l, error, false);
        return;
    }
    cJSON_Delete(l->channel_ids);
    l->channel_ids = cJSON_Duplicate(ids, 1);
    l->at = 0;
    next_channel(l);
}

static void next_channel(look *l) {
    const cJSON *id = cJSON_GetArrayItem(l->channel_ids, l->at++);
    if (id != NULL)
        chat_is_member(l->chat, id->valuestring, l->viewer_id, on_viewer_there, l);
    else if (l->page * PAGE >= CHANNELS_MAX)
        end(l, &FINE, false);
    else
        chat_bot_channels(l->chat, l->bot_user_id, l->page++, PAGE, on_channels, l);
}

static void on_view_members(void *ctx, const chat_error *error, bool right) {
    look *l = ctx;
    if (error->err != OC_OK || right)
        end(l, error, right);
    else
        next_channel(l);
}

void sight_of_user(chat *c, const char *bot_user_id, const char *viewer_id, const char *user_id,
                   chat_flag_fn *fn, void *ctx) {
    if (strcmp(viewer_id, user_id) == 0) {
        fn(ctx, &FINE, true);
        return;
    }
    look *l = begin(c, viewer_id, user_id, fn, ctx);
    l->bot_user_id = xstrdup(bot_user_id);
    chat_has_permission(c, viewer_id, "view_members", on_view_members, l);
}
