// SPDX-License-Identifier: Apache-2.0
// Administration: what is wrong, the agents, reading the settings again; and what this is, for everybody.
#include "base/buf.h"
#include "base/mem.h"
#include "chat/audit.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX_BYTES = 8000, AGENTS_MAX = 100, NAME_MAX_RUNES = 64 };

static void on_report(void *ctx, const doctor_report *report) {
    command_call *call = ctx;
    char *text = doctor_report_markdown(report, call->person.lang);
    command_answer(call, text);
    free(text);
}

static void run_doctor(command_call *call) {
    doctor_ask(call->world->doctor, on_report, call);
}

// --- agents ---

static oc_err add_agent(buf *out, words_lang lang, const cJSON *agent, const char *usual) {
    const char *id = json_text(agent, "id");
    const char *title = json_text(json_get(agent, "identity"), "name");
    char *name = command_quote(id, NAME_MAX_RUNES);
    char *label = command_quote(*title != '\0' ? title : json_text(agent, "name"), NAME_MAX_RUNES);
    bool is_usual = strcmp(id, usual) == 0;
    oc_err err = buf_printf(out, "- `%s`%s%s%s%s%s\n", name, *label != '\0' ? " `" : "", label,
                            *label != '\0' ? "`" : "", is_usual ? " " : "",
                            is_usual ? words_text(lang, WORD_MANAGE_AGENT_DEFAULT) : "");
    free(label);
    free(name);
    return err;
}

static void on_agents(command_call *call, const cJSON *payload) {
    const cJSON *agent = NULL;
    int shown = 0;
    buf out;
    buf_init(&out, LIST_MAX_BYTES);
    const char *answers = place_agent(call->place);
    words_lang lang = call->person.lang;
    char *head = words_fill(lang, WORD_MANAGE_AGENTS, "agent",
                            *answers != '\0' ? answers : words_text(lang, WORD_MANAGE_AGENTS_USUAL), NULL);
    oc_err err = buf_printf(&out, "%s\n\n", head);
    free(head);
    cJSON_ArrayForEach(agent, json_array(payload, "agents")) {
        if (err == OC_OK && shown++ < AGENTS_MAX)
            err = add_agent(&out, lang, agent, json_text(payload, "defaultId"));
    }
    char *text = buf_take_str(&out);
    command_answer(call, shown > 0 ? text : words_text(lang, WORD_MANAGE_NO_AGENTS));
    free(text);
}

static void run_agents(command_call *call) {
    if (call->place == NULL)
        command_answer_word(call, WORD_MANAGE_AGENTS_WHERE);
    else
        command_ask(
            call, &(command_question){.method = "agents.list", .params = json_new_object(), .fn = on_agents});
}

// --- reload, about ---

static void run_reload(command_call *call) {
    call->world->reload(call->world->ctx);
    audit(call->world->chat, AUDIT_COMMAND, call->person.id, "", "command", call->row->path, "channel",
          call->channel_id);
    command_answer_word(call, WORD_MANAGE_RELOADED);
}

static void run_about(command_call *call) {
    char *text = words_fill(call->person.lang, WORD_MANAGE_ABOUT, "version", OPENCLAW_VERSION, NULL);
    command_answer(call, text);
    free(text);
}

static const command_row ROWS[] = {
    {.path = "about",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_ABOUT,
     .right = COMMAND_FOR_EVERYBODY,
     .run = run_about},
    {.path = "doctor",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_DOCTOR,
     .right = COMMAND_FOR_ADMINS,
     .run = run_doctor},
    {.path = "agents",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_AGENTS,
     .right = COMMAND_FOR_ADMINS,
     .placed = true,
     .run = run_agents},
    {.path = "reload",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_RELOAD,
     .right = COMMAND_FOR_ADMINS,
     .run = run_reload},
};
const command_rows command_rows_admin = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
