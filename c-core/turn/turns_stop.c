// SPDX-License-Identifier: Apache-2.0
// Somebody says stop: the run that is open in that conversation is aborted, what the same person has waiting there is dropped.
#include "turn/turns_private.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

// Who says it, and where.
typedef struct stopper {
    const account *account;
    const char *user_id, *channel_id, *root_id, *place;
    int64_t at_ms;
    const entry *self; // the message that says it; NULL: a command
} stopper;

// What stands in a thread or was begun in it. Beside all threads, and without the place being the same, a person means what
// they asked in the channel, wherever the answer would have stood.
static bool is_same_talk(const entry *e, const stopper *by) {
    if (strcmp(e->post.root_id, by->root_id) == 0)
        return true;
    return *by->root_id != '\0' && strcmp(e->post.id, by->root_id) == 0;
}

static bool stops(const entry *e, const stopper *by) {
    if (e == by->self || e->turn == NULL || turn_account(e->turn) != by->account ||
        strcmp(e->post.channel_id, by->channel_id) != 0 || e->post.create_at_ms > by->at_ms ||
        turn_get_state(e->turn) >= TURN_DELIVERING)
        return false;
    bool own = strcmp(e->post.user_id, by->user_id) == 0;
    bool here = e->place != NULL && strcmp(turn_place(e->turn), by->place) == 0;
    bool at_work = e->place != NULL && e->place->queue == e;
    return (here && at_work) || (own && (here || is_same_talk(e, by)));
}

static size_t collect(entry *list, const stopper *by, entry **out, size_t count) {
    for (entry *e = list; e != NULL; e = e->next) {
        if (stops(e, by))
            out[count++] = e;
    }
    return count;
}

static size_t stop(turns *t, const stopper *by) {
    entry **found = xcalloc(t->open + 1, sizeof(entry *));
    size_t count = 0;
    for (place *p = t->places; p != NULL; p = p->hh.next)
        count = collect(p->queue, by, found, count);
    count = collect(t->outside, by, found, count);
    for (size_t i = count; i > 0;
         i--) // the later ones first: none of them shall begin because an earlier one went
        turn_drop(found[i - 1]->turn, REASON_ABORTED);
    if (count > 0)
        log_info("somebody said stop", "user_id", by->user_id, "channel_id", by->channel_id);
    free(found);
    return count;
}

size_t turns_stop(entry *by) {
    return stop(by->owner, &(stopper){.account = turn_account(by->turn),
                                      .user_id = by->post.user_id,
                                      .channel_id = by->post.channel_id,
                                      .root_id = by->post.root_id,
                                      .place = turn_place(by->turn),
                                      .at_ms = by->post.create_at_ms,
                                      .self = by});
}

size_t turns_stop_place(turns *t, const bot_place *p) {
    char *conversation = place_conversation(p);
    size_t stopped = stop(t, &(stopper){.account = p->account,
                                        .user_id = p->user_id,
                                        .channel_id = p->channel_id,
                                        .root_id = p->root_id,
                                        .place = conversation,
                                        .at_ms = INT64_MAX});
    free(conversation);
    return stopped;
}
