// SPDX-License-Identifier: Apache-2.0
// The first minutes: what administrators of a fresh installation read until the agent answers. Between these two stand the
// gateway's own notices (words.h): a refused token, the command that approves this server.
#ifndef OC_ADMIN_FIRST_WORDS_H
#define OC_ADMIN_FIRST_WORDS_H

#include "config/config.h"

// Nothing is filled in yet: what is needed and where. site_url "" when unknown. Marked text (words/words.h), which the caller frees.
char *words_first_settings(const char *site_url);
// The gateway is connected for the first time: how to write to the bot of this account, and who may. Marked text (words/words.h), which the caller frees.
char *words_first_connected(const account_config *a, const char *bot_username);

#endif
