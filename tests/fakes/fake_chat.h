// SPDX-License-Identifier: Apache-2.0
// A chat server in memory behind chat.h, for tests that include fake_chat.c. Every call is answered when the test says
// so (fake_chat_answer_all) and can be made to fail.
#ifndef OC_FAKES_FAKE_CHAT_H
#define OC_FAKES_FAKE_CHAT_H

#include "chat/chat.h"

enum { FAKE_POSTS_MAX = 256 };

typedef struct fake_posted {
    char *id, *user_id, *channel_id, *root_id, *message, *turn, *key;
    int part;
} fake_posted;

// What the server holds and was asked. Everything starts empty; channel types and memberships are by prefix: channel
// ids "dm…" are direct, "gm…" group, "priv…" private, all others public; the bot is a member of all but those that
// end in "out"; user ids that start with "bot" are bots, "gone" is deactivated, "nobody" does not exist.
typedef struct fake_chat {
    fake_posted posts[FAKE_POSTS_MAX];
    size_t post_count;
    int typing, calls;
    outcome_reason outcomes[FAKE_POSTS_MAX];
    char *outcome_ids[FAKE_POSTS_MAX];
    size_t outcome_count, left_tickets;
    cJSON *kv;            // key → text
    cJSON *settings;      // what LoadPluginConfiguration gives
    int fail_next;        // so many calls from now on fail …
    bool fail_posts_only; // … counting only CreatePost …
    chat_error failure;   // … like this
    bool post_then_fail;  // CreatePost makes the post and still fails
    bool hold;            // calls wait for fake_chat_answer_all
    chat_events events;
    void *ctx;
    bool activated, stopped;
    char *interest_name;
} fake_chat;

extern fake_chat FAKE;

chat *fake_chat_create(void);
void fake_chat_destroy(void);
void fake_chat_answer_all(void); // those that are held
chat_post_ticket *fake_chat_ticket(const char *post_id);
// The outcome told for the post; fails the test when there is none or more than one.
outcome_reason fake_chat_outcome(const char *post_id);
bool fake_chat_has_outcome(const char *post_id);

#endif
