// SPDX-License-Identifier: Apache-2.0
#include "chat/command_plan.h"

#include "base/json.h"

#include <string.h>

static bool same_text(const cJSON *a, const cJSON *b, const char *key) {
    return strcmp(json_text(a, key), json_text(b, key)) == 0;
}

// The server leaves out what is empty; a description that another one may have changed is put right as well.
static bool is_current(const cJSON *present, const cJSON *wanted) {
    static const char *const told[] = {"description", "auto_complete_desc", "auto_complete_hint",
                                       "display_name"};
    if (!same_text(present, wanted, "method") || !same_text(present, wanted, "url"))
        return false;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (json_get(present, told[i]) != NULL && !same_text(present, wanted, told[i]))
            return false;
    }
    return true;
}

command_step command_plan(const cJSON *existing, const char *bot_user_id, const cJSON *wanted,
                          const cJSON **ours) {
    const cJSON *one = NULL;
    bool foreign = false;
    *ours = NULL;
    cJSON_ArrayForEach(one, existing) {
        if (!same_text(one, wanted, "trigger") || json_int(one, "delete_at", 0) != 0)
            continue;
        bool own = strcmp(json_text(one, "creator_id"), bot_user_id) == 0;
        foreign = foreign || !own;
        if (own && *ours == NULL)
            *ours = one;
    }
    if (*ours == NULL)
        return foreign ? COMMAND_FOREIGN : COMMAND_CREATE;
    return is_current(*ours, wanted) ? COMMAND_KEEP : COMMAND_UPDATE;
}
