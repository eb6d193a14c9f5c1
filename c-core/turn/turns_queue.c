// SPDX-License-Identifier: Apache-2.0
// How messages wait in a conversation, where somebody has set it (/openclaw queue, store/talk_settings.h). Without: one after another.
#include "turn/turns_private.h"

#include "base/log.h"

#include <string.h>
#include <utlist.h>

enum { QUEUED_MAX = 64 }; // more than a conversation has

static int by_time(const entry *a, const entry *b) {
    return a->post.create_at_ms > b->post.create_at_ms ? 1 : -1;
}

// From its queue to those that are in none, without a place in the order of its channel.
static void take_out(turns *t, entry *e) {
    DL_DELETE(e->place->queue, e);
    e->place = NULL;
    e->entered = true;
    DL_INSERT_INORDER(t->outside, e, by_time);
}

// Everything before it ends: the later ones first, so that none of them begins because an earlier one went.
static void interrupt(place *p, const entry *e) {
    entry *found[QUEUED_MAX];
    size_t count = 0;
    for (entry *other = p->queue; other != e && count < QUEUED_MAX; other = other->next) {
        if (turn_get_state(other->turn) < TURN_DELIVERING)
            found[count++] = other;
    }
    for (size_t i = count; i > 0; i--)
        turn_drop(found[i - 1]->turn, REASON_ABORTED);
}

// What the same person said just before goes in front of it, as one message.
static void collect(turns *t, place *p, entry *e) {
    entry *before = e->prev;
    bool waits = before != p->queue && turn_get_state(before->turn) == TURN_QUEUED;
    if (!waits || !turns_same_burst(before, e) || !turns_may_join(before) || !turns_may_join(e))
        return;
    take_out(t, before);
    before->follows = e;
    turn_follow(before->turn, e->turn);
}

static int waiting_in(const place *p) {
    const entry *e = NULL;
    int count = 0;
    DL_COUNT(p->queue, e, count);
    return count - 1; // the first one is being answered
}

bool turns_queue_takes(turns *t, const place *p, const entry *e) {
    const talk_setting set = talk_settings_get(t->world.talk, turn_account(e->turn)->id, turn_place(e->turn));
    return set.cap == 0 || set.drop == TALK_DROP_OLD || set.queue == TALK_QUEUE_INTERRUPT ||
           waiting_in(p) < set.cap;
}

void turns_queue_entered(turns *t, place *p, entry *e) {
    const talk_setting set = talk_settings_get(t->world.talk, turn_account(e->turn)->id, turn_place(e->turn));
    if (set.queue == TALK_QUEUE_INTERRUPT)
        interrupt(p, e);
    else if (set.queue == TALK_QUEUE_COLLECT)
        collect(t, p, e);
    while (set.cap > 0 && set.drop == TALK_DROP_OLD && waiting_in(p) > set.cap) {
        entry *oldest = p->queue->next;
        log_info("a waiting message is dropped: the conversation's cap is reached", "place", p->name);
        take_out(t, oldest);
        turn_refuse(oldest->turn, words_text(turn_lang(oldest->turn), WORD_TURN_QUEUE_FULL),
                    REASON_QUEUE_FULL);
    }
}
