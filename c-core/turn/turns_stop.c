// SPDX-License-Identifier: Apache-2.0
// Somebody says stop: the run that is open in that conversation is aborted, what the same person has waiting there is dropped.
#include "turn/turns_private.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

// What stands in a thread or was begun in it. Beside all threads, and without the place being the same, a person means what
// they asked in the channel, wherever the answer would have stood.
static bool is_same_talk(const entry *e, const entry *by) {
    const char *root = by->post.root_id;
    if (strcmp(e->post.root_id, root) == 0)
        return true;
    return *root != '\0' && strcmp(e->post.id, root) == 0;
}

static bool stops(const entry *e, const entry *by) {
    if (e == by || e->turn == NULL || turn_account(e->turn) != turn_account(by->turn) ||
        strcmp(e->post.channel_id, by->post.channel_id) != 0 ||
        e->post.create_at_ms > by->post.create_at_ms || turn_get_state(e->turn) >= TURN_DELIVERING)
        return false;
    bool own = strcmp(e->post.user_id, by->post.user_id) == 0;
    bool here = e->place != NULL && strcmp(turn_place(e->turn), turn_place(by->turn)) == 0;
    bool at_work = e->place != NULL && e->place->queue == e;
    return (here && at_work) || (own && (here || is_same_talk(e, by)));
}

static size_t collect(entry *list, const entry *by, entry **out, size_t count) {
    for (entry *e = list; e != NULL; e = e->next) {
        if (stops(e, by))
            out[count++] = e;
    }
    return count;
}

size_t turns_stop(entry *by) {
    turns *t = by->owner;
    entry **found = xcalloc(t->open + 1, sizeof(entry *));
    size_t count = 0;
    for (place *p = t->places; p != NULL; p = p->hh.next)
        count = collect(p->queue, by, found, count);
    count = collect(t->outside, by, found, count);
    for (size_t i = count; i > 0;
         i--) // the later ones first: none of them shall begin because an earlier one went
        turn_drop(found[i - 1]->turn, REASON_ABORTED);
    if (count > 0)
        log_info("somebody said stop", "user_id", by->post.user_id, "channel_id", by->post.channel_id);
    free(found);
    return count;
}
