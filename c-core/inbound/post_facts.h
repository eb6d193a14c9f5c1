// SPDX-License-Identifier: Apache-2.0
// What a post itself tells about its author. Pure.
#ifndef OC_INBOUND_POST_FACTS_H
#define OC_INBOUND_POST_FACTS_H

#include "chat/chat.h"
#include "inbound/access.h"

// Sets own_post, system_post, from_webhook, from_program, deleted and the sender's id (borrowed from the post).
void post_facts_read(const chat_post *post, const char *bot_user_id, access_facts *f);

#endif
