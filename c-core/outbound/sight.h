// SPDX-License-Identifier: Apache-2.0
// Whether a user may see a channel or another user, asked of the server at that moment. A system administrator sees no more than
// a member does: what is done in somebody's name stays within what they see in their own client.
#ifndef OC_OUTBOUND_SIGHT_H
#define OC_OUTBOUND_SIGHT_H

#include "chat/chat.h"

// Private, group and direct channels: members. Public ones: members, and who may read the public channels of the team.
// An archived channel is seen as before.
void sight_of_channel(chat *c, const char *viewer_id, const chat_channel *channel, chat_flag_fn *fn,
                      void *ctx);
// Who may view members sees everybody; others (guests) those with whom they share a channel, as far as the bot is in it, too.
void sight_of_user(chat *c, const char *bot_user_id, const char *viewer_id, const char *user_id,
                   chat_flag_fn *fn, void *ctx);

#endif
