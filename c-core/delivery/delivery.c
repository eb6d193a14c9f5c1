// SPDX-License-Identifier: Apache-2.0
#include "delivery/delivery.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "delivery/marker.h"

#include <stdlib.h>
#include <string.h>

enum {
    TRIES_MAX = 6, // of one part in the end
    SEARCH_POSTS = 60,
    REPLICA_LAG_MS = 2000, // reads may come from a copy of the database that is so far behind
    SHOW_PAUSE_MS = 5000,  // after a failure while the answer still grows
};
static const int64_t PAUSE_MS[TRIES_MAX] = {500, 1000, 2000, 4000, 8000, 8000};

typedef enum delivery_state {
    DELIVERY_IDLE,      // nothing is wanted that does not stand there
    DELIVERY_SEARCHING, // asking which parts stand in the channel already
    DELIVERY_POSTING,   // a part is on its way
    DELIVERY_EDITING,   // a part is being changed
    DELIVERY_DELETING,  // a part that is not wanted any more is being taken away
    DELIVERY_PAUSING, // by the pace, after a failure, or before another search; goes on when the timer rings
    DELIVERY_DONE,    // fn was called, or nobody wants it any more
} delivery_state;

struct delivery {
    loop *loop;
    chat *chat;
    delivery_fn *fn;
    void *ctx;
    char *turn, *bot_user_id, *channel_id, *root_id;
    cJSON *props;
    int first_part;
    part_list parts;
    pace_rules pace;
    pace_bucket *bucket;
    delivery_state state;
    size_t number;     // of the part that the call under way is about
    kept_part sent;    // as it was when the call was made
    int tries;         // of the present part
    int64_t missed_ms; // since when the present part's post is not found, which may be a copy's lag; 0: it is
    int remakes;       // posts that were deleted under our hands and made again
    bool muted;        // the server said no while the answer grew: it is asked again in the end
    bool earlier;      // an earlier core may have posted with the same keys
    bool uncertain;    // posts may stand there that we do not know of
    bool looked;       // for them, and not found what is wanted
    bool doubtful; // an edit of an earlier process, or one of ours that was given up, may be carried out yet
    second_looks *looks;
    int64_t remembered_until_ms;
    bool waiting; // an answer of the server is outstanding
    loop_timer timer;
};

// The one place where the state moves.
static void move(delivery *d, delivery_state to) {
    static const char *const names[] = {"idle",     "searching", "posting", "editing",
                                        "deleting", "pausing",   "done"};
    log_debug("delivery", "post_id", d->turn, "from", names[d->state], "to", names[to]);
    loop_timer_cancel(&d->timer);
    d->state = to;
}

static void destroy(delivery *d) {
    loop_timer_cancel(&d->timer);
    parts_free(&d->parts);
    part_free(&d->sent);
    cJSON_Delete(d->props);
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
    if (!d->waiting)
        destroy(d);
}

const char *delivery_post_id(const delivery *d, size_t number) {
    return number < PARTS_MAX ? d->parts.standing[number].post_id : NULL;
}

static void look_again(delivery *d) {
    for (size_t i = 0; i < d->parts.wanted_count; i++) {
        const kept_part *p = &d->parts.wanted[i];
        if (d->parts.standing[i].post_id != NULL)
            second_looks_add(d->looks, d->parts.standing[i].post_id, &(part){p->text, p->file_ids});
    }
}

static void finish(delivery *d, const char *error) {
    if (error == NULL && d->doubtful && d->looks != NULL)
        look_again(d);
    move(d, DELIVERY_DONE);
    d->fn(d->ctx, error, parts_standing_count(&d->parts));
    destroy(d);
}

static void go_on(void *ctx);

static void pause_for(delivery *d, int64_t pause_ms) {
    move(d, DELIVERY_PAUSING);
    loop_timer_set(d->loop, &d->timer, pause_ms, go_on, d);
}

// The server said no and will say so again.
static bool is_final(const chat_error *error) {
    return error->http_status >= 400 && error->http_status < 500 && error->http_status != 408 &&
           error->http_status != 429;
}

static void failed(delivery *d, const chat_error *error) {
    bool created = d->state == DELIVERY_POSTING;
    if (d->parts.final && (is_final(error) || d->tries == TRIES_MAX)) {
        finish(d, error->message);
        return;
    }
    log_warn("a part of an answer could not be posted yet", "post_id", d->turn, "error", error->message);
    if (!d->parts.final && is_final(error)) {
        d->muted = true;
        move(d, DELIVERY_IDLE);
        return;
    }
    // Only an explicit error of the server proves that no post was made.
    if (created && (error->http_status == 0 || error->http_status >= 500)) {
        d->uncertain = true;
        d->looked = false;
        d->remembered_until_ms = 0; // the key may be sent anew after an error: only the channel can tell
    }
    d->doubtful |= d->state == DELIVERY_EDITING && error->http_status == 0;
    pause_for(d, d->parts.final ? PAUSE_MS[d->tries++] : SHOW_PAUSE_MS);
}

// Takes note that the server has answered. Returns whether the delivery goes on.
static bool answered(delivery *d) {
    d->waiting = false;
    if (d->state != DELIVERY_DONE)
        return true;
    destroy(d);
    return false;
}

static void stands(delivery *d, const char *post_id, const char *text) {
    parts_stands(&d->parts, d->number, post_id, text, d->sent.file_ids != NULL);
    d->tries = 0;
    d->missed_ms = 0;
    go_on(d);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    delivery *d = ctx;
    if (!answered(d))
        return;
    if (error->err != OC_OK) {
        failed(d, error);
    } else { // what an earlier core sent with the same key was remembered: it may be an earlier text
        d->doubtful |= d->earlier;
        stands(d, post->id, d->earlier ? post->message : d->sent.text);
    }
}

// Somebody deleted the post, unless we read from a copy that is behind. The answer is not lost for that, but only its end
// is posted anew.
static void not_found(delivery *d) {
    int64_t now_ms = loop_now_ms(d->loop);
    if (d->missed_ms == 0)
        d->missed_ms = now_ms;
    if (now_ms < d->missed_ms + REPLICA_LAG_MS) {
        pause_for(d, d->missed_ms + REPLICA_LAG_MS - now_ms);
        return;
    }
    parts_gone(&d->parts, d->number);
    d->missed_ms = 0;
    d->remakes++;
    if (d->parts.final)
        go_on(d);
    else
        move(d, DELIVERY_IDLE);
}

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    delivery *d = ctx;
    (void)post;
    if (!answered(d))
        return;
    if (error->err == OC_ENOTFOUND) {
        not_found(d);
    } else if (error->err != OC_OK) {
        failed(d, error);
    } else {
        char *post_id = xstrdup(d->parts.standing[d->number].post_id);
        stands(d, post_id, d->sent.text);
        free(post_id);
    }
}

static void on_deleted(void *ctx, const chat_error *error) {
    delivery *d = ctx;
    if (!answered(d))
        return;
    if (error->err != OC_OK && error->http_status != 404) {
        failed(d, error);
        return;
    }
    parts_gone(&d->parts, d->number);
    d->tries = 0;
    go_on(d);
}

// A call about a part: what is wanted now is what is sent.
static void begin(delivery *d, delivery_state state, size_t number) {
    move(d, state);
    d->number = number;
    d->waiting = true;
    part_free(&d->sent);
    if (number < d->parts.wanted_count)
        d->sent = part_keep(&(part){d->parts.wanted[number].text, d->parts.wanted[number].file_ids});
    if (!d->parts.final)
        d->parts.paced_ms = loop_now_ms(d->loop);
}

static void post_part(delivery *d, size_t number) {
    int marked = d->first_part + (int)number;
    cJSON *props = marker_props(d->turn, marked), *item = NULL;
    cJSON_ArrayForEach(item, d->props) cJSON_AddItemToObject(props, item->string, cJSON_Duplicate(item, 1));
    char *key = d->remakes == 0 ? xasprintf("%s/%d", d->turn, marked)
                                : xasprintf("%s/%d/%d", d->turn, marked, d->remakes);
    begin(d, DELIVERY_POSTING, number);
    metric_count(METRIC_PARTS, "post", 1);
    chat_create_post(d->chat,
                     &(chat_post){.user_id = d->bot_user_id,
                                  .channel_id = d->channel_id,
                                  .root_id = d->root_id,
                                  .message = d->sent.text,
                                  .file_ids = d->sent.file_ids,
                                  .props = props,
                                  .key = key},
                     on_posted, d);
    cJSON_Delete(props);
    free(key);
}

static void edit_part(delivery *d, size_t number) {
    begin(d, DELIVERY_EDITING, number);
    metric_count(METRIC_PARTS, "edit", 1);
    if (!d->parts.final)
        d->parts.edits_made++;
    chat_edit_post(d->chat,
                   &(chat_edit){.post_id = d->parts.standing[number].post_id,
                                .message = d->sent.text,
                                .file_ids = d->sent.file_ids},
                   on_edited, d);
}

static void delete_part(delivery *d, size_t number) {
    begin(d, DELIVERY_DELETING, number);
    metric_count(METRIC_PARTS, "delete", 1);
    chat_delete_post(d->chat, d->parts.standing[number].post_id, on_deleted, d);
}

// --- what an earlier core may have posted ---

static void on_searched(void *ctx, const chat_error *error, const cJSON *list) {
    delivery *d = ctx;
    const cJSON *post = NULL;
    if (!answered(d))
        return;
    if (error->err != OC_OK) {
        failed(d, error);
        return;
    }
    cJSON_ArrayForEach(post, json_get(list, "posts")) {
        int number = marker_part(post, d->bot_user_id, d->turn) - d->first_part;
        if (number < 0 || number >= PARTS_MAX)
            continue;
        d->doubtful = true;
        parts_stands(&d->parts, (size_t)number, json_text(post, "id"), json_text(post, "message"),
                     cJSON_GetArraySize(json_get(post, "file_ids")) > 0);
    }
    // Where whoever handed us the post remembers what was sent lately, the same key finds it; the rest is older than any
    // copy's lag.
    if (parts_all_stand(&d->parts) || d->looked || d->remembered_until_ms != 0) {
        d->uncertain = false;
        go_on(d);
    } else {
        d->looked = true;
        pause_for(d, REPLICA_LAG_MS);
    }
}

static void search(delivery *d) {
    move(d, DELIVERY_SEARCHING);
    d->waiting = true;
    if (*d->root_id != '\0')
        chat_get_thread(d->chat, d->root_id, on_searched, d);
    else
        chat_get_posts(d->chat, d->channel_id, 0, SEARCH_POSTS, on_searched, d);
}

// --- one step after the other ---

static bool too_many_edits(delivery *d) {
    int64_t wait_ms = 0;
    if (d->parts.final || d->bucket == NULL ||
        pace_take(d->bucket, d->pace.per_second, loop_now_ms(d->loop), &wait_ms))
        return false;
    pause_for(d, wait_ms);
    return true;
}

static void go_on(void *ctx) {
    delivery *d = ctx;
    int64_t now_ms = loop_now_ms(d->loop);
    parts_next next = parts_choose(&d->parts, &d->pace, now_ms);
    bool acts = next.step == PARTS_CREATE || next.step == PARTS_EDIT || next.step == PARTS_DELETE ||
                next.step == PARTS_DONE;
    // Nothing is posted or taken away, and nothing said to be complete, before it is known what stands there.
    if (d->uncertain && acts && next.step != PARTS_EDIT) {
        search(d);
        return;
    }
    switch (next.step) {
    case PARTS_CREATE:
        if (!too_many_edits(d))
            post_part(d, next.number);
        break;
    case PARTS_EDIT:
        if (!too_many_edits(d))
            edit_part(d, next.number);
        break;
    case PARTS_DELETE:
        delete_part(d, next.number);
        break;
    case PARTS_WAIT:
        pause_for(d, next.until_ms - now_ms);
        break;
    case PARTS_IDLE:
        move(d, DELIVERY_IDLE);
        break;
    case PARTS_DONE:
        finish(d, NULL);
        break;
    }
}

delivery *delivery_create(loop *l, chat *c, const delivery_request *request) {
    delivery *d = xcalloc(1, sizeof *d);
    d->loop = l;
    d->chat = c;
    d->turn = xstrdup(request->turn);
    d->bot_user_id = xstrdup(request->bot_user_id);
    d->channel_id = xstrdup(request->channel_id);
    d->root_id = xstrdup(request->root_id);
    d->props = request->props != NULL ? cJSON_Duplicate(request->props, 1) : NULL;
    d->earlier = d->uncertain = request->maybe_posted;
    d->remembered_until_ms = request->remembered_until_ms;
    d->first_part = request->first_part;
    d->pace = request->pace;
    d->bucket = request->bucket;
    d->looks = request->looks;
    return d;
}

void delivery_show(delivery *d, const part *parts, size_t count) {
    parts_want(&d->parts, parts, count, false);
    if (d->state == DELIVERY_IDLE && !d->muted)
        go_on(d);
}

void delivery_finish(delivery *d, const part *parts, size_t count, delivery_fn *fn, void *ctx) {
    d->fn = fn;
    d->ctx = ctx;
    d->tries = 0;
    parts_want(&d->parts, parts, count, true);
    if (!d->waiting)
        pause_for(d, 0);
}

int64_t delivery_due_ms(const delivery *d) {
    return d->muted ? DELIVERY_NEVER : parts_due_ms(&d->parts, &d->pace);
}
