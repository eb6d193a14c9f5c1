// SPDX-License-Identifier: Apache-2.0
// Posts and reactions: a part of chat.h, whose rules hold.
#ifndef OC_CHAT_POSTS_H
#define OC_CHAT_POSTS_H

#include "chat/types.h"

// props is an object (borrowed) or NULL. The reply carries the server's id and time.
void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx);
// Message, props and file_ids become what post says, absent ones empty: chat_edit_post is what edits want.
void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx);
void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx);
void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx);

// A change to a post of ours as it stands at that moment. What is not named stays: pins, reactions, files, other props.
typedef enum chat_pin { CHAT_PIN_STAYS, CHAT_PIN_ON, CHAT_PIN_OFF } chat_pin;
typedef struct chat_edit {
    const char *post_id;
    const char *message;   // NULL: stays
    const cJSON *props;    // object: its keys are set, those that are null removed; NULL: all stay
    const cJSON *file_ids; // array of what it holds afterwards; NULL: stays
    chat_pin pin;
} chat_edit;
// Reads the post and writes it back (copies edit). OC_ENOTFOUND: it was deleted, nothing was written. Where nothing would
// change nothing is written. A file that the server does not attach is missing in the reply's file_ids, without an error. Edits of the same post one after the other: the later one waits for the earlier one's callback.
void chat_edit_post(chat *c, const chat_edit *edit, chat_post_fn *fn, void *ctx);

// Posts of a channel, newest first, in pages from 0; those next before or after a post, newest first; a whole thread: PostList objects
// {"order":[ids],"posts":{id:post}}.
void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn, void *ctx);
void chat_get_posts_before(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                           void *ctx);
void chat_get_posts_after(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                          void *ctx);
void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx);
// What the user finds by Mattermost's search in their channels of a team, direct and group messages too: a PostList. terms as in its
// search box.
typedef struct chat_search { // borrowed for the call
    const char *team_id, *user_id, *terms;
    int page_number, count;
} chat_search;
void chat_search_posts(chat *c, const chat_search *search, chat_json_fn *fn, void *ctx);

// Visible to the user only, until the browser is reloaded. fn may be NULL; the post has an id of its own.
void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx);
// Changes one that the user sees: all of it becomes what post says. From outside another one follows it where none can be changed,
// with an id of its own; an error where that is not possible either.
void chat_update_ephemeral(chat *c, const char *user_id, const chat_post *post, chat_post_fn *fn, void *ctx);
// To the user's phones, about a post; text says nothing of what it holds. A server without push notifications sends none.
// user_id of post is who writes.
void chat_push(chat *c, const char *user_id, const chat_post *post, const char *text, chat_done_fn *fn,
               void *ctx);
// root_id "": in the channel itself. No answer wanted.
void chat_typing(chat *c, const char *user_id, const char *channel_id, const char *root_id);

// By one of our bots. What is there already, or not there any more, is a success.
void chat_add_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                       chat_done_fn *fn, void *ctx);
void chat_remove_reaction(chat *c, const char *user_id, const char *post_id, const char *emoji_name,
                          chat_done_fn *fn, void *ctx);

#endif
