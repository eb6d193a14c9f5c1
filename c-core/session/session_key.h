// SPDX-License-Identifier: Apache-2.0
// Which conversation of the agent a post belongs to, and where the answer goes. Pure.
#ifndef OC_SESSION_SESSION_KEY_H
#define OC_SESSION_SESSION_KEY_H

typedef struct session_place {
    const char *agent; // "" counts as the gateway's usual "main"
    char channel_type; // 'O', 'P', 'D', 'G'
    const char *channel_id, *user_id;
    const char *root_id; // of the thread that the post is in, or ""
} session_place;

// agent:<agent>:mattermost:<direct|group|channel>:<id>[:thread:<root>], all lower case: OpenClaw's own names
// (gateway-protocol notes §9). A direct conversation is one session, its threads included. The caller frees it.
char *session_key(const session_place *place);

// The root id that the answer to a post gets: the thread of the post if it is in one, else "" (beside the post).
const char *session_reply_root(const session_place *place);

#endif
