// SPDX-License-Identifier: Apache-2.0
// What counts in a place for the bot and for whoever asks, gathered at that moment, and the decision.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "outbound/sight.h"

#include <stdio.h>
#include <stdlib.h>

authorise_verdict tool_authorise(tool_run *r) {
    // The account may have been removed or changed while the server was asked.
    const account_config *rules = r->account != NULL ? r->account->config : NULL;
    r->facts.rules = rules != NULL ? &rules->tools : NULL;
    return authorise(&r->facts);
}

static void decide(tool_run *r) {
    r->facts.target_known = true;
    r->judged(r, tool_authorise(r));
}

static const char *permission_of(const tool_run *r) {
    return tool_wants_upload(r) ? "create_post" : r->tool->permission;
}

// --- guests in the conversation's channel ---

static void on_guests_there(void *ctx, const chat_error *error, const cJSON *members) {
    tool_run *r = ctx;
    r->facts.room_has_guests = cJSON_GetArraySize(members) > 0;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The members of this channel could not be looked up", error);
    else
        decide(r);
}

static void on_guests(void *ctx, const chat_error *error, const cJSON *ids) {
    tool_run *r = ctx;
    const int count = cJSON_GetArraySize(ids);
    if (error->err != OC_OK) {
        tool_refuse_failure(r, "The members of this channel could not be looked up", error);
    } else if (count == 0 || count >= CHAT_GUESTS_MAX) {
        r->facts.room_has_guests = count > 0;
        decide(r);
    } else {
        chat_members_among(r->tools->parts.chat, r->own.channel_id, ids, on_guests_there, r);
    }
}

// --- the person ---

static void on_asker_may(void *ctx, const chat_error *error, bool may) {
    tool_run *r = ctx;
    r->facts.asker_may = may;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The person's rights could not be looked up", error);
    else
        decide(r);
}

static void on_asker_sees(void *ctx, const chat_error *error, bool sees) {
    tool_run *r = ctx;
    r->facts.asker_sees = sees;
    r->facts.asker_may = sees;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The person's rights could not be looked up", error);
    else if (sees && r->facts.writes)
        chat_has_channel_permission(r->tools->parts.chat, r->from.user_id, r->place.channel_id,
                                    permission_of(r), on_asker_may, r);
    else
        decide(r);
}

static void look_at_asker(tool_run *r) {
    chat *c = r->tools->parts.chat;
    const chat_channel channel = {.id = r->place.channel_id,
                                  .team_id = r->place.team_id,
                                  .name = r->place.name,
                                  .display_name = "",
                                  .header = "",
                                  .purpose = "",
                                  .type = r->place.type};
    if (r->facts.own_place || r->facts.origin == ORIGIN_MCP)
        decide(r);
    else if (r->facts.origin == ORIGIN_PERSON)
        sight_of_channel(c, r->from.user_id, &channel, on_asker_sees, r);
    else
        chat_guests(c, on_guests, r);
}

// --- the bot ---

static void on_bot_may(void *ctx, const chat_error *error, bool may) {
    tool_run *r = ctx;
    r->facts.bot_may = may;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The bot's rights could not be looked up", error);
    else
        look_at_asker(r);
}

static void on_bot_member(void *ctx, const chat_error *error, bool member) {
    tool_run *r = ctx;
    r->facts.bot_is_member = member;
    r->facts.bot_may = member; // who is a member reads
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The bot's rights could not be looked up", error);
    else if (member && r->facts.writes)
        chat_has_channel_permission(r->tools->parts.chat, r->account->bot_user_id, r->place.channel_id,
                                    permission_of(r), on_bot_may, r);
    else
        look_at_asker(r);
}

// --- the channel ---

static bool is_listed(const tool_run *r) {
    for (char **id = r->account->config->tools.mcp_channels; *id != NULL; id++) {
        if (strcmp(*id, r->place.channel_id) == 0)
            return true;
    }
    return false;
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    tool_run *r = ctx;
    authorise_facts *f = &r->facts;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND) {
        tool_refuse_failure(r, "The channel could not be looked up", error);
        return;
    }
    f->own_place = strcmp(r->place.channel_id, r->own.channel_id) == 0;
    f->asker_sees = f->asker_may = f->bot_may = f->bot_is_member = f->direct_to_person = false;
    f->type = error->err == OC_OK ? channel->type : 'P';
    r->place.type = f->type;
    free(r->place.name);
    r->place.name = xstrdup(channel->name);
    snprintf(r->place.team_id, sizeof r->place.team_id, "%s", channel->team_id);
    f->archived = channel->delete_at_ms != 0;
    f->same_team = *r->own.team_id != '\0' && strcmp(r->own.team_id, r->place.team_id) == 0;
    f->listed = f->origin == ORIGIN_MCP && r->account->config != NULL && is_listed(r);
    if (error->err == OC_OK)
        chat_is_member(r->tools->parts.chat, r->place.channel_id, r->account->bot_user_id, on_bot_member, r);
    else
        decide(r);
}

// A person to whom the direct channel is opened only when it is allowed. That they can be seen the resolver has found out.
static void judge_direct(tool_run *r) {
    r->facts.own_place = false;
    r->facts.type = r->place.type = 'D';
    r->facts.direct_to_person = r->facts.origin == ORIGIN_PERSON;
    r->facts.bot_is_member = r->facts.bot_may = true;
    decide(r);
}

void tool_judge(tool_run *r, tool_judged_fn *fn) {
    r->state = TOOL_PLACE;
    r->judged = fn;
    if (*r->place.user_id != '\0')
        judge_direct(r);
    else
        chat_get_channel(r->tools->parts.chat, r->place.channel_id, on_channel, r);
}
