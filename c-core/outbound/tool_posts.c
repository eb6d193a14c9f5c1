// SPDX-License-Identifier: Apache-2.0
// Posts as a model gets them: who wrote what and when, with the ids that other tools take.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "chat/views.h"
#include "inbound/context_select.h"
#include "inbound/post_text.h"
#include "inbound/visible_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX_BYTES = 4000, ALL_TEXTS_MAX_BYTES = 200 << 10, WHEN_BYTES = 32 };

cJSON *tool_posts_of(const cJSON *post_list) {
    cJSON *posts = json_new_array();
    const cJSON *by_id = json_get(post_list, "posts"), *id = NULL;
    cJSON_ArrayForEach(id, json_array(post_list, "order")) {
        const cJSON *post = cJSON_IsString(id) ? json_get(by_id, id->valuestring) : NULL;
        if (post != NULL && json_int(post, "delete_at", 0) == 0 &&
            strncmp(json_text(post, "type"), "system_", strlen("system_")) != 0)
            json_push(posts, cJSON_Duplicate(post, 1));
    }
    return posts;
}

// --- one post ---

static void add_time(cJSON *to, const char *name, int64_t at_ms) {
    char text[WHEN_BYTES];
    const time_t at_s = (time_t)(at_ms / 1000);
    struct tm when;
    if (at_ms > 0 && gmtime_r(&at_s, &when) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &when) > 0)
        json_add_string(to, name, text);
}

static const chat_user *author_of(const chat_post *post, const chat_user *users, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(users[i].id, post->user_id) == 0)
            return &users[i];
    }
    return NULL;
}

static cJSON *told(const tool_run *r, const chat_post *post, const chat_user *author, const cJSON *channel) {
    cJSON *json = json_new_object();
    char *all = post_text(post), *text = visible_text(bytes_str(all), TEXT_MAX_BYTES);
    json_add_string(json, "id", post->id);
    if (channel != NULL) {
        json_add_string(json, "channelId", post->channel_id);
        json_add_string(json, "channel", json_text(channel, "name"));
    }
    if (*post->root_id != '\0')
        json_add_string(json, "threadId", post->root_id);
    if (strcmp(post->user_id, r->account->bot_user_id) == 0)
        json_add_bool(json, "you", true);
    json_add_string(json, "user", author != NULL ? author->username : "");
    json_add_string(json, "userId", post->user_id);
    add_time(json, "at", post->create_at_ms);
    add_time(json, "editedAt", post->edit_at_ms);
    if (post->is_pinned)
        json_add_bool(json, "pinned", true);
    json_add_string(json, "text", text);
    if (cJSON_GetArraySize(post->file_ids) > 0)
        json_add(json, "files", cJSON_Duplicate(post->file_ids, 1));
    free(text);
    free(all);
    return json;
}

// --- all of them ---

static bool shown(const tool_run *r, const chat_post *post, const chat_user *author, char type) {
    const char letter[] = {type, '\0'};
    const context_rules rules = {.config = r->account->config,
                                 .bot_user_id = r->account->bot_user_id,
                                 .bot_username = r->account->bot_username,
                                 .kind = chat_kind_of(letter),
                                 .channel_id = post->channel_id,
                                 .root_id = "",
                                 .post_id = ""};
    return context_shows(&rules, post, author);
}

static char type_in(const cJSON *channel, const tool_run *r) {
    return channel != NULL ? *json_text(channel, "type") : r->place.type;
}

static void on_authors(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    tool_run *r = ctx;
    const cJSON *item = NULL;
    size_t length = 0, hidden = 0;
    if (error->err != OC_OK) {
        tool_refuse_failure(r, "The authors could not be looked up", error);
        return;
    }
    if (r->account->config == NULL) {
        tool_refuse_verdict(r, AUTHORISE_NO_ACCOUNT);
        return;
    }
    cJSON *head = cJSON_DetachItemFromObjectCaseSensitive(r->found, "head");
    cJSON *posts = json_add_array(head, "posts");
    cJSON_ArrayForEach(item, json_array(r->found, "posts")) {
        const chat_post post = chat_post_view(item);
        const chat_user *author = author_of(&post, users, count);
        const cJSON *channel = json_get(r->answers, post.channel_id);
        if (!shown(r, &post, author, type_in(channel, r))) {
            hidden++;
            continue;
        }
        cJSON *json = told(r, &post, author, channel);
        length += strlen(json_text(json, "text"));
        if (length > ALL_TEXTS_MAX_BYTES) {
            r->more = true;
            cJSON_Delete(json);
            break;
        }
        json_push(posts, json);
    }
    if (hidden > 0)
        json_add_int(head, "hiddenByContextVisibility", (int64_t)hidden);
    json_add_bool(head, "hasMore", r->more);
    tool_answer(r, head);
}

void tool_answer_posts(tool_run *r, cJSON *head, cJSON *posts) {
    const char *ids[CHAT_USERS_MAX + 1] = {NULL};
    size_t count = 0;
    const cJSON *post = NULL;
    cJSON_Delete(r->found);
    r->found = json_new_object();
    json_add(r->found, "head", head);
    json_add(r->found, "posts", posts);
    cJSON_ArrayForEach(post, posts) {
        size_t known = 0;
        while (known < count && strcmp(ids[known], json_text(post, "user_id")) != 0)
            known++;
        if (known == count && count < CHAT_USERS_MAX)
            ids[count++] = json_text(post, "user_id");
    }
    if (count == 0)
        on_authors(r, &(chat_error){.err = OC_OK, .id = "", .message = ""}, NULL, 0);
    else
        chat_get_users_by_ids(r->tools->parts.chat, ids, on_authors, r);
}
