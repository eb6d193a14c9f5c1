// SPDX-License-Identifier: Apache-2.0
// Lists that clients fetch while a command is typed (Mattermost's DynamicList): models, providers, thinking levels, skills. Only
// for who may talk to the bot in the place where they type; others, and everybody while the gateway is away, get an empty list.
#ifndef OC_INTERACTIONS_COMMAND_LISTS_H
#define OC_INTERACTIONS_COMMAND_LISTS_H

#include "interactions/commands.h"

// Takes the request over and answers it, now or later, when its path is one of ours; else false.
bool command_lists_http(const command_world *w, chat_http *r);
// A list's items of the gateway's answer: [{"Item","Hint","HelpText"}…]; the caller owns it. name must be one of ours. Pure.
cJSON *command_lists_items(words_lang lang, const char *name, const cJSON *payload);

#endif
