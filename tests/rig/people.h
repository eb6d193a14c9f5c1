// SPDX-License-Identifier: Apache-2.0
// Who is there and where they talk. Ids say what they are: 26 letters and digits, as Mattermost's.
#ifndef OC_RIG_PEOPLE_H
#define OC_RIG_PEOPLE_H

#include <cJSON.h>
#include <stdbool.h>

enum { USERS = 60, STRANGERS = 3, CHANNELS = 24, ID_BYTES = 27 };

extern const char BOT_ID[], ADMIN_ID[];

void people_user_id(int n, char out[ID_BYTES]); // from USERS on: strangers
void people_dm_id(int n, char out[ID_BYTES]);   // of that user with the bot
void people_channel_id(int n, char out[ID_BYTES]);
char people_channel_type(const char *channel_id); // 'O', 'P', 'G', 'D', 0

cJSON *people_user(const char *id); // NULL when there is none; the caller's
cJSON *people_channel(const char *id, bool with_last_post);
bool people_bot_is_in(const char *channel_id);
cJSON *people_bot_memberships(int page, int count);
char *people_allow_from(void); // every user but the strangers, as the setting wants it

#endif
