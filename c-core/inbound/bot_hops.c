// SPDX-License-Identifier: Apache-2.0
#include "inbound/bot_hops.h"

#include "base/json.h"
#include "chat/views.h"
#include "inbound/access.h"
#include "inbound/post_facts.h"

#include <string.h>

static bool by_person(const chat_post *post, const char *bot_user_id) {
    access_facts f = {.event = ACCESS_HISTORY};
    post_facts_read(post, bot_user_id, &f);
    return !f.own_post && !f.system_post && !f.from_webhook && !f.from_program;
}

// Further parts of an answer, and notices, are no answers of their own.
static bool is_answer(const chat_post *post, const char *bot_user_id) {
    return strcmp(post->user_id, bot_user_id) == 0 &&
           json_int(json_get(post->props, "openclaw"), "part", 0) == 0;
}

static bool stands_there(const chat_post *one, const chat_post *post) {
    return strcmp(one->id, post->id) != 0 && one->create_at_ms <= post->create_at_ms &&
           (*post->root_id != '\0' || *one->root_id == '\0');
}

int bot_hops_count(const cJSON *post_list, const chat_post *post, const char *bot_user_id) {
    const cJSON *posts = json_get(post_list, "posts"), *json = NULL;
    int64_t person_ms = INT64_MIN;
    int hops = 0;
    cJSON_ArrayForEach(json, posts) {
        const chat_post one = chat_post_view(json);
        if (stands_there(&one, post) && one.create_at_ms > person_ms && by_person(&one, bot_user_id))
            person_ms = one.create_at_ms;
    }
    cJSON_ArrayForEach(json, posts) {
        const chat_post one = chat_post_view(json);
        hops += stands_there(&one, post) && one.create_at_ms > person_ms && is_answer(&one, bot_user_id);
    }
    return hops;
}
