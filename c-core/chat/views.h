// SPDX-License-Identifier: Apache-2.0
// Mattermost's JSON objects as the chat interface's structs. Views: strings belong to the JSON. Pure.
#ifndef OC_CHAT_VIEWS_H
#define OC_CHAT_VIEWS_H

#include "chat/chat.h"

// json may be NULL or anything: absent and ill-typed fields read as "", 0, false, NULL.
chat_post chat_post_view(const cJSON *json);
chat_user chat_user_view(const cJSON *json);
chat_channel chat_channel_view(const cJSON *json);
chat_team chat_team_view(const cJSON *json);
chat_reaction chat_reaction_view(const cJSON *json);
chat_file chat_file_view(const cJSON *json);
chat_server_info chat_server_info_view(
    const cJSON *json); // of chat_server_info_json; NULL: Mattermost's defaults
// What chat_user_view reads. The caller owns it.
cJSON *chat_user_to_json(const chat_user *user);
// What of the server's configuration and version concerns us. The caller owns it.
cJSON *chat_server_info_json(const cJSON *config, const char *version);
// A post that stands on its own. The one to keep is the caller's (chat_post_free).
chat_post chat_post_dup(const chat_post *post);
void chat_post_free(chat_post *post);
// The other way, for sending: only the fields that are set. The caller owns the object.
cJSON *chat_post_to_json(const chat_post *post);

#endif
