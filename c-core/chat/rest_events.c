// SPDX-License-Identifier: Apache-2.0
// What the event stream tells becomes the events of chat.h.
#include "base/log.h"
#include "base/mem.h"
#include "chat/posted_event.h"
#include "chat/rest_internal.h"
#include "chat/views.h"

#include <stdlib.h>
#include <string.h>

enum {
    HELD_MAX = 1000,
    EDIT_MATTERS_MS = 6 * 24 * 3600 * 1000, // the journal, which knows what was answered, keeps seven days
};

// Nobody holds the post for us: what has no outcome when we end is found again from the watermark on.
struct chat_post_ticket {
    int unused;
};

void chat_post_outcome(chat_post_ticket *t, outcome_reason reason) {
    log_debug("a post has its outcome", "outcome", outcome_of(reason), "reason", outcome_reason_name(reason));
    free(t);
}

void chat_post_leave(chat_post_ticket *t) {
    free(t);
}

static chat_post_ticket *new_ticket(void) {
    return xcalloc(1, sizeof(chat_post_ticket));
}

// A member of data that is a JSON text or an object. The caller's, or NULL.
static cJSON *inner(const cJSON *frame, const char *key) {
    const cJSON *value = json_get(json_get(frame, "data"), key);
    cJSON *parsed = NULL;
    if (cJSON_IsObject(value))
        return cJSON_Duplicate(value, 1);
    if (cJSON_IsString(value) && json_parse(bytes_str(value->valuestring), &parsed) != OC_OK)
        return NULL;
    return parsed;
}

static const char *data_text(const cJSON *frame, const char *key) {
    return json_text(json_get(frame, "data"), key);
}

static const char *broadcast_text(const cJSON *frame, const char *key) {
    return json_text(json_get(frame, "broadcast"), key);
}

static bool is_own(const chat *c, const char *user_id) {
    return strcmp(user_id, c->bot_user_id) == 0;
}

// --- posts ---

static void remember(chat *c, const cJSON *post) {
    cache_put(c->recent, json_text(post, "id"), post, loop_now_ms(c->loop));
}

static void on_posted(chat *c, cJSON *frame) {
    posted_event e;
    posted_verdict verdict = posted_event_of(cJSON_Duplicate(frame, 1), &e);
    if (verdict == POSTED_INVALID) {
        log_warn("the event stream held a post that cannot be read", "problem", e.error);
    } else if (verdict == POSTED_POST && !is_own(c, e.user_id)) {
        chat_post post = chat_post_view(e.post);
        post.channel_id = e.channel_id;
        remember(c, e.post);
        c->events.post(c->ctx, &post, new_ticket());
    }
    posted_event_free(&e);
}

static bool same_content(const chat_post *a, const chat_post *b) {
    int count = cJSON_GetArraySize(a->file_ids);
    return strcmp(a->message, b->message) == 0 && count == cJSON_GetArraySize(b->file_ids) &&
           (count == 0 || cJSON_Compare(a->file_ids, b->file_ids, 1));
}

// What the post was before is not told: it is known of those that we heard of lately, and counts as empty for others; the
// journal knows which were answered.
static void on_post_edited(chat *c, cJSON *frame) {
    cJSON *json = inner(frame, "post"), *old = NULL;
    chat_post now = chat_post_view(json);
    if (json == NULL || is_own(c, now.user_id) || c->events.post_edited == NULL)
        goto out;
    old = cJSON_Duplicate(cache_get(c->recent, now.id, loop_now_ms(c->loop)), 1);
    remember(c, json);
    chat_post before = chat_post_view(old);
    bool tells = old != NULL ? !same_content(&now, &before)
                             : loop_wall_ms(c->loop) - now.create_at_ms < EDIT_MATTERS_MS;
    if (old == NULL) {
        before = now;
        before.message = "";
        before.file_ids = NULL;
    }
    if (tells)
        c->events.post_edited(c->ctx, &now, &before, new_ticket());
out:
    cJSON_Delete(old);
    cJSON_Delete(json);
}

static void on_post_deleted(chat *c, cJSON *frame) {
    cJSON *json = inner(frame, "post");
    const chat_post post = chat_post_view(json);
    cache_drop(c->recent, post.id);
    if (json != NULL && !is_own(c, post.user_id) && c->events.post_deleted != NULL)
        c->events.post_deleted(c->ctx, &post);
    cJSON_Delete(json);
}

static void tell_reaction(chat *c, const cJSON *frame, bool added) {
    cJSON *json = inner(frame, "reaction");
    chat_reaction reaction = chat_reaction_view(json);
    if (*reaction.channel_id == '\0')
        reaction.channel_id = broadcast_text(frame, "channel_id");
    if (json != NULL && !is_own(c, reaction.user_id) && c->events.reaction != NULL)
        c->events.reaction(c->ctx, &reaction, added);
    cJSON_Delete(json);
}

static void on_reaction_added(chat *c, cJSON *frame) {
    tell_reaction(c, frame, true);
}

static void on_reaction_removed(chat *c, cJSON *frame) {
    tell_reaction(c, frame, false);
}

// --- memberships ---

static void tell_membership(chat *c, const char *channel_id, const char *user_id, bool joined) {
    rest_forget_membership(c, channel_id, user_id);
    if (is_own(c, user_id) && c->events.membership != NULL)
        c->events.membership(c->ctx, channel_id, user_id, joined);
}

static const char *channel_of(const cJSON *frame) {
    const char *id = broadcast_text(frame, "channel_id");
    return *id != '\0' ? id : data_text(frame, "channel_id");
}

static const char *user_of(const cJSON *frame) {
    const char *id = data_text(frame, "user_id");
    return *id != '\0' ? id : broadcast_text(frame, "user_id");
}

static void on_user_added(chat *c, cJSON *frame) {
    tell_membership(c, channel_of(frame), user_of(frame), true);
}

static void on_user_removed(chat *c, cJSON *frame) {
    tell_membership(c, channel_of(frame), user_of(frame), false);
}

static void on_conversation_added(chat *c, cJSON *frame) {
    tell_membership(c, channel_of(frame), c->bot_user_id, true);
}

static void on_joined_team(chat *c, cJSON *frame) {
    if (is_own(c, user_of(frame)))
        rest_commands_again(c);
}

// Perhaps it may now what it might not before.
static void on_role_changed(chat *c, cJSON *frame) {
    cJSON *member = inner(frame, "member");
    if (is_own(c, json_text(member, "user_id")) || is_own(c, user_of(frame)))
        rest_commands_again(c);
    cJSON_Delete(member);
}

static void on_left_team(chat *c, cJSON *frame) {
    tell_membership(c, "", user_of(frame), false);
}

// --- facts that changed ---

static void on_user_updated(chat *c, cJSON *frame) {
    cJSON *user = inner(frame, "user");
    cache_clear(c->users); // known by id and by name, perhaps an earlier one
    if (is_own(c, json_text(user, "id")))
        rest_ask_self(c);
    cJSON_Delete(user);
}

static void on_channel_changed(chat *c, cJSON *frame) {
    cJSON *json = inner(frame, "channel");
    cache_drop(c->channels, *json_text(json, "id") != '\0' ? json_text(json, "id") : channel_of(frame));
    cache_clear(c->fresh);
    cJSON_Delete(json);
}

static void on_team_changed(chat *c, cJSON *frame) {
    (void)frame;
    cache_clear(c->teams);
}

static void on_server_info(void *ctx, const chat_error *error, const chat_server_info *info) {
    (void)ctx, (void)error, (void)info; // kept by the call itself
}

// Asked at once: public posts stand in the server's language, which whoever writes one does not wait for.
static void on_config_changed(chat *c, cJSON *frame) {
    (void)frame;
    cJSON_Delete(c->server_info);
    c->server_info = NULL;
    chat_get_server_info(c, on_server_info, NULL);
}

static const struct {
    const char *name;
    void (*handle)(chat *c, cJSON *frame);
} EVENTS[] = {
    {"posted", on_posted},
    {"post_edited", on_post_edited},
    {"post_deleted", on_post_deleted},
    {"reaction_added", on_reaction_added},
    {"reaction_removed", on_reaction_removed},
    {"user_added", on_user_added},
    {"user_removed", on_user_removed},
    {"direct_added", on_conversation_added},
    {"group_added", on_conversation_added},
    {"added_to_team", on_joined_team},
    {"memberrole_updated", on_role_changed},
    {"leave_team", on_left_team},
    {"user_updated", on_user_updated},
    {"channel_updated", on_channel_changed},
    {"channel_converted", on_channel_changed},
    {"channel_deleted", on_channel_changed},
    {"channel_restored", on_channel_changed},
    {"update_team", on_team_changed},
    {"config_changed", on_config_changed},
};

static void hand_out(chat *c, cJSON *frame) {
    const char *name = json_text(frame, "event");
    for (size_t i = 0; i < sizeof EVENTS / sizeof *EVENTS; i++) {
        if (strcmp(EVENTS[i].name, name) == 0)
            EVENTS[i].handle(c, frame);
    }
}

void rest_take_event(chat *c, cJSON *frame) {
    if (c->activated) {
        hand_out(c, frame);
        cJSON_Delete(frame);
    } else if (cJSON_GetArraySize(c->held) < HELD_MAX) {
        json_push(c->held, frame);
    } else { // it is found again by looking
        cJSON_Delete(frame);
        rest_missed(c, c->since_ms);
    }
}

void rest_missed(chat *c, int64_t since_ms) {
    if (c->activated)
        c->events.missed(c->ctx, since_ms);
    else if (c->missed_since_ms == 0 || since_ms < c->missed_since_ms)
        c->missed_since_ms = since_ms;
}

void chat_activated(chat *c) {
    cJSON *held = c->held;
    int64_t since_ms = c->missed_since_ms;
    if (c->activated)
        return;
    c->activated = true;
    c->held = json_new_array();
    c->missed_since_ms = 0;
    if (since_ms != 0)
        c->events.missed(c->ctx, since_ms);
    for (cJSON *frame = held->child; frame != NULL; frame = frame->next)
        hand_out(c, frame);
    cJSON_Delete(held);
}
