// SPDX-License-Identifier: Apache-2.0
// Rights over REST. The server answers no such question for others, so what it decides by is gathered: the roles of a person
// in the channel, in its team and on the server, and what these roles permit.
#include "base/mem.h"
#include "chat/rest_internal.h"

#include <stdlib.h>
#include <string.h>

typedef enum rights_step {
    RIGHTS_CHANNEL_ROLES, // the person's membership in the channel is asked
    RIGHTS_TEAM,          // which team the channel belongs to
    RIGHTS_TEAM_ROLES,    // the person's membership in the team
    RIGHTS_USER_ROLES,    // the person
    RIGHTS_PERMISSIONS,   // what the roles permit
} rights_step;

typedef struct rights {
    chat *chat;
    rights_step step;
    char *user_id, *channel_id, *team_id, *permission;
    cJSON *roles; // names
    chat_flag_fn *fn;
    void *ctx;
} rights;

static void go(rights *r, rights_step to);

static void end(rights *r, const chat_error *error, bool may) {
    r->fn(r->ctx, error, may);
    free(r->user_id);
    free(r->channel_id);
    free(r->team_id);
    free(r->permission);
    cJSON_Delete(r->roles);
    free(r);
}

static void add_roles(rights *r, const char *names) {
    for (names += strspn(names, " "); *names != '\0'; names += strspn(names, " ")) {
        size_t len = strcspn(names, " ");
        json_push(r->roles, json_new_string_n(names, len));
        names += len;
    }
}

static bool permits(const cJSON *roles, const char *permission) {
    const cJSON *role = NULL, *one = NULL;
    cJSON_ArrayForEach(role, roles) {
        cJSON_ArrayForEach(one, json_array(role, "permissions")) {
            if (cJSON_IsString(one) && strcmp(one->valuestring, permission) == 0)
                return true;
        }
    }
    return false;
}

// The role names of the step's answer; "" where there is no such membership.
static const char *roles_in(const cJSON *json) {
    return json_int(json, "delete_at", 0) == 0 ? json_text(json, "roles") : "";
}

static void finish(rest_wanted *w, const chat_error *error, const cJSON *json) {
    rights *r = w->ctx;
    bool absent =
        error->err == OC_ENOTFOUND && (r->step == RIGHTS_CHANNEL_ROLES || r->step == RIGHTS_TEAM_ROLES);
    if (error->err != OC_OK && !absent) {
        end(r, error, false);
        return;
    }
    switch (r->step) {
    case RIGHTS_CHANNEL_ROLES:
        add_roles(r, absent ? "" : roles_in(json));
        go(r, RIGHTS_TEAM);
        break;
    case RIGHTS_TEAM:
        r->team_id = xstrdup(json_text(json, "team_id"));
        go(r, *r->team_id != '\0' ? RIGHTS_TEAM_ROLES : RIGHTS_USER_ROLES);
        break;
    case RIGHTS_TEAM_ROLES:
        add_roles(r, absent ? "" : roles_in(json));
        go(r, RIGHTS_USER_ROLES);
        break;
    case RIGHTS_USER_ROLES:
        add_roles(r, roles_in(json));
        go(r, RIGHTS_PERMISSIONS);
        break;
    case RIGHTS_PERMISSIONS:
        end(r, &REST_NO_ERROR, permits(json, r->permission));
        break;
    }
}

static void go(rights *r, rights_step to) {
    const rest_wanted wanted = {.finish = finish, .ctx = r};
    chat *c = r->chat;
    r->step = to;
    switch (to) {
    case RIGHTS_CHANNEL_ROLES:
        rest_get(c, rest_path("/channels/", r->channel_id, "/members/", r->user_id, NULL), &wanted);
        break;
    case RIGHTS_TEAM:
        rest_get(c, rest_path("/channels/", r->channel_id, NULL), &wanted);
        break;
    case RIGHTS_TEAM_ROLES:
        rest_get(c, rest_path("/teams/", r->team_id, "/members/", r->user_id, NULL), &wanted);
        break;
    case RIGHTS_USER_ROLES:
        rest_get(c, rest_path("/users/", r->user_id, NULL), &wanted);
        break;
    case RIGHTS_PERMISSIONS:
        rest_send(c, "POST", rest_path("/roles/names", NULL), cJSON_Duplicate(r->roles, 1), true, &wanted);
        break;
    }
}

static void begin(chat *c, rights what, rights_step first) {
    rights *r = xmalloc(sizeof *r);
    *r = what;
    r->chat = c;
    r->roles = json_new_array();
    go(r, first);
}

void chat_has_channel_permission(chat *c, const char *user_id, const char *channel_id, const char *permission,
                                 chat_flag_fn *fn, void *ctx) {
    begin(c,
          (rights){.user_id = xstrdup(user_id),
                   .channel_id = xstrdup(channel_id),
                   .permission = xstrdup(permission),
                   .fn = fn,
                   .ctx = ctx},
          RIGHTS_CHANNEL_ROLES);
}

void chat_has_team_permission(chat *c, const char *user_id, const char *team_id, const char *permission,
                              chat_flag_fn *fn, void *ctx) {
    begin(c,
          (rights){.user_id = xstrdup(user_id),
                   .team_id = xstrdup(team_id),
                   .permission = xstrdup(permission),
                   .fn = fn,
                   .ctx = ctx},
          RIGHTS_TEAM_ROLES);
}

void chat_has_permission(chat *c, const char *user_id, const char *permission, chat_flag_fn *fn, void *ctx) {
    begin(c, (rights){.user_id = xstrdup(user_id), .permission = xstrdup(permission), .fn = fn, .ctx = ctx},
          RIGHTS_USER_ROLES);
}

void chat_user_is_system_admin(chat *c, const char *user_id, chat_flag_fn *fn, void *ctx) {
    chat_has_permission(c, user_id, "manage_system", fn, ctx);
}
