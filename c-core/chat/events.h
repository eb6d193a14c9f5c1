// SPDX-License-Identifier: Apache-2.0
// What the server tells us: a part of chat.h. Handlers that are NULL mean: not of interest.
#ifndef OC_CHAT_EVENTS_H
#define OC_CHAT_EVENTS_H

#include "chat/outcome.h"
#include "chat/types.h"

// A post, or an edit, that was handed to us is owed exactly one outcome.
typedef struct chat_post_ticket chat_post_ticket;
void chat_post_outcome(chat_post_ticket *t, outcome_reason reason); // ends the ticket
void chat_post_leave(
    chat_post_ticket *t); // ends it without an outcome: the next core is handed the post again

// A slash command, with the user's identity from the server. Answered exactly once.
typedef struct chat_command {
    const char *user_id, *channel_id, *team_id, *root_id;
    const char *trigger_id; // opens a dialog, for 30 s
    const char *command;    // with slash and text
} chat_command;
typedef struct chat_command_ticket chat_command_ticket;
typedef struct chat_command_result {
    bool
        in_channel; // a post that everybody sees, in the name of who gave the command; else that user only sees it
    const char *text;
    const cJSON *props;    // of that post: object, or NULL. "attachments" carries buttons
    const char *goto_path; // where the browser goes, NULL: nowhere
} chat_command_result;
void chat_command_answer(chat_command_ticket *t,
                         const char *text); // visible to the user only; ends the ticket
void chat_command_reply(chat_command_ticket *t, const chat_command_result *result); // ends the ticket

// Files for a support packet (GenerateSupportData, server 9.8 and later). Answered exactly once.
typedef struct chat_support_ticket chat_support_ticket;
typedef struct chat_support_file {
    const char *name;
    bytes content;
} chat_support_file;
void chat_support_answer(chat_support_ticket *t, const chat_support_file *files, size_t count);

typedef struct chat_http chat_http; // an HTTP request to us: chat/http.h

typedef struct chat_events {
    void (*activate)(void *ctx); // the server can be called: load settings, make the bot, then chat_activated
    void (*post)(void *ctx, const chat_post *post, chat_post_ticket *ticket);
    // Message or files of a post were changed by a person or an integration: now, and before. Handed over again like a
    // post until it has an outcome; known by post id and edit_at_ms. Only where either version concerns us.
    void (*post_edited)(void *ctx, const chat_post *now, const chat_post *before, chat_post_ticket *ticket);
    // Without an outcome: lost when no core is there within 3 s. Our bots' own are not told.
    void (*post_deleted)(void *ctx, const chat_post *post);
    void (*reaction)(void *ctx, const chat_reaction *reaction, bool added); // on anybody's post
    // One of our bots joined or left the channel; channel_id "": it left a team, so any channel.
    void (*membership)(void *ctx, const char *channel_id, const char *bot_user_id, bool joined);
    void (*command)(void *ctx, const chat_command *command, chat_command_ticket *ticket);
    void (*http)(void *ctx, chat_http *request);
    // Over the server's own metrics port, which asks nobody for a login. Answered like http.
    void (*metrics)(void *ctx, chat_http *request);
    void (*support)(void *ctx, chat_support_ticket *ticket); // a system administrator makes a support packet
    // Posts may have been missed since then (wall clock): they are to be looked for. Comes before any later post. Only where
    // nobody holds posts for us: an adapter that listens from outside.
    void (*missed)(void *ctx, int64_t since_ms);
    void (*settings_changed)(void *ctx); // perhaps: compare before acting
    void (*stopping)(void *ctx); // finish what is quick, then chat_stopped; the server waits at most 10 s
    void (*gone)(void *ctx);     // server or shim are gone: end
} chat_events;
void chat_on(chat *c, const chat_events *events, void *ctx);
// Up to when every post was told (wall clock); INT64_MAX where the server hands us each one and waits for its outcome.
int64_t chat_told_until_ms(const chat *c);
void chat_activated(chat *c); // posts, commands and requests may come from now on
void chat_stopped(chat *c);

// What concerns us, so that the shim need not ask for every post of the server.
typedef enum chat_interest {
    CHAT_INTEREST_NONE,  // nothing in this channel
    CHAT_INTEREST_NAMED, // posts that hold one of the names or start with one of the prefixes; all reactions
    CHAT_INTEREST_THREADS, // these, and every post that stands in a thread
    CHAT_INTEREST_ALL,     // everything
} chat_interest;
typedef struct chat_filter {         // NULL-terminated lists
    const char *const *bot_user_ids; // our own bots
    const char *const *names;        // without @
    const char *const *prefixes;
    bool own_posts; // our bots' posts are handed to us like others'; else they are not
} chat_filter;
// What was told of channels before is forgotten.
void chat_set_interest(chat *c, const chat_filter *filter);
void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest);

#endif
