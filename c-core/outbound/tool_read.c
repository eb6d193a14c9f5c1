// SPDX-License-Identifier: Apache-2.0
// mattermost_read: a channel's posts, or a thread's, newest first.
#include "outbound/tool_run.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_LIMIT = 30, MOST = 200 };

static int limit_of(const tool_run *r) {
    return (int)json_int(r->args, "limit", USUAL_LIMIT);
}

static cJSON *head_of(const tool_run *r) {
    cJSON *head = json_new_object();
    json_add_bool(head, "ok", true);
    json_add_string(head, "channelId", r->place.channel_id);
    if (r->place.type != 'D')
        json_add_string(head, "channel", r->place.name);
    if (r->has_post)
        json_add_string(head, "threadId", *r->post.root_id != '\0' ? r->post.root_id : r->post.id);
    return head;
}

// One more than wanted was asked for, to know whether there are more: the farthest from where reading began.
static void answer(tool_run *r, cJSON *posts) {
    const int limit = limit_of(r);
    const bool forward = *tool_text(r, "after") != '\0';
    r->more = r->more || cJSON_GetArraySize(posts) > limit;
    while (cJSON_GetArraySize(posts) > limit)
        cJSON_DeleteItemFromArray(posts, forward ? 0 : limit);
    tool_answer_posts(r, head_of(r), posts);
}

static void on_channel_posts(void *ctx, const chat_error *error, const cJSON *list) {
    tool_run *r = ctx;
    if (error->err == OC_ENOTFOUND) {
        tool_refuse(r, "NOT_FOUND", "before or after names no post of that channel.");
    } else if (error->err != OC_OK) {
        tool_refuse_failure(r, "The posts could not be read", error);
    } else { // what is left out (joins, leaves) must not look like the end
        r->more = cJSON_GetArraySize(json_array(list, "order")) > limit_of(r);
        answer(r, tool_posts_of(list));
    }
}

// --- threads: the server gives them whole, in any order ---

static int newest_first(const void *a, const void *b) {
    const cJSON *const *x = a, *const *y = b;
    const int64_t left = json_int(*x, "create_at", 0), right = json_int(*y, "create_at", 0);
    return left == right ? strcmp(json_text(*y, "id"), json_text(*x, "id")) : left < right ? 1 : -1;
}

static cJSON *sorted(cJSON *posts) {
    const size_t count = (size_t)cJSON_GetArraySize(posts);
    cJSON **items = xcalloc(count + 1, sizeof *items), *out = json_new_array();
    for (size_t i = 0; i < count; i++)
        items[i] = cJSON_DetachItemFromArray(posts, 0);
    qsort(items, count, sizeof *items, newest_first);
    for (size_t i = 0; i < count; i++)
        json_push(out, items[i]);
    free(items);
    cJSON_Delete(posts);
    return out;
}

static int index_of(const cJSON *posts, const char *id) {
    int at = 0;
    while (at < cJSON_GetArraySize(posts) && strcmp(json_text(cJSON_GetArrayItem(posts, at), "id"), id) != 0)
        at++;
    return at;
}

// Of those sorted the ones before or after a post; none when it is not among them.
static cJSON *part_of(cJSON *posts, const char *before, const char *after) {
    const int count = cJSON_GetArraySize(posts);
    const int from = *before != '\0' ? index_of(posts, before) + 1 : 0;
    const int found = *after != '\0' ? index_of(posts, after) : count;
    const int to = *after != '\0' && found == count ? 0 : found;
    cJSON *chosen = json_new_array();
    for (int i = 0; i < count; i++) {
        cJSON *post = cJSON_DetachItemFromArray(posts, 0);
        if (i >= from && i < to)
            json_push(chosen, post);
        else
            cJSON_Delete(post);
    }
    cJSON_Delete(posts);
    return chosen;
}

static void on_thread(void *ctx, const chat_error *error, const cJSON *list) {
    tool_run *r = ctx;
    if (error->err == OC_ENOTFOUND)
        tool_refuse(r, "NOT_FOUND", "The thread was deleted meanwhile.");
    else if (error->err != OC_OK)
        tool_refuse_failure(r, "The thread could not be read", error);
    else
        answer(r, part_of(sorted(tool_posts_of(list)), tool_text(r, "before"), tool_text(r, "after")));
}

void tool_do_read(tool_run *r) {
    chat *c = r->tools->parts.chat;
    const char *before = tool_text(r, "before"), *after = tool_text(r, "after");
    const int count = limit_of(r) < MOST ? limit_of(r) + 1 : MOST;
    if (*before != '\0' && *after != '\0')
        tool_refuse(r, "INVALID_ARGUMENTS", "before and after exclude each other.");
    else if (r->has_post)
        chat_get_thread(c, *r->post.root_id != '\0' ? r->post.root_id : r->post.id, on_thread, r);
    else if (*before != '\0')
        chat_get_posts_before(c, r->place.channel_id, before, count, on_channel_posts, r);
    else if (*after != '\0')
        chat_get_posts_after(c, r->place.channel_id, after, count, on_channel_posts, r);
    else
        chat_get_posts(c, r->place.channel_id, 0, count, on_channel_posts, r);
}
