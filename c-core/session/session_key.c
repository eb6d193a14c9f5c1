// SPDX-License-Identifier: Apache-2.0
#include "session/session_key.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdbool.h>

char *session_key(const session_place *place) {
    bool direct = place->channel_type == 'D';
    bool threaded = !direct && *place->root_id != '\0';
    const char *kind = direct ? "direct" : place->channel_type == 'O' ? "channel" : "group";
    char *key = xasprintf("agent:%s:mattermost:%s:%s%s%s", *place->agent != '\0' ? place->agent : "main",
                          kind, direct ? place->user_id : place->channel_id, threaded ? ":thread:" : "",
                          threaded ? place->root_id : "");
    for (char *at = key; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return key;
}

const char *session_reply_root(const session_place *place) {
    return place->root_id;
}
