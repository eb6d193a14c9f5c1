// SPDX-License-Identifier: Apache-2.0
// Pairings carried from one installation to another.
#include "interactions/commands.h"
#include "interactions/pairing_carry.h"

static void on_text(void *ctx, const char *text) {
    command_answer(ctx, text);
}

static void run_export(command_call *call) {
    pairing_carry_export(call->world->pairing, &call->person, call->argument, on_text, call);
}

static void run_import(command_call *call) {
    pairing_carry_import(call->world->pairing, &call->person, call->argument, on_text, call);
}

static const command_row ROWS[] = {
    {.path = "pairing export",
     .argument = "[page]",
     .argument_help = WORD_CARRY_PAGE,
     .help = WORD_CARRY_HELP_EXPORT,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_export},
    {.path = "pairing import",
     .argument = "<account and user ids...>",
     .argument_help = WORD_CARRY_IDS,
     .help = WORD_CARRY_HELP_IMPORT,
     .right = COMMAND_FOR_APPROVERS,
     .run = run_import},
};
const command_rows command_rows_carry = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
