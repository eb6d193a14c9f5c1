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
    int64_t catch_up_ms;      // posts found after a start are answered when they are no older
    char *log;                // for log_levels_read, which takes it
    char *callbacks_listen;   // external mode: "address:port", "" for nowhere
    char **callbacks_proxies; // that say for whom they call
    bool callbacks_real_ip;   // also by X-Real-IP
    char *metrics_listen;     // external mode: "address:port", "" for nowhere
    char **metrics_ips;       // that may ask there; none: this machine
} config;

// settings: an object with lower-cased keys, as LoadPluginConfiguration gives it; the field Advanced in it wins over the
// others key by key. Reads the files that are named for certificates and secrets (small local ones; the one thing here
// that touches the disk). Returns the snapshot, which the caller destroys, or NULL with all errors at once. problems
// need not be initialised and may hold notices in both cases; the caller frees them (config_problems_free).
config *config_from_settings(const cJSON *settings, config_problems *problems);
// The same; site_url is the address of the server that we run on (NULL or "": unknown). An account whose baseUrl is
// another server is not run: its disabled_why says so.
config *config_from_settings_at(const cJSON *settings, const char *site_url, config_problems *problems);
// External mode (chat/rest_chat.h): Advanced holds the whole file; of its accounts only the one of this id is run ("": all are
// checked), whose bot has this name. Not settings that an administrator can enter.
#define CONFIG_EXTERNAL_ACCOUNT "external account"
#define CONFIG_EXTERNAL_USERNAME "external username"
// Whether it makes a difference to know that address: some account has a baseUrl.
bool config_wants_site_url(const cJSON *settings);
// The id that an account's name stands for: trimmed, in lower case, anything else than letters, digits, _ and - as one
// dash between the others, at most 64 characters; "default" when nothing is left (reference-behaviour notes §1.4). The
// caller frees it.
char *config_account_id(const char *name);
void config_destroy(config *c); // NULL-safe
// Nothing that matters differs. NULL equals only NULL.
bool config_equal(const config *a, const config *b);
// The lines of the log that it asks for come from now on.
void config_use_log_levels(const config *c);
const account_config *config_account(const config *c, const char *id); // NULL when there is none
const account_config *config_default(const config *c);                 // the default account; never NULL

#endif
