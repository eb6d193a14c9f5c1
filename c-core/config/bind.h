// SPDX-License-Identifier: Apache-2.0
// A merged tree → the structs of the snapshot. What is wrong with single values was said by examine.h; here a wrong value
// leaves the default.
#ifndef OC_CONFIG_BIND_H
#define OC_CONFIG_BIND_H

#include "config/config.h"
#include "config/node.h"
#include "config/secrets.h"

// account is initialised (account_config_init) and has its id; tree holds what it says and inherits.
void config_bind_account(const conf_node *tree, const config_secrets *secrets, account_config *account);
void config_bind_top(const conf_node *tree, const config_secrets *secrets,
                     config *c); // what all accounts share

#endif
