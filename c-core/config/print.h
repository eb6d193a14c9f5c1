// SPDX-License-Identifier: Apache-2.0
// What is in force, in the form of a configuration, for people who look after it. Pure.
#ifndef OC_CONFIG_PRINT_H
#define OC_CONFIG_PRINT_H

#include "config/config.h"

// The stand-in (the caller frees it) for an entry of a list of people, or NULL: it may be shown.
typedef char *config_person_fn(const char *entry);

// All keys that have a value, but for the secrets, which are masked, and so is a text that may hold a password. person NULL:
// people are shown. The caller's.
cJSON *config_json(const config *rules, config_person_fn *person);

#endif
