// SPDX-License-Identifier: Apache-2.0
// How it stands with a post, shown at it by a reaction of the bot.
#include "turn/turn_private.h"

static const char QUEUED_EMOJI[] = "hourglass_flowing_sand";

// An earlier process may have left one: then the post was read with reactions, or who hands it over has it from before.
static bool maybe_marked(const turn *t) {
    return t->post.again && (t->post.has_reactions || t->post.remembered_until_ms != 0);
}

static void begin(turn *t) {
    const account_config *rules = t->account->config;
    const post_mark_request request = {
        .bot_user_id = t->account->bot_user_id,
        .post_id = t->post.id,
        .emoji = {[POST_MARK_QUEUED] = QUEUED_EMOJI,
                  [POST_MARK_AT_WORK] = rules != NULL ? rules->ack_reaction : ""},
        .maybe_shown = maybe_marked(t),
    };
    t->mark = post_mark_begin(t->world->marks, &request);
}

void turn_mark(turn *t, post_mark_kind kind) {
    if (t->mark == NULL)
        begin(t);
    post_mark_show(t->mark, kind);
}

void turn_unmark(turn *t) {
    if (t->mark == NULL && t->begun && maybe_marked(t))
        begin(t);
    post_mark_end(t->mark);
    t->mark = NULL;
}

void turn_stand_in_line(turn *t) {
    turn_mark(t, POST_MARK_QUEUED);
}
