// SPDX-License-Identifier: Apache-2.0
// The session that a message sent to a target belongs to, and the thread it goes to. Pure. OpenClaw's own rules
// (reference-behaviour notes §7.6 and §7.7).
#ifndef OC_OUTBOUND_ROUTE_H
#define OC_OUTBOUND_ROUTE_H

#include "session/session_key.h"

typedef struct outbound_place { // what is asked; texts "" when absent
    const char *target;
    const char *resolved_kind;       // "user", "group", "channel"
    const char *current_session_key; // of whoever sends
    const char *thread_id, *reply_to_id;
    session_place names; // agent, account, name and scope; the rest is filled in
} outbound_place;

typedef struct outbound_route { // the caller frees it with outbound_route_free
    char *session_key, *base_key;
    chat_kind kind;
    char *from, *to, *peer_id;
    char *thread_id; // "" for none
    bool exact;      // a direct target that names its user by id itself
} outbound_route;

// false: the target is none.
bool outbound_route_of(const outbound_place *place, outbound_route *out);
void outbound_route_free(outbound_route *r);

// Where a tool's message goes within the conversation that calls it. Texts "" when absent.
typedef struct thread_ask {
    const char *to, *reply_to_id;
    const char *current_channel, *current_thread, *current_message;
    reply_mode mode;   // of the conversation; REPLY_ALL where it already stood in a thread
    bool has_replied;  // something was sent in this turn already
    bool is_top_level; // topLevel: true, or threadId: null
} thread_ask;
const char *outbound_thread(const thread_ask *ask); // "" for none; points to one of the arguments

#endif
