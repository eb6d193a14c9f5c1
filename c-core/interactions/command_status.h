// SPDX-License-Identifier: Apache-2.0
// A session as the gateway describes it (sessions.describe, gateway-protocol notes §10), in words for people. session may be NULL
// everywhere: there is none yet. What the gateway says is data: quoted. The caller frees the texts.
#ifndef OC_INTERACTIONS_COMMAND_STATUS_H
#define OC_INTERACTIONS_COMMAND_STATUS_H

#include "interactions/commands.h"

// The whole answer to `/openclaw status`: what the caller's roles may see.
char *command_status_text(const command_call *call, const cJSON *session);
char *command_model_name(words_lang lang,
                         const cJSON *session); // "`provider/model`", "the agent's usual model"
char *command_level_name(words_lang lang, const cJSON *session); // "`medium` (the model's usual one)"
char *command_level_names(const cJSON *session);                 // "`off`, `low`", "" when not known

#endif
