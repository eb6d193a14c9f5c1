// SPDX-License-Identifier: Apache-2.0
// The calls of chat.h, each as one call of Mattermost's plugin API.
#include "base/mem.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdarg.h>
#include <stdlib.h>

enum { ADMINS_MAX = 20 };

static const bytes NO_TAIL = {.data = NULL, .len = 0};

// An array of strings: the commonest arguments.
static cJSON *strings(int count, ...) {
    cJSON *params = json_new_array();
    va_list args;
    va_start(args, count);
    for (int i = 0; i < count; i++)
        json_push(params, json_new_string(va_arg(args, const char *)));
    va_end(args);
    return params;
}

static cJSON *one(cJSON *value) {
    cJSON *params = json_new_array();
    json_push(params, value);
    return params;
}

cJSON *plugin_tail_ref(size_t offset, size_t length) {
    cJSON *ref = json_new_object();
    cJSON *place = json_add_array(ref, "$tail");
    json_push(place, json_new_int((int64_t)offset));
    json_push(place, json_new_int((int64_t)length));
    return ref;
}

// --- what an answer becomes ---

static void finish_done(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)result, (void)tail;
    call->fn.done(call->ctx, error);
}

static void finish_post(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_post post = chat_post_view(result);
    (void)tail;
    call->fn.post(call->ctx, error, &post);
}

static void finish_user(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_user user = chat_user_view(result);
    (void)tail;
    call->fn.user(call->ctx, error, &user);
}

static void finish_channel(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_channel channel = chat_channel_view(result);
    (void)tail;
    call->fn.channel(call->ctx, error, &channel);
}

static void finish_text(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.text(call->ctx, error, cJSON_IsString(result) ? result->valuestring : "");
}

static void finish_json(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.json(call->ctx, error, result);
}

static void finish_flag(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.flag(call->ctx, error, cJSON_IsTrue(result));
}

// A membership that does not exist is an answer, not a failure.
static void finish_member(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    (void)tail;
    bool absent = error->err == OC_ENOTFOUND;
    call->fn.flag(call->ctx, absent ? &none : error, !absent && *json_text(result, "user_id") != '\0');
}

// Bytes ride in the tail: {"$tail":[offset,length]}.
static void finish_value(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    const cJSON *place = json_array(result, "$tail");
    const cJSON *at = cJSON_GetArrayItem(place, 0), *length = cJSON_GetArrayItem(place, 1);
    bytes value = NO_TAIL;
    bool found = cJSON_IsNumber(at) && cJSON_IsNumber(length) && at->valuedouble >= 0 &&
                 length->valuedouble >= 0 && at->valuedouble + length->valuedouble <= (double)tail.len;
    if (found)
        value = bytes_of(tail.data + (size_t)at->valuedouble, (size_t)length->valuedouble);
    call->fn.value(call->ctx, error, value, found);
}

static void finish_admins(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    cJSON *ids = json_new_array();
    const cJSON *user = NULL;
    (void)tail;
    cJSON_ArrayForEach(user, result) {
        if (!json_bool(user, "is_bot", false) && json_int(user, "delete_at", 0) == 0)
            json_push(ids, json_new_string(json_text(user, "id")));
    }
    call->fn.json(call->ctx, error, ids);
    cJSON_Delete(ids);
}

static void finish_channel_ids(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    cJSON *ids = json_new_array();
    const cJSON *member = NULL;
    (void)tail;
    cJSON_ArrayForEach(member, result) json_push(ids, json_new_string(json_text(member, "channel_id")));
    call->fn.json(call->ctx, error, ids);
    cJSON_Delete(ids);
}

// --- posts ---

void chat_create_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    cJSON *params = one(chat_post_to_json(post));
    if (post->key != NULL) {
        cJSON *options = json_new_object();
        json_add_string(options, "key", post->key);
        json_push(params, options);
    }
    plugin_api(c, "CreatePost", params, NO_TAIL,
               &(plugin_call){.finish = finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_update_post(chat *c, const chat_post *post, chat_post_fn *fn, void *ctx) {
    plugin_api(c, "UpdatePost", one(chat_post_to_json(post)), NO_TAIL,
               &(plugin_call){.finish = finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_delete_post(chat *c, const char *post_id, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "DeletePost", strings(1, post_id), NO_TAIL,
               &(plugin_call){.finish = finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_get_post(chat *c, const char *post_id, chat_post_fn *fn, void *ctx) {
    plugin_api(c, "GetPost", strings(1, post_id), NO_TAIL,
               &(plugin_call){.finish = finish_post, .fn.post = fn, .ctx = ctx});
}

void chat_get_posts(chat *c, const char *channel_id, int page_number, int count, chat_json_fn *fn,
                    void *ctx) {
    cJSON *params = strings(1, channel_id);
    json_push(params, json_new_int(page_number));
    json_push(params, json_new_int(count));
    plugin_api(c, "GetPostsForChannel", params, NO_TAIL,
               &(plugin_call){.finish = finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_get_thread(chat *c, const char *root_id, chat_json_fn *fn, void *ctx) {
    plugin_api(c, "GetPostThread", strings(1, root_id), NO_TAIL,
               &(plugin_call){.finish = finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_send_ephemeral(chat *c, const char *user_id, const chat_post *post) {
    cJSON *params = strings(1, user_id);
    json_push(params, chat_post_to_json(post));
    plugin_tell(c, "SendEphemeralPost", params);
}

void chat_typing(chat *c, const char *user_id, const char *channel_id, const char *root_id) {
    plugin_tell(c, "PublishUserTyping", strings(3, user_id, channel_id, root_id));
}

// --- people and places ---

void chat_get_user(chat *c, const char *user_id, chat_user_fn *fn, void *ctx) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    const cJSON *known = cache_get(c->users, user_id, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_user user = chat_user_view(known);
        fn(ctx, &none, &user);
        return;
    }
    plugin_api(
        c, "GetUser", strings(1, user_id), NO_TAIL,
        &(plugin_call){
            .finish = finish_user, .fn.user = fn, .ctx = ctx, .cache = c->users, .key = xstrdup(user_id)});
}

void chat_forget_user(chat *c, const char *user_id) {
    cache_drop(c->users, user_id);
}

void chat_get_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    const cJSON *known = cache_get(c->channels, channel_id, loop_now_ms(c->loop));
    if (known != NULL) {
        chat_channel channel = chat_channel_view(known);
        fn(ctx, &none, &channel);
        return;
    }
    plugin_api(c, "GetChannel", strings(1, channel_id), NO_TAIL,
               &(plugin_call){.finish = finish_channel,
                              .fn.channel = fn,
                              .ctx = ctx,
                              .cache = c->channels,
                              .key = xstrdup(channel_id)});
}

void chat_refresh_channel(chat *c, const char *channel_id, chat_channel_fn *fn, void *ctx) {
    plugin_api(c, "GetChannel", strings(1, channel_id), NO_TAIL,
               &(plugin_call){.finish = finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_bot_channels(chat *c, const char *bot_user_id, int page_number, int count, chat_json_fn *fn,
                       void *ctx) {
    cJSON *params = strings(2, "", bot_user_id); // the server does not look at the team
    json_push(params, json_new_int(page_number));
    json_push(params, json_new_int(count));
    plugin_api(c, "GetChannelMembersForUser", params, NO_TAIL,
               &(plugin_call){.finish = finish_channel_ids, .fn.json = fn, .ctx = ctx});
}

void chat_is_member(chat *c, const char *channel_id, const char *user_id, chat_flag_fn *fn, void *ctx) {
    static const chat_error none = {.err = OC_OK, .id = "", .message = ""};
    char *key = xasprintf("%s/%s", channel_id, user_id);
    if (cache_get(c->members, key, loop_now_ms(c->loop)) != NULL) {
        free(key);
        fn(ctx, &none, true);
        return;
    }
    plugin_api(
        c, "GetChannelMember", strings(2, channel_id, user_id), NO_TAIL,
        &(plugin_call){.finish = finish_member, .fn.flag = fn, .ctx = ctx, .cache = c->members, .key = key});
}

void chat_direct_channel(chat *c, const char *user_a, const char *user_b, chat_channel_fn *fn, void *ctx) {
    plugin_api(c, "GetDirectChannel", strings(2, user_a, user_b), NO_TAIL,
               &(plugin_call){.finish = finish_channel, .fn.channel = fn, .ctx = ctx});
}

void chat_system_admins(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *options = json_new_object();
    json_add_string(options, "role", "system_admin");
    json_add_bool(options, "active", true);
    json_add_int(options, "page", 0);
    json_add_int(options, "per_page", ADMINS_MAX);
    plugin_api(c, "GetUsers", one(options), NO_TAIL,
               &(plugin_call){.finish = finish_admins, .fn.json = fn, .ctx = ctx});
}

// --- our bot ---

void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    cJSON *bot = json_new_object();
    json_add_string(bot, "username", username);
    json_add_string(bot, "display_name", display_name);
    json_add_string(bot, "description", description);
    plugin_api(c, "EnsureBotUser", one(bot), NO_TAIL,
               &(plugin_call){.finish = finish_text, .fn.text = fn, .ctx = ctx});
}

void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx) {
    cJSON *params = strings(1, user_id);
    json_push(params, plugin_tail_ref(0, png.len));
    plugin_api(c, "SetProfileImage", params, png,
               &(plugin_call){.finish = finish_done, .fn.done = fn, .ctx = ctx});
}

// --- settings and store ---

void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx) {
    plugin_api(c, "LoadPluginConfiguration", json_new_array(), NO_TAIL,
               &(plugin_call){.finish = finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx) {
    plugin_api(c, "KVGet", strings(1, key), NO_TAIL,
               &(plugin_call){.finish = finish_value, .fn.value = fn, .ctx = ctx});
}

void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx) {
    cJSON *params = strings(1, key);
    json_push(params, plugin_tail_ref(0, value.len));
    json_push(params, json_new_int(expire_s));
    plugin_api(c, "KVSetWithExpiry", params, value,
               &(plugin_call){.finish = finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx) {
    buf tail;
    buf_init(&tail, LINK_LARGE_MAX_BYTES);
    cJSON *params = strings(1, key), *options = json_new_object();
    json_push(params, plugin_tail_ref(old.len, value.len));
    json_add_bool(options, "atomic", true);
    if (old.data != NULL)
        json_add(options, "old_value", plugin_tail_ref(0, old.len));
    json_add_int(options, "expire_in_seconds", expire_s);
    json_push(params, options);
    oc_err err = buf_append(&tail, old.data, old.len);
    if (err == OC_OK)
        err = buf_append(&tail, value.data, value.len);
    if (err == OC_OK) {
        plugin_api(c, "KVSetWithOptions", params, buf_bytes(&tail),
                   &(plugin_call){.finish = finish_flag, .fn.flag = fn, .ctx = ctx});
    } else {
        cJSON_Delete(params);
        fn(ctx, &(chat_error){.err = err, .id = "", .message = "the value is too large"}, false);
    }
    buf_free(&tail);
}

void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "KVDelete", strings(1, key), NO_TAIL,
               &(plugin_call){.finish = finish_done, .fn.done = fn, .ctx = ctx});
}

// --- what concerns us ---

static cJSON *list(const char *const *texts) {
    cJSON *array = json_new_array();
    for (; texts != NULL && *texts != NULL; texts++)
        json_push(array, json_new_string(*texts));
    return array;
}

void chat_set_interest(chat *c, const char *const *bot_user_ids, const char *const *names,
                       const char *const *prefixes) {
    cJSON *filter = json_new_object();
    json_add(filter, "own_user_ids", list(bot_user_ids));
    json_add(filter, "names", list(names));
    json_add(filter, "prefixes", list(prefixes));
    plugin_tell(c, "interest.set", filter);
}

void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest) {
    static const char *const names[] = {"none", "named", "all"};
    cJSON *channels = json_new_object();
    json_add_string(channels, channel_id, names[interest]);
    plugin_tell(c, "interest.channels", channels);
}
