// SPDX-License-Identifier: Apache-2.0
// The commands object of an OpenClaw configuration, as its own channel resolves it. Its addresses matter in external mode
// only, where the server calls us back.
#ifndef OC_CONFIG_SLASH_H
#define OC_CONFIG_SLASH_H

#include "config/choices.h"
#include "config/node.h"

typedef struct slash_config {
    choice native, native_skills; // UNSET: auto, which is off
    char *callback_path;          // begins with a slash
    char *callback_url;           // NULL: made from the gateway's address and callback_path
} slash_config;

// commands may be NULL. The caller frees the result.
slash_config slash_config_of(const conf_node *commands);
void slash_config_free(slash_config *c);

#endif
