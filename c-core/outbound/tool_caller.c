// SPDX-License-Identifier: Apache-2.0
// Who calls: the person of a direct message or the channel of the conversation, as the server knows them at that moment.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "outbound/may_talk.h"

#include <stdio.h>
#include <stdlib.h>

static void settle(tool_run *r) {
    const authorise_verdict v = tool_authorise(r);
    if (v != AUTHORISE_ALLOW)
        tool_refuse_verdict(r, v);
    else
        tool_look_for_target(r);
}

// --- a person ---

static void on_direct(void *ctx, oc_err err, const char *sentence, const resolved *place) {
    tool_run *r = ctx;
    if (err != OC_OK) {
        tool_refuse(r, "UNAVAILABLE", sentence);
        return;
    }
    snprintf(r->own.channel_id, sizeof r->own.channel_id, "%s", place->channel_id);
    snprintf(r->own.user_id, sizeof r->own.user_id, "%s", r->from.user_id);
    r->own.type = 'D';
    settle(r);
}

static void open_direct(tool_run *r) {
    const resolve_ask ask = tool_direct_ask(r);
    r->facts.person_active = true;
    resolve_direct(r->tools->parts.resolver, &ask, r->from.user_id, on_direct, r);
}

static void on_paired(void *ctx, oc_err err, bool approved) {
    tool_run *r = ctx;
    if (err != OC_OK)
        tool_refuse(r, "UNAVAILABLE", "The person's rights could not be looked up. Try again in a moment.");
    else if (approved)
        open_direct(r);
    else
        settle(r);
}

// Whoever was let in once may have been shut out since: a session goes on in cron jobs.
static void on_person(void *ctx, const chat_error *error, const chat_user *user) {
    tool_run *r = ctx;
    const account_config *rules = r->account->config;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND) {
        tool_refuse_failure(r, "The person's rights could not be looked up", error);
        return;
    }
    const bool active = error->err == OC_OK && !user->is_bot && user->delete_at_ms == 0;
    const access_verdict verdict = active && rules != NULL ? may_talk(user, rules) : ACCESS_REFUSE;
    if (verdict == ACCESS_ANSWER)
        open_direct(r);
    else if (verdict == ACCESS_PAIRING && r->tools->parts.paired != NULL)
        pairings_is_approved(r->tools->parts.paired, r->account->id, r->from.user_id, on_paired, r);
    else
        settle(r);
}

// --- a channel ---

static void on_room_member(void *ctx, const chat_error *error, bool member) {
    tool_run *r = ctx;
    r->facts.room_has_bot = member;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The channel of this conversation could not be looked up", error);
    else
        settle(r);
}

static void on_room(void *ctx, const chat_error *error, const chat_channel *channel) {
    tool_run *r = ctx;
    if (error->err != OC_OK) {
        tool_refuse_failure(r, "The channel of this conversation could not be looked up", error);
        return;
    }
    snprintf(r->own.channel_id, sizeof r->own.channel_id, "%s", channel->id);
    snprintf(r->own.team_id, sizeof r->own.team_id, "%s", channel->team_id);
    r->own.type = channel->type;
    r->own.name = xstrdup(channel->name);
    chat_is_member(r->tools->parts.chat, r->own.channel_id, r->account->bot_user_id, on_room_member, r);
}

void tool_look_at_caller(tool_run *r) {
    chat *c = r->tools->parts.chat;
    r->state = TOOL_CALLER;
    if (r->facts.origin == ORIGIN_PERSON) {
        chat_forget_user(c, r->from.user_id); // rights may have been taken away
        chat_get_user(c, r->from.user_id, on_person, r);
    } else if (r->facts.origin == ORIGIN_ROOM) {
        chat_get_channel(c, r->from.channel_id, on_room, r);
    } else {
        settle(r);
    }
}
