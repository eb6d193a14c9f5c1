// SPDX-License-Identifier: Apache-2.0
// mattermost_react, _edit, _delete and _pin: changes to one post.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "outbound/send_params.h"
#include "reply/render.h"

#include <stdlib.h>
#include <string.h>

static void answer_changed(tool_run *r, const char *change) {
    cJSON *result = json_new_object();
    json_add_bool(result, "ok", true);
    json_add_string(result, "postId", r->post.id);
    json_add_bool(result, change, true);
    tool_answer(r, result);
}

static void finish(tool_run *r, const chat_error *error, const char *what, const char *change) {
    if (error->err == OC_OK)
        answer_changed(r, change);
    else if (error->err == OC_ENOTFOUND)
        tool_refuse(r, "NOT_FOUND", "The post was deleted meanwhile.");
    else
        tool_refuse_failure(r, what, error);
}

// --- reactions ---

static void on_reacted(void *ctx, const chat_error *error) {
    tool_run *r = ctx;
    const bool removed = tool_flag(r, "remove");
    if (error->err == OC_ENOTFOUND || error->http_status == 400)
        tool_refuse(r, "NOT_FOUND",
                    "There is no such emoji here, or the post was deleted meanwhile. Take an emoji's name, "
                    "such as eyes.");
    else
        finish(r, error, "The reaction could not be changed", removed ? "removed" : "added");
}

void tool_do_react(tool_run *r) {
    chat *c = r->tools->parts.chat;
    react_params params = {.post_id = ""};
    const char *sentence = "";
    if (react_params_read(r->args, &params, &sentence) != OC_OK) {
        tool_refuse(r, "INVALID_ARGUMENTS", sentence);
        return;
    }
    if (params.remove)
        chat_remove_reaction(c, r->account->bot_user_id, r->post.id, params.emoji, on_reacted, r);
    else
        chat_add_reaction(c, r->account->bot_user_id, r->post.id, params.emoji, on_reacted, r);
    free(params.emoji);
}

// --- edits ---

static void on_edited(void *ctx, const chat_error *error, const chat_post *post) {
    (void)post;
    finish(ctx, error, "The post could not be edited", "edited");
}

static void on_server_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    tool_run *r = ctx;
    (void)error; // then these are Mattermost's defaults
    if (r->account->config == NULL) {
        tool_refuse_verdict(r, AUTHORISE_NO_ACCOUNT);
        return;
    }
    render_rules rules = render_rules_of(r->account->config);
    char *text = render_text(&rules, tool_text(r, "text"), false);
    if (!utf8_has_visible(bytes_str(text)))
        tool_refuse(r, "INVALID_ARGUMENTS",
                    "text shows nothing. To take the post away use mattermost_delete.");
    else if (utf8_runes(bytes_str(text)) > (size_t)info->max_post_runes)
        tool_refuse(r, "TOO_LONG", "text is longer than one post may be. Shorten it, or send a new message.");
    else {
        second_looks_forget(r->tools->parts.looks, r->post.id);
        chat_edit_post(r->tools->parts.chat, &(chat_edit){.post_id = r->post.id, .message = text}, on_edited,
                       r);
    }
    free(text);
    render_rules_free(&rules);
}

void tool_do_edit(tool_run *r) {
    chat_get_server_info(r->tools->parts.chat, on_server_info, r);
}

// --- deletion, pins ---

static void on_deleted(void *ctx, const chat_error *error) {
    finish(ctx, error, "The post could not be deleted", "deleted");
}

// With the first post of a thread the server deletes all of it.
static void on_thread(void *ctx, const chat_error *error, const cJSON *list) {
    tool_run *r = ctx;
    const cJSON *post = NULL;
    if (error->err != OC_OK) {
        finish(r, error, "The post's thread could not be looked up", "deleted");
        return;
    }
    cJSON_ArrayForEach(post, json_get(list, "posts")) {
        if (json_int(post, "delete_at", 0) == 0 &&
            strcmp(json_text(post, "user_id"), r->account->bot_user_id) != 0) {
            tool_refuse(
                r, "NOT_ALLOWED",
                "Others have answered in that post's thread, and their messages would go with it. Use "
                "mattermost_edit instead.");
            return;
        }
    }
    chat_delete_post(r->tools->parts.chat, r->post.id, on_deleted, r);
}

void tool_do_delete(tool_run *r) {
    if (*r->post.root_id == '\0')
        chat_get_thread(r->tools->parts.chat, r->post.id, on_thread, r);
    else
        chat_delete_post(r->tools->parts.chat, r->post.id, on_deleted, r);
}

static void on_pinned(void *ctx, const chat_error *error, const chat_post *post) {
    tool_run *r = ctx;
    (void)post;
    finish(r, error, "The pin could not be changed", tool_flag(r, "remove") ? "unpinned" : "pinned");
}

void tool_do_pin(tool_run *r) {
    const chat_edit edit = {.post_id = r->post.id,
                            .pin = tool_flag(r, "remove") ? CHAT_PIN_OFF : CHAT_PIN_ON};
    chat_edit_post(r->tools->parts.chat, &edit, on_pinned, r);
}
