// SPDX-License-Identifier: Apache-2.0
// The calls of chat/server.h, each as one call of Mattermost's plugin API, and the interest filter.
#include "base/mem.h"
#include "chat/audit.h"
#include "chat/plugin_internal.h"

#include <stdlib.h>
#include <string.h>

#define PLUGIN_ID "openclaw" // plugin.json

// --- settings and store ---

void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx) {
    plugin_api(c, "LoadPluginConfiguration", json_new_array(), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx) {
    plugin_api(c, "KVGet", plugin_strings(1, key), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_value, .fn.value = fn, .ctx = ctx});
}

static bool is_sealed(const chat *c, const char *key) {
    return c->sealed && strncmp(key, CHAT_KV_UNSEALED, sizeof CHAT_KV_UNSEALED - 1) != 0;
}

void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx) {
    if (is_sealed(c, key)) {
        fn(ctx, &PLUGIN_NO_ERROR);
        return;
    }
    cJSON *params = plugin_strings(1, key);
    json_push(params, plugin_tail_ref(0, value.len));
    json_push(params, json_new_int(expire_s));
    plugin_api(c, "KVSetWithExpiry", params, value,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx) {
    buf tail;
    if (is_sealed(c, key)) {
        fn(ctx, &PLUGIN_NO_ERROR, true);
        return;
    }
    buf_init(&tail, LINK_LARGE_MAX_BYTES);
    cJSON *params = plugin_strings(1, key), *options = json_new_object();
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
                   &(plugin_call){.finish = plugin_finish_flag, .fn.flag = fn, .ctx = ctx});
    } else {
        cJSON_Delete(params);
        fn(ctx, &(chat_error){.err = err, .id = "", .message = "the value is too large"}, false);
    }
    buf_free(&tail);
}

void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx) {
    if (is_sealed(c, key)) {
        fn(ctx, &PLUGIN_NO_ERROR);
        return;
    }
    plugin_api(c, "KVDelete", plugin_strings(1, key), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_delete_all(chat *c, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "KVDeleteAll", json_new_array(), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_kv_seal(chat *c, bool sealed) {
    c->sealed = sealed;
}

bool chat_is_plugin(const chat *c) {
    (void)c;
    return true;
}

void chat_turn_off(chat *c, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "DisablePlugin", plugin_strings(1, PLUGIN_ID), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

// chat_kv_list: the pages so far.
enum { KV_PAGE_KEYS = 1000 };

typedef struct kv_listing {
    chat_json_fn *fn;
    void *ctx;
    char *prefix;
    cJSON *keys;
    int page_number;
} kv_listing;

static void ask_kv_page(chat *c, kv_listing *l);

static void end_kv_listing(kv_listing *l, const chat_error *error) {
    l->fn(l->ctx, error, l->keys);
    cJSON_Delete(l->keys);
    free(l->prefix);
    free(l);
}

static void finish_kv_page(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    static const char servers_own[] = "mmi_";
    static const chat_error too_many = {.err = OC_ELIMIT, .id = "", .message = "too many keys"};
    kv_listing *l = call->ctx;
    const cJSON *item = NULL;
    (void)tail;
    cJSON_ArrayForEach(item, result) {
        const char *key = cJSON_GetStringValue(item);
        if (key != NULL && strncmp(key, l->prefix, strlen(l->prefix)) == 0 &&
            strncmp(key, servers_own, strlen(servers_own)) != 0)
            json_push(l->keys, json_new_string(key));
    }
    bool more = error->err == OC_OK && cJSON_GetArraySize(result) == KV_PAGE_KEYS;
    if (more && ++l->page_number < CHAT_KV_KEYS_MAX / KV_PAGE_KEYS)
        ask_kv_page(call->chat, l);
    else
        end_kv_listing(l, more ? &too_many : error);
}

static void ask_kv_page(chat *c, kv_listing *l) {
    cJSON *params = json_new_array();
    json_push(params, json_new_int(l->page_number));
    json_push(params, json_new_int(KV_PAGE_KEYS));
    plugin_api(c, "KVList", params, PLUGIN_NO_TAIL, &(plugin_call){.finish = finish_kv_page, .ctx = l});
}

void chat_kv_list(chat *c, const char *prefix, chat_json_fn *fn, void *ctx) {
    kv_listing *l = xcalloc(1, sizeof *l);
    *l = (kv_listing){.fn = fn, .ctx = ctx, .prefix = xstrdup(prefix), .keys = json_new_array()};
    ask_kv_page(c, l);
}

// --- slash commands ---

static void add_text(cJSON *object, const char *key, const char *text) {
    if (text != NULL && *text != '\0')
        json_add_string(object, key, text);
}

void chat_register_command(chat *c, const chat_command_info *command, chat_done_fn *fn, void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "trigger", command->trigger);
    json_add_bool(json, "auto_complete", true);
    add_text(json, "display_name", command->display_name);
    add_text(json, "description", command->description);
    add_text(json, "auto_complete_desc", command->description);
    add_text(json, "auto_complete_hint", command->hint);
    if (command->autocomplete != NULL)
        json_add(json, "autocomplete_data", cJSON_Duplicate(command->autocomplete, 1));
    plugin_api(c, "RegisterCommand", plugin_one(json), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_custom_commands(chat *c, const char *team_id, chat_json_fn *fn, void *ctx) {
    plugin_api(c, "ListCustomCommands", plugin_strings(1, team_id), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_json, .fn.json = fn, .ctx = ctx});
}

void chat_unregister_command(chat *c, const char *trigger, chat_done_fn *fn, void *ctx) {
    plugin_api(c, "UnregisterCommand", plugin_strings(2, "", trigger), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

void chat_open_dialog(chat *c, const char *trigger_id, const char *url, const cJSON *dialog, chat_done_fn *fn,
                      void *ctx) {
    cJSON *json = json_new_object();
    json_add_string(json, "trigger_id", trigger_id);
    json_add_string(json, "url", url);
    json_add(json, "dialog", cJSON_Duplicate(dialog, 1));
    plugin_api(c, "OpenInteractiveDialog", plugin_one(json), PLUGIN_NO_TAIL,
               &(plugin_call){.finish = plugin_finish_done, .fn.done = fn, .ctx = ctx});
}

// --- audit ---

// Servers before 10.10 do not know the call; ours are newer (min_server_version).
void chat_audit(chat *c, const cJSON *record) {
    plugin_tell(c, "LogAuditRec", plugin_one(cJSON_Duplicate(record, 1)));
}

// --- what concerns us ---

static cJSON *list(const char *const *texts) {
    cJSON *array = json_new_array();
    for (; texts != NULL && *texts != NULL; texts++)
        json_push(array, json_new_string(*texts));
    return array;
}

void chat_set_interest(chat *c, const chat_filter *filter) {
    cJSON *params = json_new_object();
    json_add(params, "own_user_ids", list(filter->bot_user_ids));
    json_add(params, "names", list(filter->names));
    json_add(params, "prefixes", list(filter->prefixes));
    json_add_bool(params, "own_posts", filter->own_posts);
    plugin_tell(c, "interest.set", params);
}

void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest) {
    static const char *const names[] = {"none", "named", "threads", "all"};
    cJSON *channels = json_new_object();
    json_add_string(channels, channel_id, names[interest]);
    plugin_tell(c, "interest.channels", channels);
}
