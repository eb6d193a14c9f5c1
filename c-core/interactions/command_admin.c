// SPDX-License-Identifier: Apache-2.0
// Administration: what is wrong, the agents, reading the settings again; and what this is, for everybody.
#include "base/buf.h"
#include "base/mem.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX_BYTES = 8000, AGENTS_MAX = 100, NAME_MAX_RUNES = 64 };

static void on_text(void *ctx, const char *text) {
    command_answer(ctx, text);
}

static void run_doctor(command_call *call) {
    doctor_ask(&call->world->doctor, on_text, call);
}

// --- agents ---

static oc_err add_agent(buf *out, const cJSON *agent, const char *usual) {
    const char *id = json_text(agent, "id");
    const char *title = json_text(json_get(agent, "identity"), "name");
    char *name = command_quote(id, NAME_MAX_RUNES);
    char *label = command_quote(*title != '\0' ? title : json_text(agent, "name"), NAME_MAX_RUNES);
    oc_err err =
        buf_printf(out, "- `%s`%s%s%s%s\n", name, *label != '\0' ? " `" : "", label,
                   *label != '\0' ? "`" : "", strcmp(id, usual) == 0 ? " (the gateway's default)" : "");
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
    oc_err err = buf_printf(&out, "Agents of this gateway; here answers `%s`:\n\n",
                            *answers != '\0' ? answers : "the default one");
    cJSON_ArrayForEach(agent, json_array(payload, "agents")) {
        if (err == OC_OK && shown++ < AGENTS_MAX)
            err = add_agent(&out, agent, json_text(payload, "defaultId"));
    }
    char *text = buf_take_str(&out);
    command_answer(call, shown > 0 ? text : "The gateway names no agents.");
    free(text);
}

static void run_agents(command_call *call) {
    if (call->place == NULL)
        command_answer(call,
                       "Use this where a bot is a member: in its direct messages, or in a channel with it.");
    else
        command_ask(
            call, &(command_question){.method = "agents.list", .params = json_new_object(), .fn = on_agents});
}

// --- reload, about ---

static void run_reload(command_call *call) {
    call->world->reload(call->world->ctx);
    command_answer(
        call, "The settings are being read again, and gateways that are not connected are tried at once. "
              "`/openclaw status` shows in a moment how that went; mistakes in the settings are told by "
              "direct message.");
}

static void run_about(command_call *call) {
    command_answer(call, "**OpenClaw for Mattermost** " OPENCLAW_VERSION
                         ": talks to an agent of an OpenClaw gateway in "
                         "direct messages, channels and threads. Free software under the Apache License 2.0. "
                         "`/openclaw help` shows what you can do.");
}

static const command_row ROWS[] = {
    {.path = "about",
     .argument = "",
     .argument_help = "",
     .help = "Say what this is, and which version",
     .right = COMMAND_FOR_EVERYBODY,
     .run = run_about},
    {.path = "doctor",
     .argument = "",
     .argument_help = "",
     .help = "Look for what is wrong, and say what to do",
     .right = COMMAND_FOR_ADMINS,
     .run = run_doctor},
    {.path = "agents",
     .argument = "",
     .argument_help = "",
     .help = "List the gateway's agents, and say which one answers here",
     .right = COMMAND_FOR_ADMINS,
     .placed = true,
     .run = run_agents},
    {.path = "reload",
     .argument = "",
     .argument_help = "",
     .help = "Read the settings again and connect anew where there is no connection",
     .right = COMMAND_FOR_ADMINS,
     .run = run_reload},
};
const command_rows command_rows_admin = {COMMAND_ROWS(ROWS), NULL, NULL};
