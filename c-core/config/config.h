// SPDX-License-Identifier: Apache-2.0
// Settings → one validated, immutable snapshot. Every error names the setting, says what is wrong and what is allowed.
#ifndef OC_CONFIG_CONFIG_H
#define OC_CONFIG_CONFIG_H

#include "base/log.h"
#include "base/secret.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

// What a session's tools may do, narrow to wide. OpenClaw's own words.
typedef enum permission_mode {
    PERMISSION_READ_ONLY, // the default: reads inside the workspace, runs nothing
    PERMISSION_GUARDED,
    PERMISSION_WORKSPACE,
    PERMISSION_FULL, // everything the gateway's host can do
} permission_mode;
const char *permission_mode_name(permission_mode mode); // "read-only", "guarded", "workspace", "full"
int permission_mode_find(const char *name);             // -1 when there is none

// Requests that are answered; 0 = no limit.
typedef struct config_limits {
    int user_minute, user_day, channel_minute, channel_day, bot_minute, bot_day;
} config_limits;

typedef struct config {
    char *gateway_url;     // ws:// or wss://
    secret *gateway_token; // never empty
    char *gateway_ca_file; // at most one of the two is set, "" otherwise
    char *gateway_ca_pem;
    char *gateway_proxy; // "" for none
    char *bot_username, *bot_display_name;
    char *agent;       // "" for the gateway's default
    char **allow_from; // user ids, NULL-terminated
    bool allow_anyone; // AllowFrom holds "*"
    permission_mode permission;
    config_limits limits;
    int64_t catch_up_ms; // posts found after a start are answered when they are no older
    log_level log;
} config;

// One problem: the setting's name as the System Console knows it, and what is wrong and what to do.
typedef struct config_problem {
    const char *setting; // static
    char *sentence;
} config_problem;

enum { CONFIG_PROBLEMS_MAX = 16 };
typedef struct config_problems {
    config_problem items[CONFIG_PROBLEMS_MAX];
    size_t count;
} config_problems;

// settings: an object with lower-cased keys, as LoadPluginConfiguration gives it. Reads the CA file when one is named
// (a small local file; the one thing here that may touch the disk). Returns the snapshot, which the caller destroys,
// or NULL with all problems at once.
config *config_from_settings(const cJSON *settings, config_problems *problems);
void config_destroy(config *c); // NULL-safe
void config_problems_free(config_problems *p);
// Nothing that matters differs. NULL equals only NULL.
bool config_equal(const config *a, const config *b);
// The user is in AllowFrom, or everybody is.
bool config_allows(const config *c, const char *user_id);

#endif
