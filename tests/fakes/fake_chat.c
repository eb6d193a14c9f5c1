// SPDX-License-Identifier: Apache-2.0
#include "fakes/fake_chat.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/audit.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct chat {
    int unused;
};
struct chat_post_ticket {
    char *post_id;
};

fake_chat FAKE;
static chat THE_CHAT;

// One answer that waits.
typedef struct held {
    const char *call;
    void (*answer)(struct held *h, const chat_error *error);
    void (*drop)(struct held *h); // frees ctx, when it is never answered; NULL: it is not ours
    union {
        chat_done_fn *done;
        chat_post_fn *post;
        chat_user_fn *user;
        chat_users_fn *users;
        chat_channel_fn *channel;
        chat_team_fn *team;
        chat_file_fn *file;
        chat_server_info_fn *info;
        chat_text_fn *text;
        chat_json_fn *json;
        chat_bytes_fn *value;
        chat_flag_fn *flag;
    } fn;
    void *ctx;
    char *id, *other;
    cJSON *list;
    bool flag;
    struct held *next;
} held;

static held *HELD;

static void files_free(void);

chat *fake_chat_create(void) {
    memset(&FAKE, 0, sizeof FAKE);
    FAKE.kv = json_new_object();
    FAKE.settings = json_new_object();
    FAKE.bots = json_new_array();
    FAKE.channel_interest = json_new_object();
    FAKE.reactions = json_new_object();
    FAKE.commands = json_new_object();
    FAKE.audits = json_new_array();
    FAKE.support = json_new_object();
    FAKE.info = (chat_server_info){.site_url = "https://chat.example",
                                   .version = "11.11.0",
                                   .max_post_runes = 16383,
                                   .max_file_size_bytes = 100 << 20,
                                   .file_attachments = true,
                                   .teammate_name_display = "username",
                                   .commands = true,
                                   .edit_limit_s = -1,
                                   .plugin_uploads = true,
                                   .plugin_health_check = true,
                                   .logs = true,
                                   .locale = "en"};
    return &THE_CHAT;
}

static void free_posted(fake_posted *p) {
    free(p->id);
    free(p->user_id);
    free(p->channel_id);
    free(p->root_id);
    free(p->message);
    free(p->first_message);
    free(p->turn);
    free(p->key);
    cJSON_Delete(p->props);
    cJSON_Delete(p->file_ids);
}

static void free_held(held *h) {
    cJSON_Delete(h->list);
    free(h->id);
    free(h->other);
    free(h);
}

void fake_chat_destroy(void) {
    for (size_t i = 0; i < FAKE.post_count; i++)
        free_posted(&FAKE.posts[i]);
    for (size_t i = 0; i < FAKE.ephemeral_count; i++)
        free_posted(&FAKE.ephemeral[i]);
    for (size_t i = 0; i < FAKE.outcome_count; i++)
        free(FAKE.outcome_ids[i]);
    while (HELD != NULL) {
        held *next = HELD->next;
        if (HELD->drop != NULL)
            HELD->drop(HELD);
        free_held(HELD);
        HELD = next;
    }
    cJSON_Delete(FAKE.kv);
    cJSON_Delete(FAKE.dialog);
    cJSON_Delete(FAKE.settings);
    cJSON_Delete(FAKE.bots);
    cJSON_Delete(FAKE.channel_interest);
    cJSON_Delete(FAKE.reactions);
    cJSON_Delete(FAKE.world);
    cJSON_Delete(FAKE.commands);
    cJSON_Delete(FAKE.audits);
    cJSON_Delete(FAKE.support);
    free(FAKE.command_answer);
    free(FAKE.pushed_to);
    free(FAKE.interest_name);
    files_free();
}

static bool fake_would_fail(const char *call) {
    const char *only = FAKE.fail_posts_only ? "create_post" : FAKE.fail_call;
    return FAKE.fail_skip == 0 && FAKE.fail_next > 0 && (only == NULL || strcmp(only, call) == 0);
}

static bool fake_fails(const char *call) {
    bool now = fake_would_fail(call);
    if (now)
        FAKE.fail_next--;
    else if (FAKE.fail_skip > 0)
        FAKE.fail_skip--;
    return now;
}

static void answer_one(held *h) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    chat_error error = none;
    FAKE.calls++;
    if (fake_fails(h->call))
        error = FAKE.failure;
    h->answer(h, &error);
    free_held(h);
}

static held *fake_copy_of(held h) {
    held *kept = xmalloc(sizeof *kept);
    *kept = h;
    kept->next = NULL;
    return kept;
}

static void take_later(held h) {
    held **end = &HELD;
    while (*end != NULL)
        end = &(*end)->next;
    *end = fake_copy_of(h);
}

static void take(held h) {
    if (FAKE.hold)
        take_later(h);
    else
        answer_one(fake_copy_of(h));
}

void fake_chat_answer_all(void) {
    while (HELD != NULL) {
        held *first = HELD;
        HELD = first->next;
        answer_one(first);
    }
}

// --- tickets ---

chat_post_ticket *fake_chat_ticket(const char *post_id) {
    chat_post_ticket *t = xmalloc(sizeof *t);
    t->post_id = xstrdup(post_id);
    return t;
}

void chat_post_outcome(chat_post_ticket *t, outcome_reason reason) {
    FAKE.outcome_ids[FAKE.outcome_count] = t->post_id;
    FAKE.outcomes[FAKE.outcome_count++] = reason;
    free(t);
}

void chat_post_leave(chat_post_ticket *t) {
    FAKE.left_tickets++;
    free(t->post_id);
    free(t);
}

bool fake_chat_has_outcome(const char *post_id) {
    for (size_t i = 0; i < FAKE.outcome_count; i++) {
        if (strcmp(FAKE.outcome_ids[i], post_id) == 0)
            return true;
    }
    return false;
}

outcome_reason fake_chat_outcome(const char *post_id) {
    int found = 0;
    outcome_reason reason = REASON_COUNT;
    for (size_t i = 0; i < FAKE.outcome_count; i++) {
        if (strcmp(FAKE.outcome_ids[i], post_id) == 0) {
            reason = FAKE.outcomes[i];
            found++;
        }
    }
    if (found != 1)
        fail_msg("post %s has %d outcomes", post_id, found);
    return reason;
}

// --- posts ---

static void fake_record(fake_posted *p, char *id, const chat_post *post) {
    const cJSON *mark = json_get(post->props, "openclaw");
    p->id = id;
    p->user_id = xstrdup(post->user_id);
    p->channel_id = xstrdup(post->channel_id);
    p->root_id = xstrdup(post->root_id);
    p->message = xstrdup(post->message);
    p->first_message = xstrdup(post->message);
    p->turn = xstrdup(json_text(mark, "turn"));
    p->key = xstrdup(post->key);
    p->part = (int)json_int(mark, "part", -100);
    p->props = cJSON_Duplicate(post->props, 1);
    p->file_ids = cJSON_Duplicate(post->file_ids, 1);
}

static void record_post(const chat_post *post) {
    fake_posted *p = &FAKE.posts[FAKE.post_count++];
    fake_record(p, xasprintf("reply%zu", FAKE.post_count), post);
}

fake_posted *fake_chat_add_post(const char *id, const char *channel_id, const char *user_id,
                                const char *root_id, const char *message) {
    fake_posted *p = &FAKE.posts[FAKE.post_count++];
    fake_record(
        p, xstrdup(id),
        &(chat_post){.channel_id = channel_id, .user_id = user_id, .root_id = root_id, .message = message});
    return p;
}

fake_posted *fake_chat_post(const char *id) {
    for (size_t i = 0; i < FAKE.post_count; i++) {
        if (strcmp(FAKE.posts[i].id, id) == 0)
            return &FAKE.posts[i];
    }
    return NULL;
}

static int64_t fake_created_ms(const fake_posted *p) {
    return 1000 + (p - FAKE.posts);
}

static cJSON *fake_post_json(const fake_posted *p) {
    cJSON *json = json_new_object();
    json_add_string(json, "id", p->id);
    json_add_string(json, "user_id", p->user_id);
    json_add_string(json, "channel_id", p->channel_id);
    json_add_string(json, "root_id", p->root_id);
    json_add_string(json, "message", p->message);
    json_add_int(json, "create_at", fake_created_ms(p));
    if (p->props != NULL)
        json_add(json, "props", cJSON_Duplicate(p->props, 1));
    if (p->file_ids != NULL)
        json_add(json, "file_ids", cJSON_Duplicate(p->file_ids, 1));
    return json;
}

static const fake_posted *posted_with(const char *key) {
    for (size_t i = 0; i < FAKE.post_count; i++) {
        if (strcmp(FAKE.posts[i].key, key) == 0)
            return &FAKE.posts[i];
    }
    return NULL;
}

static void answer_post(held *h, const chat_error *error) {
    chat_post post = {.id = "", .user_id = "", .channel_id = "", .root_id = "", .message = "", .type = ""};
    chat_post made = {.user_id = json_text(h->list, "user_id"),
                      .channel_id = json_text(h->list, "channel_id"),
                      .root_id = json_text(h->list, "root_id"),
                      .message = json_text(h->list, "message"),
                      .key = json_text(h->list, "key"),
                      .props = json_get(h->list, "props"),
                      .file_ids = json_array(h->list, "file_ids")};
    const fake_posted *known = FAKE.remembers ? posted_with(made.key) : NULL;
    if (known == NULL && (error->err == OC_OK || FAKE.post_then_fail)) {
        record_post(&made);
        known = &FAKE.posts[FAKE.post_count - 1];
    }
    if (known != NULL) {
        post.id = known->id;
        post.channel_id = known->channel_id;
        post.create_at_ms = fake_created_ms(known);
        post.message = known->first_message;
    }
    h->fn.post(h->ctx, error, &post);
}

void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *kept = json_new_object();
    (void)c;
    json_add_string(kept, "user_id", post->user_id);
    json_add_string(kept, "channel_id", post->channel_id);
    json_add_string(kept, "root_id", post->root_id);
    json_add_string(kept, "message", post->message);
    json_add_string(kept, "key", post->key);
    if (post->props != NULL)
        json_add(kept, "props", cJSON_Duplicate(post->props, 1));
    if (post->file_ids != NULL)
        json_add(kept, "file_ids", cJSON_Duplicate(post->file_ids, 1));
    take((held){.call = "create_post", .answer = answer_post, .fn.post = fn, .ctx = ctx, .list = kept});
}

static void answer_json(held *h, const chat_error *error) {
    h->fn.json(h->ctx, error, h->list);
}

// Newest first, those before the post before_id only (NULL: all).
static cJSON *fake_post_list(const char *channel_id, const char *root_id, const char *before_id, int count) {
    cJSON *list = json_new_object(), *order = json_add_array(list, "order"),
          *posts = json_add_object(list, "posts");
    const fake_posted *before = before_id != NULL ? fake_chat_post(before_id) : NULL;
    size_t end = before != NULL ? (size_t)(before - FAKE.posts) : FAKE.post_count;
    for (size_t i = end; i-- > 0 && cJSON_GetArraySize(order) < count;) {
        const fake_posted *p = &FAKE.posts[i];
        bool wanted = root_id != NULL ? strcmp(p->root_id, root_id) == 0 || strcmp(p->id, root_id) == 0
                                      : strcmp(p->channel_id, channel_id) == 0;
        if (!wanted || p->deleted || FAKE.blind)
            continue;
        json_push(order, json_new_string(p->id));
        json_add(posts, p->id, fake_post_json(p));
    }
    return list;
}

void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                    void *ctx) {
    (void)c, (void)page_number;
    take((held){.call = "get_posts",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = fake_post_list(channel_id, NULL, NULL, count)});
}

void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "get_thread",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = fake_post_list(NULL, root_id, NULL, FAKE_POSTS_MAX)});
}

void chat_get_posts_before(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                           void *ctx) {
    (void)c;
    take((held){.call = "get_posts_before",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = fake_post_list(channel_id, NULL, post_id, count)});
}

static cJSON *fake_posts_after(const char *channel_id, const char *post_id, int count) {
    cJSON *all = fake_post_list(channel_id, NULL, NULL, FAKE_POSTS_MAX);
    cJSON *order = cJSON_GetObjectItemCaseSensitive(all, "order");
    int end = 0;
    while (end < cJSON_GetArraySize(order) &&
           strcmp(cJSON_GetArrayItem(order, end)->valuestring, post_id) != 0)
        end++;
    while (cJSON_GetArraySize(order) > end)
        cJSON_DeleteItemFromArray(order, end);
    while (cJSON_GetArraySize(order) > count)
        cJSON_DeleteItemFromArray(order, 0); // the next ones after it
    return all;
}

void chat_get_posts_after(chat *c, const char *channel_id, const char *post_id, int count, chat_json_fn *fn,
                          void *ctx) {
    (void)c;
    take((held){.call = "get_posts_after",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = fake_posts_after(channel_id, post_id, count)});
}

#include "fakes/fake_chat_posts.c"

void chat_typing(chat *c, const char *user_id, const char *channel_id, const char *root_id) {
    (void)c, (void)user_id, (void)channel_id, (void)root_id;
    FAKE.typing++;
}

// --- people and places ---

static bool starts(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static chat_user fake_user(const char *id) {
    return (chat_user){
        .id = id,
        .username = id,
        .nickname = "",
        .first_name = "",
        .last_name = "",
        .locale = starts(id, "deutsch") || (FAKE.german != NULL && strcmp(FAKE.german, id) == 0) ? "de" : "",
        .roles = starts(id, "admin") ? "system_user system_admin" : "system_user",
        .is_bot = starts(id, "bot"),
        .delete_at_ms = starts(id, "gone") ? 5 : 0};
}

static void answer_flag(held *h, const chat_error *error) {
    h->fn.flag(h->ctx, error, h->flag);
}

#include "fakes/fake_chat_world.c"
#include "fakes/fake_chat_people.c"

void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *ids = json_new_array();
    (void)c;
    json_push(ids, json_new_string("admin1"));
    json_push(ids, json_new_string("admin2"));
    take((held){.call = "system_admins", .answer = answer_json, .fn.json = fn, .ctx = ctx, .list = ids});
}

// --- our bot, settings, store ---

static void answer_done(held *h, const chat_error *error) {
    h->fn.done(h->ctx, error);
}

#include "fakes/fake_chat_bots.c"

void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "load_settings",
                .answer = answer_json,
                .fn.json = fn,
                .ctx = ctx,
                .list = cJSON_Duplicate(FAKE.settings, 1)});
}

static void answer_value(held *h, const chat_error *error) {
    const char *value = error->err == OC_OK ? json_string(FAKE.kv, h->id) : NULL;
    char *copy = xstrdup(value);
    h->fn.value(h->ctx, error, bytes_str(value != NULL ? copy : NULL), value != NULL);
    free(copy);
}

void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx) {
    (void)c;
    take((held){.call = "kv_get", .answer = answer_value, .fn.value = fn, .ctx = ctx, .id = xstrdup(key)});
}

static void put(const char *key, bytes value) {
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, key);
    json_add(FAKE.kv, key, json_new_string_n((const char *)value.data, value.len));
}

static bool is_sealed(const char *key) {
    return FAKE.sealed && strncmp(key, CHAT_KV_UNSEALED, strlen(CHAT_KV_UNSEALED)) != 0;
}

void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx) {
    (void)c, (void)expire_s;
    if (!fake_would_fail("kv_set") && !is_sealed(key))
        put(key, value);
    take((held){.call = "kv_set", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx) {
    (void)expire_s;
    const char *present = json_string(FAKE.kv, key);
    (void)c;
    bool same = is_sealed(key) || (present == NULL ? old.data == NULL : bytes_is(old, present));
    if (same && !is_sealed(key) && !fake_would_fail("kv_compare_and_set"))
        put(key, value);
    take(
        (held){.call = "kv_compare_and_set", .answer = answer_flag, .fn.flag = fn, .ctx = ctx, .flag = same});
}

void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx) {
    (void)c;
    if (!is_sealed(key))
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, key);
    take((held){.call = "kv_delete", .answer = answer_done, .fn.done = fn, .ctx = ctx});
}

// --- events ---

void chat_on(chat *c, const chat_events *events, void *ctx) {
    (void)c;
    FAKE.events = *events;
    FAKE.ctx = ctx;
}

void chat_activated(chat *c) {
    (void)c;
    FAKE.activated = true;
}

void chat_stopped(chat *c) {
    (void)c;
    FAKE.stopped = true;
}

struct chat_command_ticket {
    int unused;
};

chat_command_ticket *fake_chat_command_ticket(void) {
    return xcalloc(1, sizeof(chat_command_ticket));
}

void chat_command_reply(chat_command_ticket *t, const chat_command_result *result) {
    free(FAKE.command_answer);
    free(FAKE.pushed_to);
    FAKE.command_answer = xstrdup(result->text);
    FAKE.command_in_channel = result->in_channel;
    free(t);
}

void chat_command_answer(chat_command_ticket *t, const char *text) {
    chat_command_reply(t, &(chat_command_result){.text = text});
}

void chat_set_interest(chat *c, const chat_filter *filter) {
    (void)c;
    free(FAKE.interest_name);
    FAKE.interest_name = xstrdup(filter->names[0]);
    FAKE.own_posts = filter->own_posts;
}

void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest) {
    (void)c;
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.channel_interest, channel_id);
    json_add_int(FAKE.channel_interest, channel_id, interest);
}

#include "fakes/fake_chat_files.c"
#include "fakes/fake_chat_server.c"
