// SPDX-License-Identifier: Apache-2.0
// The marker by which a post of ours is known again: props.openclaw = {turn, part}. Pure.
#ifndef OC_DELIVERY_MARKER_H
#define OC_DELIVERY_MARKER_H

#include <cJSON.h>

// New props with the marker; the caller owns them.
cJSON *marker_props(const char *turn, int part);
// The number of the part that the post (an object of Mattermost's) is of that user's answer; MARKER_NONE when it is none, or
// was deleted.
enum { MARKER_NONE = -1000000 };
int marker_part(const cJSON *post, const char *user_id, const char *turn);

#endif
