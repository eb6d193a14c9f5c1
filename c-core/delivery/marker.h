// SPDX-License-Identifier: Apache-2.0
// The marker by which a post of ours is known again: props.openclaw = {turn, part}. Pure.
#ifndef OC_DELIVERY_MARKER_H
#define OC_DELIVERY_MARKER_H

#include <cJSON.h>
#include <stdbool.h>

// New props with the marker; the caller owns them.
cJSON *marker_props(const char *turn, int part);
// The post (an object of Mattermost's) carries it and was written by that user.
bool marker_matches(const cJSON *post, const char *user_id, const char *turn, int part);
// The id of such a post in a PostList, "" when there is none. Borrowed.
const char *marker_find(const cJSON *post_list, const char *user_id, const char *turn, int part);

#endif
