// SPDX-License-Identifier: Apache-2.0
#include "admin/http.h"

#include "admin/bench.h"
#include "admin/panel_status.h"
#include "admin/support.h"
#include "admin/test_message.h"
#include "base/json.h"
#include "base/mem.h"
#include "chat/audit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MAX_BYTES = 1 << 20, BODY_MAX_BYTES = 16 << 10 };

typedef enum right { RIGHT_USER, RIGHT_SYSTEM_ADMIN } right;

static void answer_json(chat_http *r, int status, const cJSON *body) {
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    if (json_print(body, &text) == OC_OK)
        chat_http_answer(r, status, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(r, 500, "The answer is too long to be shown.");
    buf_free(&text);
}

static void on_json(void *ctx, int status, const cJSON *body) {
    answer_json(ctx, status, body);
}

// --- what is only read ---

typedef struct asking { // somebody is asked before the request is answered
    const admin_http *admin;
    chat_http *request;
} asking;

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    asking *q = ctx;
    cJSON *body = panel_status(q->admin, error->err == OC_OK ? info : NULL);
    answer_json(q->request, 200, body);
    cJSON_Delete(body);
    free(q);
}

static void status_route(const admin_http *a, chat_http *r) {
    asking *q = xmalloc(sizeof *q);
    *q = (asking){.admin = a, .request = r};
    chat_get_server_info(a->chat, on_server, q);
}

// For servers without the metrics port, which needs a licence.
static void metrics_route(const admin_http *a, chat_http *r) {
    metrics_answer(a->metrics, r);
}

static void on_report(void *ctx, const doctor_report *report) {
    asking *q = ctx;
    cJSON *body = doctor_report_json(report, chat_lang(q->admin->chat, chat_http_user_id(q->request)));
    answer_json(q->request, 200, body);
    cJSON_Delete(body);
    free(q);
}

// Comes after five seconds at most.
static void doctor_route(const admin_http *a, chat_http *r) {
    asking *q = xmalloc(sizeof *q);
    *q = (asking){.admin = a, .request = r};
    doctor_ask(a->doctor, on_report, q);
}

static void pairings_route(const admin_http *a, chat_http *r) {
    a->panel.pairings(a->panel.ctx, chat_http_user_id(r), on_json, r);
}

// --- what does something: the body is a JSON object ---

typedef void act_fn(const admin_http *a, const char *user_id, const cJSON *body, admin_json_fn *fn,
                    void *ctx);

typedef struct acting {
    const admin_http *admin;
    act_fn *act;
} acting;

static void on_body(void *ctx, chat_http *r, oc_err err, bytes body) {
    acting *job = ctx;
    cJSON *json = NULL;
    if (err == OC_ELIMIT)
        chat_http_answer_error(r, 413, "This is too long.");
    else if (err != OC_OK)
        chat_http_answer_error(r, 400, "The request broke off.");
    else if (json_parse(body, &json) != OC_OK || !cJSON_IsObject(json))
        chat_http_answer_error(r, 400, "The body must be a JSON object.");
    else
        job->act(job->admin, chat_http_user_id(r), json, on_json, r);
    cJSON_Delete(json);
    free(job);
}

// The server has checked the session and, where it came as a cookie, the CSRF token that goes with it; a form of another site
// cannot claim this content type either.
static void act_on_body(const admin_http *a, chat_http *r, act_fn *act) {
    if (strncasecmp(chat_http_header(r, "Content-Type"), "application/json", strlen("application/json")) !=
        0) {
        chat_http_answer_error(r, 415, "The body must be JSON, with the content type application/json.");
        return;
    }
    acting *job = xmalloc(sizeof *job);
    *job = (acting){.admin = a, .act = act};
    chat_http_read(r, BODY_MAX_BYTES, on_body, job);
}

static void decide(const admin_http *a, const char *user_id, const cJSON *body, admin_json_fn *fn,
                   void *ctx) {
    a->panel.decide(a->panel.ctx, user_id, body, fn, ctx);
}

static void decide_route(const admin_http *a, chat_http *r) {
    act_on_body(a, r, decide);
}

static void test_message_route(const admin_http *a, chat_http *r) {
    act_on_body(a, r, test_message_send);
}

// --- the table ---

static const struct route {
    const char *method, *path;
    right right;
    bool bench;
    void (*handle)(const admin_http *a, chat_http *r);
} ROUTES[] = {
    {"GET", "/api/v1/status", RIGHT_SYSTEM_ADMIN, false, status_route},
    {"GET", "/api/v1/doctor", RIGHT_SYSTEM_ADMIN, false, doctor_route},
    {"GET", "/api/v1/metrics", RIGHT_SYSTEM_ADMIN, false, metrics_route},
    {"GET", "/api/v1/pairings", RIGHT_SYSTEM_ADMIN, false, pairings_route},
    {"POST", "/api/v1/pairings/decide", RIGHT_SYSTEM_ADMIN, false, decide_route},
    {"GET", "/api/v1/support-data", RIGHT_SYSTEM_ADMIN, false, support_route},
    {"POST", "/api/v1/test-message", RIGHT_SYSTEM_ADMIN, false, test_message_route},
    {"GET", "/bench/small", RIGHT_USER, true, bench_small},
    {"POST", "/bench/echo", RIGHT_USER, true, bench_echo},
    {"GET", "/bench/api", RIGHT_USER, true, bench_api},
};
enum { ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES };

bool admin_http_route(size_t index, admin_route_info *out) {
    if (index >= ROUTE_COUNT)
        return false;
    const struct route *r = &ROUTES[index];
    *out = (admin_route_info){.method = r->method,
                              .path = r->path,
                              .admins_only = r->right == RIGHT_SYSTEM_ADMIN,
                              .bench = r->bench};
    return true;
}

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

static void refuse(const check *c) {
    audit(c->admin->chat, AUDIT_ROUTE, chat_http_user_id(c->request), "refused", "method", c->route->method,
          "route", c->route->path);
    chat_http_answer_error(c->request, 403, "This is for system administrators only.");
}

static void let_in(const check *c) {
    if (strcmp(c->route->method, "POST") == 0)
        audit(c->admin->chat, AUDIT_ROUTE, chat_http_user_id(c->request), "", "method", c->route->method,
              "route", c->route->path);
    c->route->handle(c->admin, c->request);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    check *c = ctx;
    if (error->err != OC_OK)
        chat_http_answer_error(c->request, 503, "Your rights could not be looked up. Try again in a moment.");
    else if (!has_role(user->roles, "system_admin"))
        refuse(c);
    else
        let_in(c);
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
