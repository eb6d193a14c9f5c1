// SPDX-License-Identifier: Apache-2.0
// What approvers do about pairing.
#include "interactions/commands.h"

static void on_text(void *ctx, const char *text) {
    command_answer(ctx, text);
}

static void run_list(command_call *call) {
    pairing_desk_list(call->world->pairing, &call->person, on_text, call);
}

static void run_approve(command_call *call) {
    pairing_desk_decide_code(call->world->pairing, &call->person, call->argument, true, on_text, call);
}

static void run_deny(command_call *call) {
    pairing_desk_decide_code(call->world->pairing, &call->person, call->argument, false, on_text, call);
}

static void run_remove(command_call *call) {
    pairing_desk_remove(call->world->pairing, &call->person, call->argument, on_text, call);
}

static const command_row ROWS[] = {
    {.path = "pairing list",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_PAIRING_LIST,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_list},
    {.path = "pairing approve",
     .argument = "<code>",
     .argument_help = WORD_COMMAND_PAIRING_CODE,
     .help = WORD_COMMAND_PAIRING_APPROVE,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_approve},
    {.path = "pairing deny",
     .argument = "<code>",
     .argument_help = WORD_COMMAND_PAIRING_CODE,
     .help = WORD_COMMAND_PAIRING_DENY,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_deny},
    {.path = "pairing remove",
     .argument = "<user>",
     .argument_help = WORD_COMMAND_PAIRING_REMOVE_ARGUMENT,
     .help = WORD_COMMAND_PAIRING_REMOVE,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_remove},
};
const command_rows command_rows_pairing = {COMMAND_ROWS(ROWS), "pairing", WORD_COMMAND_PAIRING_GROUP};
