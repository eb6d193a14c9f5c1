// SPDX-License-Identifier: Apache-2.0
#include "inbound/post_facts.h"

#include "base/json.h"

#include <string.h>

// Props are JSON that integrations write: "true" as text counts as well.
static bool is_set(const cJSON *props, const char *key) {
    const cJSON *value = json_get(props, key);
    return cJSON_IsTrue(value) || (cJSON_IsString(value) && strcmp(value->valuestring, "true") == 0);
}

void post_facts_read(const chat_post *post, const char *bot_user_id, access_facts *f) {
    f->sender_id = post->user_id;
    f->own_post = strcmp(post->user_id, bot_user_id) == 0;
    f->system_post = strncmp(post->type, "system_", 7) == 0;
    f->from_webhook = is_set(post->props, "from_webhook") ||
                      *json_text(post->props, "override_username") != '\0' ||
                      *json_text(post->props, "webhook_display_name") != '\0';
    f->from_program = is_set(post->props, "from_bot") || is_set(post->props, "from_plugin") ||
                      is_set(post->props, "from_oauth_app");
    f->deleted = post->delete_at_ms != 0;
}
