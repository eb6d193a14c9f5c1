// SPDX-License-Identifier: Apache-2.0
// One value: from the tree into the struct, as its key wants it.
#ifndef OC_CONFIG_VALUE_H
#define OC_CONFIG_VALUE_H

#include "config/keys.h"
#include "config/node.h"
#include "config/secrets.h"

// Reads node (not null) for the key and stores it in object at the key's offset, in the place of what stands there; object
// may be NULL: then it is only checked. Returns NULL, or what is wrong and what is allowed (the caller frees it); object
// is unchanged then. Never for the kinds whose members people name. May read a small local file (CA, secrets).
// A node without a line comes from the console: its lists are texts with separators, and it may hold a secret itself.
char *config_value_read(const config_key *key, const conf_node *node, const config_secrets *secrets,
                        void *object);
// The key's value when nobody says one; nothing when it has none.
void config_value_default(const config_key *key, void *object);

#endif
