// SPDX-License-Identifier: Apache-2.0
// DELIVERING and REPORTING: the answer becomes posts.
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "reply/chunk.h"

#include <stdlib.h>

static void on_reported(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    (void)posted;
    t->delivery = NULL;
    if (error != NULL)
        log_error("a person could not even be told that an answer is lost", "turn", t->id, "error", error);
    t->world->counts.reported_lost++;
    metric_count(METRIC_ANSWERS_LOST, NULL, 1);
    turn_finish(t, REASON_NOT_POSTED);
}

// Beside what could be posted of the answer.
static void report(turn *t) {
    delivery_request request = {
        .turn = t->id,
        .bot_user_id = t->account->bot_user_id,
        .channel_id = t->post.channel_id,
        .root_id = turn_reply_root(t),
        .first_part = REPORT_PART,
        .maybe_posted = t->post.again,
        .remembered_until_ms = t->post.remembered_until_ms,
    };
    t->delivery = delivery_create(t->world->loop, t->world->chat, &request);
    const char *sentence = words_text(turn_lang(t), WORD_TURN_NOT_POSTED);
    delivery_finish(t->delivery, &(part){.text = sentence}, 1, on_reported, t);
}

static void on_pushed(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a push notification could not be sent", "error", error->message);
}

// The first words notified; who has put the phone away since does not learn that the answer is complete.
static void notify_of_end(const turn *t) {
    const account_config *rules = t->account->config;
    if (rules == NULL || rules->notify_after_ms == 0 || !t->showed || t->reason != REASON_ANSWERED ||
        loop_now_ms(t->world->loop) - t->run_at_ms < rules->notify_after_ms)
        return;
    const chat_post about = {.id = t->post.id,
                             .channel_id = t->post.channel_id,
                             .root_id = turn_reply_root(t),
                             .user_id = t->account->bot_user_id};
    const char *words = words_text(chat_lang(t->world->chat, t->post.user_id), WORD_TURN_ANSWER_COMPLETE);
    chat_push(t->world->chat, t->post.user_id, &about, words, on_pushed, NULL);
}

static void on_delivered(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    const char *last = error == NULL && posted > 0 ? delivery_post_id(t->delivery, posted - 1) : NULL;
    t->delivery = NULL;
    t->posted = (int)posted;
    if (error == NULL) {
        t->world->counts.posted += t->reason == REASON_ANSWERED;
        metric_count(METRIC_ANSWERS_POSTED, NULL, t->reason == REASON_ANSWERED);
        notify_of_end(t);
        if (t->reason == REASON_ANSWERED && t->choices != NULL && last != NULL)
            turn_offer(t, last);
        else
            turn_finish(t, t->reason);
        return;
    }
    log_error("an answer could not be posted", "turn", t->id, "error", error);
    turn_move(t, TURN_REPORTING);
    report(t);
}

static void on_withdrawn(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    (void)posted;
    t->delivery = NULL;
    if (error != NULL)
        log_warn("what was shown of an answer could not be taken away", "turn", t->id, "error", error);
    turn_finish(t, t->reason);
}

void turn_end_silently(turn *t, outcome_reason reason) {
    if (t->delivery == NULL && !t->begun) {
        turn_finish(t, reason);
        return;
    }
    t->reason = reason;
    turn_move(t, TURN_DELIVERING);
    delivery_finish(turn_posts(t), NULL, 0, on_withdrawn, t);
}

// The first files go with the last words, further ones into posts of their own.
static size_t add_files(const turn *t, part wanted[PARTS_MAX], size_t count) {
    const cJSON *ids = NULL;
    bool first = true;
    cJSON_ArrayForEach(ids, t->files) {
        if (!first || count == 0) {
            if (count == PARTS_MAX) {
                log_warn("files of an answer are left out: it has too many posts", "turn", t->id);
                break;
            }
            wanted[count++] = (part){.text = ""};
        }
        wanted[count - 1].file_ids = ids;
        first = false;
    }
    return count;
}

void turn_deliver(turn *t, const char *text, outcome_reason reason) {
    part wanted[PARTS_MAX];
    bool answer = reason == REASON_ANSWERED && t->preview != NULL;
    chunks c = answer ? preview_final(t->preview, text) : chunk_split(text, turn_post_limit(t), CHUNK_LENGTH);
    if (c.count > PARTS_MAX)
        log_warn("an answer was cut: it is too long", "turn", t->id);
    size_t count = add_files(t, wanted, turn_parts_of(t, &c, wanted));
    if (count == 0) {
        turn_end_silently(t, REASON_SILENT);
    } else {
        t->reason = reason;
        turn_move(t, TURN_DELIVERING);
        t->world->counts.produced += reason == REASON_ANSWERED;
        metric_count(METRIC_ANSWERS_PRODUCED, NULL, reason == REASON_ANSWERED);
        turn_note(t, RECORD_POSTING, (int)count);
        if (reason == REASON_ANSWERED)
            turn_takes_part(t);
        delivery_finish(turn_posts(t), wanted, count, on_delivered, t);
    }
    chunks_free(&c);
}

void turn_refuse(turn *t, const char *sentence, outcome_reason reason) {
    if (sentence == NULL)
        turn_end_silently(t, reason);
    else
        turn_deliver(t, sentence, reason);
}
