// SPDX-License-Identifier: Apache-2.0
// How often our bot has answered other bots since a person wrote there, so that two bots do not talk for ever. Pure.
#ifndef OC_INBOUND_BOT_HOPS_H
#define OC_INBOUND_BOT_HOPS_H

#include "chat/types.h"

enum { BOT_HOPS_POSTS = 60 }; // looked at outside of a thread

// post_list: of the thread, or of the channel before the post (Mattermost's PostList).
int bot_hops_count(const cJSON *post_list, const chat_post *post, const char *bot_user_id);

#endif
