// SPDX-License-Identifier: Apache-2.0
// Settings → one validated, immutable snapshot. Every problem names the setting, says what is wrong and what is allowed.
#ifndef OC_CONFIG_CONFIG_H
#define OC_CONFIG_CONFIG_H

#include "base/log.h"
#include "config/account.h"
#include "config/problems.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

// Requests that are answered; 0 = no limit. They count for all accounts together; bot_…: for each account's bot.
typedef struct config_limits {
    int user_minute, user_day, channel_minute, channel_day, bot_minute, bot_day;
} config_limits;

typedef struct config {
    account_config *accounts; // at least one, each id once; also those that are not enabled
    size_t account_count;
    char *default_account; // id of one of them
    config_limits limits;
    int64_t catch_up_ms; // posts found after a start are answered when they are no older
    log_level log;
} config;

// settings: an object with lower-cased keys, as LoadPluginConfiguration gives it. Reads the CA file when one is named
// (a small local file; the one thing here that may touch the disk). Returns the snapshot, which the caller destroys,
// or NULL with all errors at once. problems may hold notices in both cases; the caller frees them
// (config_problems_free).
config *config_from_settings(const cJSON *settings, config_problems *problems);
void config_destroy(config *c); // NULL-safe
// Nothing that matters differs. NULL equals only NULL.
bool config_equal(const config *a, const config *b);
const account_config *config_account(const config *c, const char *id); // NULL when there is none
const account_config *config_default(const config *c);                 // the default account; never NULL

#endif
