// SPDX-License-Identifier: Apache-2.0
// A chat server in memory behind chat.h, for tests that include fake_chat.c. Every call is answered when the test says
// so (fake_chat_answer_all) and can be made to fail.
#ifndef OC_FAKES_FAKE_CHAT_H
#define OC_FAKES_FAKE_CHAT_H

#include "base/buf.h"
#include "chat/chat.h"

enum { FAKE_POSTS_MAX = 256, FAKE_FILES_MAX = 32 };

typedef struct fake_posted {
    char *id, *user_id, *channel_id, *root_id, *message, *turn, *key;
    char *first_message; // as it was made
    int part, edits;
    bool deleted, pinned;
    cJSON *props, *file_ids; // props NULL when there are none
} fake_posted;

typedef struct fake_file {
    char *id, *user_id, *channel_id, *name, *mime_type;
    buf content;
} fake_file;

// What the server holds and was asked. Everything starts empty; channel types and memberships are by prefix: channel
// ids "dm…" are direct, "gm…" group, "priv…" private, all others public; the bot is a member of all but those that
// end in "out", and so is everybody but "outsider…"; user ids that start with "bot" are bots, "gone" is deactivated, "nobody" does not exist, "admin" is a system
// administrator, "deutsch…" reads German. A user's name is its id. A team's too.
typedef struct fake_chat {
    fake_posted posts[FAKE_POSTS_MAX];
    size_t post_count;
    int typing, calls;
    outcome_reason outcomes[FAKE_POSTS_MAX];
    char *outcome_ids[FAKE_POSTS_MAX];
    size_t outcome_count, left_tickets;
    cJSON *kv;             // key → text
    cJSON *settings;       // what LoadPluginConfiguration gives
    const char *ensured;   // the user whom chat_ensure_bot gives; NULL: "bot"
    cJSON *bots;           // those that chat_create_bot made: {"username","user_id":"bot-<username>"}
    int fail_skip;         // after so many calls that do not fail …
    int fail_next;         // … so many calls fail …
    bool fail_posts_only;  // … counting only CreatePost …
    const char *fail_call; // … or only this one: "edit_post", "get_file" …; NULL: any
    chat_error failure;    // … like this
    bool remembers;        // a post made with the same key is given instead of another one
    bool blind;            // lists of posts are empty: they come from a copy that is behind
    bool post_then_fail;   // CreatePost makes the post and still fails
    bool hold;             // calls wait for fake_chat_answer_all
    chat_events events;
    void *ctx;
    bool activated, stopped;
    bool sealed, external, turned_off; // the store; we are no plugin; chat_turn_off
    char *interest_name;
    bool own_posts;          // are of interest
    cJSON *channel_interest; // channel id → chat_interest
    fake_posted ephemeral[FAKE_POSTS_MAX];
    size_t ephemeral_count;
    int pushes;
    char *pushed_to;           // the last one
    cJSON *world;              // people and places laid out one by one (fake_chat_world.c); NULL: by prefix
    cJSON *reactions;          // present ones: "post user emoji" → true
    int reactions_made, edits; // ever
    fake_file files[FAKE_FILES_MAX];
    size_t file_count;
    size_t upload_room_bytes;      // given at a time; 0: 64 KiB
    cJSON *commands;               // trigger → hint
    char *command_answer;          // the last one
    bool command_in_channel;       // it was
    cJSON *dialog;                 // the last one that was opened
    const char *denied_permission; // nobody has it but system administrators
    const char *german;            // the user who reads German besides "deutsch…"
    chat_server_info info;         // its locale is the server's language
    cJSON *audits;                 // records, in order
    chat_connection way;           // zeroed: as in the plugin
    cJSON *support;                // file name → content, of support data
} fake_chat;

extern fake_chat FAKE;

chat *fake_chat_create(void);
void fake_chat_destroy(void);
void fake_chat_answer_all(void); // those that are held
chat_post_ticket *fake_chat_ticket(const char *post_id);
chat_command_ticket *fake_chat_command_ticket(void);
// What people have written and laid there; the ids are theirs.
fake_posted *fake_chat_add_post(const char *id, const char *channel_id, const char *user_id,
                                const char *root_id, const char *message);
fake_posted *fake_chat_post(const char *id); // NULL: there is none
void fake_chat_add_file(const char *id, const char *name, const char *mime_type, bytes content);
bool fake_chat_has_reaction(const char *post_id, const char *user_id, const char *emoji_name);
// The outcome told for the post; fails the test when there is none or more than one.
outcome_reason fake_chat_outcome(const char *post_id);
bool fake_chat_has_outcome(const char *post_id);

#endif
