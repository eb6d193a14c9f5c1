// SPDX-License-Identifier: Apache-2.0
// The slash commands that are registered at the server: /openclaw always; /oc_<name> for each native row while the rules of some
// account say commands.native, and one for each skill of its gateway while they say commands.nativeSkills. They are for the whole
// server (Mattermost knows plugin commands for all teams), so one account that wants them is enough; who may is asked at each use.
#ifndef OC_INTERACTIONS_COMMAND_NATIVE_H
#define OC_INTERACTIONS_COMMAND_NATIVE_H

#include "interactions/commands.h"

typedef struct native_commands native_commands;
enum { NATIVE_SKILLS_MAX = 100 };

// w is borrowed and must outlive it.
native_commands *native_create(const command_world *w);
void native_destroy(native_commands *n); // NULL-safe
// After activation, and whenever rules or a gateway's state have changed: registers what is missing, takes back what nobody wants
// any more, tries again what failed.
void native_refresh(native_commands *n);
// Answers the ticket, now or later: any command of ours.
void native_execute(native_commands *n, const chat_command *command, chat_command_ticket *ticket);

#endif
