// SPDX-License-Identifier: Apache-2.0
// The shim's calls to us: hooks become the events of chat.h.
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

enum {
    RPC_METHOD_NOT_FOUND = -32601,
    SHIM_REMEMBERS_MS =
        55000, // results of calls with a key: 60 s (docs/protocol.md), less what a call may take to get there
};

struct chat_post_ticket {
    chat *chat;
    uint64_t id; // of the shim's call, which is the post's ticket on the link
};

struct chat_command_ticket {
    chat *chat;
    uint64_t id;
};

struct chat_support_ticket {
    chat *chat;
    uint64_t id;
};

static void answer_json(chat *c, uint64_t id, cJSON *result) {
    buf text;
    buf_init(&text, LINK_MESSAGE_MAX_BYTES);
    oc_err err = json_print(result, &text);
    if (err == OC_OK)
        link_answer(c->link, id, buf_bytes(&text), bytes_of(NULL, 0));
    else
        link_answer_error(c->link, id, LINK_E_BUSY, oc_err_text(err), NULL);
    buf_free(&text);
    cJSON_Delete(result);
}

static void answer_nothing(chat *c, uint64_t id) {
    link_answer(c->link, id, bytes_of(NULL, 0), bytes_of(NULL, 0));
}

void chat_post_outcome(chat_post_ticket *t, outcome_reason reason) {
    cJSON *result = json_new_object();
    json_add_string(result, "outcome", outcome_of(reason));
    json_add_string(result, "reason", outcome_reason_name(reason));
    answer_json(t->chat, t->id, result);
    free(t);
}

void chat_post_leave(chat_post_ticket *t) {
    free(t);
}

void chat_command_reply(chat_command_ticket *t, const chat_command_result *result) {
    cJSON *json = json_new_object();
    json_add_string(json, "response_type", result->in_channel ? "in_channel" : "ephemeral");
    json_add_string(json, "text", result->text);
    if (result->props != NULL)
        json_add(json, "props", cJSON_Duplicate(result->props, 1));
    if (result->goto_path != NULL)
        json_add_string(json, "goto_location", result->goto_path);
    answer_json(t->chat, t->id, json);
    free(t);
}

void chat_command_answer(chat_command_ticket *t, const char *text) {
    chat_command_reply(t, &(chat_command_result){.text = text});
}

static void on_activate(chat *c, uint64_t id, const link_message *message) {
    (void)message;
    c->activation = id;
    c->events.activate(c->ctx);
}

int64_t chat_told_until_ms(const chat *c) {
    (void)c;
    return INT64_MAX; // the shim holds what we have not answered for
}

void chat_activated(chat *c) {
    if (c->activation != 0)
        answer_nothing(c, c->activation);
    c->activation = 0;
}

static void on_deactivate(chat *c, uint64_t id, const link_message *message) {
    (void)message;
    c->deactivation = id;
    c->events.stopping(c->ctx);
}

void chat_stopped(chat *c) {
    if (c->deactivation != 0)
        answer_nothing(c, c->deactivation);
    c->deactivation = 0;
}

static void on_configuration_change(chat *c, uint64_t id, const link_message *message) {
    (void)message;
    answer_nothing(c, id);
    cJSON_Delete(c->server_info);
    c->server_info = NULL;
    c->config_changes++;
    c->events.settings_changed(c->ctx);
}

static chat_post_ticket *new_ticket(chat *c, uint64_t id) {
    chat_post_ticket *ticket = xmalloc(sizeof *ticket);
    *ticket = (chat_post_ticket){.chat = c, .id = id};
    return ticket;
}

static chat_post held_post(const chat *c, const cJSON *post_json, const cJSON *hand_over) {
    chat_post post = chat_post_view(post_json);
    post.again = json_bool(hand_over, "again", false);
    // The shim that hands it over again is the one that the earlier core called, and that core died before we began.
    if (post.again)
        post.remembered_until_ms = c->created_ms + SHIM_REMEMBERS_MS;
    return post;
}

static void on_post(chat *c, uint64_t id, const link_message *message) {
    chat_post post = held_post(c, cJSON_GetArrayItem(message->json, 1), cJSON_GetArrayItem(message->json, 2));
    c->events.post(c->ctx, &post, new_ticket(c, id));
}

static void on_post_edited(chat *c, uint64_t id, const link_message *message) {
    if (c->events.post_edited == NULL) {
        answer_nothing(c, id);
        return;
    }
    chat_post now = held_post(c, cJSON_GetArrayItem(message->json, 1), cJSON_GetArrayItem(message->json, 3));
    const chat_post before = chat_post_view(cJSON_GetArrayItem(message->json, 2));
    c->events.post_edited(c->ctx, &now, &before, new_ticket(c, id));
}

static void on_post_deleted(chat *c, uint64_t id, const link_message *message) {
    const chat_post post = chat_post_view(cJSON_GetArrayItem(message->json, 1));
    answer_nothing(c, id);
    if (c->events.post_deleted != NULL)
        c->events.post_deleted(c->ctx, &post);
}

static void tell_reaction(chat *c, uint64_t id, const link_message *message, bool added) {
    const chat_reaction reaction = chat_reaction_view(cJSON_GetArrayItem(message->json, 1));
    answer_nothing(c, id);
    if (added)
        plugin_edit_reacted(c, reaction.post_id);
    if (c->events.reaction != NULL)
        c->events.reaction(c->ctx, &reaction, added);
}

static void on_reaction_added(chat *c, uint64_t id, const link_message *message) {
    tell_reaction(c, id, message, true);
}

static void on_reaction_removed(chat *c, uint64_t id, const link_message *message) {
    tell_reaction(c, id, message, false);
}

// Of one of our bots. What is known of its memberships is out of date from now on.
static void tell_membership(chat *c, uint64_t id, const link_message *message, bool joined) {
    const cJSON *member = cJSON_GetArrayItem(message->json, 1);
    const char *channel_id = json_text(member, "channel_id"), *user_id = json_text(member, "user_id");
    answer_nothing(c, id);
    plugin_forget_membership(c, channel_id, user_id);
    if (c->events.membership != NULL)
        c->events.membership(c->ctx, channel_id, user_id, joined);
}

static void on_joined_channel(chat *c, uint64_t id, const link_message *message) {
    tell_membership(c, id, message, true);
}

static void on_left(chat *c, uint64_t id, const link_message *message) {
    tell_membership(c, id, message, false);
}

static void on_command(chat *c, uint64_t id, const link_message *message) {
    const cJSON *args = cJSON_GetArrayItem(message->json, 1);
    chat_command command = {
        .user_id = json_text(args, "user_id"),
        .channel_id = json_text(args, "channel_id"),
        .team_id = json_text(args, "team_id"),
        .root_id = json_text(args, "root_id"),
        .trigger_id = json_text(args, "trigger_id"),
        .command = json_text(args, "command"),
    };
    chat_command_ticket *ticket = xmalloc(sizeof *ticket);
    *ticket = (chat_command_ticket){.chat = c, .id = id};
    c->events.command(c->ctx, &command, ticket);
}

// The content rides in the JSON: it is text, and the whole is well below a message of the link.
void chat_support_answer(chat_support_ticket *t, const chat_support_file *files, size_t count) {
    cJSON *list = json_new_array();
    for (size_t i = 0; i < count; i++) {
        cJSON *file = json_new_object();
        char *content = xstrndup((const char *)files[i].content.data, files[i].content.len);
        json_add_string(file, "filename", files[i].name);
        json_add_string(file, "body", content);
        json_push(list, file);
        free(content);
    }
    answer_json(t->chat, t->id, list);
    free(t);
}

static void on_support(chat *c, uint64_t id, const link_message *message) {
    (void)message;
    chat_support_ticket *ticket = xmalloc(sizeof *ticket);
    *ticket = (chat_support_ticket){.chat = c, .id = id};
    c->events.support(c->ctx, ticket);
}

// The shim asks whether our loop still turns.
static void on_ping(chat *c, uint64_t id, const link_message *message) {
    (void)message;
    answer_nothing(c, id);
}

static const struct {
    const char *method;
    void (*handle)(chat *c, uint64_t id, const link_message *message);
} METHODS[] = {
    {"ping", on_ping},
    {"OnActivate", on_activate},
    {"OnDeactivate", on_deactivate},
    {"OnConfigurationChange", on_configuration_change},
    {"MessageHasBeenPosted", on_post},
    {"MessageHasBeenUpdated", on_post_edited},
    {"MessageHasBeenDeleted", on_post_deleted},
    {"ReactionHasBeenAdded", on_reaction_added},
    {"ReactionHasBeenRemoved", on_reaction_removed},
    {"UserHasJoinedChannel", on_joined_channel},
    {"UserHasLeftChannel", on_left},
    {"UserHasLeftTeam", on_left},
    {"ExecuteCommand", on_command},
    {"GenerateSupportData", on_support},
    {"ServeHTTP", plugin_serve_http},
    {"ServeMetrics", plugin_serve_metrics},
};

void plugin_on_call(void *ctx, uint64_t id, const char *method, const link_message *message) {
    chat *c = ctx;
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (strcmp(METHODS[i].method, method) == 0) {
            metric_count(METRIC_HOOKS, METHODS[i].method, 1);
            METHODS[i].handle(c, id, message);
            return;
        }
    }
    log_warn("the shim called something unknown", "method", method);
    link_answer_error(c->link, id, RPC_METHOD_NOT_FOUND, "unknown method", NULL);
}

void plugin_on_down(void *ctx) {
    chat *c = ctx;
    c->events.gone(c->ctx);
}
