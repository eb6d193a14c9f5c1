// SPDX-License-Identifier: Apache-2.0
#include "inbound/context_select.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/views.h"
#include "inbound/access.h"
#include "inbound/visible_text.h"
#include "inbound/post_facts.h"
#include "inbound/post_text.h"
#include "inbound/trigger.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_OF_A_POST_MAX = 10, NAME_MAX_BYTES = 200 };

// --- by what the posts are themselves ---

static int newest_first(const void *a, const void *b) {
    const chat_post *x = a, *y = b;
    if (x->create_at_ms != y->create_at_ms)
        return x->create_at_ms < y->create_at_ms ? 1 : -1;
    return strcmp(y->id, x->id);
}

static bool is_ours(const chat_post *post, const context_rules *r) {
    return strcmp(post->user_id, r->bot_user_id) == 0;
}

// A word of ours that is no part of an answer: that the gateway is away, and the like.
static bool is_notice(const chat_post *post) {
    return json_int(json_get(post->props, "openclaw"), "part", 0) < 0;
}

static bool stands_there(const chat_post *post, const context_rules *r) {
    if (strcmp(post->channel_id, r->channel_id) != 0)
        return false;
    if (*r->root_id == '\0')
        return *post->root_id == '\0';
    return strcmp(post->root_id, r->root_id) == 0 || strcmp(post->id, r->root_id) == 0;
}

static bool in_question(const chat_post *post, const context_rules *r) {
    return stands_there(post, r) && strcmp(post->id, r->post_id) != 0 && post->create_at_ms <= r->asked_ms &&
           post->create_at_ms >= r->asked_ms - CONTEXT_MAX_AGE_MS && post->delete_at_ms == 0 &&
           *post->user_id != '\0' && strncmp(post->type, "system_", 7) != 0;
}

void context_candidates_read(const cJSON *post_list, const context_rules *r, context_candidates *out) {
    const cJSON *posts = json_get(post_list, "posts"), *json = NULL;
    size_t all = (size_t)cJSON_GetArraySize(posts), count = 0;
    chat_post *list = xcalloc(all + 1, sizeof *list);
    cJSON_ArrayForEach(json, posts) {
        chat_post post = chat_post_view(json);
        if (in_question(&post, r))
            list[count++] = post;
    }
    qsort(list, count, sizeof *list, newest_first);
    out->count = 0;
    for (size_t i = 0; i < count && out->count < CONTEXT_MESSAGES_MAX; i++) {
        if (!is_ours(&list[i], r))
            out->posts[out->count++] = list[i];
        else if (!is_notice(&list[i]))
            break;
    }
    free(list);
}

// --- by who wrote them ---

static const chat_user *user_of(const context_facts *f, const char *user_id) {
    for (size_t i = 0; i < f->user_count; i++) {
        if (strcmp(f->users[i].id, user_id) == 0)
            return &f->users[i];
    }
    return NULL;
}

static access_facts author_facts(const chat_post *post, const context_rules *r, const chat_user *user) {
    access_facts f = {.event = ACCESS_HISTORY,
                      .has_body = true,
                      .channel_known = true,
                      .kind = r->kind,
                      .channel_id = r->channel_id,
                      .bot_is_member = true,
                      .sender_name = ""};
    post_facts_read(post, r->bot_user_id, &f);
    if (user != NULL) {
        f.sender_known = true;
        f.sender_name = user->username;
        f.sender_deactivated = user->delete_at_ms != 0;
        f.sender_is_bot = user->is_bot;
        f.sender_is_guest = strstr(user->roles, "system_guest") != NULL;
    }
    return f;
}

// The post was a question to the bot by somebody who may: the session knows it, and what stood before it.
static bool was_asked(const chat_post *post, const context_rules *r, access_facts f) {
    char *text = post_text(post);
    trigger t = trigger_read(text, r->bot_username, r->config);
    f.event = ACCESS_POST;
    f.mentioned = t.mentioned;
    f.by_pattern = t.by_pattern;
    f.prefixed = t.prefixed;
    f.has_body = t.has_body;
    bool asked = access_decide(&f, r->config).verdict == ACCESS_ANSWER;
    trigger_free(&t);
    free(text);
    return asked;
}

static bool visible(const chat_post *post, const context_rules *r, const access_facts *f) {
    context_visibility v = r->config->context_visibility;
    if (v == CONTEXT_ALL)
        return true;
    if (v == CONTEXT_ALLOWLIST_QUOTE && strcmp(post->id, r->root_id) == 0)
        return true; // what the question replies to
    return access_decide(f, r->config).verdict == ACCESS_ANSWER;
}

bool context_shows(const context_rules *r, const chat_post *post, const chat_user *user) {
    const access_facts f = author_facts(post, r, user);
    return is_ours(post, r) || visible(post, r, &f);
}

// --- as they are told ---

// What does not fit any more is left out.
static void add_files(buf *out, const chat_post *post, const cJSON *names) {
    const cJSON *id = NULL;
    int count = 0;
    cJSON_ArrayForEach(id, post->file_ids) {
        if (!cJSON_IsString(id) || count++ == FILES_OF_A_POST_MAX)
            return;
        char *name = visible_line(bytes_str(json_text(names, id->valuestring)), NAME_MAX_BYTES);
        oc_err err =
            buf_printf(out, "%s[file%s%s]", out->len > 0 ? "\n" : "", *name != '\0' ? " " : "", name);
        free(name);
        if (err != OC_OK)
            return;
    }
}

static char *told(const chat_post *post, const cJSON *names) {
    char *all = post_text(post), *plain = visible_text(bytes_str(all), CONTEXT_MESSAGE_MAX_BYTES);
    bytes trimmed = utf8_trim(bytes_str(plain));
    buf out;
    buf_init(&out, CONTEXT_MESSAGE_MAX_BYTES * 2);
    if (buf_append(&out, trimmed.data, trimmed.len) == OC_OK)
        add_files(&out, post, names);
    free(plain);
    free(all);
    return buf_take_str(&out);
}

static context_message message_of(const chat_post *post, const chat_user *user, const access_facts *f,
                                  char *text) {
    const char *name = user != NULL ? user->username : "";
    return (context_message){.post_id = xstrdup(post->id),
                             .user_id = xstrdup(post->user_id),
                             .sender = visible_line(bytes_str(name), NAME_MAX_BYTES),
                             .text = text,
                             .bot = f->sender_is_bot,
                             .hook = f->from_webhook || f->from_program,
                             .create_at_ms = post->create_at_ms};
}

static void put_oldest_first(context *c) {
    for (size_t i = 0; i < c->count / 2; i++) {
        context_message m = c->items[i];
        c->items[i] = c->items[c->count - 1 - i];
        c->items[c->count - 1 - i] = m;
    }
}

context *context_choose(const context_candidates *candidates, const context_rules *r,
                        const context_facts *f) {
    context *c = xcalloc(1, sizeof *c);
    size_t bytes_left = CONTEXT_MAX_BYTES, limit = (size_t)r->config->history_limit;
    c->thread = *r->root_id != '\0';
    for (size_t i = 0; i < candidates->count && c->count < limit; i++) {
        const chat_post *post = &candidates->posts[i];
        const chat_user *user = user_of(f, post->user_id);
        access_facts facts = author_facts(post, r, user);
        if (was_asked(post, r, facts))
            break;
        if (!visible(post, r, &facts))
            continue;
        char *text = told(post, f->file_names);
        size_t len = strlen(text);
        if (len == 0 || len > bytes_left) {
            free(text);
            if (len > 0)
                break;
            continue;
        }
        bytes_left -= len;
        c->items[c->count++] = message_of(post, user, &facts, text);
    }
    put_oldest_first(c);
    if (c->count > 0)
        return c;
    context_free(c);
    return NULL;
}

void context_free(context *c) {
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].post_id);
        free(c->items[i].user_id);
        free(c->items[i].sender);
        free(c->items[i].text);
    }
    free(c);
}
