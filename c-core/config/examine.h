// SPDX-License-Identifier: Apache-2.0
// Goes through a written tree key by key and says all that is wrong with it: unknown keys with the nearest known one,
// values that their key does not take, keys in the wrong place; and notices about keys that mean nothing here.
#ifndef OC_CONFIG_EXAMINE_H
#define OC_CONFIG_EXAMINE_H

#include "config/node.h"
#include "config/problems.h"
#include "config/secrets.h"

typedef struct examination {
    const config_secrets *secrets;
    config_problems *problems;
    bool in_account; // within accounts.<id>
} examination;

// The members of a map, which is the top level or an account (other nodes: a problem). shown is what the map is called:
// "", "channels.mattermost", "accounts.work". The members accounts and defaultAccount are checked elsewhere.
void config_examine(const examination *e, const conf_node *map, const char *shown);
// One value for the key or group of keys at path, shown under another name: what stands beside channels.mattermost.
void config_examine_value(const examination *e, const char *path, const char *shown, int line,
                          const conf_node *value);
// "a.b" of "a" and "b", and "b" of "" and "b"; what cannot be shown in b is escaped. The caller frees it.
char *config_shown_path(const char *map, const char *key);

#endif
