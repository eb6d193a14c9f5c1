// SPDX-License-Identifier: Apache-2.0
// Which place a call means: that of a post or file, that of a target, or the conversation's own. What does not exist is refused
// as what may not be seen: nobody learns from a refusal what there is.
#include "outbound/tool_run.h"

#include "base/mem.h"
#include "chat/views.h"

#include <stdio.h>
#include <stdlib.h>

static void on_judged(tool_run *r, authorise_verdict verdict) {
    if (verdict != AUTHORISE_ALLOW)
        tool_refuse_verdict(r, verdict);
    else
        tool_work(r);
}

static void refuse_as_unseen(tool_run *r) {
    r->facts.target_known = true;
    r->facts.own_place = false;
    r->facts.type = 'P';
    r->facts.asker_sees = r->facts.listed = false;
    tool_refuse_verdict(r, tool_authorise(r));
}

static void place_is(tool_run *r, const char *channel_id) {
    snprintf(r->place.channel_id, sizeof r->place.channel_id, "%s", channel_id);
    tool_judge(r, on_judged);
}

// --- a target ---

static void refuse_target(tool_run *r, oc_err err, const char *sentence) {
    static const struct {
        oc_err err;
        const char *code;
    } codes[] = {{OC_EINVAL, "INVALID_ARGUMENTS"},
                 {OC_ENOTFOUND, "NOT_FOUND"},
                 {OC_ECONFLICT, "AMBIGUOUS"},
                 {OC_EDENIED, "NOT_ALLOWED"}};
    const char *code = "UNAVAILABLE";
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].err == err)
            code = codes[i].code;
    }
    // Looked for in nobody's name: the answer would tell what there is.
    const bool known = err == OC_ENOTFOUND || err == OC_ECONFLICT || err == OC_EDENIED;
    if (known && r->facts.origin != ORIGIN_PERSON)
        refuse_as_unseen(r);
    else
        tool_refuse(r, code, sentence);
}

static void on_target(void *ctx, oc_err err, const char *sentence, const resolved *place) {
    tool_run *r = ctx;
    if (err != OC_OK) {
        refuse_target(r, err, sentence);
        return;
    }
    const bool self = *place->user_id != '\0' && strcmp(place->user_id, r->own.user_id) == 0;
    const char *channel_id = self ? r->own.channel_id : place->channel_id;
    if (r->has_post && strcmp(channel_id, r->post.channel_id) != 0) {
        tool_refuse(
            r, "INVALID_ARGUMENTS",
            "threadId and target name different places. Leave target out, or take a post of that place.");
        return;
    }
    if (!self)
        snprintf(r->place.user_id, sizeof r->place.user_id, "%s", place->user_id);
    place_is(r, *r->place.user_id != '\0' ? "" : channel_id);
}

static void look_for_name(tool_run *r) {
    const char *named = tool_text(r, "target");
    const resolve_ask ask = {
        .bot_user_id = r->account->bot_user_id, .viewer_id = r->viewer, .home_team_id = r->own.team_id};
    if (*named != '\0')
        resolve_target(r->tools->parts.resolver, &ask, named, on_target, r);
    else if (r->has_post)
        place_is(r, r->post.channel_id);
    else if (r->facts.origin == ORIGIN_MCP)
        tool_refuse(r, "INVALID_ARGUMENTS",
                    "target is missing: over MCP there is no conversation, so the channel must be named.");
    else
        place_is(r, r->own.channel_id);
}

// --- a post ---

static void on_post(void *ctx, const chat_error *error, const chat_post *post) {
    tool_run *r = ctx;
    const cJSON *mark = json_get(post->props, "openclaw");
    if (error->err != OC_OK && error->err != OC_ENOTFOUND) {
        tool_refuse_failure(r, "The post could not be looked up", error);
        return;
    }
    if (error->err == OC_ENOTFOUND || post->delete_at_ms != 0) {
        refuse_as_unseen(r);
        return;
    }
    r->post = chat_post_dup(post);
    r->has_post = true;
    r->facts.is_post = true;
    r->facts.post_is_bots = strcmp(post->user_id, r->account->bot_user_id) == 0;
    r->facts.post_is_words = *json_text(mark, "turn") != '\0' &&
                             json_int(mark, "part", -1) >= 0 && // others are notices
                             cJSON_GetArraySize(json_array(post->props, "attachments")) == 0;
    look_for_name(r);
}

static void look_for_post(tool_run *r, const char *post_id) {
    chat_get_post(r->tools->parts.chat, post_id, on_post, r);
}

// --- a file ---

static void on_file(void *ctx, const chat_error *error, const chat_file *file) {
    tool_run *r = ctx;
    if (error->err != OC_OK && error->err != OC_ENOTFOUND) {
        tool_refuse_failure(r, "The file could not be looked up", error);
    } else if (error->err == OC_ENOTFOUND || file->delete_at_ms != 0 || *file->post_id == '\0') {
        refuse_as_unseen(r);
    } else {
        r->file_name = xstrdup(file->name);
        r->file_type = xstrdup(file->mime_type);
        r->file_bytes = file->size_bytes;
        look_for_post(r, file->post_id);
    }
}

static bool has_no_place(const tool_run *r) {
    return r->tool->id == TOOL_DIRECTORY || (r->tool->id == TOOL_SEARCH && *tool_text(r, "target") == '\0');
}

void tool_look_for_target(tool_run *r) {
    const char *post_id = *tool_text(r, "postId") != '\0' ? tool_text(r, "postId") : tool_text(r, "threadId");
    const bool fetch = r->tool->id == TOOL_FILE && !tool_wants_upload(r);
    r->state = TOOL_TARGET;
    if (has_no_place(r))
        tool_work(r);
    else if (fetch && *tool_text(r, "fileId") == '\0')
        tool_refuse(r, "INVALID_ARGUMENTS", "fileId is missing: mattermost_read gives the ids of files.");
    else if (fetch)
        chat_get_file_info(r->tools->parts.chat, tool_text(r, "fileId"), on_file, r);
    else if (*post_id != '\0')
        look_for_post(r, post_id);
    else
        look_for_name(r);
}
