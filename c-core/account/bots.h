// SPDX-License-Identifier: Apache-2.0
// The bot user of an account: the plugin's own one for "default", one more for each other. Which one an account has is
// remembered in the store, so that another name in the settings renames it.
#ifndef OC_ACCOUNT_BOTS_H
#define OC_ACCOUNT_BOTS_H

#include "chat/chat.h"

// Used while no valid settings name others.
#define BOT_DEFAULT_USERNAME "openclaw"
#define BOT_DEFAULT_DISPLAY_NAME "OpenClaw"

// Finds or makes it. Ends in exactly one callback, perhaps before this returns. A person's name is never taken over:
// OC_EDENIED. Nor a bot of somebody else's by any account but "default".
void bot_make(chat *c, const char *account_id, const char *username, const char *display_name,
              chat_text_fn *fn, void *ctx);

#endif
