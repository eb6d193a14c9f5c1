// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery.h"

#include "base/log.h"
#include "base/mem.h"
#include "delivery/marker.h"

#include <stdlib.h>

enum {
    TRIES_MAX = 6,
    SEARCH_POSTS = 60,
    REPLICA_LAG_MS = 2000, // reads may come from a copy of the database that is so far behind
};
static const int64_t PAUSE_MS[TRIES_MAX] = {500, 1000, 2000, 4000, 8000, 8000};

typedef enum delivery_state {
    DELIVERY_SEARCHING, // asking whether the present part stands in the channel already
    DELIVERY_POSTING,   // the present part is on its way
    DELIVERY_PAUSING,   // it failed, or was not found; goes on when the timer rings
    DELIVERY_DONE,      // fn was called, or nobody wants it any more
} delivery_state;

struct delivery {
    loop *loop;
    chat *chat;
    delivery_fn *fn;
    void *ctx;
    char *turn, *bot_user_id, *channel_id, *root_id;
    char **parts;
    size_t count, next;
    int first_part;
    int tries; // of the present part
    bool maybe_posted;
    bool looked; // for the present part, without finding it
    int64_t remembered_until_ms;
    delivery_state state;
    bool waiting; // an answer of the server is outstanding
    loop_timer timer;
};

// The one place where the state moves.
static void move(delivery *d, delivery_state to) {
    static const char *const names[] = {"searching", "posting", "pausing", "done"};
    log_debug("delivery", "post_id", d->turn, "from", names[d->state], "to", names[to]);
    d->state = to;
}

static void destroy(delivery *d) {
    loop_timer_cancel(&d->timer);
    for (size_t i = 0; i < d->count; i++)
        free(d->parts[i]);
    free(d->parts);
    free(d->turn);
    free(d->bot_user_id);
    free(d->channel_id);
    free(d->root_id);
    free(d);
}

void delivery_cancel(delivery *d) {
    if (d == NULL)
        return;
    move(d, DELIVERY_DONE);
    loop_timer_cancel(&d->timer);
    if (!d->waiting)
        destroy(d);
}

static void finish(delivery *d, const char *error) {
    move(d, DELIVERY_DONE);
    d->fn(d->ctx, error, d->next);
    destroy(d);
}

static void go_on(void *ctx);

static void delivered(delivery *d) {
    d->next++;
    d->tries = 0;
    d->looked = false;
    go_on(d);
}

// The server said no and will say so again.
static bool is_final(const chat_error *error) {
    return error->http_status >= 400 && error->http_status < 500 && error->http_status != 408 &&
           error->http_status != 429;
}

static void failed(delivery *d, const chat_error *error) {
    if (is_final(error) || d->tries == TRIES_MAX) {
        finish(d, error->message);
        return;
    }
    log_warn("a part of an answer could not be posted yet", "post_id", d->turn, "error", error->message);
    // Only an explicit error of the server proves that no post was made.
    if (error->http_status == 0 || error->http_status >= 500) {
        d->maybe_posted = true;
        d->remembered_until_ms = 0; // the key may be sent anew after an error: only the channel can tell
    }
    d->looked = false;
    move(d, DELIVERY_PAUSING);
    loop_timer_set(d->loop, &d->timer, PAUSE_MS[d->tries++], go_on, d);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    delivery *d = ctx;
    (void)post;
    d->waiting = false;
    if (d->state == DELIVERY_DONE)
        destroy(d);
    else if (error->err == OC_OK)
        delivered(d);
    else
        failed(d, error);
}

static int part_number(const delivery *d) {
    return d->first_part + (int)d->next;
}

static void post_part(delivery *d) {
    cJSON *props = marker_props(d->turn, part_number(d));
    char *key = xasprintf("%s/%d", d->turn, part_number(d));
    move(d, DELIVERY_POSTING);
    d->waiting = true;
    chat_create_post(d->chat,
                     &(chat_post){.user_id = d->bot_user_id,
                                  .channel_id = d->channel_id,
                                  .root_id = d->root_id,
                                  .message = d->parts[d->next],
                                  .props = props,
                                  .key = key},
                     on_posted, d);
    cJSON_Delete(props);
    free(key);
}

static void look_again(delivery *d) {
    d->looked = true;
    move(d, DELIVERY_PAUSING);
    loop_timer_set(d->loop, &d->timer, REPLICA_LAG_MS, go_on, d);
}

static void on_searched(void *ctx, const chat_error *error, const cJSON *list) {
    delivery *d = ctx;
    d->waiting = false;
    if (d->state == DELIVERY_DONE)
        destroy(d);
    else if (error->err != OC_OK)
        failed(d, error);
    else if (*marker_find(list, d->bot_user_id, d->turn, part_number(d)) != '\0')
        delivered(d);
    else if (d->looked ||
             d->remembered_until_ms != 0) // what was remembered is older than any copy's lag by now
        post_part(d);
    else
        look_again(d);
}

static void go_on(void *ctx) {
    delivery *d = ctx;
    if (d->next == d->count) {
        finish(d, NULL);
        return;
    }
    if (!d->maybe_posted || loop_now_ms(d->loop) < d->remembered_until_ms) {
        post_part(d);
        return;
    }
    move(d, DELIVERY_SEARCHING);
    d->waiting = true;
    if (*d->root_id != '\0')
        chat_get_thread(d->chat, d->root_id, on_searched, d);
    else
        chat_get_posts(d->chat, d->channel_id, 0, SEARCH_POSTS, on_searched, d);
}

delivery *delivery_start(loop *l, chat *c, const delivery_request *request, delivery_fn *fn, void *ctx) {
    delivery *d = xcalloc(1, sizeof *d);
    d->loop = l;
    d->chat = c;
    d->fn = fn;
    d->ctx = ctx;
    d->turn = xstrdup(request->turn);
    d->bot_user_id = xstrdup(request->bot_user_id);
    d->channel_id = xstrdup(request->channel_id);
    d->root_id = xstrdup(request->root_id);
    d->count = request->count;
    d->maybe_posted = request->maybe_posted;
    d->remembered_until_ms = request->remembered_until_ms;
    d->first_part = request->first_part;
    d->parts = xcalloc(d->count, sizeof *d->parts);
    for (size_t i = 0; i < d->count; i++)
        d->parts[i] = xstrdup(request->parts[i]);
    loop_timer_set(l, &d->timer, 0, go_on, d);
    return d;
}
