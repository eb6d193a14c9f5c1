// SPDX-License-Identifier: Apache-2.0
// What the files of the plugin adapter share. Not for others.
#ifndef OC_CHAT_PLUGIN_INTERNAL_H
#define OC_CHAT_PLUGIN_INTERNAL_H

#include "base/json.h"
#include "chat/cache.h"
#include "chat/plugin_chat.h"
#include "chat/tongues.h"

struct chat {
    loop *loop;
    link_t *link;
    chat_events events;
    void *ctx;
    cache *users, *channels, *members, *teams;
    tongues *tongues;
    struct plugin_edit *edits; // under way or waiting
    cache *edited;             // posts that were written lately as if there were no reactions
    struct chat_read *reads;   // the first one is under way
    struct chat_upload *uploads;
    loop_timer next_read, next_upload;
    cJSON *server_info;                // NULL: not known, or out of date
    bool sealed;                       // the store: chat_kv_seal
    unsigned config_changes;           // counts them
    uint64_t activation, deactivation; // ids of the shim's open OnActivate and OnDeactivate calls, else 0
    int64_t created_ms;                // on the loop's clock
};

// One API call under way: who wants the answer.
typedef struct plugin_call plugin_call;
struct plugin_call {
    chat *chat;
    const char *method; // a constant
    int64_t since_ms;
    void (*finish)(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail);
    union {
        chat_done_fn *done;
        chat_post_fn *post;
        chat_user_fn *user;
        chat_channel_fn *channel;
        chat_team_fn *team;
        chat_file_fn *file;
        chat_text_fn *text;
        chat_json_fn *json;
        chat_bytes_fn *value;
        chat_flag_fn *flag;
    } fn;
    void *ctx;
    cache *cache;       // where a found thing is kept, or NULL
    char *key;          // under this key
    int64_t timeout_ms; // 0: the usual limit
    link_body *body;    // that came with the answer; unclaimed it is stopped
};

// Calls Mattermost's API method with params (taken) and tail; the answer goes to call (copied), whose finish runs
// exactly once, also when nothing can be sent.
void plugin_api(chat *c, const char *method, cJSON *params, bytes tail, const plugin_call *call);
// The same when nobody waits for the answer.
void plugin_tell(chat *c, const char *method, cJSON *params);

static const bytes PLUGIN_NO_TAIL = {.data = NULL, .len = 0};
static const chat_error PLUGIN_NO_ERROR = {.err = OC_OK, .id = "", .message = ""};

// --- plugin_finish.c: arguments, and the commonest finishes ---
cJSON *plugin_strings(int count, ...); // an array of them
// params with the name of an order behind them: the shim sends the calls of one order one after the other, also those of a
// core that died (docs/protocol.md, "Calls in order").
cJSON *plugin_in_order(cJSON *params, const char *order);
cJSON *plugin_one(cJSON *value); // [value], which is taken
// {"$tail":[offset,length]}: an argument whose bytes ride in the tail.
cJSON *plugin_tail_ref(size_t offset, size_t length);
typedef void plugin_finish_fn(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail);
plugin_finish_fn plugin_finish_done, plugin_finish_post, plugin_finish_user, plugin_finish_channel,
    plugin_finish_team, plugin_finish_file, plugin_finish_text, plugin_finish_json, plugin_finish_flag,
    plugin_finish_value;

// plugin_reads.c, plugin_uploads.c: what has not begun is dropped without a call.
void plugin_reads_free(chat *c);
void plugin_uploads_free(chat *c);
// plugin_edit.c: somebody reacted to the post.
void plugin_edit_reacted(chat *c, const char *post_id);
// plugin_people.c. channel_id "": of any channel
void plugin_forget_membership(chat *c, const char *channel_id, const char *user_id);

// chat/plugin_events.c: a call of the shim. chat/plugin_http.c: the ones with a request.
void plugin_on_call(void *ctx, uint64_t id, const char *method, const link_message *message);
void plugin_on_down(void *ctx);
void plugin_serve_http(chat *c, uint64_t id, const link_message *message);
void plugin_serve_metrics(chat *c, uint64_t id, const link_message *message);

#endif
