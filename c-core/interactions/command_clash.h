// SPDX-License-Identifier: Apache-2.0
// Slash commands that people have made for a team, or OpenClaw's own channel for its bot, may have the names of ours. Mattermost
// asks plugins first, so theirs are silent: that is said in the log.
#ifndef OC_INTERACTIONS_COMMAND_CLASH_H
#define OC_INTERACTIONS_COMMAND_CLASH_H

#include "chat/chat.h"

// Looks in all teams of the bot. Nothing is changed, nobody is told.
void command_clash_look(chat *c, const char *bot_user_id);

#endif
