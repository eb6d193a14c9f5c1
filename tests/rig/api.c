// SPDX-License-Identifier: Apache-2.0
#include "api.h"

#include "base/json.h"
#include "base/mem.h"
#include "files.h"
#include "host.h"
#include "ledger.h"
#include "people.h"
#include "server.h"
#include "store.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_at(const cJSON *params, int i) {
    const char *text = cJSON_GetStringValue(cJSON_GetArrayItem(params, i));
    return text != NULL ? text : "";
}

static int number_at(const cJSON *params, int i) {
    const cJSON *item = cJSON_GetArrayItem(params, i);
    return cJSON_IsNumber(item) ? item->valueint : 0;
}

// A {"$tail":[offset,length]} argument. data NULL: nil.
static bytes bytes_at(const cJSON *params, int i, bytes tail) {
    const cJSON *place = json_array(cJSON_GetArrayItem(params, i), "$tail");
    if (place == NULL || cJSON_GetArraySize(place) != 2)
        return bytes_of(NULL, 0);
    size_t at = (size_t)cJSON_GetArrayItem(place, 0)->valuedouble,
           len = (size_t)cJSON_GetArrayItem(place, 1)->valuedouble;
    return len == 0 ? bytes_of(NULL, 0) : bytes_of(tail.data + at, len);
}

const char *api_turn_of(const cJSON *params) {
    return json_string(json_get(json_get(cJSON_GetArrayItem(params, 0), "props"), "openclaw"), "turn");
}

bool api_is_first_part(const char *name, const cJSON *params) {
    const cJSON *mark = json_get(json_get(cJSON_GetArrayItem(params, 0), "props"), "openclaw");
    return strcmp(name, "CreatePost") == 0 && mark != NULL &&
           json_int(mark, "part", 0) == 0; // zero is left out
}

typedef struct call {
    const cJSON *params;
    bytes tail;
    api_reply *out;
} call;

static int found(call *c, cJSON *value) {
    c->out->result = value;
    return value != NULL ? 0 : 404;
}

// --- people and places ---

static int get_user(call *c) {
    return found(c, people_user(text_at(c->params, 0)));
}

static int get_users_by_ids(call *c) {
    cJSON *list = json_new_array();
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, cJSON_GetArrayItem(c->params, 0)) {
        cJSON *user = people_user(cJSON_GetStringValue(id));
        if (user != NULL)
            json_push(list, user);
    }
    return found(c, list);
}

static int is_admin(call *c) {
    return found(c, json_new_bool(strcmp(text_at(c->params, 0), ADMIN_ID) == 0));
}

// Everybody is a member of the places where they talk.
static int has_channel_permission(call *c) {
    return found(c, json_new_bool(true));
}

static int get_users(call *c) {
    cJSON *list = json_new_array();
    json_push(list, people_user(ADMIN_ID));
    return found(c, list);
}

static int get_channel(call *c) {
    return found(c, people_channel(text_at(c->params, 0), true));
}

static int get_member(call *c) {
    cJSON *m = NULL;
    if (strcmp(text_at(c->params, 1), BOT_ID) == 0 && people_bot_is_in(text_at(c->params, 0))) {
        m = json_new_object();
        json_add_string(m, "channel_id", text_at(c->params, 0));
        json_add_string(m, "user_id", BOT_ID);
    }
    return found(c, m);
}

static int get_memberships(call *c) {
    return found(c, people_bot_memberships(number_at(c->params, 2), number_at(c->params, 3)));
}

static int get_direct(call *c) {
    const char *other =
        strcmp(text_at(c->params, 0), BOT_ID) == 0 ? text_at(c->params, 1) : text_at(c->params, 0);
    char id[ID_BYTES];
    people_dm_id((int)strtol(other + 4, NULL, 10), id);
    return found(c, people_channel(id, false));
}

static int ensure_bot(call *c) {
    return found(c, json_new_string(BOT_ID));
}

static int load_settings(call *c) {
    cJSON *s = json_new_object();
    char *allowed = people_allow_from();
    json_add_string(s, "gatewayurl", "ws://127.0.0.1:18789");
    json_add_string(s, "gatewaytoken", "good-token");
    json_add_string(s, "allowfrom", allowed);
    json_add_string(s, "dmpolicy", "allowlist");
    // Else what counts as a question would hang on what became of those before it, which the ledger does not follow.
    json_add_string(s, "advanced", "{implicitMentions: {threadParticipation: false}, speaksPerHour: 100000}");
    for (const char *const *key =
             (const char *const[]){"userperminute", "channelperminute", "botperminute", NULL};
         *key != NULL; key++)
        json_add_string(s, *key, "0");
    free(allowed);
    return found(c, s);
}

static int get_config(call *c) {
    cJSON *config = json_new_object(), *files = json_add_object(config, "FileSettings");
    json_add_bool(files, "EnableFileAttachments", true);
    json_add_int(files, "MaxFileSize", 100 << 20);
    if (world_nodes() > 1)
        json_add_bool(json_add_object(config, "ClusterSettings"), "Enable", true);
    return found(c, config);
}

static int get_version(call *c) {
    return found(c, json_new_string("11.11.0"));
}

static int nothing(call *c) {
    (void)c;
    return 0;
}

// --- posts ---

static int create_post(call *c) {
    cJSON *args = json_new_array();
    cJSON *post = store_add_post(cJSON_Duplicate(cJSON_GetArrayItem(c->params, 0), true));
    ledger_bot_post(post);
    c->out->result = cJSON_Duplicate(post, true);
    json_push(args, json_new_object());
    json_push(args, cJSON_Duplicate(post, true));
    if (host_active())
        host_hook("MessageHasBeenPosted", args);
    else
        cJSON_Delete(args);
    return 0;
}

static int update_post(call *c) {
    const cJSON *wanted = cJSON_GetArrayItem(c->params, 0);
    cJSON *post = store_post(json_text(wanted, "id"), 0);
    if (post == NULL)
        return 404;
    // As the server: what is absent becomes empty.
    static const char *const taken[] = {"message", "props", "file_ids", "is_pinned", "has_reactions"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(post, taken[i]);
        if (json_get(wanted, taken[i]) != NULL)
            json_add(post, taken[i], cJSON_Duplicate(json_get(wanted, taken[i]), true));
    }
    ledger_bot_edit(post);
    return found(c, cJSON_Duplicate(post, true));
}

static int delete_post(call *c) {
    cJSON *post = store_post(text_at(c->params, 0), 0);
    if (post == NULL)
        return 404;
    json_add_int(post, "delete_at", store_wall_ms());
    return 0;
}

static int get_post(call *c) {
    const cJSON *post = store_post(text_at(c->params, 0), FAULTS.lag_ms);
    return found(c, post != NULL ? cJSON_Duplicate(post, true) : NULL);
}

static int get_channel_posts(call *c) {
    return found(c, store_channel_posts(text_at(c->params, 0), number_at(c->params, 1),
                                        number_at(c->params, 2), FAULTS.lag_ms));
}

static int get_posts_before(call *c) {
    return found(c, store_posts_before(text_at(c->params, 1), number_at(c->params, 2),
                                       number_at(c->params, 3), FAULTS.lag_ms));
}

static int react(call *c) {
    cJSON *post = store_post(json_text(cJSON_GetArrayItem(c->params, 0), "post_id"), 0);
    return post != NULL ? found(c, cJSON_Duplicate(cJSON_GetArrayItem(c->params, 0), true)) : 404;
}

static int get_thread(call *c) {
    return found(c, store_thread(text_at(c->params, 0), FAULTS.lag_ms));
}

// --- files ---

static int open_upload(call *c) {
    const cJSON *session = cJSON_GetArrayItem(c->params, 0);
    files_open(session);
    return found(c, cJSON_Duplicate(session, true));
}

// What the host has pulled stands in the tail. As the server: no file, and no error, when there is less than was said.
static int upload(call *c) {
    c->out->result = files_upload(json_text(cJSON_GetArrayItem(c->params, 0), "id"), c->tail);
    return 0;
}

static int get_file_info(call *c) {
    return found(c, files_info(text_at(c->params, 0)));
}

// --- values ---

static int kv_get(call *c) {
    stored v = store_get(text_at(c->params, 0), FAULTS.lag_ms);
    if (v.data == NULL || v.len == 0)
        return 0;
    c->out->tail = xmalloc((size_t)v.len);
    memcpy(c->out->tail, v.data, (size_t)v.len);
    c->out->tail_len = v.len;
    c->out->result = json_new_object();
    cJSON *place = json_add_array(c->out->result, "$tail");
    json_push(place, json_new_int(0));
    json_push(place, json_new_int(v.len));
    return 0;
}

static int kv_set(call *c) {
    bytes value = bytes_at(c->params, 1, c->tail);
    if (FAULTS.disk_full)
        return 500;
    store_set(text_at(c->params, 0), (const char *)value.data, (int)value.len);
    return 0;
}

// Atomic only: that is how the core calls it.
static int kv_set_with_options(call *c) {
    const char *key = text_at(c->params, 0);
    const cJSON *options = cJSON_GetArrayItem(c->params, 2),
                *place = json_array(json_get(options, "old_value"), "$tail");
    bytes value = bytes_at(c->params, 1, c->tail), old = bytes_of(NULL, 0);
    if (place != NULL)
        old = bytes_of(c->tail.data + cJSON_GetArrayItem(place, 0)->valueint,
                       (size_t)cJSON_GetArrayItem(place, 1)->valueint);
    stored v = store_get(key, 0);
    bool same = v.data == NULL ? old.data == NULL : bytes_equal(old, bytes_of(v.data, (size_t)v.len));
    if (FAULTS.disk_full)
        return 500;
    same = same && !chance(FAULTS.conflict_permille);
    if (same)
        store_set(key, (const char *)value.data, (int)value.len);
    return found(c, json_new_bool(same));
}

static int kv_delete(call *c) {
    if (FAULTS.disk_full)
        return 500;
    store_set(text_at(c->params, 0), NULL, 0);
    return 0;
}

static int64_t spoilt_ms = -1;

void api_values_spoilt(void) {
    // Whatever was missed before the next start may not be found any more.
    spoilt_ms = store_wall_ms();
    ledger_excuse(spoilt_ms - 600000);
}

// --- the table ---

static const struct {
    const char *name;
    int (*fn)(call *c);
    bool may_fail; // by the rig's will; those of the start and without an answer do not
} CALLS[] = {
    {"GetUser", get_user, true},
    {"GetUsers", get_users, true},
    {"GetChannel", get_channel, true},
    {"GetChannelMember", get_member, true},
    {"GetChannelMembersForUser", get_memberships, true},
    {"GetDirectChannel", get_direct, true},
    {"EnsureBotUser", ensure_bot, false},
    {"LoadPluginConfiguration", load_settings, false},
    {"GetConfig", get_config, false},
    {"GetServerVersion", get_version, false},
    {"RegisterCommand", nothing, true},
    {"UnregisterCommand", nothing, true},
    {"SetProfileImage", nothing, true},
    {"RegisterCommand", nothing, true},
    {"UnregisterCommand", nothing, true},
    {"PublishUserTyping", nothing, true},
    {"SendEphemeralPost", nothing, true},
    {"CreatePost", create_post, true},
    {"UpdatePost", update_post, true},
    {"DeletePost", delete_post, true},
    {"GetPost", get_post, true},
    {"GetPostsForChannel", get_channel_posts, true},
    {"GetPostsBefore", get_posts_before, true},
    {"GetPostThread", get_thread, true},
    {"CreateUploadSession", open_upload, true},
    {"UploadData", upload, true},
    {"GetFileInfo", get_file_info, true},
    {"AddReaction", react, true},
    {"RemoveReaction", react, true},
    {"GetUsersByIds", get_users_by_ids, true},
    {"HasPermissionTo", is_admin, false},
    {"HasPermissionToChannel", has_channel_permission, false},
    {"KVGet", kv_get, true},
    {"KVSet", kv_set, true},
    {"KVSetWithExpiry", kv_set, true},
    {"KVSetWithOptions", kv_set_with_options, true},
    {"KVDelete", kv_delete, true},
    {"LogDebug", nothing, false},
    {"LogInfo", nothing, false},
    {"LogWarn", nothing, false},
    {"LogError", nothing, false},
    {"LogAuditRec", nothing, false},
};

bool api_may_fail(const char *name) {
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++)
        if (strcmp(CALLS[i].name, name) == 0)
            return CALLS[i].may_fail;
    return false;
}

int api_do(const char *name, const cJSON *params, bytes tail, api_reply *out) {
    call c = {.params = params, .tail = tail, .out = out};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++)
        if (strcmp(CALLS[i].name, name) == 0)
            return CALLS[i].fn(&c);
    fprintf(stderr, "rig: the fake server has no %s\n", name);
    abort();
}
