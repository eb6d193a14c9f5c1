// SPDX-License-Identifier: Apache-2.0
// A skill by command: a message that asks the agent for it, in the name of who commands. The bot says in the place what was asked
// for, so that the answer stands under something. Its text goes by the agent RPC like any other: no command in it is one.
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_RUNES = 100, SHOWN_MAX_RUNES = 2000, LIST_MAX_BYTES = 8000, LIST_MAX = 100 };

static bool is_skill(const cJSON *command) {
    return strcmp(json_text(command, "source"), "skill") == 0;
}

static const cJSON *find(const cJSON *payload, const char *name, size_t length) {
    const cJSON *command = NULL;
    cJSON_ArrayForEach(command, json_array(payload, "commands")) {
        const char *known = json_text(command, "name");
        if (length > 0 && is_skill(command) && strlen(known) == length &&
            strncasecmp(known, name, length) == 0)
            return command;
    }
    return NULL;
}

static char *list(words_lang lang, const cJSON *payload) {
    const cJSON *command = NULL;
    int shown = 0;
    buf out;
    buf_init(&out, LIST_MAX_BYTES);
    oc_err err = buf_printf(&out, "%s\n\n", words_text(lang, WORD_SKILL_LIST));
    cJSON_ArrayForEach(command, json_array(payload, "commands")) {
        if (!is_skill(command) || err != OC_OK || shown == LIST_MAX)
            continue;
        char *name = command_quote(json_text(command, "name"), NAME_MAX_RUNES);
        char *said = command_quote(json_text(command, "description"), NAME_MAX_RUNES);
        err = buf_printf(&out, "- `%s`%s%s%s\n", name, *said != '\0' ? ": `" : "", said,
                         *said != '\0' ? "`" : "");
        shown++;
        free(said);
        free(name);
    }
    if (shown == 0 && err == OC_OK)
        err = buf_printf(&out, "%s\n", words_text(lang, WORD_SKILL_NONE));
    (void)err; // what did not fit is left out
    return buf_take_str(&out);
}

// --- asking the agent ---

typedef struct request {
    command_call *call;
    char *message;
} request;

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    request *r = ctx;
    const command_call *call = r->call;
    words_key answer = WORD_NONE;
    const chat_post said = {.id = post->id,
                            .channel_id = call->channel_id,
                            .user_id = call->person.id,
                            .root_id = call->root_id,
                            .message = r->message,
                            .type = "",
                            .pending_post_id = "",
                            .create_at_ms = loop_wall_ms(call->world->loop)};
    if (error->err != OC_OK)
        answer = WORD_SKILL_NOT_POSTED;
    else if (!call->world->ask(call->world->ctx, &said, call->place->account->id, "skill"))
        answer = WORD_SKILL_NOT_AT_WORK;
    if (error->err != OC_OK)
        log_warn("a skill could not be asked for", "channel_id", call->channel_id, "error", error->message);
    command_answer_word(r->call, answer);
    free(r->message);
    free(r);
}

static void ask_agent(command_call *call, const char *skill, const char *what) {
    char *name = command_quote(skill, NAME_MAX_RUNES), *shown = command_quote(what, SHOWN_MAX_RUNES);
    words_lang lang = command_changed_lang(call);
    char *text = *shown != '\0'
                     ? words_fill(lang, WORD_SKILL_ASKED_FOR, "user", call->person.username, "skill", name,
                                  "what", shown, NULL)
                     : words_fill(lang, WORD_SKILL_ASKED, "user", call->person.username, "skill", name, NULL);
    request *r = xmalloc(sizeof *r);
    *r = (request){.call = call,
                   .message = *what != '\0' ? xasprintf("Use the skill \"%s\" for this:\n%s", name, what)
                                            : xasprintf("Use the skill \"%s\".", name)};
    chat_create_post(call->world->chat,
                     &(chat_post){.user_id = call->place->account->bot_user_id,
                                  .channel_id = call->channel_id,
                                  .root_id = call->root_id,
                                  .message = text},
                     on_posted, r);
    free(text);
    free(shown);
    free(name);
}

static void on_commands(command_call *call, const cJSON *payload) {
    size_t length = strcspn(call->argument, " ");
    const char *what = call->argument + length + strspn(call->argument + length, " ");
    const cJSON *skill = find(payload, call->argument, length);
    if (skill != NULL) {
        ask_agent(call, json_text(skill, "name"), what);
        return;
    }
    char *all = list(call->person.lang, payload);
    char *text = words_fill(call->person.lang, WORD_SKILL_NO_SUCH, "list", all, NULL);
    command_answer(call, length == 0 ? all : text);
    free(text);
    free(all);
}

static void run_skill(command_call *call) {
    cJSON *params = json_new_object();
    const char *agent = place_named_agent(call->place);
    json_add_string(params, "scope", "text");
    json_add_bool(params, "includeArgs", false);
    if (*agent != '\0')
        json_add_string(params, "agentId", agent);
    command_ask(call, &(command_question){.method = "commands.list", .params = params, .fn = on_commands});
}

static const command_row ROWS[] = {
    {.path = "skill",
     .argument = "[skill] [what it is to do...]",
     .argument_help = WORD_COMMAND_SKILL_ARGUMENT,
     .help = WORD_COMMAND_SKILL,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .list = "skills",
     .run = run_skill},
};
const command_rows command_rows_skill = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
