// SPDX-License-Identifier: Apache-2.0
// Native slash commands as texts: "/oc_model gpt" is the command "/model gpt" (reference-behaviour notes §9.1, §9.5). Pure.
#ifndef OC_INTERACTIONS_SLASH_TEXT_H
#define OC_INTERACTIONS_SLASH_TEXT_H

#include <stddef.h>

#define COMMAND_NATIVE_PREFIX "oc_"
enum { SLASH_DESCRIPTION_MAX_BYTES = 128, SLASH_TRIGGER_MAX_BYTES = 64 };

// What a command is called: without one slash at its front, trimmed. The caller frees it.
char *slash_trigger(const char *command);
// Which command a trigger stands for, where its name was changed; NULL: the trigger without the prefix.
typedef const char *slash_named_fn(void *ctx, const char *trigger);
// "/<name> <text>"; the caller frees it. named may be NULL.
char *slash_text(const char *trigger, const char *text, slash_named_fn *named, void *ctx);
// The trigger of a skill: the prefix and its name in lower case, other signs than letters, digits, - and _ as _; a name that has the
// prefix keeps it once. NULL when nothing is left or it is too long. The caller frees it.
char *slash_trigger_of_skill(const char *name);
// A description, cut to what Mattermost takes, at a character's end. The caller frees it.
char *slash_description(const char *text);

#endif
