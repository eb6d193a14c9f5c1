// SPDX-License-Identifier: Apache-2.0
#include "turn/joined.h"

#include "base/mem.h"

#include <stdlib.h>

struct joined {
    journal *journal;
    chat_post_ticket *ticket;
    int64_t create_at_ms;
    int shares;
    bool any;              // an outcome was told
    bool left;             // at least one share was given up
    outcome_reason reason; // the weightiest
};

joined *joined_create(journal *j, chat_post_ticket *ticket, int64_t create_at_ms) {
    joined *t = xcalloc(1, sizeof *t);
    *t = (joined){.journal = j, .ticket = ticket, .create_at_ms = create_at_ms, .shares = 1};
    return t;
}

void joined_share(joined *t) {
    t->shares++;
}

static void on_written(void *ctx, bool written) {
    joined *t = ctx;
    if (written)
        chat_post_outcome(t->ticket, t->reason);
    else
        chat_post_leave(t->ticket);
    free(t);
}

static void end_share(joined *t) {
    if (--t->shares > 0)
        return;
    if (t->ticket == NULL) {
        free(t);
    } else if (t->left || !t->any) {
        on_written(t, false);
    } else if (outcome_concerns(t->reason)) {
        journal_when_written(t->journal, t->create_at_ms, on_written, t);
    } else {
        on_written(t, true);
    }
}

void joined_outcome(joined *t, outcome_reason reason) {
    t->reason = t->any ? outcome_weightier(t->reason, reason) : reason;
    t->any = true;
    end_share(t);
}

void joined_nothing(joined *t) {
    end_share(t);
}

void joined_leave(joined *t) {
    t->left = true;
    end_share(t);
}
