// SPDX-License-Identifier: Apache-2.0
#include "delivery/marker.h"

#include "base/json.h"

#include <string.h>

cJSON *marker_props(const char *turn, int part) {
    cJSON *props = json_new_object();
    cJSON *mark = json_add_object(props, "openclaw");
    json_add_string(mark, "turn", turn);
    json_add_int(mark, "part", part);
    return props;
}

int marker_part(const cJSON *post, const char *user_id, const char *turn) {
    const cJSON *mark = json_get(json_get(post, "props"), "openclaw");
    bool ours = strcmp(json_text(post, "user_id"), user_id) == 0 && json_int(post, "delete_at", 0) == 0 &&
                strcmp(json_text(mark, "turn"), turn) == 0;
    return ours ? (int)json_int(mark, "part", MARKER_NONE) : MARKER_NONE;
}
