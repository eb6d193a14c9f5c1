// SPDX-License-Identifier: Apache-2.0
// The look-ups behind context_select.h: the right to read and the posts at once, then names and files at once.
#include "inbound/context.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"
#include "inbound/context_select.h"

#include <stdlib.h>
#include <string.h>

enum { POSTS_MAX = 200, USERS_MAX = CONTEXT_MESSAGES_MAX };

struct context_query {
    chat *chat;
    const account *account; // not to be looked at once it is forgotten
    chat_kind kind;
    char *channel_id, *root_id, *post_id, *bot_user_id, *bot_username;
    int64_t asked_ms;
    context_fn *fn; // NULL: forgotten, or told
    void *ctx;
    bool running; // context_gather has not returned yet
    int open;     // callbacks that are still to come
    loop_timer limit;

    bool may_read;
    cJSON *posts; // NULL: not there
    context_candidates candidates;
    cJSON *file_names;
    cJSON *users; // of the ones that were found, what counts
};

typedef struct file_query {
    context_query *query;
    char *file_id;
} file_query;

static void destroy(context_query *q) {
    loop_timer_cancel(&q->limit);
    cJSON_Delete(q->posts);
    cJSON_Delete(q->file_names);
    cJSON_Delete(q->users);
    free(q->channel_id);
    free(q->root_id);
    free(q->post_id);
    free(q->bot_user_id);
    free(q->bot_username);
    free(q);
}

static void drop_if_idle(context_query *q) {
    if (q->open == 0 && !q->running && q->fn == NULL)
        destroy(q);
}

static void tell(context_query *q, context *c) {
    context_fn *fn = q->fn;
    q->fn = NULL;
    loop_timer_cancel(&q->limit);
    if (fn != NULL)
        fn(q->ctx, c);
    else
        context_free(c);
}

void context_forget(context_query *q) {
    if (q == NULL)
        return;
    q->fn = NULL;
    loop_timer_cancel(&q->limit);
    drop_if_idle(q);
}

static void on_limit(void *ctx) {
    context_query *q = ctx;
    log_warn("a question goes without its context: the server takes too long", "post_id", q->post_id);
    tell(q, NULL);
    drop_if_idle(q);
}

static context_rules rules_of(const context_query *q) {
    return (context_rules){.config = q->account->config,
                           .bot_user_id = q->bot_user_id,
                           .bot_username = q->bot_username,
                           .kind = q->kind,
                           .channel_id = q->channel_id,
                           .root_id = q->root_id,
                           .post_id = q->post_id,
                           .asked_ms = q->asked_ms};
}

// Nobody waits any more, or there are no rules any more by which to choose.
static bool is_void(const context_query *q) {
    return q->fn == NULL || q->account->config == NULL;
}

// --- names and files ---

static void choose(context_query *q) {
    chat_user users[USERS_MAX];
    context_facts f = {.users = users, .file_names = q->file_names};
    const cJSON *user = NULL;
    cJSON_ArrayForEach(user, q->users) {
        if (f.user_count < USERS_MAX)
            users[f.user_count++] = chat_user_view(user);
    }
    context_rules r = rules_of(q);
    tell(q, context_choose(&q->candidates, &r, &f));
}

// One of the second round's answers is there.
static void arrived(context_query *q) {
    if (--q->open > 0)
        return;
    if (is_void(q))
        tell(q, NULL);
    else
        choose(q);
}

static void on_users(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    context_query *q = ctx;
    if (error->err != OC_OK)
        log_warn("the authors of a context could not be looked up", "post_id", q->post_id, "error",
                 error->message);
    for (size_t i = 0; i < count; i++)
        json_push(q->users, chat_user_to_json(&users[i]));
    arrived(q);
    drop_if_idle(q);
}

static void on_file(void *ctx, const chat_error *error, const chat_file *file) {
    file_query *f = ctx;
    context_query *q = f->query;
    if (error->err == OC_OK && json_get(q->file_names, f->file_id) == NULL)
        json_add_string(q->file_names, f->file_id, file->name);
    free(f->file_id);
    free(f);
    arrived(q);
    drop_if_idle(q);
}

static void ask_users(context_query *q) {
    const char *ids[USERS_MAX + 1] = {0};
    size_t count = 0;
    for (size_t i = 0; i < q->candidates.count; i++) {
        size_t known = 0;
        while (known < count && strcmp(ids[known], q->candidates.posts[i].user_id) != 0)
            known++;
        if (known == count)
            ids[count++] = q->candidates.posts[i].user_id;
    }
    chat_get_users_by_ids(q->chat, ids, on_users, q);
}

static void ask_file(context_query *q, const char *file_id) {
    file_query *f = xmalloc(sizeof *f);
    *f = (file_query){.query = q, .file_id = xstrdup(file_id)};
    q->open++;
    chat_get_file_info(q->chat, file_id, on_file, f);
}

static void ask_files(context_query *q) {
    int count = 0;
    for (size_t i = 0; i < q->candidates.count; i++) {
        const cJSON *id = NULL;
        cJSON_ArrayForEach(id, q->candidates.posts[i].file_ids) {
            if (cJSON_IsString(id) && count++ < CONTEXT_FILES_MAX)
                ask_file(q, id->valuestring);
        }
    }
}

// --- the right to read and the posts ---

static void look_closer(context_query *q) {
    context_rules r = rules_of(q);
    context_candidates_read(q->posts, &r, &q->candidates);
    if (q->candidates.count == 0) {
        tell(q, NULL);
        return;
    }
    q->users = json_new_array();
    q->file_names = json_new_object();
    q->open = 2; // the users', and a hand of our own until all is asked
    ask_users(q);
    ask_files(q);
    arrived(q);
}

// One of the first round's answers is there.
static void came(context_query *q) {
    if (--q->open > 0)
        return;
    if (is_void(q) || !q->may_read || q->posts == NULL)
        tell(q, NULL);
    else
        look_closer(q);
}

static void on_may_read(void *ctx, const chat_error *error, bool may) {
    context_query *q = ctx;
    q->may_read = error->err == OC_OK && may;
    if (error->err != OC_OK)
        log_warn("a question goes without its context: the right to read it could not be looked up",
                 "post_id", q->post_id, "error", error->message);
    came(q);
    drop_if_idle(q);
}

static void on_posts(void *ctx, const chat_error *error, const cJSON *list) {
    context_query *q = ctx;
    if (error->err == OC_OK)
        q->posts = cJSON_Duplicate(list, 1);
    else
        log_warn("a question goes without its context", "post_id", q->post_id, "error", error->message);
    came(q);
    drop_if_idle(q);
}

static void ask_posts(context_query *q) {
    int count = q->account->config->history_limit;
    if (*q->root_id != '\0') {
        chat_get_thread(q->chat, q->root_id, on_posts, q);
        return;
    }
    // Posts in threads, notices and the like stand among them.
    count = count < POSTS_MAX / 2 - 10 ? 2 * count + 20 : POSTS_MAX;
    chat_get_posts_before(q->chat, q->channel_id, q->post_id, count, on_posts, q);
}

static context_query *query_of(chat *c, const context_request *request, context_fn *fn, void *ctx) {
    context_query *q = xcalloc(1, sizeof *q);
    const chat_post *post = request->post;
    *q = (context_query){.chat = c, .account = request->account, .kind = request->kind, .fn = fn, .ctx = ctx};
    q->channel_id = xstrdup(post->channel_id);
    q->root_id = xstrdup(post->root_id);
    q->post_id = xstrdup(post->id);
    q->bot_user_id = xstrdup(request->account->bot_user_id);
    q->bot_username = xstrdup(request->account->bot_username);
    q->asked_ms = post->create_at_ms;
    return q;
}

context_query *context_gather(loop *l, chat *c, const context_request *request, context_fn *fn, void *ctx) {
    const account_config *rules = request->account->config;
    if (request->kind == CHAT_DIRECT || rules == NULL || rules->history_limit <= 0) {
        fn(ctx, NULL); // everything that is said in a direct message is a question
        return NULL;
    }
    context_query *q = query_of(c, request, fn, ctx);
    q->running = true;
    q->open = 2;
    loop_timer_set(l, &q->limit, CONTEXT_LIMIT_MS, on_limit, q);
    chat_has_channel_permission(c, request->post->user_id, q->channel_id, "read_channel", on_may_read, q);
    ask_posts(q);
    q->running = false;
    if (q->fn != NULL)
        return q;
    drop_if_idle(q);
    return NULL;
}
