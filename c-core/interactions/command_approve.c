// SPDX-License-Identifier: Apache-2.0
// Deciding what the agent may run, by a command. Whether somebody may hangs on the account that the approval belongs to, so the
// desk looks at that itself.
#include "interactions/approval_desk.h"
#include "interactions/commands.h"

static void on_text(void *ctx, const char *text) {
    command_answer(ctx, text);
}

static void run_approve(command_call *call) {
    approval_desk_command(call->world->approvals, &call->person, call->argument, on_text, call);
}

static const command_row ROWS[] = {
    {.path = "approve",
     .argument = "[id and once, always or deny ...]",
     .argument_help = WORD_COMMAND_APPROVE_ARGUMENT,
     .help = WORD_COMMAND_APPROVE,
     .right = COMMAND_FOR_EVERYBODY,
     .native = true,
     .run = run_approve},
};
const command_rows command_rows_approve = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
