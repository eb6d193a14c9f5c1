// SPDX-License-Identifier: Apache-2.0
// WAITING and RUNNING: the agent is asked.
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "delivery/boots.h"
#include "delivery/marker.h"
#include "reply/media_plan.h"
#include "store/talk_settings.h"
#include "turn/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    AWAY_TELL_MS = 5000, // a gateway that is back sooner is not worth a word
    AWAY_MAX_MS = 10 * 60 * 1000,
    RUN_MAX_MS = 30 * 60 * 1000,
    WAITS_LOOK_MS = 60 * 1000, // beyond that, while a person is waited for
};

const char *turn_agent(const turn *t) {
    const group_config *g = turn_group(t);
    if (t->account->config == NULL)
        return "";
    return g != NULL && *g->agent != '\0' ? g->agent : t->account->config->agent;
}

// What the settings allow, or narrower where people have set that; while that is not known yet, the narrowest.
static permission_mode permission(const turn *t) {
    permission_mode widest =
        account_permission(t->account->config, t->channel_type == 'D', t->post.channel_id, t->post.user_id);
    if (!talk_settings_known(t->world->talk))
        return PERMISSION_READ_ONLY;
    const talk_setting set = talk_settings_get(t->world->talk, t->account->id, t->place);
    return talk_permission_within(set.permission, widest);
}

// --- RUNNING ---

static void on_run_text(void *ctx, const char *so_far) {
    turn *t = ctx;
    if (!t->heard)
        metric_observe_ms(METRIC_FIRST_TEXT, NULL, loop_now_ms(t->world->loop) - t->run_at_ms);
    t->heard = true;
    turn_show_text(ctx, so_far);
}

static void on_run_activity(void *ctx, const gateway_activity *activity) {
    turn_show_activity(ctx, activity);
}

static void on_run_done(void *ctx, const gateway_run_result *result) {
    turn *t = ctx;
    t->run = NULL;
    switch (result->outcome) {
    case GATEWAY_RUN_OK:
        turn_answered(t, result);
        return;
    case GATEWAY_RUN_SILENT: // without words, but perhaps with files
        if (media_wanted(result->payloads))
            turn_answered(t, result);
        else
            turn_end_silently(t, REASON_SILENT);
        return;
    case GATEWAY_RUN_ERROR:
    case GATEWAY_RUN_ABORTED:
    case GATEWAY_RUN_REFUSED:
    case GATEWAY_RUN_LOST:
        break;
    }
    char *sentence = words_run_failed(turn_lang(t), result);
    log_warn("a run gave no answer", "turn", t->id, "reason", result->sentence);
    turn_deliver(t, sentence,
                 result->outcome == GATEWAY_RUN_REFUSED ? REASON_PERMISSION
                 : result->outcome == GATEWAY_RUN_LOST  ? REASON_RUN_LOST
                                                        : REASON_TOLD_ERROR);
    free(sentence);
}

static void on_run_limit(void *ctx) {
    turn *t = ctx;
    char *run_id = xasprintf(TURN_RUN_PREFIX "%s", t->id);
    bool waits = t->world->waits != NULL && t->world->waits(t->world->waits_ctx, run_id);
    free(run_id);
    if (waits) {
        loop_timer_set(t->world->loop, &t->limit, WAITS_LOOK_MS, on_run_limit, t);
        return;
    }
    gateway_run_cancel(t->run, true);
    t->run = NULL;
    turn_deliver(t, words_text(turn_lang(t), WORD_TURN_RUN_TOO_LONG), REASON_RUN_TOO_LONG);
}

// Of a post that somebody may have begun already: the start of the gateway that was given it. NULL: nobody has.
static const char *earlier_boot(const turn *t, const gateway_status *status) {
    if (!t->post.again)
        return NULL;
    if (boots_seen_before(&t->world->boots, status->boot_id, t->post.create_at_ms))
        return status->boot_id;
    return boots_match(t->world->earlier_boots, status->boot_id);
}

static void run(turn *t, const gateway_status *status) {
    static const gateway_run_events events = {
        .text = on_run_text, .activity = on_run_activity, .done = on_run_done};
    const char *agent = turn_agent(t);
    char *key = turn_session_key(t, *agent != '\0' ? agent : status->default_agent),
         *message = turn_message(t), *system_prompt = turn_system_prompt(t);
    char *idempotency_key = xasprintf(TURN_RUN_PREFIX "%s", t->id);
    gateway_run_request request = {
        .idempotency_key = idempotency_key,
        .session_key = key,
        .message = message,
        .extra_system_prompt = system_prompt,
        .permission_mode = permission_mode_name(permission(t)),
        .attachments = t->images,
        .earlier_boot_id = earlier_boot(t, status),
        .earlier_ms = loop_wall_ms(t->world->loop) - t->post.create_at_ms,
    };
    if (t->preview == NULL)
        t->preview = turn_new_preview(t);
    turn_move(t, TURN_RUNNING);
    t->run_at_ms = loop_now_ms(t->world->loop);
    turn_note(t, RECORD_SENT, 0);
    if (!loop_timer_armed(&t->typing))
        turn_show_typing(t);
    loop_timer_set(t->world->loop, &t->limit, RUN_MAX_MS, on_run_limit, t);
    t->images = NULL; // taken
    t->run = gateway_run_start(t->account->gateway, &request, &events, t);
    free(key);
    free(message);
    free(system_prompt);
    free(idempotency_key);
    if (t->run == NULL)
        turn_deliver(t, words_text(turn_lang(t), WORD_TURN_QUEUE_FULL), REASON_QUEUE_FULL);
}

// --- READING ---

static void on_files_read(void *ctx, attachments_result *result) {
    turn *t = ctx;
    gateway_status status;
    t->reading = NULL;
    t->files_read = true;
    t->files_text = xstrdup(result->text);
    t->images = result->images;
    result->images = NULL;
    if (t->account->config == NULL || t->account->gateway == NULL) { // the account was removed meanwhile
        turn_end_silently(t, REASON_NOT_CONFIGURED);
        return;
    }
    status = gateway_get_status(t->account->gateway);
    run(t, &status); // a gateway that went away meanwhile is waited for there
}

// The files are in memory from here until the gateway has taken the run.
static void read_files(turn *t, const gateway_status *status) {
    const attachment_limits readable = {
        .file_bytes = (int64_t)(t->account->config->media_max_mb * 1024 * 1024),
        .image_bytes = status->max_image_bytes,
        .frame_bytes = status->max_payload_bytes,
    };
    turn_move(t, TURN_READING);
    t->reading =
        attachments_read_start(t->world->loop, t->world->chat, t->post.file_ids, &readable, on_files_read, t);
}

// --- WAITING ---

static void on_notice_posted(void *ctx, const chat_error *error, const chat_post *post) {
    (void)ctx, (void)post;
    if (error->err != OC_OK)
        log_warn("a person could not be told that the gateway is away", "error", error->message);
}

static void on_still_away(void *ctx) {
    turn *t = ctx;
    if (t->account->gateway == NULL) // the account was just removed: the turn ends soon
        return;
    gateway_status status = gateway_get_status(t->account->gateway);
    cJSON *props = marker_props(t->id, NOTICE_PART);
    chat_create_post(t->world->chat,
                     &(chat_post){.user_id = t->account->bot_user_id,
                                  .channel_id = t->post.channel_id,
                                  .root_id = turn_reply_root(t),
                                  .message = words_text(turn_lang(t), words_gateway_away(&status)),
                                  .props = props},
                     on_notice_posted, NULL);
    cJSON_Delete(props);
}

static void on_away_too_long(void *ctx) {
    turn *t = ctx;
    turn_deliver(t, words_text(turn_lang(t), WORD_TURN_GATEWAY_AWAY_TOO_LONG), REASON_GATEWAY_AWAY);
}

static void on_unconfigured(void *ctx) {
    turn_finish(ctx, REASON_NOT_CONFIGURED);
}

void turn_go(turn *t, bool say_away) {
    if (t->account->config == NULL) { // the account went while it waited, or the settings did
        turn_move(t, TURN_WAITING);
        loop_timer_set(t->world->loop, &t->limit, 0, on_unconfigured, t);
        return;
    }
    turn_mark(t, POST_MARK_AT_WORK);
    gateway_status status = gateway_get_status(t->account->gateway);
    if (status.state == GATEWAY_READY) {
        if (t->files_read || cJSON_GetArraySize(t->post.file_ids) == 0)
            run(t, &status);
        else
            read_files(t, &status);
    } else if (t->state != TURN_WAITING) {
        turn_move(t, TURN_WAITING);
        loop_timer_set(t->world->loop, &t->limit, AWAY_MAX_MS, on_away_too_long, t);
        if (say_away)
            loop_timer_set(t->world->loop, &t->away, AWAY_TELL_MS, on_still_away, t);
    }
}
