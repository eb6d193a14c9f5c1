// SPDX-License-Identifier: Apache-2.0
// mattermost_search: the server searches in somebody's name (the person's, else the bot's); of what it finds only posts of channels
// that this conversation may read come through, each channel judged for itself.
#include "outbound/tool_run.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_LIMIT = 20, PER_PAGE = 60, TEAMS_MAX = 20, CHANNELS_MAX = 50 };

static void next_team(tool_run *r);

static bool is_person(const tool_run *r) {
    return r->facts.origin == ORIGIN_PERSON;
}

static void finish(tool_run *r) {
    cJSON *head = json_new_object(), *posts = cJSON_DetachItemFromObjectCaseSensitive(r->found, "posts");
    json_add_bool(head, "ok", true);
    tool_answer_posts(r, head, posts);
}

// --- what was found ---

static void remember_channel(tool_run *r, const char *channel_id, bool readable) {
    cJSON *answer = json_new_object();
    const char type[] = {r->place.type, '\0'};
    json_add_bool(answer, "readable", readable);
    json_add_string(answer, "type", type);
    json_add_string(answer, "name", r->place.type != 'D' && r->place.name != NULL ? r->place.name : "");
    json_add(r->answers, channel_id, answer);
}

static bool has_post(const tool_run *r, const char *id) {
    const cJSON *post = NULL;
    cJSON_ArrayForEach(post, json_array(r->found, "posts")) {
        if (strcmp(json_text(post, "id"), id) == 0)
            return true;
    }
    return false;
}

static void go_through(tool_run *r);

static void on_channel_judged(tool_run *r, authorise_verdict verdict) {
    remember_channel(r, r->place.channel_id, verdict == AUTHORISE_ALLOW);
    r->state = TOOL_WORKS;
    go_through(r);
}

static void judge_channel(tool_run *r, const char *channel_id) {
    snprintf(r->place.channel_id, sizeof r->place.channel_id, "%s", channel_id);
    tool_judge(r, on_channel_judged);
}

static void go_through(tool_run *r) {
    cJSON *batch = cJSON_GetObjectItemCaseSensitive(r->found, "batch");
    cJSON *posts = cJSON_GetObjectItemCaseSensitive(r->found, "posts");
    const int limit = (int)json_int(r->args, "limit", USUAL_LIMIT);
    const char *only = json_text(r->found, "only");
    while (cJSON_GetArraySize(batch) > 0) {
        const cJSON *post = cJSON_GetArrayItem(batch, 0);
        const char *channel_id = json_text(post, "channel_id");
        const cJSON *channel = json_get(r->answers, channel_id);
        const bool known = channel != NULL || cJSON_GetArraySize(r->answers) >= CHANNELS_MAX;
        if (cJSON_GetArraySize(posts) >= limit) {
            r->more = true;
            finish(r);
            return;
        }
        const bool elsewhere = *only != '\0' && strcmp(channel_id, only) != 0;
        if (!known && !elsewhere) {
            judge_channel(r, channel_id);
            return;
        }
        const bool readable =
            !elsewhere && json_bool(channel, "readable", false) && !has_post(r, json_text(post, "id"));
        cJSON *taken = cJSON_DetachItemFromArray(batch, 0);
        if (readable)
            json_push(posts, taken);
        else
            cJSON_Delete(taken);
    }
    next_team(r);
}

static void on_found(void *ctx, const chat_error *error, const cJSON *list) {
    tool_run *r = ctx;
    if (error->err != OC_OK) {
        tool_refuse_failure(r, "The search failed", error);
        return;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(r->found, "batch");
    json_add(r->found, "batch", tool_posts_of(list));
    r->more = r->more || cJSON_GetArraySize(json_array(list, "order")) >= PER_PAGE;
    go_through(r);
}

// --- where is searched ---

// The channel of the call, when there is one: the conversation's own where nothing else may be read.
static const tool_place *only_place(const tool_run *r) {
    if (*tool_text(r, "target") != '\0')
        return &r->place;
    return r->facts.rules->elsewhere < TOOLS_REACH_READ && r->facts.origin != ORIGIN_MCP ? &r->own : NULL;
}

static void next_team(tool_run *r) {
    const cJSON *team = cJSON_GetArrayItem(r->teams, (int)r->at++);
    const char *narrow = json_text(r->found, "narrow");
    if (team == NULL || r->at > TEAMS_MAX) {
        r->more = r->more || team != NULL;
        finish(r);
        return;
    }
    char *terms = *narrow != '\0' ? xasprintf("%s in:%s", tool_text(r, "query"), narrow)
                                  : xstrdup(tool_text(r, "query"));
    const chat_search search = {.team_id = team->valuestring,
                                .user_id = is_person(r) ? r->from.user_id : r->account->bot_user_id,
                                .terms = terms,
                                .count = PER_PAGE};
    chat_search_posts(r->tools->parts.chat, &search, on_found, r);
    free(terms);
}

static void on_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    tool_run *r = ctx;
    const cJSON *team = NULL;
    if (error->err != OC_OK) {
        tool_refuse_failure(r, "The teams could not be looked up", error);
        return;
    }
    cJSON_ArrayForEach(team, teams) json_push(r->teams, json_new_string(json_text(team, "id")));
    next_team(r);
}

void tool_do_search(tool_run *r) {
    if (tool_authorise(r) != AUTHORISE_ALLOW) { // also sets the rules of now
        tool_refuse_verdict(r, tool_authorise(r));
        return;
    }
    const tool_place *only = only_place(r);
    const char *team_id = only != NULL ? only->team_id : r->own.team_id;
    r->found = json_new_object();
    json_add_array(r->found, "posts");
    r->answers = json_new_object();
    r->teams = json_new_array();
    if (only != NULL)
        json_add_string(r->found, "only", only->channel_id);
    if (only != NULL && only->type != 'D' && only->type != 'G' && only->name != NULL)
        json_add_string(r->found, "narrow", only->name);
    if (*team_id != '\0') {
        json_push(r->teams, json_new_string(team_id));
        next_team(r);
    } else {
        chat_teams_of_user(r->tools->parts.chat, is_person(r) ? r->from.user_id : r->account->bot_user_id,
                           on_teams, r);
    }
}
