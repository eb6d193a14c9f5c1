// SPDX-License-Identifier: Apache-2.0
// The one table of what the agent can do in Mattermost by itself: names, descriptions, parameters, switches, rights. Schemas,
// the checks of arguments and docs/tools.md are made from it. Pure.
#ifndef OC_OUTBOUND_TOOL_TABLE_H
#define OC_OUTBOUND_TOOL_TABLE_H

#include "config/tools.h"

#include <cJSON.h>
#include <stddef.h>
#include <stdint.h>

typedef enum tool_id {
    TOOL_SEND,
    TOOL_REACT,
    TOOL_READ,
    TOOL_SEARCH,
    TOOL_EDIT,
    TOOL_DELETE,
    TOOL_PIN,
    TOOL_FILE,
    TOOL_DIRECTORY,
    TOOL_COUNT
} tool_id;

typedef enum tool_param_kind { PARAM_TEXT, PARAM_ID, PARAM_INT, PARAM_FLAG, PARAM_WORD } tool_param_kind;

typedef struct tool_param {
    const char *name;
    tool_param_kind kind;
    bool required;
    const char *const *words; // of PARAM_WORD, ends with NULL
    int64_t min, max;         // of PARAM_INT; of PARAM_TEXT: most bytes
    const char *help;         // for a model
} tool_param;

typedef struct tool {
    tool_id id;
    const char *name;    // "mattermost_send"
    const char *command; // "mattermost.send", what the gateway must allow
    const char *description;
    const char *setting;    // "actions.send"
    size_t setting_offset;  // of its bool in tools_config
    bool writes;            // what it does is seen by others, or changes something
    bool own_posts;         // only on what the bot has posted itself
    const char *permission; // Mattermost's, that both bot and person need in the channel
    const tool_param *params;
    size_t param_count;
} tool;

const tool *tool_at(tool_id id);
const tool *tool_by_name(const char *name);       // NULL when there is none
const tool *tool_by_command(const char *command); // NULL when there is none
bool tool_is_on(const tool *t, const tools_config *rules);

// The JSON schema of the arguments; the caller owns it.
cJSON *tool_schema(const tool *t);
// NULL: they are as the schema says. Else a sentence for the model; the caller frees it. args may be anything; a parameter
// that is null is absent.
char *tool_check(const tool *t, const cJSON *args);

#endif
