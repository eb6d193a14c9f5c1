// SPDX-License-Identifier: Apache-2.0
#include "admin/http.h"

#include "admin/bench.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { STATUS_MAX_BYTES = 64 << 10 };

typedef enum right { RIGHT_USER, RIGHT_SYSTEM_ADMIN } right;

static void add_gateway(cJSON *to, const gateway *g) {
    cJSON *part = json_add_object(to, "gateway");
    if (g == NULL)
        return;
    gateway_status s = gateway_get_status(g);
    json_add_string(part, "state", gateway_state_name(s.state));
    json_add_string(part, "code", s.code);
    json_add_string(part, "sentence", s.sentence);
    json_add_string(part, "command", s.command);
    json_add_string(part, "server_version", s.server_version);
}

// The first account stands at the top, too: most have one only.
static void status_route(const admin_http *a, chat_http *r) {
    cJSON *body = json_new_object();
    const account *one = accounts_at(a->accounts, 0);
    json_add_string(body, "version", OPENCLAW_VERSION);
    json_add_string(body, "bot_user_id", one != NULL ? one->bot_user_id : "");
    add_gateway(body, one != NULL ? one->gateway : NULL);
    cJSON *list = json_add_array(body, "accounts");
    for (size_t i = 0; (one = accounts_at(a->accounts, i)) != NULL; i++) {
        cJSON *item = json_new_object();
        json_add_string(item, "id", one->id);
        json_add_string(item, "bot_user_id", one->bot_user_id);
        json_add_string(item, "bot_username", one->bot_username);
        add_gateway(item, one->gateway);
        json_push(list, item);
    }
    buf text;
    buf_init(&text, STATUS_MAX_BYTES);
    if (json_print(body, &text) == OC_OK)
        chat_http_answer(r, 200, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(r, 500, "The status is too long to be shown.");
    buf_free(&text);
    cJSON_Delete(body);
}

// For servers without the metrics port, which needs a licence.
static void metrics_route(const admin_http *a, chat_http *r) {
    metrics_answer(a->metrics, r);
}

static const struct route {
    const char *method, *path;
    right right;
    bool bench;
    void (*handle)(const admin_http *a, chat_http *r);
} ROUTES[] = {
    {"GET", "/api/v1/status", RIGHT_SYSTEM_ADMIN, false, status_route},
    {"GET", "/api/v1/metrics", RIGHT_SYSTEM_ADMIN, false, metrics_route},
    {"GET", "/bench/small", RIGHT_USER, true, bench_small},
    {"POST", "/bench/echo", RIGHT_USER, true, bench_echo},
    {"GET", "/bench/api", RIGHT_USER, true, bench_api},
};
enum { ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES };

typedef struct check { // the right of a request is being looked up
    const admin_http *admin;
    const struct route *route;
    chat_http *request;
} check;

static bool has_role(const char *roles, const char *role) {
    size_t len = strlen(role);
    for (const char *at = strstr(roles, role); at != NULL; at = strstr(at + 1, role)) {
        if ((at == roles || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    check *c = ctx;
    if (error->err != OC_OK)
        chat_http_answer_error(c->request, 503, "Your rights could not be looked up. Try again in a moment.");
    else if (!has_role(user->roles, "system_admin"))
        chat_http_answer_error(c->request, 403, "This is for system administrators only.");
    else
        c->route->handle(c->admin, c->request);
    free(c);
}

static void authorize(const admin_http *a, const struct route *route, chat_http *r) {
    if (*chat_http_user_id(r) == '\0') {
        chat_http_answer_error(r, 401, "Log in to Mattermost first.");
    } else if (route->right == RIGHT_USER) {
        route->handle(a, r);
    } else {
        check *c = xmalloc(sizeof *c);
        *c = (check){.admin = a, .route = route, .request = r};
        chat_get_user(a->chat, chat_http_user_id(r), on_user, c);
    }
}

void admin_http_handle(const admin_http *a, chat_http *r) {
    const struct route *same_path = NULL;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (strcmp(ROUTES[i].path, chat_http_path(r)) != 0 || (ROUTES[i].bench && !a->bench))
            continue;
        same_path = &ROUTES[i];
        if (strcmp(ROUTES[i].method, chat_http_method(r)) == 0) {
            authorize(a, &ROUTES[i], r);
            return;
        }
    }
    if (same_path == NULL) {
        chat_http_answer_error(r, 404, "There is nothing at this address.");
        return;
    }
    cJSON *header = json_new_object();
    json_add_string(header, "Allow", same_path->method);
    chat_http_answer(r, 405, "application/json", header,
                     bytes_str("{\"error\":\"This address takes another method.\"}"));
    cJSON_Delete(header);
}
