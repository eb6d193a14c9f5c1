// SPDX-License-Identifier: Apache-2.0
// What the system administrators are told by direct message from the bot: one standing notice for each topic. The same
// text is not sent twice in a row, also not after a restart or by another node (the store remembers it). Three notices of a
// topic may follow one another at once, since putting one thing right may show the next; then it is one a minute. A notice counts
// as told when one administrator has it; until then it is tried again, at last once an hour.
#ifndef OC_ADMIN_NOTICES_H
#define OC_ADMIN_NOTICES_H

#include "base/loop.h"
#include "chat/chat.h"

typedef struct notices notices;

typedef enum notice_topic {
    NOTICE_SETTINGS, // settings that cannot be used
    NOTICE_REMARKS,  // what an administrator should know about settings that are in force
    NOTICE_GATEWAY,  // the connections to the gateways
    NOTICE_BESIDE,   // the connections beside those: control, tools
    NOTICE_ACCOUNTS, // bot users that cannot be made
    NOTICE_TOPICS,
} notice_topic;

// node: its name (delivery/node.h), copied. What an earlier process of it began to tell is told again at once.
notices *notices_create(loop *l, chat *c, const char *node);
void notices_destroy(notices *n); // NULL-safe; what has not been sent is not sent
void notices_set_bot(notices *n, const char *bot_user_id);
// Texts may be marked (words/words.h): each administrator is told in their language.
// Something is wrong: text says what, why and what to do.
void notices_tell(notices *n, notice_topic topic, const char *text);
// All is well again: text is sent only when something was wrong before.
void notices_well(notices *n, notice_topic topic, const char *text);
// The same; but when all is well for the first time since the plugin was installed, first is sent in its place, in any case.
void notices_well_first(notices *n, notice_topic topic, const char *text, const char *first);

#endif
