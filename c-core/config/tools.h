// SPDX-License-Identifier: Apache-2.0
// What the agent may do in Mattermost by itself: part of an account's rules. Whether it is offered tools over a node connection
// says the setting gateway.tools.
#ifndef OC_CONFIG_TOOLS_H
#define OC_CONFIG_TOOLS_H

#include "base/secret.h"
#include "config/choices.h"

#include <stdbool.h>

// How far the agent's tools reach beyond the place of the conversation that calls them, narrow to wide.
typedef enum tools_reach {
    TOOLS_REACH_NONE,  // not at all
    TOOLS_REACH_READ,  // they may read what the person who asks may read
    TOOLS_REACH_WRITE, // and write where that person may write
} tools_reach;
extern const choice_words TOOLS_REACHES;

typedef struct tools_config {
    bool messages, reactions;                               // the keys of OpenClaw's own channel
    bool send, search, edit, remove, pin, files, directory; // ours: remove is actions.delete
    tools_reach elsewhere;                                  // ours
    int calls_per_minute;                                   // ours: of one conversation; 0: no limit
    secret *mcp_secret;                                     // ours: empty: nothing is served over MCP
    char **mcp_channels;                                    // ours: what may be read there
} tools_config;

#endif
