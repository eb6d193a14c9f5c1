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

bool marker_matches(const cJSON *post, const char *user_id, const char *turn, int part) {
    const cJSON *mark = json_get(json_get(post, "props"), "openclaw");
    return strcmp(json_text(post, "user_id"), user_id) == 0 && strcmp(json_text(mark, "turn"), turn) == 0 &&
           json_int(mark, "part", -1) == part && json_int(post, "delete_at", 0) == 0;
}

const char *marker_find(const cJSON *post_list, const char *user_id, const char *turn, int part) {
    const cJSON *post = NULL;
    cJSON_ArrayForEach(post, json_get(post_list, "posts")) {
        if (marker_matches(post, user_id, turn, part))
            return json_text(post, "id");
    }
    return "";
}
