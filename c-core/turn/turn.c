// SPDX-License-Identifier: Apache-2.0
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPING_EVERY_MS = 4000 }; // clients show typing for about 5 s

const char *turn_state_name(turn_state s) {
    static const char *const names[] = {"remembering", "deciding",  "queued",    "waiting",
                                        "reading",     "running",   "attaching", "delivering",
                                        "offering",    "reporting", "done"};
    return names[s];
}

turn_state turn_get_state(const turn *t) {
    return t->state;
}

outcome_reason turn_outcome(const turn *t) {
    return t->reason;
}

const char *turn_place(const turn *t) {
    return t->place;
}

account *turn_account(const turn *t) {
    return t->account;
}

bool turn_runs(const turn *t, const char *run_id, ask_spot *out) {
    if (t->state != TURN_RUNNING || strncmp(run_id, TURN_RUN_PREFIX, strlen(TURN_RUN_PREFIX)) != 0 ||
        strcmp(run_id + strlen(TURN_RUN_PREFIX), t->id) != 0)
        return false;
    *out = (ask_spot){.account = t->account, .kind = t->kind};
    snprintf(out->channel_id, sizeof out->channel_id, "%s", t->post.channel_id);
    snprintf(out->root_id, sizeof out->root_id, "%s", turn_reply_root(t));
    snprintf(out->user_id, sizeof out->user_id, "%s", t->post.user_id);
    return true;
}

void turn_move(turn *t, turn_state to) {
    int64_t now_ms = loop_now_ms(t->world->loop);
    log_debug("turn", "turn", t->id, "from", turn_state_name(t->state), "to", turn_state_name(to));
    loop_timer_cancel(&t->limit);
    loop_timer_cancel(&t->away);
    loop_timer_cancel(&t->show);
    if (to != TURN_READING && to != TURN_RUNNING && to != TURN_ATTACHING)
        loop_timer_cancel(&t->typing);
    if (to >= TURN_RUNNING) { // an edit that is still being looked at comes too late
        inbound_forget(t->inbound);
        t->inbound = NULL;
    }
    metric_observe_ms(METRIC_TURN_STATES, turn_state_name(t->state), now_ms - t->since_ms);
    t->since_ms = now_ms;
    t->state = to;
}

void turn_note(turn *t, record_state state, int parts) {
    const record r = {.state = state, .reason = t->reason, .parts = parts};
    t->noted = true;
    journal_note(t->world->journal, t->id, t->post.create_at_ms, &r);
}

void turn_takes_part(const turn *t) {
    const char *root_id = turn_reply_root(t);
    if (t->world->threads != NULL && t->kind != CHAT_DIRECT && *root_id != '\0')
        participation_note(t->world->threads, t->account->id, root_id);
}

void turn_finish(turn *t, outcome_reason reason) {
    turn_move(t, TURN_DONE);
    t->reason = reason;
    metric_count(METRIC_OUTCOMES, outcome_reason_name(reason), 1);
    turn_unmark(t);
    // What does not concern a bot is no business of the journal, and a repetition has its outcome there already.
    // But what was begun is closed, even when its post was deleted.
    if (outcome_concerns(reason) || t->noted)
        turn_note(t, RECORD_CLOSED, t->posted);
    if (reason == REASON_ANSWERED)
        turn_takes_part(t);
    t->events.finished(t->ctx, t);
}

char *turn_session_key(const turn *t, const char *agent) {
    const account_config *rules = t->account->config;
    const session_place where = {
        .agent = agent,
        .account = t->account->id,
        .name = rules != NULL ? rules->session_name : "",
        .scope = rules != NULL ? rules->dm_scope : DM_SCOPE_CHANNEL_PEER,
        .kind = t->kind,
        .channel_id = t->post.channel_id,
        .user_id = t->post.user_id,
    };
    return session_key_of(&where, t->reply_mode, t->post.root_id, t->post.id);
}

const char *turn_reply_root(const turn *t) {
    return session_reply_root(t->kind, t->reply_mode, t->post.root_id, t->post.id);
}

words_lang turn_lang(const turn *t) {
    chat *c = t->world->chat;
    return t->kind == CHAT_DIRECT ? chat_lang(c, t->post.user_id) : chat_server_lang(c);
}

void turn_show_typing(void *ctx) {
    turn *t = ctx;
    chat_typing(t->world->chat, t->account->bot_user_id, t->post.channel_id, turn_reply_root(t));
    loop_timer_set(t->world->loop, &t->typing, TYPING_EVERY_MS, turn_show_typing, t);
}

turn *turn_create(turn_world *w, const turn_request *request, const turn_events *events, void *ctx) {
    turn *t = xcalloc(1, sizeof *t);
    t->world = w;
    t->account = account_hold(request->account);
    t->id = xstrdup(request->id);
    t->events = *events;
    t->ctx = ctx;
    t->state = TURN_REMEMBERING;
    t->since_ms = loop_now_ms(w->loop);
    t->post = chat_post_dup(request->post);
    t->event = request->event;
    t->quiet = request->quiet;
    return t;
}

void turn_destroy(turn *t) {
    if (t == NULL)
        return;
    loop_timer_cancel(&t->typing);
    loop_timer_cancel(&t->limit);
    loop_timer_cancel(&t->away);
    loop_timer_cancel(&t->show);
    inbound_forget(t->inbound);
    context_forget(t->context_query);
    context_free(t->context);
    if (t->run != NULL)
        gateway_run_cancel(t->run, false);
    delivery_cancel(t->delivery);
    preview_destroy(t->preview);
    post_mark_leave(t->mark);
    attachments_read_cancel(t->reading);
    cJSON_Delete(t->images);
    free(t->files_text);
    media_cancel(t->media);
    cJSON_Delete(t->files);
    free(t->answer);
    presentation_free(t->choices);
    free(t->offered_post);
    turn_forget_questions(t);
    account_release(t->account);
    chat_post_free(&t->post);
    free(t->id);
    free(t->place);
    free(t->sender);
    free(t->username);
    cJSON_Delete(t->sender_profile);
    free(t->channel_name);
    free(t->text);
    free(t);
}
