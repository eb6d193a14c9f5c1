// SPDX-License-Identifier: Apache-2.0
// The server's facts, our settings, what is stored, the bot, and what takes a callback address.
#include "base/log.h"
#include "base/mem.h"
#include "base/parse.h"
#include "chat/audit.h"
#include "chat/rest_internal.h"
#include "chat/views.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

// --- facts: the configuration that every client is given, all of it texts ---

static int64_t number_in(const cJSON *facts, const char *key, int64_t absent) {
    uint64_t number = 0;
    return parse_uint(bytes_str(json_text(facts, key)), INT32_MAX, &number) == OC_OK ? (int64_t)number
                                                                                     : absent;
}

static cJSON *info_of(const cJSON *facts) {
    static const char *const texts[][2] = {{"version", "Version"},
                                           {"teammate_name_display", "TeammateNameDisplay"},
                                           {"locale", "DefaultClientLocale"}};
    cJSON *info = json_new_object();
    char *site_url = xstrdup(json_text(facts, "SiteURL"));
    for (size_t len = strlen(site_url); len > 0 && site_url[len - 1] == '/'; len--)
        site_url[len - 1] = '\0';
    json_add_string(info, "site_url", site_url);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_add_string(info, texts[i][0], json_text(facts, texts[i][1]));
    json_add_bool(info, "file_attachments", strcmp(json_text(facts, "EnableFileAttachments"), "false") != 0);
    json_add_bool(info, "commands", strcmp(json_text(facts, "EnableCommands"), "false") != 0);
    json_add_int(info, "edit_limit_s", number_in(facts, "PostEditTimeLimit", -1));
    if (number_in(facts, "MaxFileSize", 0) > 0)
        json_add_int(info, "max_file_size", number_in(facts, "MaxFileSize", 0));
    if (number_in(facts, "MaxPostSize", 0) > 0)
        json_add_int(info, "max_post_runes", number_in(facts, "MaxPostSize", 0));
    free(site_url);
    return info;
}

typedef struct info_wanted {
    chat_server_info_fn *fn;
    void *ctx;
} info_wanted;

static void finish_info(rest_wanted *w, const chat_error *error, const cJSON *json) {
    info_wanted *wanted = w->ctx;
    chat *c = w->chat;
    cJSON *fresh = error->err == OC_OK ? info_of(json) : NULL;
    const chat_server_info info = chat_server_info_view(fresh);
    wanted->fn(wanted->ctx, error, &info);
    if (fresh != NULL) {
        cJSON_Delete(c->server_info);
        c->server_info = fresh;
        tongues_learn_server(c->tongues, info.locale);
    }
    free(wanted);
}

void chat_get_server_info(chat *c, chat_server_info_fn *fn, void *ctx) {
    if (c->server_info != NULL) {
        const chat_server_info info = chat_server_info_view(c->server_info);
        fn(ctx, &REST_NO_ERROR, &info);
        return;
    }
    info_wanted *wanted = xmalloc(sizeof *wanted);
    *wanted = (info_wanted){.fn = fn, .ctx = ctx};
    rest_get(c, rest_path("/config/client?format=old", NULL),
             &(rest_wanted){.finish = finish_info, .ctx = wanted});
}

// --- settings ---

void chat_load_settings(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *settings = json_new_object();
    json_add_string(settings, "advanced", c->settings);
    json_add_string(settings, CONFIG_EXTERNAL_ACCOUNT, c->account);
    json_add_string(settings, CONFIG_EXTERNAL_USERNAME, c->bot_username);
    fn(ctx, &REST_NO_ERROR, settings);
    cJSON_Delete(settings);
}

void chat_set_interest(chat *c, const chat_filter *filter) {
    (void)c, (void)filter; // the stream holds what the bot may see, and its own posts are left out anyway
}

void chat_set_channel_interest(chat *c, const char *channel_id, chat_interest interest) {
    (void)c, (void)channel_id, (void)interest;
}

// --- what is kept ---

// What belongs to the machine rather than to an account: one device at the gateways, one secret.
static const char *space_of(const chat *c, const char *key) {
    static const char *const shared[] = {"device_identity", "device_token.", "install_secret"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (strncmp(key, shared[i], strlen(shared[i])) == 0)
            return "";
    }
    return c->account;
}

static chat_error store_error(oc_err err, const char *why) {
    return (chat_error){.err = err, .id = "", .message = why != NULL ? why : ""};
}

void chat_kv_get(chat *c, const char *key, chat_bytes_fn *fn, void *ctx) {
    buf value;
    char *why = NULL;
    buf_init(&value, SQLITE_STORE_VALUE_MAX_BYTES);
    oc_err err = sqlite_store_get(c->store, space_of(c, key), key, loop_wall_ms(c->loop), &value, &why);
    bool found = err == OC_OK;
    const chat_error error = store_error(err == OC_ENOTFOUND ? OC_OK : err, why);
    fn(ctx, &error, buf_bytes(&value), found);
    buf_free(&value);
    free(why);
}

void chat_kv_set(chat *c, const char *key, bytes value, int64_t expire_s, chat_done_fn *fn, void *ctx) {
    char *why = NULL;
    oc_err err =
        sqlite_store_set(c->store, space_of(c, key), key, value, expire_s, loop_wall_ms(c->loop), &why);
    const chat_error error = store_error(err, why);
    fn(ctx, &error);
    free(why);
}

void chat_kv_compare_and_set(chat *c, const char *key, bytes old, bytes value, int64_t expire_s,
                             chat_flag_fn *fn, void *ctx) {
    char *why = NULL;
    bool stored = false;
    oc_err err = sqlite_store_compare_and_set(c->store, space_of(c, key), key, old, value, expire_s,
                                              loop_wall_ms(c->loop), &stored, &why);
    const chat_error error = store_error(err, why);
    fn(ctx, &error, stored);
    free(why);
}

void chat_kv_delete(chat *c, const char *key, chat_done_fn *fn, void *ctx) {
    char *why = NULL;
    oc_err err = sqlite_store_delete(c->store, space_of(c, key), key, &why);
    const chat_error error = store_error(err, why);
    fn(ctx, &error);
    free(why);
}

// The state is one file of ours, which others of our accounts share: whoever runs us removes it.
void chat_kv_delete_all(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    fn(ctx, &(chat_error){.err = OC_EDENIED, .id = "", .message = "the state file is to be removed by hand"});
}

void chat_kv_seal(chat *c, bool sealed) {
    (void)c, (void)sealed;
}

bool chat_is_plugin(const chat *c) {
    (void)c;
    return false;
}

void chat_turn_off(chat *c, chat_done_fn *fn, void *ctx) {
    (void)c;
    fn(ctx, &(chat_error){.err = OC_EDENIED, .id = "", .message = "there is no plugin to turn off"});
}

static void add_key(void *ctx, const char *key) {
    json_push(ctx, json_new_string(key));
}

void chat_kv_list(chat *c, const char *prefix, chat_json_fn *fn, void *ctx) {
    cJSON *keys = json_new_array();
    char *why = NULL;
    oc_err err =
        sqlite_store_list(c->store, space_of(c, prefix), prefix, loop_wall_ms(c->loop), add_key, keys, &why);
    if (err == OC_OK && cJSON_GetArraySize(keys) > CHAT_KV_KEYS_MAX)
        err = OC_ELIMIT;
    const chat_error error = store_error(err, why != NULL ? why : "too many keys");
    fn(ctx, &error, keys);
    cJSON_Delete(keys);
    free(why);
}

// --- the bot: it is there, with the name and the picture that it was given in Mattermost ---

void chat_ensure_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    (void)username, (void)display_name, (void)description;
    fn(ctx, &REST_NO_ERROR, c->bot_user_id);
}

void chat_own_bots(chat *c, chat_json_fn *fn, void *ctx) {
    cJSON *bots = json_new_array(), *bot = json_new_object();
    json_add_string(bot, "user_id", c->bot_user_id);
    json_add_string(bot, "username", c->bot_username);
    json_push(bots, bot);
    fn(ctx, &REST_NO_ERROR, bots);
    cJSON_Delete(bots);
}

void chat_create_bot(chat *c, const char *username, const char *display_name, const char *description,
                     chat_text_fn *fn, void *ctx) {
    (void)c, (void)username, (void)display_name, (void)description;
    fn(ctx,
       &(chat_error){.err = OC_EDENIED, .id = "", .message = "in external mode bots are made in Mattermost"},
       "");
}

// Another bot than the one that the token belongs to: it was another token then.
void chat_rename_bot(chat *c, const char *user_id, const char *username, const char *display_name,
                     const char *description, chat_done_fn *fn, void *ctx) {
    static const chat_error other = {.err = OC_ENOTFOUND, .id = "", .message = "the token is another bot's"};
    (void)username, (void)display_name, (void)description;
    fn(ctx, strcmp(user_id, c->bot_user_id) == 0 ? &REST_NO_ERROR : &other);
}

void chat_set_profile_image(chat *c, const char *user_id, bytes png, chat_done_fn *fn, void *ctx) {
    (void)c, (void)user_id, (void)png;
    fn(ctx, &REST_NO_ERROR);
}

// Nobody but the server itself writes its audit log: the line in ours must do.
void chat_audit(chat *c, const cJSON *record) {
    (void)c, (void)record;
}

// Support packets are the server's and its plugins': nobody is ever asked.
void chat_support_answer(chat_support_ticket *t, const chat_support_file *files, size_t count) {
    (void)t, (void)files, (void)count;
}
