// SPDX-License-Identifier: Apache-2.0
#include "outbound/may_talk.h"

#include <string.h>

access_verdict may_talk(const chat_user *user, const account_config *rules) {
    const access_facts facts = {
        .event = ACCESS_POST,
        .has_body = true,
        .channel_known = true,
        .kind = CHAT_DIRECT,
        .channel_id = "",
        .bot_is_member = true,
        .sender_known = true,
        .sender_deactivated = user->delete_at_ms != 0,
        .sender_is_bot = user->is_bot,
        .sender_is_guest = strstr(user->roles, "system_guest") != NULL,
        .sender_id = user->id,
        .sender_name = user->username,
    };
    return access_decide(&facts, rules).verdict;
}
