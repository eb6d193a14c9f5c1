// SPDX-License-Identifier: Apache-2.0
// What a Mattermost server sends when somebody gave a slash command (reference-behaviour notes §9.5). Pure.
#ifndef OC_CHAT_SLASH_PAYLOAD_H
#define OC_CHAT_SLASH_PAYLOAD_H

#include "base/bytes.h"

#include <cJSON.h>

// The known fields that are texts, as an object; text is always there. NULL: malformed, or one of token, team_id, channel_id,
// user_id, command is missing. The caller owns it.
cJSON *slash_payload_read(const char *content_type, bytes body);

#endif
