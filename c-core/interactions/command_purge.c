// SPDX-License-Identifier: Apache-2.0
// /openclaw purge: everything that the plugin keeps in the server is removed (admin/purge.h).
#include "interactions/commands.h"

static void on_text(void *ctx, const char *text) {
    command_answer(ctx, text);
}

static void run_purge(command_call *call) {
    purge_command(call->world->purge, call->person.id, call->argument, call->person.lang, on_text, call);
}

static const command_row ROWS[] = {
    {.path = "purge",
     .argument = "[code]",
     .argument_help = WORD_PURGE_ARGUMENT,
     .help = WORD_PURGE_HELP,
     .right = COMMAND_FOR_ADMINS,
     .run = run_purge},
};
const command_rows command_rows_purge = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
