// SPDX-License-Identifier: Apache-2.0
// outbound_session_route, auto_thread, dm_retry_delays, react_params, send_attachment and emoji.
#include "vectors.h"

#include "outbound/dm_retry.h"
#include "outbound/route.h"
#include "outbound/send_params.h"

#include <stdlib.h>
#include <string.h>

// --- outbound_session_route ---

static cJSON *route_of(const cJSON *input) {
    const cJSON *session = json_get(json_get(input, "cfg"), "session");
    const char *scope = json_text(session, "dmScope");
    outbound_place place = {.target = json_text(input, "target"),
                            .resolved_kind = json_text(json_get(input, "resolvedTarget"), "kind"),
                            .current_session_key = json_text(input, "currentSessionKey"),
                            .thread_id = json_text(input, "threadId"),
                            .reply_to_id = json_text(input, "replyToId"),
                            .names = {.agent = "",
                                      .account = "default",
                                      .name = "",
                                      .scope = *scope != '\0' ? (dm_scope)dm_scope_find(scope)
                                                              : DM_SCOPE_MAIN}}; // OpenClaw's default
    outbound_route route;
    if (!outbound_route_of(&place, &route))
        return NULL;
    cJSON *all = json_new_object();
    json_add_string(all, "sessionKey", route.session_key);
    json_add_string(all, "baseSessionKey", route.base_key);
    json_add_string(all, "chatType", chat_kind_name(route.kind));
    json_add_string(all, "from", route.from);
    json_add_string(all, "to", route.to);
    if (*route.thread_id != '\0')
        json_add_string(all, "threadId", route.thread_id);
    cJSON *peer = json_add_object(all, "peer");
    json_add_string(peer, "kind", chat_kind_name(route.kind));
    json_add_string(peer, "id", route.peer_id);
    outbound_route_free(&route);
    return all;
}

void run_outbound_session_route(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        cJSON *got = route_of(json_get(row, "input"));
        const cJSON *expected = json_get(row, "route"), *exact = json_get(expected, "recipientSessionExact");
        if (got != NULL && exact != NULL)
            json_add(got, "recipientSessionExact", cJSON_Duplicate(exact, true));
        check_value(r, row, expected, got);
    }
}

// --- auto_thread ---

static const char *thread_of(const cJSON *input) {
    const cJSON *here = json_get(input, "toolContext"),
                *thread = cJSON_GetObjectItemCaseSensitive(input, "threadId");
    int mode = reply_mode_find(json_text(here, "replyToMode"));
    thread_ask ask = {.to = json_text(input, "to"),
                      .reply_to_id = json_text(input, "replyToId"),
                      .current_channel = json_text(here, "currentChannelId"),
                      .current_thread = json_text(here, "currentThreadTs"),
                      .current_message = json_text(here, "currentMessageId"),
                      .mode = mode < 0 ? REPLY_UNSET : (reply_mode)mode,
                      .has_replied = json_bool(json_get(here, "hasRepliedRef"), "value", false),
                      .is_top_level = json_bool(input, "topLevel", false) || cJSON_IsNull(thread)};
    const char *root = outbound_thread(&ask);
    return *root != '\0' ? root : NULL;
}

void run_auto_thread(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content)
        check_text(r, row, json_string(row, "threadId"), thread_of(json_get(row, "input")));
}

// --- dm_retry_delays ---

static dm_channel_retry rules_of(const cJSON *row) {
    return (dm_channel_retry){.max_retries = (int)json_int(row, "maxRetries", DM_RETRY_DEFAULTS.max_retries),
                              .initial_delay_ms =
                                  json_int(row, "initialDelayMs", DM_RETRY_DEFAULTS.initial_delay_ms),
                              .max_delay_ms = json_int(row, "maxDelayMs", DM_RETRY_DEFAULTS.max_delay_ms),
                              .timeout_ms = DM_RETRY_DEFAULTS.timeout_ms};
}

void run_dm_retry_delays(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *random = json_get(row, "random");
        dm_channel_retry rules = rules_of(row);
        cJSON *delays = json_new_array();
        for (int retry = 1; retry <= rules.max_retries; retry++)
            json_push(delays, json_new_int(dm_retry_delay_ms(&rules, retry, random->valuedouble)));
        check_value(r, row, json_get(row, "delaysMs"), delays);
    }
}

// --- react_params, emoji, send_attachment ---

static cJSON *error_of(const char *sentence) {
    cJSON *all = json_new_object();
    json_add_string(all, "error", sentence);
    return all;
}

void run_react_params(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        react_params params;
        const char *sentence = "";
        cJSON *got = NULL;
        if (react_params_read(json_get(row, "params"), &params, &sentence) == OC_OK) {
            got = json_new_object();
            json_add_string(got, "postId", params.post_id);
            json_add_string(got, "emojiName", params.emoji);
            json_add_bool(got, "remove", params.remove);
            free(params.emoji);
        } else {
            got = error_of(sentence);
        }
        check_value(r, row, json_get(row, "result"), got);
    }
}

static void check_emoji_name(report *r, const cJSON *row, const char *sign, const char *expected) {
    char *name = emoji_name_of(sign);
    check_text(r, row, expected, name);
    free(name);
}

void run_emoji(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, json_get(content, "map"))
        check_emoji_name(r, row, row->string, cJSON_GetStringValue(row));
    cJSON_ArrayForEach(row, json_get(content, "cases"))
        check_emoji_name(r, row, json_text(row, "input"), json_string(row, "output"));
}

void run_send_attachment(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *media = NULL, *sentence = "";
        oc_err err = send_attachment_read(json_get(row, "params"), &media, &sentence);
        check_text(r, row, json_string(row, "error"), err == OC_OK ? NULL : sentence);
        if (err == OC_OK)
            check_text(r, row, json_string(row, "media"), media);
    }
}
