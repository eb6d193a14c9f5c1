// SPDX-License-Identifier: Apache-2.0
// External mode's configuration: a file with the channels.mattermost object of an OpenClaw configuration, or with such a
// configuration as a whole.
#ifndef OC_EXTERNAL_CONFIG_H
#define OC_EXTERNAL_CONFIG_H

#include "config/config.h"

#include <stdio.h>

typedef struct external_config {
    char *text;    // of the file
    config *rules; // of all accounts
} external_config;

// Reads and checks the file. False: it cannot be used. What is to be said, also of a file that can be used, goes to told,
// a line each: FILE:LINE: error|note: … (NULL: to the log)
bool external_config_read(const char *path, FILE *told, external_config *out);
void external_config_free(external_config *c); // wipes the text; safe for zeroed ones
// What is in force, as JSON5 that could be a configuration, but for the secrets, which are masked.
void external_config_print(const config *rules, FILE *to);
// The same as log lines, for a daemon: problems of a file that was read anew.
bool external_config_reload(const char *path, external_config *out);

#endif
