// SPDX-License-Identifier: Apache-2.0
// Who is answered: one pure function from facts to decision. Denied by default.
#ifndef OC_INBOUND_ACCESS_H
#define OC_INBOUND_ACCESS_H

#include "chat/chat.h"

#include <stdbool.h>

// Everything the decision hangs on; nothing else does.
typedef struct access_facts {
    bool configured;   // there are valid settings
    bool own_post;     // the bot wrote it
    bool system_post;  // the server wrote it: its type starts with "system_"
    bool from_webhook; // a webhook wrote it, or the shown name is overridden
    bool from_bot;     // a bot account, a plugin or another integration wrote it
    bool deleted;
    char channel_type;  // 'O', 'P', 'D', 'G'; 0 when it could not be looked up
    bool sender_known;  // the sender was found and is active
    bool bot_is_member; // of the channel
    bool mentioned;     // the bot, outside code
    bool has_text;      // something visible is left without the mention, or a file is attached
    bool sender_listed; // AllowFrom holds the sender or "*"
    bool list_empty;    // AllowFrom holds nobody
} access_facts;

typedef struct access_decision {
    bool answer;
    outcome_reason reason; // why not, when it is not to be answered
} access_decision;

access_decision access_decide(const access_facts *f);
// The facts that the post itself tells.
void access_facts_of_post(const chat_post *post, const char *bot_user_id, const char *bot_username,
                          access_facts *f);

#endif
