// SPDX-License-Identifier: Apache-2.0
#include "inbound/access.h"

#include "base/json.h"
#include "base/utf8.h"
#include "inbound/mention.h"

#include <stdlib.h>
#include <string.h>

static access_decision refuse(outcome_reason reason) {
    return (access_decision){.answer = false, .reason = reason};
}

// A person's own post, as far as the post tells.
static access_decision decide_author(const access_facts *f) {
    if (f->own_post)
        return refuse(REASON_SELF);
    if (f->system_post)
        return refuse(REASON_SYSTEM_POST);
    if (f->from_webhook)
        return refuse(REASON_FROM_WEBHOOK);
    if (f->from_bot)
        return refuse(REASON_FROM_BOT);
    if (f->deleted)
        return refuse(REASON_DELETED);
    return (access_decision){.answer = true};
}

static access_decision decide_sender(const access_facts *f, bool direct) {
    if (!f->configured)
        return refuse(REASON_NOT_CONFIGURED);
    if (!f->sender_known)
        return refuse(REASON_FACTS_UNKNOWN);
    if (f->sender_listed)
        return (access_decision){.answer = true};
    if (direct)
        return refuse(REASON_DM_NOT_LISTED);
    return refuse(f->list_empty ? REASON_GROUP_EMPTY_LIST : REASON_GROUP_NOT_LISTED);
}

access_decision access_decide(const access_facts *f) {
    access_decision d = decide_author(f);
    if (!d.answer)
        return d;
    if (f->channel_type != 'D' && f->channel_type != 'G' && f->channel_type != 'P' && f->channel_type != 'O')
        return refuse(REASON_FACTS_UNKNOWN);
    bool direct = f->channel_type == 'D';
    if (!direct && !f->mentioned)
        return refuse(REASON_NO_MENTION);
    if (!f->bot_is_member)
        return refuse(REASON_NOT_MEMBER);
    d = decide_sender(f, direct);
    if (d.answer && !f->has_text)
        return refuse(REASON_EMPTY_BODY);
    return d;
}

// Props are JSON that integrations write: "true" as text counts as well.
static bool is_set(const cJSON *props, const char *key) {
    const cJSON *value = json_get(props, key);
    return cJSON_IsTrue(value) || (cJSON_IsString(value) && strcmp(value->valuestring, "true") == 0);
}

void access_facts_of_post(const chat_post *post, const char *bot_user_id, const char *bot_username,
                          access_facts *f) {
    f->own_post = strcmp(post->user_id, bot_user_id) == 0;
    f->system_post = strncmp(post->type, "system_", 7) == 0;
    f->from_webhook = is_set(post->props, "from_webhook") ||
                      *json_text(post->props, "override_username") != '\0' ||
                      *json_text(post->props, "webhook_display_name") != '\0';
    f->from_bot = is_set(post->props, "from_bot") || is_set(post->props, "from_plugin") ||
                  is_set(post->props, "from_oauth_app");
    f->deleted = post->delete_at_ms != 0;
    f->mentioned = mention_has(post->message, bot_username);
    char *rest = mention_strip(post->message, bot_username);
    f->has_text = utf8_has_visible(bytes_str(rest)) || cJSON_GetArraySize(post->file_ids) > 0 ||
                  (f->mentioned && utf8_has_visible(bytes_str(post->message)));
    free(rest);
}
