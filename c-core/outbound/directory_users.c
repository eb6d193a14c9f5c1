// SPDX-License-Identifier: Apache-2.0
// The directory's users: members of the teams that bot and viewer share. A viewer who may not view members (a guest) gets those
// with whom they share a channel of the bot. The server finds beginnings of names; when it finds none everybody is looked through.
#include "outbound/directory_private.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/views.h"

#include <string.h>

enum { PAGE = 200 };

static void read_team(directory_search *s);

// How people call them: full name, else nickname.
static char *display_of(const chat_user *user) {
    bool both = *user->first_name != '\0' && *user->last_name != '\0';
    if (*user->first_name == '\0' && *user->last_name == '\0')
        return xstrdup(user->nickname);
    return xasprintf("%s%s%s", user->first_name, both ? " " : "", user->last_name);
}

// false: the question has ended.
static bool meet_all(directory_search *s, const cJSON *users) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, users) {
        chat_user user = chat_user_view(item);
        if (user.delete_at_ms != 0 || strcmp(user.id, s->bot_user_id) == 0)
            continue;
        directory_found *f = directory_meet(s, user.id);
        if (f == NULL)
            return false;
        if (f->name != NULL)
            continue;
        f->name = xstrdup(user.username);
        f->display = display_of(&user);
        f->nickname = xstrdup(user.nickname);
        f->is_bot = user.is_bot;
        f->bot_sees = f->viewer_sees = true;
    }
    return true;
}

static void next_team(directory_search *s) {
    s->team_at++;
    s->page = 0;
    read_team(s);
}

static void all_teams_read(directory_search *s) {
    if (s->everybody || directory_has_fitting(s)) {
        directory_done(s);
        return;
    }
    s->everybody = true;
    s->team_at = s->page = 0;
    read_team(s);
}

// --- whoever views members: whole teams ---

static void on_searched(void *ctx, const chat_error *error, const cJSON *users) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "search for users");
        return;
    }
    s->cut = s->cut || cJSON_GetArraySize(users) >= PAGE;
    if (meet_all(s, users))
        next_team(s);
}

// A list without a text needs no more of a team than it can show: the server sorts by name.
static bool is_enough(const directory_search *s) {
    return *s->text == '\0' && (s->page + 1) * PAGE > 2 * DIRECTORY_LIMIT_MAX;
}

static void on_team_page(void *ctx, const chat_error *error, const cJSON *users) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the team's members");
        return;
    }
    if (!meet_all(s, users))
        return;
    bool last = cJSON_GetArraySize(users) < PAGE;
    s->cut = s->cut || (!last && is_enough(s));
    if (last || is_enough(s))
        next_team(s);
    else
        chat_users_in_team(s->chat, json_text(directory_team(s), "id"), ++s->page, PAGE, on_team_page, s);
}

// --- others: channel by channel ---

static void read_channel(directory_search *s);

static void on_channel_page(void *ctx, const chat_error *error, const cJSON *users) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the members of the person's channels");
        return;
    }
    if (!meet_all(s, users))
        return;
    s->page++;
    if (cJSON_GetArraySize(users) < PAGE) {
        s->channel_at++;
        s->page = 0;
    }
    read_channel(s);
}

static void on_viewer_there(void *ctx, const chat_error *error, bool there) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "tell which channels the person is in");
        return;
    }
    if (there) {
        const cJSON *channel = cJSON_GetArrayItem(s->channels, s->channel_at);
        chat_users_in_channel(s->chat, json_text(channel, "id"), 0, PAGE, on_channel_page, s);
        return;
    }
    s->channel_at++;
    read_channel(s);
}

static void read_channel(directory_search *s) {
    const cJSON *channel = cJSON_GetArrayItem(s->channels, s->channel_at);
    if (channel == NULL)
        next_team(s);
    else if (s->page == 0)
        chat_is_member(s->chat, json_text(channel, "id"), s->viewer_id, on_viewer_there, s);
    else
        chat_users_in_channel(s->chat, json_text(channel, "id"), s->page, PAGE, on_channel_page, s);
}

static void on_bot_channels(void *ctx, const chat_error *error, const cJSON *channels) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the bot's channels");
        return;
    }
    cJSON_Delete(s->channels);
    s->channels = cJSON_Duplicate(channels, 1);
    s->channel_at = s->page = 0;
    read_channel(s);
}

// --- both ---

static void read_team(directory_search *s) {
    const char *team = json_text(directory_team(s), "id");
    if (directory_team(s) == NULL)
        all_teams_read(s);
    else if (!s->views_members)
        chat_channels_of_user(s->chat, team, s->bot_user_id, on_bot_channels, s);
    else if (s->everybody)
        chat_users_in_team(s->chat, team, 0, PAGE, on_team_page, s);
    else
        chat_search_users(s->chat, team, s->text, PAGE, on_searched, s);
}

static void on_view_members(void *ctx, const chat_error *error, bool right) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "tell what the person may see");
        return;
    }
    s->views_members = right;
    s->everybody = s->everybody || !right; // channels are read as a whole
    read_team(s);
}

void directory_read_users(directory_search *s) {
    const chat_error fine = {.err = OC_OK, .id = "", .message = ""};
    if (*s->viewer_id == '\0')
        on_view_members(s, &fine, true);
    else
        chat_has_permission(s->chat, s->viewer_id, "view_members", on_view_members, s);
}
