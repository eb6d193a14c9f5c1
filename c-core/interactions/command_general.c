// SPDX-License-Identifier: Apache-2.0
// What everybody can ask, and why a post was answered or not.
#include "interactions/commands.h"

#include <stdlib.h>

static void on_text(void *ctx, const char *text) {
    command_call *call = ctx;
    char *said = words_in(call->person.lang, text);
    command_answer(call, said);
    free(said);
}

static void run_help(command_call *call) {
    char *text = commands_help(call->person.lang, call->roles);
    command_answer(call, text);
    free(text);
}

static void run_why(command_call *call) {
    why_explain(&call->world->why, call->argument, on_text, call);
}

static const command_row ROWS[] = {
    {.path = "help",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_HELP,
     .right = COMMAND_FOR_EVERYBODY,
     .native = true,
     .run = run_help},
    {.path = "why",
     .argument = "<post>",
     .argument_help = WORD_COMMAND_WHY_ARGUMENT,
     .help = WORD_COMMAND_WHY,
     .right = COMMAND_FOR_ADMINS,
     .run = run_why},
};
const command_rows command_rows_general = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
