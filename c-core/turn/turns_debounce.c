// SPDX-License-Identifier: Apache-2.0
// Bursts (debounceMs; reference-behaviour notes §2.8): what one person writes in one conversation without a pause becomes one
// message. Each further post starts the pause anew, within five pauses of the first; then the last one is answered, and with
// it the earlier ones, whose turns follow it: should this process die, none of them is lost.
#include "turn/turns_private.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { PAUSES_MAX = 5, BURST_MAX = 50 };

static int64_t pause_ms(const entry *e) {
    const account *a = turn_account(e->turn);
    const talk_setting set = talk_settings_get(e->owner->world.talk, a->id, turn_place(e->turn));
    if (set.debounce_ms >= 0)
        return set.debounce_ms;
    return a->config != NULL ? a->config->debounce_ms : 0;
}

// Commands never come here, what an earlier process took has waited long enough, and what may be an answer stands for itself.
bool turns_may_join(const entry *e) {
    return e->hearing == NULL && !e->perhaps && !e->missed && !e->released && !e->post.again &&
           *e->post.type == '\0' && cJSON_GetArraySize(e->post.file_ids) == 0;
}

bool turns_same_burst(const entry *a, const entry *b) {
    return turn_account(a->turn) == turn_account(b->turn) && strcmp(a->post.user_id, b->post.user_id) == 0 &&
           strcmp(a->post.channel_id, b->post.channel_id) == 0 &&
           strcmp(a->post.root_id, b->post.root_id) == 0;
}

static entry *pausing_before(const entry *e) {
    for (entry *other = e->owner->outside; other != NULL; other = other->next) {
        if (other != e && other->pausing && turns_same_burst(other, e))
            return other;
    }
    return NULL;
}

static void end_pause(entry *e) {
    loop_timer_cancel(&e->pause);
    e->pausing = false;
    e->decided = true;
}

static void on_pause_over(void *ctx) {
    entry *e = ctx;
    end_pause(e);
    turns_enter_in_order(e->owner, e->post.channel_id);
}

// The earlier one goes along with the later one.
static void follow(entry *earlier, entry *e) {
    loop_timer_cancel(&earlier->pause);
    earlier->pausing = false;
    earlier->entered = true;
    earlier->follows = e;
    e->burst = earlier->burst;
    e->burst_until_ms = earlier->burst_until_ms;
    turn_follow(earlier->turn, e->turn);
}

bool turns_debounce(entry *e) {
    entry *earlier = pausing_before(e);
    if (!turns_may_join(e) || pause_ms(e) == 0) {
        if (earlier != NULL)
            end_pause(earlier);
        return false;
    }
    int64_t now_ms = loop_now_ms(e->owner->world.loop), wait_ms = pause_ms(e);
    e->burst_until_ms = now_ms + PAUSES_MAX * wait_ms;
    if (earlier != NULL)
        follow(earlier, e);
    if (++e->burst >= BURST_MAX || now_ms >= e->burst_until_ms)
        return false;
    if (e->burst_until_ms - now_ms < wait_ms)
        wait_ms = e->burst_until_ms - now_ms;
    e->pausing = true;
    loop_timer_set(e->owner->world.loop, &e->pause, wait_ms, on_pause_over, e);
    return true;
}

// --- the end of one that others follow, or that follows ---

static entry *newest_follower(const entry *e) {
    entry *newest = NULL;
    for (entry *other = e->owner->outside; other != NULL; other = other->next) {
        if (other->follows == e)
            newest = other; // the list is in order of time
    }
    return newest;
}

// The last post of a burst was deleted: the one before takes its place.
static void take_place(entry *e, entry *gone) {
    e->follows = NULL;
    e->entered = false;
    e->decided = true;
    turn_unfollow(e->turn, gone->turn);
    turns_enter_in_order(e->owner, e->post.channel_id);
}

void turns_end_burst(entry *e, outcome_reason reason) {
    loop_timer_cancel(&e->pause);
    e->pausing = false;
    if (e->follows != NULL)
        turn_unfollow(e->turn, e->follows->turn);
    entry *before = newest_follower(e);
    if (before == NULL)
        return;
    if (e->follows != NULL) { // one within the burst went
        before->follows = e->follows;
    } else if (reason == REASON_DELETED) {
        take_place(before, e);
    } else {
        before->follows = NULL;
        turn_refuse(before->turn, NULL, reason);
    }
}
