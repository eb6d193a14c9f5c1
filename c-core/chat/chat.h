// SPDX-License-Identifier: Apache-2.0
// What the core wants of a chat server. Two adapters: plugin_chat (through the shim) and, later, rest_chat (REST and
// WebSocket with a bot token). Nothing here blocks. Each call ends in exactly one callback, also when the connection
// breaks or 10 s pass; where a cache knows the answer it comes before the function returns.
#ifndef OC_CHAT_CHAT_H
#define OC_CHAT_CHAT_H

#include "base/bytes.h"
#include "base/err.h"
#include "chat/outcome.h"

#include <cJSON.h>
#include <stdbool.h>

typedef struct chat chat;

// Why a call failed. Borrowed during the callback. http_status as Mattermost's (0: not from the server).
typedef struct chat_error {
    oc_err err; // OC_OK on success
    int http_status;
    const char *id;      // Mattermost's error id, "" when unknown
    const char *message; // for logs
} chat_error;

// A post as it concerns us; fields as Mattermost's. Borrowed during the callback (chat_post_dup keeps one).
typedef struct chat_post {
    const char *id, *channel_id, *user_id, *root_id, *message, *type, *pending_post_id;
    int64_t create_at_ms, edit_at_ms, delete_at_ms;
    const cJSON *props;    // object or NULL
    const cJSON *file_ids; // array or NULL
    const char *key; // to be sent: names this sending, so that it is done once also when a core dies over it
    // Of an event: until then (loop's clock) whoever hands it to us still knows what an earlier core sent with a key, so that
    // sending with the same key does it once. 0: nobody knows.
    int64_t remembered_until_ms;
    bool again; // of an event: it was handed to an earlier core that died, and may have been answered
} chat_post;

typedef struct chat_user {
    const char *id, *username, *nickname, *first_name, *last_name, *locale, *roles;
    bool is_bot;
    int64_t delete_at_ms;
} chat_user;

typedef struct chat_channel {
    const char *id, *team_id, *name, *display_name, *header, *purpose;
    char type; // 'O' public, 'P' private, 'D' direct, 'G' group
    int64_t delete_at_ms, last_post_at_ms;
} chat_channel;

typedef void chat_done_fn(void *ctx, const chat_error *error);
typedef void chat_post_fn(void *ctx, const chat_error *error, const chat_post *post);
typedef void chat_user_fn(void *ctx, const chat_error *error, const chat_user *user);
typedef void chat_channel_fn(void *ctx, const chat_error *error, const chat_channel *channel);
typedef void chat_text_fn(void *ctx, const chat_error *error, const char *text);
typedef void chat_json_fn(void *ctx, const chat_error *error, const cJSON *value);
typedef void chat_bytes_fn(void *ctx, const chat_error *error, bytes value, bool found);
typedef void chat_flag_fn(void *ctx, const chat_error *error, bool flag);

// --- posts ---
// props is an object (borrowed) or NULL. The reply carries the server's id and time.
void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx);
void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx);
void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx);
void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx);
// Posts of a channel, newest first, in pages from 0; and a whole thread: PostList objects
// {"order":[ids],"posts":{id:post}}.
void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn, void *ctx);
void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx);
void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post);
void chat_typing(chat *c, const char *user_id, const char *channel_id,
                 const char *root_id); // no answer wanted
// --- people and places; cached for at most 30 s where a right hangs on it ---
void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx);
void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx);
void chat_forget_user(chat *c, const char *user_id); // the next question goes to the server
// Always asks the server, for what changes often: last_post_at_ms.
void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx);
// The ids of the channels that the bot is in, direct ones included, in pages from 0: an array.
void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx);
// Whether the user is a member of the channel.
void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx);
void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx);
void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx); // array of user ids, at most 20
// --- our bot ---
void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx); // the bot's user id
void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx);
// --- settings and store ---
void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx); // object with lower-cased keys
void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx);
void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx);
// Atomic: stored only when the present value is old (old.data NULL: when there is none). flag: stored.
// expire_s 0: never.
void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx);
void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx);

// --- events from the server ---
// A post that was handed to us is owed exactly one outcome.
typedef struct chat_post_ticket chat_post_ticket;
void chat_post_outcome(chat_post_ticket *t, outcome_reason reason); // ends the ticket
void chat_post_leave(
    chat_post_ticket *t); // ends it without an outcome: the next core is handed the post again

// A slash command, with the user's identity from the server. Answered exactly once, visible to that user only.
typedef struct chat_command {
    const char *user_id, *channel_id, *root_id, *command; // command with slash and text
} chat_command;
typedef struct chat_command_ticket chat_command_ticket;
void chat_command_answer(chat_command_ticket *t, const char *text); // ends the ticket

typedef struct chat_http chat_http; // an HTTP request to us: chat/http.h

typedef struct chat_events {
    void (*activate)(void *ctx); // the server can be called: load settings, make the bot, then chat_activated
    void (*post)(void *ctx, const chat_post *post, chat_post_ticket *ticket);
    void (*command)(void *ctx, const chat_command *command, chat_command_ticket *ticket);
    void (*http)(void *ctx, chat_http *request);
    void (*settings_changed)(void *ctx); // perhaps: compare before acting
    void (*stopping)(void *ctx); // finish what is quick, then chat_stopped; the server waits at most 10 s
    void (*gone)(void *ctx);     // server or shim are gone: end
} chat_events;
void chat_on(chat *c, const chat_events *events, void *ctx);
void chat_activated(chat *c); // posts, commands and requests may come from now on
void chat_stopped(chat *c);

// What concerns us, so that the shim need not ask for every post of the server.
typedef enum chat_interest {
    CHAT_INTEREST_NONE,  // nothing in this channel
    CHAT_INTEREST_NAMED, // posts that hold one of the names or start with one of the prefixes
    CHAT_INTEREST_ALL,   // every post
} chat_interest;
// NULL-terminated lists: our own bots' user ids (their posts are never handed to us), names without @, prefixes.
void chat_set_interest(chat *c, const char *const *bot_user_ids, const char *const *names,
                       const char *const *prefixes);
void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest);

#endif
