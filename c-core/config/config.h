// SPDX-License-Identifier: Apache-2.0
// Settings → one validated, immutable snapshot. Every error names the setting, says what is wrong and what is allowed.
#ifndef OC_CONFIG_CONFIG_H
#define OC_CONFIG_CONFIG_H

#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"

#include <cJSON.h>
#include <stdbool.h>

// The permission modes of an OpenClaw session, narrow to wide (gateway-protocol notes §15.3).
typedef enum permission_mode { PERMISSION_READ_ONLY, PERMISSION_GUARDED, PERMISSION_WORKSPACE, PERMISSION_FULL } permission_mode;
const char *permission_mode_name(permission_mode mode); // "read-only", "guarded", "workspace", "full"
int permission_mode_find(const char *name);             // -1 when unknown

typedef struct config {
    char *gateway_url;     // ws:// or wss://
    secret *gateway_token; // never empty in a valid snapshot
    char *gateway_ca_file; // one of the two, or both NULL
    char *gateway_ca_pem;
    char *gateway_proxy; // "" none
    char *bot_username, *bot_display_name;
    char *agent; // "" = the gateway's default
    char **allow_from; // NULL-terminated: user ids
    bool allow_anyone; // "*" in AllowFrom
    permission_mode permission;
    log_level log;
} config;

// One problem: setting's name as in the System Console, and a sentence.
typedef struct config_problem {
    char *setting, *sentence;
} config_problem;
typedef struct config_problems {
    config_problem *items;
    size_t count;
} config_problems;

// settings: object with lower-cased keys, as LoadPluginConfiguration gives it. May read the CA file (small, local).
// Returns the snapshot, or NULL with at least one problem; all problems come at once. The caller frees both.
config *config_from_settings(const cJSON *settings, config_problems *problems);
void config_destroy(config *c); // NULL-safe
void config_problems_free(config_problems *p);
// Whether anything that matters differs (secrets included).
bool config_equal(const config *a, const config *b);

#endif
