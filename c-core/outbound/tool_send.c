// SPDX-License-Identifier: Apache-2.0
// mattermost_send, and the upload of mattermost_file: posts as answers are, each once, with its marker.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "outbound/route.h"
#include "reply/chunk.h"
#include "reply/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATED_WITHIN_MS = 30000 };

// A session of a thread is one whose answers stand there, so what it sends to its own channel does, too.
static const char *root_of(const tool_run *r) {
    const char *named = !r->has_post ? "" : *r->post.root_id != '\0' ? r->post.root_id : r->post.id;
    const thread_ask ask = {.to = r->place.channel_id,
                            .reply_to_id = named,
                            .current_channel = r->own.channel_id,
                            .current_thread = r->from.root_id,
                            .current_message = "",
                            .mode = REPLY_ALL,
                            .is_top_level = tool_flag(r, "topLevel") && !r->has_post};
    return outbound_thread(&ask);
}

// --- the end: which posts stand there ---

static void answer_sent(tool_run *r, cJSON *ids) {
    cJSON *result = json_new_object();
    json_add_bool(result, "ok", true);
    json_add_string(result, "channelId", r->place.channel_id);
    if (*root_of(r) != '\0')
        json_add_string(result, "threadId", root_of(r));
    json_add(result, "postIds", ids);
    tool_answer(r, result);
}

static void take_part(const tool_run *r, const char *first_post_id) {
    const char *root = *root_of(r) != '\0' ? root_of(r) : first_post_id;
    if (r->tools->parts.threads != NULL && r->place.type != 'D' && *root != '\0')
        participation_note(r->tools->parts.threads, r->account->id, root);
}

static void on_sent(void *ctx, const char *error, size_t posted) {
    tool_run *r = ctx;
    cJSON *ids = json_new_array();
    for (size_t i = 0; i < posted && r->delivery != NULL; i++) {
        const char *id = delivery_post_id(r->delivery, i);
        if (id != NULL)
            json_push(ids, json_new_string(id));
    }
    r->delivery = NULL;
    if (error == NULL) {
        const cJSON *first = cJSON_GetArrayItem(ids, 0);
        take_part(r, first != NULL ? first->valuestring : "");
        answer_sent(r, ids);
        return;
    }
    char *sentence =
        xasprintf("Mattermost did not take the message (%s); %zu of its posts are there.", error, posted);
    r->remembers = posted > 0; // what failed as a whole may be tried again
    tool_refuse(r, "NOT_POSTED", sentence);
    free(sentence);
    cJSON_Delete(ids);
}

// --- the posts ---

static size_t limit_units(const tool_run *r, int64_t server_runes) {
    const int64_t wanted = r->account->config->text_chunk_limit;
    return (size_t)(wanted < server_runes ? wanted : server_runes);
}

static void post_parts(tool_run *r, const chunks *c) {
    part wanted[PARTS_MAX];
    size_t count = 0;
    for (; count < c->count; count++)
        wanted[count] = (part){.text = c->items[count]};
    if (cJSON_GetArraySize(r->found) > 0) {
        if (count == 0)
            wanted[count++] = (part){.text = ""};
        wanted[count - 1].file_ids = r->found;
    }
    cJSON *props = render_props(r->account->config);
    const delivery_request request = {
        .turn = r->key,
        .bot_user_id = r->account->bot_user_id,
        .channel_id = r->place.channel_id,
        .root_id = root_of(r),
        .props = props,
        // The same call may have come to an earlier process of ours: the shim remembers its posts by their keys. A gateway waits no
        // longer than this for an answer.
        .maybe_posted = r->remembers,
        .remembered_until_ms = r->remembers ? loop_now_ms(r->tools->parts.loop) + REPEATED_WITHIN_MS : 0,
    };
    r->delivery = delivery_create(r->tools->parts.loop, r->tools->parts.chat, &request);
    cJSON_Delete(props);
    delivery_finish(r->delivery, wanted, count, on_sent, r);
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
    chunks c =
        chunk_split(text, limit_units(r, info->max_post_runes), r->account->config->streaming.chunk_mode);
    if (c.count > PARTS_MAX)
        tool_refuse(r, "TOO_LONG", "The text is too long for one message, even in parts. Send it as a file.");
    else if (c.count == 0 && cJSON_GetArraySize(r->found) == 0)
        tool_refuse(r, "INVALID_ARGUMENTS",
                    "text shows nothing: write something, or name a file with media.");
    else
        post_parts(r, &c);
    chunks_free(&c);
    free(text);
    render_rules_free(&rules);
}

static void lay_out(tool_run *r) {
    chat_get_server_info(r->tools->parts.chat, on_server_info, r);
}

// --- its file ---

static void on_media(void *ctx, const media_result *result) {
    tool_run *r = ctx;
    r->media = NULL;
    if (result->failed > 0 || result->attached == 0) {
        char *notes = words_in(WORDS_EN, result->notes); // a model reads it
        char *sentence = xasprintf("The file could not be attached, so nothing was posted. %s", notes);
        tool_refuse(r, "NO_FILE", sentence);
        free(sentence);
        free(notes);
        return;
    }
    r->found = cJSON_Duplicate(cJSON_GetArrayItem(result->posts, 0), 1);
    lay_out(r);
}

static void fetch_media(tool_run *r, const char *where) {
    const account_config *rules = r->account->config;
    cJSON *payloads = json_new_array(), *payload = json_new_object();
    json_add_string(payload, "mediaUrl", where);
    json_push(payloads, payload);
    const media_request request = {
        .gateway = r->account->gateway,
        .agent_id = r->from.agent,
        .session_key = r->session_key,
        .bot_user_id = r->account->bot_user_id,
        .channel_id = r->place.channel_id,
        .payloads = payloads,
        .url_max_bytes = (size_t)(rules->media_max_mb * 1024 * 1024),
        .private_allowed = rules->private_network,
    };
    if (r->tools->parts.media != NULL && r->account->gateway != NULL)
        r->media = media_start(r->tools->parts.media, &request, on_media, r);
    cJSON_Delete(payloads);
    if (r->media == NULL)
        tool_refuse(r, "BUSY", "Too many files are on their way. Nothing was posted. Try again in a moment.");
}

// --- the beginning ---

static void go(tool_run *r) {
    const char *where = tool_text(r, "media");
    if (r->account->config == NULL)
        tool_refuse_verdict(r, AUTHORISE_NO_ACCOUNT);
    else if (*where != '\0' && !r->account->config->tools.files)
        tool_refuse(r, "NOT_ALLOWED",
                    "Files are switched off with the setting actions.files. Nothing was posted.");
    else if (*where != '\0')
        fetch_media(r, where);
    else
        lay_out(r);
}

static void on_opened(void *ctx, oc_err err, const char *sentence, const resolved *place) {
    tool_run *r = ctx;
    if (err != OC_OK) {
        tool_refuse(r, err == OC_EDENIED ? "NOT_ALLOWED" : "UNAVAILABLE", sentence);
        return;
    }
    snprintf(r->place.channel_id, sizeof r->place.channel_id, "%s", place->channel_id);
    go(r);
}

void tool_do_send(tool_run *r) {
    const resolve_ask ask = tool_direct_ask(r);
    if (r->tool->id == TOOL_FILE && *tool_text(r, "media") == '\0')
        tool_refuse(r, "INVALID_ARGUMENTS",
                    "media is missing: name a file of your workspace or an https address.");
    else if (*r->place.user_id != '\0' && *r->place.channel_id == '\0')
        resolve_direct(r->tools->parts.resolver, &ask, r->place.user_id, on_opened, r);
    else
        go(r);
}
