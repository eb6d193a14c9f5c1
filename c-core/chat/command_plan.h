// SPDX-License-Identifier: Apache-2.0
// What is to be done about a slash command in a team, given those that it has (reference-behaviour notes §9.3). Pure.
#ifndef OC_CHAT_COMMAND_PLAN_H
#define OC_CHAT_COMMAND_PLAN_H

#include <cJSON.h>

typedef enum command_step {
    COMMAND_CREATE,  // nobody has the trigger
    COMMAND_FOREIGN, // somebody else has it: it is left alone
    COMMAND_KEEP,    // ours, as it should be
    COMMAND_UPDATE,  // ours, but changed
} command_step;

// existing: the team's own commands. wanted: the body that would be sent (trigger, method, url, description …). *ours: the
// present one, borrowed from existing, or NULL. Of several of ours the first counts.
command_step command_plan(const cJSON *existing, const char *bot_user_id, const cJSON *wanted,
                          const cJSON **ours);

#endif
