// SPDX-License-Identifier: Apache-2.0
// Checks of single texts, as keys.h wants them: NULL when the text is fine, else what is wrong and what is allowed, as the
// rest of a sentence behind the key's name (the caller frees it). None repeats the text.
#ifndef OC_CONFIG_CHECK_H
#define OC_CONFIG_CHECK_H

#include <stdbool.h>

char *check_gateway_url(const char *text);
char *check_proxy_url(const char *text);
char *check_username(const char *text); // Mattermost's rule for bots' user names
char *check_agent(const char *text);    // an agent's id
char *check_session_name(const char *text);
char *check_emoji(const char *text);  // an emoji's name, with or without colons
char *check_listen(const char *text); // address:port, or nothing
char *check_source(const char *text); // an address or a network of them
char *check_not_everybody(const char *text);
char *check_channel_id(const char *text);

// An entry of a list of people that names somebody for ever: "*", accessGroup:<name>, or an id with or without
// "mattermost:", "user:" and "@" before it. Everything else can only be a user name.
bool is_lasting_entry(const char *entry);

#endif
