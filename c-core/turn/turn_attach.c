// SPDX-License-Identifier: Apache-2.0
// ATTACHING: the files of an answer come into the server before its posts name them.
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "reply/media_plan.h"

#include <stdlib.h>

static void on_attached(void *ctx, const media_result *result) {
    turn *t = ctx;
    const bool silent = *result->notes == '\0';
    t->media = NULL;
    t->files = cJSON_Duplicate(result->posts, true);
    char *notes = words_in(turn_lang(t), result->notes), *reason = words_in(WORDS_EN, result->notes);
    char *text = xasprintf("%s%s%s", t->answer, silent || *t->answer == '\0' ? "" : "\n\n", notes);
    if (result->failed > 0)
        log_warn("files of an answer could not be attached", "turn", t->id, "reason", reason);
    turn_deliver(t, text, REASON_ANSWERED);
    free(reason);
    free(notes);
    free(text);
}

static void attach(turn *t, const gateway_run_result *result) {
    const account_config *rules = t->account->config;
    char *key = turn_session_key(t, turn_agent(t));
    media_request request = {
        .gateway = t->account->gateway,
        .agent_id = turn_agent(t),
        .session_key = key,
        .bot_user_id = t->account->bot_user_id,
        .channel_id = t->post.channel_id,
        .payloads = result->payloads,
        .url_max_bytes = (size_t)(rules->media_max_mb * 1024 * 1024),
        .private_allowed = rules->private_network,
    };
    turn_move(t, TURN_ATTACHING);
    t->media = media_start(t->world->media, &request, on_attached, t);
    free(key);
    if (t->media == NULL) {
        log_warn("an answer goes without its files: too many are on their way", "turn", t->id);
        turn_deliver(t, t->answer, REASON_ANSWERED);
    }
}

void turn_answered(turn *t, const gateway_run_result *result) {
    t->answer = turn_read_choices(t, result);
    if (t->world->media == NULL || t->account->config == NULL || !media_wanted(result->payloads))
        turn_deliver(t, t->answer, REASON_ANSWERED);
    else
        attach(t, result);
}
