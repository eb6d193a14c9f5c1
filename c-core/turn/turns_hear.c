// SPDX-License-Identifier: Apache-2.0
// Messages that answer a question of the agent (interactions/question_heard.c): each is shown to the desk before it enters its queue,
// and again, while it waits there, when more is known of what is open.
#include "turn/turns_private.h"

#include "base/mem.h"

#include <stdlib.h>

struct hearing {
    entry *entry; // NULL: it ended meanwhile
    bool first;   // it has not been admitted to its queue
};

void turns_forget_hearing(entry *e) {
    if (e->hearing != NULL)
        e->hearing->entry = NULL;
    e->hearing = NULL;
}

static void end(entry *e, const char *sentence, outcome_reason reason) {
    turns *t = e->owner;
    turns_leave_queue(e);
    turn_heard(e->turn, sentence, reason);
    turns_enter_in_order(t, e->post.channel_id);
}

static void on_heard(void *ctx, question_heard heard, const char *sentence) {
    hearing *h = ctx;
    entry *e = h->entry;
    bool first = h->first;
    free(h);
    if (e == NULL)
        return;
    e->hearing = NULL;
    e->perhaps = heard == QUESTION_PERHAPS;
    if (turn_get_state(e->turn) != TURN_QUEUED) // it was dropped, or edited and is heard again
        return;
    if (heard == QUESTION_ANSWERED_BY_IT)
        end(e, "", REASON_REPLIED);
    else if (heard == QUESTION_MISSED)
        end(e, sentence, REASON_NO_REPLY);
    else if (e->place != NULL)
        turns_go_on(e);
    else if (first)
        turns_admitted(e);
}

// What the conversation waits for. The caller frees it.
static char *run_of(turns *t, const char *place_name) {
    place *p = NULL;
    HASH_FIND_STR(t->places, place_name, p);
    return p != NULL && turn_get_state(p->queue->turn) == TURN_RUNNING ? turn_run_id(p->queue->turn)
                                                                       : xstrdup("");
}

static void hear(entry *e, bool first) {
    turns *t = e->owner;
    question_said said;
    char *text = NULL;
    turns_forget_hearing(e);
    if (t->hear == NULL || !turn_says(e->turn, &said, &text)) {
        if (first)
            turns_admitted(e);
        return;
    }
    char *run_id = run_of(t, said.place);
    said.run_id = run_id;
    said.again = said.again || e->perhaps; // what was sent before may have arrived
    e->hearing = xmalloc(sizeof *e->hearing);
    *e->hearing = (hearing){.entry = e, .first = first};
    t->hear(t->hear_ctx, &said, on_heard, e->hearing);
    free(run_id);
    free(text);
}

void turns_hear(entry *e) {
    hear(e, true);
}

static size_t collect(entry *list, bool waits, entry **out, size_t count) {
    for (entry *e = list; e != NULL; e = e->next) {
        if (e->turn != NULL && e->hearing == NULL && e->follows == NULL && (waits || e->perhaps))
            out[count++] = e;
    }
    return count;
}

void turns_hear_again(turns *t) {
    entry **found = xcalloc(t->open + 1, sizeof(entry *));
    size_t count = 0;
    for (place *p = t->places; p != NULL; p = p->hh.next)
        count = collect(p->queue, true, found, count);
    count = collect(t->outside, false, found, count);
    for (size_t i = 0; i < count; i++)
        hear(found[i], false);
    free(found);
}
