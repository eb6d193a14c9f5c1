// SPDX-License-Identifier: Apache-2.0
// A frame of Mattermost's event WebSocket, as a "posted" event: for the adapter that talks to a server from outside.
// Which posts are taken: reference-behaviour notes §2.4, §2.7. Pure.
#ifndef OC_CHAT_POSTED_EVENT_H
#define OC_CHAT_POSTED_EVENT_H

#include "base/bytes.h"
#include "config/choices.h"

#include <cJSON.h>

typedef enum posted_verdict {
    POSTED_POST,    // a post with an id, an author and a channel
    POSTED_OTHER,   // another event: none of our business
    POSTED_INVALID, // not what a server sends: error says why
} posted_verdict;

typedef struct posted_event {
    cJSON *frame;       // both trees are the event's; the texts below are theirs
    cJSON *parsed_post; // where the frame holds the post as a text, else NULL
    const cJSON *post;
    const char *post_id, *user_id, *channel_id;
    const char *channel_type, *channel_name, *sender_name, *team_id; // as the event says, "" when it does not
    const char *error;
} posted_event;

// Always to be freed.
posted_verdict posted_event_read(bytes frame, posted_event *out);
posted_verdict posted_event_of(cJSON *frame, posted_event *out); // of a frame that was parsed; takes it
void posted_event_free(posted_event *e);

// The kind of the channel by the letter that an event tells; unknown when it tells none.
chat_kind posted_event_kind(const char *channel_type, chat_kind unknown);

#endif
