// SPDX-License-Identifier: Apache-2.0
#include "chat/posted_event.h"

#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

static posted_verdict invalid(posted_event *e, const char *error) {
    e->error = error;
    return POSTED_INVALID;
}

// The post may be a JSON text or an object.
static const cJSON *post_of(posted_event *e, const cJSON *data) {
    const cJSON *post = json_get(data, "post");
    if (cJSON_IsString(post) && json_parse(bytes_str(post->valuestring), &e->parsed_post) == OC_OK)
        post = e->parsed_post;
    return cJSON_IsObject(post) ? post : NULL;
}

static const char *channel_of(const posted_event *e, const cJSON *data) {
    const char *id = json_text(e->post, "channel_id");
    if (*id == '\0')
        id = json_text(data, "channel_id");
    return *id != '\0' ? id : json_text(json_get(e->frame, "broadcast"), "channel_id");
}

posted_verdict posted_event_read(bytes frame, posted_event *out) {
    cJSON *json = NULL;
    if (json_parse(frame, &json) == OC_OK)
        return posted_event_of(json, out);
    *out = (posted_event){.error = ""};
    return invalid(out, "The frame is no JSON.");
}

posted_verdict posted_event_of(cJSON *frame, posted_event *out) {
    *out = (posted_event){.error = "", .frame = frame};
    if (!cJSON_IsObject(out->frame))
        return invalid(out, "The frame is no JSON object.");
    if (strcmp(json_text(out->frame, "event"), "posted") != 0)
        return POSTED_OTHER;
    const cJSON *data = json_get(out->frame, "data");
    out->post = post_of(out, data);
    if (out->post == NULL)
        return invalid(out, "The event holds no post.");
    out->post_id = json_text(out->post, "id");
    out->user_id = json_text(out->post, "user_id");
    out->channel_id = channel_of(out, data);
    out->channel_type = json_text(data, "channel_type");
    out->channel_name = json_text(data, "channel_name");
    out->sender_name = json_text(data, "sender_name");
    out->team_id = json_text(data, "team_id");
    if (*out->post_id == '\0')
        return invalid(out, "The post has no id.");
    if (*out->user_id == '\0')
        return invalid(out, "The post has no user_id.");
    if (*out->channel_id == '\0')
        return invalid(out, "Neither post nor event name the channel.");
    return POSTED_POST;
}

void posted_event_free(posted_event *e) {
    cJSON_Delete(e->frame);
    cJSON_Delete(e->parsed_post);
    *e = (posted_event){0};
}

chat_kind posted_event_kind(const char *channel_type, chat_kind unknown) {
    return utf8_trim(bytes_str(channel_type)).len > 0 ? chat_kind_of(channel_type) : unknown;
}
