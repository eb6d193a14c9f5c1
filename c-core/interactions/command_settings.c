// SPDX-License-Identifier: Apache-2.0
// /openclaw settings: what the commands model, think and verbose set, and the permission mode, as one dialog.
#include "interactions/command_gateway.h"
#include "interactions/settings_dialog.h"

static void on_opened(void *ctx, const char *failure) {
    command_answer(ctx, failure != NULL ? failure : "");
}

static void run_settings(command_call *call) {
    if (*call->trigger_id == '\0' || call->world->settings == NULL) {
        command_answer_word(call, WORD_SETTINGS_NEEDS_SLASH);
        return;
    }
    if (command_gateway_ready(call))
        settings_dialog_open(call->world->settings,
                             &(settings_asker){.place = call->place,
                                               .admin = call->person.admin,
                                               .trigger_id = call->trigger_id},
                             on_opened, call);
}

static const command_row ROWS[] = {
    {.path = "settings",
     .argument = "",
     .argument_help = WORD_NONE,
     .help = WORD_COMMAND_SETTINGS,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .run = run_settings},
};
const command_rows command_rows_settings = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
