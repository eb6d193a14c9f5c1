// SPDX-License-Identifier: Apache-2.0
// mattermost_directory: who and what there is, as far as the conversation may see. A person sees what they see in their own client; a
// channel what is public to all of its team; MCP the channels that it may read.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "outbound/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_LIMIT = 50 };

static directory_kind kind_of(const tool_run *r) {
    const char *kind = tool_text(r, "kind");
    return strcmp(kind, "users") == 0   ? DIRECTORY_USERS
           : strcmp(kind, "teams") == 0 ? DIRECTORY_TEAMS
                                        : DIRECTORY_CHANNELS;
}

static void add_text(cJSON *to, const char *name, const char *text) {
    if (*text != '\0')
        json_add_string(to, name, text);
}

static cJSON *told(const directory_entry *e) {
    cJSON *json = json_new_object();
    json_add_string(json, "target", e->target);
    add_text(json, "name", e->name);
    add_text(json, "displayName", e->display);
    add_text(json, "team", e->team);
    if (e->is_bot)
        json_add_bool(json, "bot", true);
    if (e->type == 'P' || e->type == 'G')
        json_add_string(json, "type", e->type == 'P' ? "private" : "group");
    return json;
}

static bool for_all_to_see(const tool_run *r, const directory_entry *e) {
    if (r->facts.origin != ORIGIN_ROOM)
        return true;
    if (kind_of(r) == DIRECTORY_TEAMS)
        return strcmp(e->id, r->own.team_id) == 0;
    return kind_of(r) == DIRECTORY_USERS || e->type == 'O';
}

static void on_entries(void *ctx, oc_err err, const char *sentence, const directory_entry *entries,
                       size_t count, bool more) {
    tool_run *r = ctx;
    if (err != OC_OK) {
        tool_refuse(r,
                    err == OC_ENOTFOUND ? "NOT_FOUND"
                    : err == OC_ELIMIT  ? "TOO_MANY"
                                        : "UNAVAILABLE",
                    sentence);
        return;
    }
    cJSON *result = json_new_object();
    json_add_bool(result, "ok", true);
    cJSON *list = json_add_array(result, "entries");
    for (size_t i = 0; i < count; i++) {
        if (for_all_to_see(r, &entries[i]))
            json_push(list, told(&entries[i]));
    }
    json_add_bool(result, "hasMore", more);
    tool_answer(r, result);
}

static void look(tool_run *r) {
    const bool room = r->facts.origin == ORIGIN_ROOM;
    const directory_query query = {.kind = kind_of(r),
                                   .text = tool_text(r, "query"),
                                   .team = room ? r->own.team_id : tool_text(r, "team"),
                                   .bot_user_id = r->account->bot_user_id,
                                   .viewer_id = r->viewer,
                                   .limit = (int)json_int(r->args, "limit", USUAL_LIMIT)};
    directory_find(r->tools->parts.chat, &query, on_entries, r);
}

// --- a channel's conversation: is there anybody who may not see the team? ---

static void on_guests_there(void *ctx, const chat_error *error, const cJSON *members) {
    tool_run *r = ctx;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The members of this channel could not be looked up", error);
    else if (cJSON_GetArraySize(members) > 0)
        tool_refuse_verdict(r, AUTHORISE_GUESTS);
    else
        look(r);
}

static void on_guests(void *ctx, const chat_error *error, const cJSON *ids) {
    tool_run *r = ctx;
    if (error->err != OC_OK)
        tool_refuse_failure(r, "The members of this channel could not be looked up", error);
    else if (cJSON_GetArraySize(ids) >= CHAT_GUESTS_MAX)
        tool_refuse_verdict(r, AUTHORISE_GUESTS);
    else if (cJSON_GetArraySize(ids) > 0)
        chat_members_among(r->tools->parts.chat, r->own.channel_id, ids, on_guests_there, r);
    else
        look(r);
}

// --- MCP: what is listed ---

static void next_listed(tool_run *r);

static void on_listed_judged(tool_run *r, authorise_verdict verdict) {
    if (verdict == AUTHORISE_ALLOW) {
        cJSON *json = json_new_object();
        char *named = xasprintf("channel:%s", r->place.channel_id);
        json_add_string(json, "target", named);
        json_add_string(json, "name", r->place.name);
        json_push(cJSON_GetObjectItemCaseSensitive(r->found, "entries"), json);
        free(named);
    }
    next_listed(r);
}

static void next_listed(tool_run *r) {
    const account_config *rules = r->account->config;
    const char *id = rules != NULL ? rules->tools.mcp_channels[r->at] : NULL;
    if (id == NULL) {
        cJSON *result = r->found;
        r->found = NULL;
        json_add_bool(result, "hasMore", false);
        tool_answer(r, result);
        return;
    }
    r->at++;
    snprintf(r->place.channel_id, sizeof r->place.channel_id, "%s", id);
    tool_judge(r, on_listed_judged);
}

static void look_at_listed(tool_run *r) {
    if (kind_of(r) != DIRECTORY_CHANNELS) {
        tool_refuse(r, "NOT_ALLOWED", "Over MCP only channels can be listed: nobody knows here who asks.");
        return;
    }
    r->found = json_new_object();
    json_add_bool(r->found, "ok", true);
    json_add_array(r->found, "entries");
    next_listed(r);
}

void tool_do_directory(tool_run *r) {
    if (r->facts.origin == ORIGIN_MCP)
        look_at_listed(r);
    else if (r->facts.origin == ORIGIN_ROOM && *r->own.team_id == '\0')
        tool_refuse(r, "NOT_ALLOWED",
                    "A group message belongs to no team, so there is nothing to look up. The person can ask "
                    "in a direct message.");
    else if (r->facts.origin == ORIGIN_ROOM)
        chat_guests(r->tools->parts.chat, on_guests, r);
    else
        look(r);
}
