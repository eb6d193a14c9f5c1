// SPDX-License-Identifier: Apache-2.0
// People, places and rights: a part of chat.h, whose rules hold. Cached for at most 30 s; what the server tells us of
// our own bots' memberships ends the cached fact at once.
#ifndef OC_CHAT_PEOPLE_H
#define OC_CHAT_PEOPLE_H

#include "chat/types.h"
#include "words/words.h"

enum { CHAT_USERS_MAX = 200 }; // of one chat_get_users_by_ids

void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx);
void chat_get_user_by_username(chat *c, const char *username, chat_user_fn *fn, void *ctx); // without @
// NULL-terminated, at most CHAT_USERS_MAX (OC_ELIMIT). In the order asked; who does not exist is left out.
void chat_get_users_by_ids(chat *c, const char *const *user_ids, chat_users_fn *fn, void *ctx);
// The language in which this person reads, as the look-ups so far have told (no call is made: look the user up before, which
// those who decide about somebody do anyway); the server's when it is not known, empty or not one of ours.
words_lang chat_lang(chat *c, const char *user_id);
// The language of what stands in public: DefaultClientLocale; English before the server has said.
words_lang chat_server_lang(chat *c);
void chat_forget_user(chat *c, const char *user_id);           // the next question goes to the server
void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx); // array of user ids, at most 20

// The ids of active guests of the server, at most CHAT_GUESTS_MAX: when there are as many, there may be more.
enum { CHAT_GUESTS_MAX = 200 };
void chat_guests(chat *c, chat_json_fn *fn, void *ctx);
// Those of the users (an array of ids) who are members of the channel: an array of ids. Never cached.
void chat_members_among(chat *c, const char *channel_id, const cJSON *user_ids, chat_json_fn *fn, void *ctx);

void chat_get_team(chat *c, const char *team_id, chat_team_fn *fn, void *ctx);
void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx);
// Always asks the server, for what changes often: last_post_at_ms.
void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx);
// The ids of the channels that the bot is in, direct ones included, in pages from 0: an array.
void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx);
void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx);
// Whether the user is a member of the team; of the channel.
void chat_is_team_member(chat *c, const char *team_id, const char *user_id, chat_flag_fn *fn, void *ctx);
void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx);

// Lists, always asked of the server: arrays of Mattermost's objects (views.h reads them), pages from 0. Archived channels are left
// out, deactivated users are not.
// External mode: of others those that the bot is in, too.
void chat_teams_of_user(chat *c, const char *user_id, chat_json_fn *fn, void *ctx);
// Public or private, not archived; name in lower case.
void chat_channel_by_name(chat *c, const char *team_id, const char *name, chat_channel_fn *fn, void *ctx);
// Those of the team that the user is in; direct and group channels come along with any team.
void chat_channels_of_user(chat *c, const char *team_id, const char *user_id, chat_json_fn *fn, void *ctx);
void chat_public_channels(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                          void *ctx);
void chat_users_in_team(chat *c, const char *team_id, int page_number, int count, chat_json_fn *fn,
                        void *ctx);
void chat_users_in_channel(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                           void *ctx);
// Whose user name, nickname or full name begins with term, in the team or (team_id "") anywhere; at most limit.
void chat_search_users(chat *c, const char *team_id, const char *term, int limit, chat_json_fn *fn,
                       void *ctx);

// Rights, asked of the server each time. permission as Mattermost's: "create_post", "read_channel", "use_channel_mentions" …
void chat_has_channel_permission(chat *c, const char *user_id, const char *channel_id, const char *permission,
                                 chat_flag_fn *fn, void *ctx);
void chat_has_team_permission(chat *c, const char *user_id, const char *team_id, const char *permission,
                              chat_flag_fn *fn, void *ctx);
void chat_has_permission(chat *c, const char *user_id, const char *permission, chat_flag_fn *fn, void *ctx);
void chat_user_is_system_admin(chat *c, const char *user_id, chat_flag_fn *fn, void *ctx);

// The id of the plugin's own bot user, made when there is none, renamed when it has another name.
void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx);
// Further bot users: all that are ours, also deactivated ones, as an array of Mattermost's Bot objects; a new one (its
// id); another name for one.
void chat_own_bots(chat *c, chat_json_fn *fn, void *ctx);
void chat_create_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx);
void chat_rename_bot(chat *c, const char *user_id, const char *username, const char *display_name,
                     const char *description, chat_done_fn *fn, void *ctx);
void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx);

#endif
