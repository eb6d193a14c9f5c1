// SPDX-License-Identifier: Apache-2.0
// DELIVERING and REPORTING: the answer becomes posts.
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "reply/chunk.h"
#include "turn/words.h"

#include <stdlib.h>

static void post_parts(turn *t, char *const *texts, size_t count, int first_part, delivery_fn *fn) {
    part wanted[PARTS_MAX] = {{0}};
    delivery_request request = {
        .turn = t->id,
        .bot_user_id = t->account->bot_user_id,
        .channel_id = t->post.channel_id,
        .root_id = turn_reply_root(t),
        .first_part = first_part,
        .maybe_posted = t->post.again,
        .remembered_until_ms = t->post.remembered_until_ms,
    };
    for (size_t i = 0; i < count; i++)
        wanted[i].text = texts[i];
    t->delivery = delivery_create(t->world->loop, t->world->chat, &request);
    delivery_finish(t->delivery, wanted, count, fn, t);
}

static void on_reported(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    (void)posted;
    t->delivery = NULL;
    if (error != NULL)
        log_error("a person could not even be told that an answer is lost", "turn", t->id, "error", error);
    t->world->counts.reported_lost++;
    turn_finish(t, REASON_NOT_POSTED);
}

static void on_delivered(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    t->delivery = NULL;
    t->posted = (int)posted;
    if (error == NULL) {
        t->world->counts.posted += t->reason == REASON_ANSWERED;
        turn_finish(t, t->reason);
        return;
    }
    log_error("an answer could not be posted", "turn", t->id, "error", error);
    char *sentence = xstrdup(words_not_posted());
    turn_move(t, TURN_REPORTING);
    post_parts(t, &sentence, 1, REPORT_PART, on_reported);
    free(sentence);
}

void turn_deliver(turn *t, const char *text, outcome_reason reason) {
    chunks parts = chunk_split(text, POST_MAX_RUNES, CHUNK_LENGTH);
    size_t count = parts.count < PARTS_MAX ? parts.count : PARTS_MAX;
    t->reason = reason;
    if (count == 0) {
        chunks_free(&parts);
        turn_finish(t, REASON_SILENT);
        return;
    }
    turn_move(t, TURN_DELIVERING);
    if (parts.count > PARTS_MAX) {
        log_warn("an answer was cut: it is too long", "turn", t->id);
        free(parts.items[PARTS_MAX - 1]);
        parts.items[PARTS_MAX - 1] = xstrdup(words_answer_cut());
    }
    t->world->counts.produced += reason == REASON_ANSWERED;
    turn_note(t, RECORD_POSTING, (int)count);
    // A sentence of ours must not be taken for the answer's first part by the next process.
    post_parts(t, parts.items, count, reason == REASON_ANSWERED ? 0 : SENTENCE_PART, on_delivered);
    chunks_free(&parts);
}

void turn_refuse(turn *t, const char *sentence, outcome_reason reason) {
    if (sentence == NULL)
        turn_finish(t, reason);
    else
        turn_deliver(t, sentence, reason);
}
