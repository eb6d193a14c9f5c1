// SPDX-License-Identifier: Apache-2.0
// Names of channels: looked for in every team of the bot, or in the one that was named (W-43). The server is asked each time: to see
// whether a channel that had the name still has it would be as dear.
#include "outbound/resolve_private.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEAMS_MAX = 100, SENTENCE_MAX_BYTES = 4096 };

static void next_team(question *q);

static const cJSON *team_now(const question *q) {
    return cJSON_GetArrayItem(q->teams, q->team_at);
}

// --- the end ---

static void not_found(question *q) {
    if (*q->target.team != '\0')
        question_fail(q, OC_ENOTFOUND,
                      xasprintf("There is no channel #%s in the team %s that the bot and the person who asks "
                                "can see.",
                                q->target.text, q->target.team));
    else
        question_fail(q, OC_ENOTFOUND,
                      xasprintf("Mattermost channel \"#%s\" not found in any team the bot belongs to. Names "
                                "are those of the address, in lower case.",
                                q->target.text));
}

static void in_several(question *q) {
    buf text;
    buf_init(&text, SENTENCE_MAX_BYTES); // a list that is too long ends where it is full
    bool fits =
        buf_printf(&text, "Several teams have a channel #%s. Say which one:", q->target.text) == OC_OK;
    for (const cJSON *match = q->matches->child; match != NULL && fits; match = match->next)
        fits = buf_printf(&text, " %s/#%s", json_text(match, "team_name"), q->target.text) == OC_OK;
    question_fail(q, OC_ECONFLICT, buf_take_str(&text));
}

static void choose(question *q) {
    const cJSON *match = NULL, *home = NULL;
    cJSON_ArrayForEach(match, q->matches) {
        if (strcmp(json_text(match, "team_id"), q->home_team_id) == 0)
            home = match;
    }
    if (cJSON_GetArraySize(q->matches) == 0) {
        not_found(q);
    } else if (home == NULL && cJSON_GetArraySize(q->matches) > 1) {
        in_several(q);
    } else {
        q->channel = cJSON_Duplicate(home != NULL ? home : cJSON_GetArrayItem(q->matches, 0), 1);
        question_place(q);
    }
}

// --- one team ---

static void on_seen(question *q, bool seen) {
    if (seen) {
        cJSON *match = q->channel;
        json_add_string(match, "team_name", json_text(team_now(q), "name"));
        json_push(q->matches, match);
    } else {
        cJSON_Delete(q->channel);
    }
    q->channel = NULL;
    q->team_at++;
    next_team(q);
}

static void on_named(void *ctx, const chat_error *error, const chat_channel *channel) {
    question *q = ctx;
    if (!question_answered(q))
        return;
    if (question_is_absent(error)) {
        q->team_at++;
        next_team(q);
    } else if (error->err != OC_OK) {
        question_call_failed(q, error, "look up the channel");
    } else {
        q->channel = question_channel_json(channel);
        question_look(q, q->channel, on_seen);
    }
}

static void next_team(question *q) {
    if (team_now(q) == NULL) {
        choose(q);
        return;
    }
    question_ask(q);
    chat_channel_by_name(q->resolver->chat, json_text(team_now(q), "id"), q->target.text, on_named, q);
}

// --- the teams ---

static bool is_wanted(const question *q, const cJSON *team) {
    if (json_int(team, "delete_at", 0) != 0)
        return false;
    return *q->target.team == '\0' || strcasecmp(json_text(team, "name"), q->target.team) == 0 ||
           strcmp(json_text(team, "id"), q->target.team) == 0;
}

static void on_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    question *q = ctx;
    const cJSON *team = NULL;
    if (!question_answered(q))
        return;
    if (error->err != OC_OK) {
        question_call_failed(q, error, "list the bot's teams");
        return;
    }
    q->teams = json_new_array();
    q->matches = json_new_array();
    cJSON_ArrayForEach(team, teams) {
        if (is_wanted(q, team))
            json_push(q->teams, cJSON_Duplicate(team, 1));
    }
    if (cJSON_GetArraySize(q->teams) > TEAMS_MAX)
        question_fail(q, OC_ELIMIT,
                      xasprintf("The bot is in more than %d teams. Write the channel with its team: "
                                "team/#%s.",
                                TEAMS_MAX, q->target.text));
    else if (cJSON_GetArraySize(q->teams) == 0 && *q->target.team != '\0')
        question_fail(q, OC_ENOTFOUND, xasprintf("The bot is in no team \"%s\".", q->target.team));
    else
        next_team(q);
}

void question_find_name(question *q) {
    char *name = q->target.text;
    if (*name == '~') // as Mattermost shows channels
        memmove(name, name + 1, strlen(name));
    for (char *at = name; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    question_ask(q);
    chat_teams_of_user(q->resolver->chat, q->bot_user_id, on_teams, q);
}
