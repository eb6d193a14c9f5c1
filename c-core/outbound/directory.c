// SPDX-License-Identifier: Apache-2.0
#include "outbound/directory_private.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FOUND_MAX = 20000, TEXT_MAX_BYTES = 128 };

// --- the end ---

static void clear_found(directory_search *s) {
    directory_found *f, *next;
    HASH_ITER (hh, s->found, f, next) {
        char *texts[] = {f->id, f->target, f->name, f->display, f->team, f->nickname};
        HASH_DEL(s->found, f);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            free(texts[i]);
        free(f);
    }
}

static void release(directory_search *s) {
    char *texts[] = {s->text, s->team, s->bot_user_id, s->viewer_id};
    clear_found(s);
    cJSON_Delete(s->teams);
    cJSON_Delete(s->channels);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(s);
}

void directory_fail(directory_search *s, oc_err err, char *sentence) {
    s->fn(s->ctx, err, sentence, NULL, 0, false);
    free(sentence);
    release(s);
}

void directory_call_failed(directory_search *s, const chat_error *error, const char *what) {
    directory_fail(s, error->err,
                   xasprintf("Mattermost could not %s (%s). Try again.", what,
                             *error->message != '\0' ? error->message : oc_err_text(error->err)));
}

static const char *or_empty(const char *text) {
    return text != NULL ? text : "";
}

directory_fit directory_fit_of(const directory_search *s, const directory_found *f) {
    directory_fit by_name = directory_fits(s->text, or_empty(f->name), or_empty(f->display));
    directory_fit by_nickname = directory_fits(s->text, or_empty(f->nickname), "");
    return by_nickname < by_name ? by_nickname : by_name;
}

static void judge(const directory_search *s, directory_found *f) {
    bool seen = f->bot_sees && (f->viewer_sees || *s->viewer_id == '\0');
    f->fit = seen ? directory_fit_of(s, f) : FIT_NONE;
}

bool directory_has_fitting(directory_search *s) {
    for (directory_found *f = s->found; f != NULL; f = f->hh.next) {
        judge(s, f);
        if (f->fit != FIT_NONE)
            return true;
    }
    return false;
}

static int by_fit_and_name(const void *a, const void *b) {
    const directory_entry *x = a, *y = b;
    int by_name = strcasecmp(x->name, y->name);
    if (x->fit != y->fit)
        return x->fit < y->fit ? -1 : 1;
    return by_name != 0 ? by_name : strcmp(x->id, y->id);
}

void directory_done(directory_search *s) {
    size_t count = 0;
    directory_entry *entries = xcalloc(HASH_COUNT(s->found) + 1, sizeof *entries);
    for (directory_found *f = s->found; f != NULL; f = f->hh.next) {
        judge(s, f);
        if (f->fit != FIT_NONE)
            entries[count++] = (directory_entry){.id = f->id,
                                                 .target = f->target,
                                                 .name = or_empty(f->name),
                                                 .display = or_empty(f->display),
                                                 .team = or_empty(f->team),
                                                 .type = f->type,
                                                 .is_bot = f->is_bot,
                                                 .fit = f->fit};
    }
    qsort(entries, count, sizeof *entries, by_fit_and_name);
    size_t given = count > (size_t)s->limit ? (size_t)s->limit : count;
    s->fn(s->ctx, OC_OK, "", entries, given, given < count || s->cut);
    free(entries);
    release(s);
}

directory_found *directory_meet(directory_search *s, const char *id) {
    directory_found *f = NULL;
    HASH_FIND_STR(s->found, id, f);
    if (f != NULL)
        return f;
    if (HASH_COUNT(s->found) >= FOUND_MAX) {
        directory_fail(s, OC_ELIMIT,
                       xasprintf("There are more than %d to look through. Name a team, or the beginning of "
                                 "the name.",
                                 FOUND_MAX));
        return NULL;
    }
    f = xcalloc(1, sizeof *f);
    f->id = xstrdup(id);
    f->target = s->kind == DIRECTORY_TEAMS
                    ? xstrdup(id)
                    : xasprintf("%s:%s", s->kind == DIRECTORY_USERS ? "user" : "channel", id);
    HASH_ADD_KEYPTR(hh, s->found, f->id, strlen(f->id), f);
    return f;
}

// --- the teams, where everything begins ---

const cJSON *directory_team(const directory_search *s) {
    return cJSON_GetArrayItem(s->teams, s->team_at);
}

static void give_teams(directory_search *s) {
    const cJSON *team = NULL;
    cJSON_ArrayForEach(team, s->teams) {
        directory_found *f = directory_meet(s, json_text(team, "id"));
        if (f == NULL)
            return;
        if (f->name != NULL)
            continue;
        f->name = xstrdup(json_text(team, "name"));
        f->display = xstrdup(json_text(team, "display_name"));
        f->bot_sees = f->viewer_sees = true;
    }
    directory_done(s);
}

static void read_teams(directory_search *s) {
    if (*s->team != '\0' && cJSON_GetArraySize(s->teams) == 0)
        directory_fail(
            s, OC_ENOTFOUND,
            xasprintf("There is no team \"%s\" that both the bot and the person who asks are in.", s->team));
    else if (s->kind == DIRECTORY_TEAMS)
        give_teams(s);
    else if (s->kind == DIRECTORY_CHANNELS)
        directory_read_channels(s);
    else
        directory_read_users(s);
}

static bool is_wanted(const directory_search *s, const cJSON *team) {
    return json_int(team, "delete_at", 0) == 0 &&
           (*s->team == '\0' || strcasecmp(json_text(team, "name"), s->team) == 0 ||
            strcmp(json_text(team, "id"), s->team) == 0);
}

static void look_at_team(directory_search *s);

static void on_viewer_there(void *ctx, const chat_error *error, bool there) {
    directory_search *s = ctx;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "tell which teams the person is in");
        return;
    }
    if (there)
        s->team_at++;
    else
        cJSON_DeleteItemFromArray(s->teams, s->team_at);
    look_at_team(s);
}

// The bot's teams, one after the other: the viewer's own list of teams is not for everybody to read.
static void look_at_team(directory_search *s) {
    const cJSON *team = directory_team(s);
    if (team != NULL && *s->viewer_id != '\0') {
        chat_is_team_member(s->chat, json_text(team, "id"), s->viewer_id, on_viewer_there, s);
        return;
    }
    s->team_at = 0;
    read_teams(s);
}

static void on_bot_teams(void *ctx, const chat_error *error, const cJSON *teams) {
    directory_search *s = ctx;
    const cJSON *team = NULL;
    if (error->err != OC_OK) {
        directory_call_failed(s, error, "list the bot's teams");
        return;
    }
    s->teams = json_new_array();
    cJSON_ArrayForEach(team, teams) {
        if (is_wanted(s, team))
            json_push(s->teams, cJSON_Duplicate(team, 1));
    }
    look_at_team(s);
}

// Without the sign that people and models write before a name.
static char *plain_text(const char *text) {
    bytes all = utf8_trim(bytes_str(text));
    if (all.len > 0 && strchr("@#~", all.data[0]) != NULL)
        all = utf8_trim(bytes_of(all.data + 1, all.len - 1));
    return xstrndup((const char *)all.data, all.len);
}

void directory_find(chat *c, const directory_query *query, directory_fn *fn, void *ctx) {
    directory_search *s = xcalloc(1, sizeof *s);
    bool limited = query->limit >= 1 && query->limit < DIRECTORY_LIMIT_MAX;
    *s = (directory_search){.chat = c,
                            .kind = query->kind,
                            .text = plain_text(query->text),
                            .team = xstrdup(query->team),
                            .bot_user_id = xstrdup(query->bot_user_id),
                            .viewer_id = xstrdup(query->viewer_id),
                            .limit = limited ? query->limit : DIRECTORY_LIMIT_MAX,
                            .fn = fn,
                            .ctx = ctx};
    s->everybody = *s->text == '\0';
    if (strlen(s->text) > TEXT_MAX_BYTES)
        directory_fail(s, OC_EINVAL, xstrdup("That is too long to be a part of anybody's name."));
    else
        chat_teams_of_user(c, s->bot_user_id, on_bot_teams, s);
}
