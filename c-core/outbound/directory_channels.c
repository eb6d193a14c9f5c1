// SPDX-License-Identifier: Apache-2.0
// The directory's channels: those that the bot is in, and the public ones of a team when both may read them. Of the bot's own ones
// the viewer sees those that they are in, and the public ones.
#include "outbound/directory_private.h"

#include "base/json.h"
#include "base/mem.h"

#include <string.h>

enum { PAGE = 200 };

static directory_found *meet(directory_search *s, const cJSON *channel) {
    const cJSON *team = directory_team(s);
    directory_found *f = directory_meet(s, json_text(channel, "id"));
    if (f == NULL || f->name != NULL)
        return f;
    f->name = xstrdup(json_text(channel, "name"));
    f->display = xstrdup(json_text(channel, "display_name"));
    f->team = xstrdup(json_text(team, "name"));
    f->type = *json_text(channel, "type");
    return f;
}

// Direct and group channels are people, not places.
static bool is_place(const directory_search *s, const cJSON *channel) {
    return strcmp(json_text(channel, "team_id"), json_text(directory_team(s), "id")) == 0;
}

static void next_team(directory_search *s) {
    s->team_at++;
    directory_read_channels(s);
}

// --- which of the bot's channels the viewer sees ---

static void ask_membership(directory_search *s);

static void on_member(void *ctx, const chat_error *error, bool member) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "tell which channels the person is in");
        return;
    }
    s->asked->viewer_sees = member;
    s->asked = s->asked->hh.next;
    ask_membership(s);
}

// From s->asked on; only of those that would be shown.
static void ask_membership(directory_search *s) {
    const char *team = json_text(directory_team(s), "name");
    for (; s->asked != NULL; s->asked = s->asked->hh.next) {
        directory_found *f = s->asked;
        if (strcmp(f->team, team) != 0 || !f->bot_sees || f->viewer_sees ||
            directory_fit_of(s, f) == FIT_NONE)
            continue;
        if (f->type == 'O' && s->viewer_reads_public) {
            f->viewer_sees = true;
        } else {
            chat_is_member(s->chat, f->id, s->viewer_id, on_member, s);
            return;
        }
    }
    next_team(s);
}

static void team_is_read(directory_search *s) {
    s->asked = s->found;
    if (*s->viewer_id == '\0')
        next_team(s);
    else
        ask_membership(s);
}

// --- the bot's channels ---

static void on_public(void *ctx, const chat_error *error, const cJSON *channels) {
    directory_search *s = ctx;
    const cJSON *channel = NULL;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the team's channels");
        return;
    }
    cJSON_ArrayForEach(channel, channels) {
        directory_found *f = meet(s, channel);
        if (f == NULL)
            return;
        f->bot_sees = true;
    }
    if (cJSON_GetArraySize(channels) < PAGE)
        team_is_read(s);
    else
        chat_public_channels(s->chat, json_text(directory_team(s), "id"), ++s->page, PAGE, on_public, s);
}

static void rights_are_known(directory_search *s) {
    s->page = 0;
    if (s->bot_reads_public && (s->viewer_reads_public || *s->viewer_id == '\0'))
        chat_public_channels(s->chat, json_text(directory_team(s), "id"), 0, PAGE, on_public, s);
    else
        team_is_read(s);
}

static void on_viewer_right(void *ctx, const chat_error *error, bool right) {
    directory_search *s = ctx;
    s->viewer_reads_public = right;
    if (error->err != OC_OK)
        directory_call_failed(s, error, "tell what the person may see");
    else
        rights_are_known(s);
}

static void on_bot_right(void *ctx, const chat_error *error, bool right) {
    directory_search *s = ctx;
    s->bot_reads_public = right;
    if (error->err != OC_OK)
        directory_call_failed(s, error, "tell what the bot may see");
    else if (*s->viewer_id == '\0')
        rights_are_known(s);
    else
        chat_has_team_permission(s->chat, s->viewer_id, json_text(directory_team(s), "id"),
                                 "read_public_channel", on_viewer_right, s);
}

static void ask_rights(directory_search *s) {
    chat_has_team_permission(s->chat, s->bot_user_id, json_text(directory_team(s), "id"),
                             "read_public_channel", on_bot_right, s);
}

static void on_bot_channels(void *ctx, const chat_error *error, const cJSON *channels) {
    directory_search *s = ctx;
    const cJSON *channel = NULL;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the bot's channels");
        return;
    }
    cJSON_ArrayForEach(channel, channels) {
        directory_found *f = is_place(s, channel) ? meet(s, channel) : NULL;
        if (f == NULL && is_place(s, channel))
            return;
        if (f != NULL)
            f->bot_sees = true;
    }
    ask_rights(s);
}

void directory_read_channels(directory_search *s) {
    if (directory_team(s) == NULL)
        directory_done(s);
    else
        chat_channels_of_user(s->chat, json_text(directory_team(s), "id"), s->bot_user_id, on_bot_channels,
                              s);
}
