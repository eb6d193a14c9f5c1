// SPDX-License-Identifier: Apache-2.0
// The direct channel of the bot and a user: dmChannelRetry.
#include "outbound/resolve_private.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "chat/retryable.h"
#include "outbound/dm_retry.h"

#include <stdlib.h>

// One attempt; its answer may come when its time is over and the next one is under way.
typedef struct attempt {
    question *q;
    int number;
} attempt;

static void try_now(void *ctx);

static char *key_of(const question *q) {
    return xasprintf("%s/%s", q->bot_user_id, q->user_id);
}

static void is_open(question *q, const char *channel_id) {
    if (q->channel == NULL) {
        const chat_channel direct = {.id = channel_id, .team_id = "", .name = "", .type = 'D'};
        q->channel = question_channel_json(&direct);
    }
    question_place(q);
}

static void keep(question *q, const char *channel_id) {
    char *key = key_of(q);
    cJSON *value = json_new_string(channel_id);
    cache_put(q->resolver->directs, key, value, loop_now_ms(q->resolver->loop));
    cJSON_Delete(value);
    free(key);
}

static void attempt_failed(question *q, const chat_error *error) {
    if (error->err == OC_ENOTFOUND) {
        question_fail(q, OC_ENOTFOUND, xstrdup("There is no such user to write to."));
    } else if (q->attempt > q->retry.max_retries || !chat_error_may_pass(error)) {
        question_call_failed(q, error, "open the direct message");
    } else {
        int64_t delay = dm_retry_delay_ms(&q->retry, q->attempt, random_below(1000) / 1000.0);
        log_info("a direct message could not be opened, trying again", "user", q->user_id, "error",
                 error->message);
        loop_timer_set(q->resolver->loop, &q->timer, delay, try_now, q);
    }
}

static void on_direct(void *ctx, const chat_error *error, const chat_channel *channel) {
    attempt *a = ctx;
    question *q = a->q;
    bool late = a->number != q->attempt || !q->trying;
    free(a);
    if (!question_answered(q))
        return;
    if (error->err == OC_OK) { // also when it comes late
        keep(q, channel->id);
        is_open(q, channel->id);
    } else if (!late) {
        loop_timer_cancel(&q->timer);
        q->trying = false;
        attempt_failed(q, error);
    }
}

static void on_limit(void *ctx) {
    const chat_error error = {.err = OC_ETIMEOUT, .id = "", .message = "no answer in time"};
    question *q = ctx;
    q->trying = false; // its answer comes too late now
    attempt_failed(q, &error);
}

static void try_now(void *ctx) {
    question *q = ctx;
    attempt *a = xcalloc(1, sizeof *a);
    q->attempt++;
    q->trying = true;
    *a = (attempt){.q = q, .number = q->attempt};
    loop_timer_set(q->resolver->loop, &q->timer, q->retry.timeout_ms, on_limit, q);
    question_ask(q);
    chat_direct_channel(q->resolver->chat, q->bot_user_id, q->user_id, on_direct, a);
}

void question_open_direct(question *q) {
    char *key = key_of(q);
    const cJSON *known = cache_get(q->resolver->directs, key, loop_now_ms(q->resolver->loop));
    free(key);
    if (known != NULL)
        is_open(q, known->valuestring);
    else
        try_now(q);
}
