// SPDX-License-Identifier: Apache-2.0
// Which posts are context for a question: the rules of context.h. Pure.
#ifndef OC_INBOUND_CONTEXT_SELECT_H
#define OC_INBOUND_CONTEXT_SELECT_H

#include "inbound/context.h"

typedef struct context_rules { // borrowed
    const account_config *config;
    const char *bot_user_id, *bot_username;
    chat_kind kind;
    const char *channel_id, *root_id; // of the question; root_id "": not in a thread
    const char *post_id;
    int64_t asked_ms;
} context_rules;

// Posts of the list (Mattermost's PostList) that come into question by what they are themselves, newest first, up to the last
// one of ours. Views into the list.
typedef struct context_candidates {
    chat_post posts[CONTEXT_MESSAGES_MAX];
    size_t count;
} context_candidates;
void context_candidates_read(const cJSON *post_list, const context_rules *r, context_candidates *out);

// What is known of the authors and the files. A name "" or a missing entry: unknown.
typedef struct context_facts {
    const chat_user *users;
    size_t user_count;
    const cJSON *file_names; // file id → name
} context_facts;
// The caller frees it (context_free); NULL when nothing is left.
context *context_choose(const context_candidates *candidates, const context_rules *r, const context_facts *f);

// Whether contextVisibility lets the agent see what that author (NULL: unknown) wrote. The bot's own posts always.
bool context_shows(const context_rules *r, const chat_post *post, const chat_user *user);

#endif
