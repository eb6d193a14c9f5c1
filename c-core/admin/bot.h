// SPDX-License-Identifier: Apache-2.0
// The bot user's looks.
#ifndef OC_ADMIN_BOT_H
#define OC_ADMIN_BOT_H

#include "chat/chat.h"

// Gives the bot our profile picture, once for each picture: one that an administrator chose later stays.
void bot_dress(chat *c, const char *account_id, const char *bot_user_id);

#endif
