// SPDX-License-Identifier: Apache-2.0
// What the chat interface speaks of. Texts are never NULL ("" when absent); what a callback is given is borrowed for it.
#ifndef OC_CHAT_TYPES_H
#define OC_CHAT_TYPES_H

#include "base/bytes.h"
#include "base/err.h"

#include <cJSON.h>
#include <stdbool.h>

typedef struct chat chat;

// Why a call failed. http_status as Mattermost's (0: not from the server).
typedef struct chat_error {
    oc_err err; // OC_OK on success, OC_ENOTFOUND: the server knows no such thing (404)
    int http_status;
    const char *id;      // Mattermost's error id, "" when unknown
    const char *message; // for logs
} chat_error;

// A post as it concerns us; fields as Mattermost's (chat_post_dup keeps one).
typedef struct chat_post {
    const char *id, *channel_id, *user_id, *root_id, *message, *type, *pending_post_id;
    int64_t create_at_ms, edit_at_ms, delete_at_ms;
    bool is_pinned, has_reactions; // as they came; not sent
    const cJSON *props;            // object or NULL
    const cJSON *file_ids;         // array or NULL
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

typedef struct chat_team {
    const char *id, *name, *display_name;
    int64_t delete_at_ms;
} chat_team;

typedef struct chat_reaction {
    const char *user_id, *post_id, *emoji_name; // without colons
    const char *channel_id;                     // "" where the server does not say
} chat_reaction;

typedef struct chat_file {
    const char *id, *creator_id, *post_id, *channel_id, *name, *extension, *mime_type;
    int64_t size_bytes, delete_at_ms;
    int width, height; // of an image, else 0
    bool archived;     // the server's plan does not let it be read
} chat_file;

typedef void chat_done_fn(void *ctx, const chat_error *error);
typedef void chat_post_fn(void *ctx, const chat_error *error, const chat_post *post);
typedef void chat_user_fn(void *ctx, const chat_error *error, const chat_user *user);
typedef void chat_users_fn(void *ctx, const chat_error *error, const chat_user *users, size_t count);
typedef void chat_channel_fn(void *ctx, const chat_error *error, const chat_channel *channel);
typedef void chat_team_fn(void *ctx, const chat_error *error, const chat_team *team);
typedef void chat_file_fn(void *ctx, const chat_error *error, const chat_file *file);
typedef void chat_text_fn(void *ctx, const chat_error *error, const char *text);
typedef void chat_json_fn(void *ctx, const chat_error *error, const cJSON *value);
typedef void chat_bytes_fn(void *ctx, const chat_error *error, bytes value, bool found);
typedef void chat_flag_fn(void *ctx, const chat_error *error, bool flag);

#endif
