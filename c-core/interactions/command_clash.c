// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_clash.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/commands.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEAMS_MAX = 100 };

typedef struct looking {
    char *team_id;
} looking;

static bool is_ours(const char *trigger) {
    if (strcasecmp(trigger, COMMAND_TRIGGER) == 0)
        return true;
    char *text = xasprintf("/%s", trigger);
    command_match m = commands_find(text);
    bool native = strncasecmp(trigger, COMMAND_NATIVE_PREFIX, strlen(COMMAND_NATIVE_PREFIX)) == 0;
    command_match_free(&m);
    free(text);
    return native && m.row != NULL;
}

static void on_commands(void *ctx, const chat_error *error, const cJSON *commands) {
    looking *l = ctx;
    const cJSON *one = NULL;
    if (error->err != OC_OK)
        log_warn("the slash commands of a team could not be listed", "team_id", l->team_id, "error",
                 error->message);
    cJSON_ArrayForEach(one, commands) {
        const char *trigger = json_text(one, "trigger");
        if (error->err == OC_OK && is_ours(trigger) && *json_text(one, "plugin_id") == '\0')
            log_warn("a slash command of a team has the name of one of ours, which answers in its stead",
                     "command", trigger, "team_id", l->team_id, "creator_id", json_text(one, "creator_id"));
    }
    free(l->team_id);
    free(l);
}

typedef struct teams {
    chat *chat;
} teams;

static void on_teams(void *ctx, const chat_error *error, const cJSON *list) {
    teams *t = ctx;
    const cJSON *team = NULL;
    int count = 0;
    if (error->err != OC_OK)
        log_warn("the bot's teams could not be listed", "error", error->message);
    cJSON_ArrayForEach(team, list) {
        const char *id = json_text(team, "id");
        if (error->err != OC_OK || *id == '\0' || count++ == TEAMS_MAX)
            break;
        looking *l = xmalloc(sizeof *l);
        l->team_id = xstrdup(id);
        chat_custom_commands(t->chat, id, on_commands, l);
    }
    free(t);
}

void command_clash_look(chat *c, const char *bot_user_id) {
    teams *t = xmalloc(sizeof *t);
    t->chat = c;
    chat_teams_of_user(c, bot_user_id, on_teams, t);
}
