// SPDX-License-Identifier: Apache-2.0
#include "interactions/http.h"

#include "base/json.h"
#include "base/mem.h"
#include "interactions/dialogs.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX_BYTES = 64 << 10 };

typedef void answer_fn(void *ctx, int status, const cJSON *body);

static void pairing_route(const interactions_world *w, const char *user_id, bytes body, answer_fn *fn,
                          void *ctx) {
    pairing_desk_click(w->pairing, user_id, body, fn, ctx);
}

static void button_route(const interactions_world *w, const char *user_id, bytes body, answer_fn *fn,
                         void *ctx) {
    buttons_http(w->buttons, user_id, body, fn, ctx);
}

static void dialog_route(const interactions_world *w, const char *user_id, bytes body, answer_fn *fn,
                         void *ctx) {
    dialogs_http(w->buttons, user_id, body, fn, ctx);
}

static void official_route(const interactions_world *w, const char *user_id, bytes body, answer_fn *fn,
                           void *ctx) {
    adopted_buttons_click(w->adopted, user_id, body, fn, ctx);
}

static const struct route {
    const char *path;
    size_t max_bytes;
    void (*handle)(const interactions_world *w, const char *user_id, bytes body, answer_fn *fn, void *ctx);
} ROUTES[] = {
    {PAIRING_CLICK_PATH, PAIRING_CLICK_MAX_BYTES, pairing_route},
    {BUTTONS_CLICK_PATH, BUTTONS_BODY_MAX_BYTES, button_route},
    {DIALOGS_SUBMIT_PATH, BUTTONS_BODY_MAX_BYTES, dialog_route},
    {CHAT_HTTP_OFFICIAL_CLICK, BUTTONS_BODY_MAX_BYTES, official_route},
};
enum { ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES };

typedef struct exchange {
    const interactions_world *world;
    const struct route *route;
    chat_http *request;
} exchange;

static void on_answer(void *ctx, int status, const cJSON *body) {
    exchange *e = ctx;
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    if (json_print(body, &text) == OC_OK)
        chat_http_answer(e->request, status, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(e->request, 500, "The answer is too long.");
    buf_free(&text);
    free(e);
}

static void on_body(void *ctx, chat_http *r, oc_err err, bytes body) {
    exchange *e = ctx;
    if (err == OC_OK) {
        e->route->handle(e->world, chat_http_user_id(r), body, on_answer, e);
        return;
    }
    if (err == OC_ELIMIT)
        chat_http_answer_error(r, 413, "This is too long for a click.");
    else
        chat_http_answer_error(r, 400, "The request broke off.");
    free(e);
}

static const struct route *find(const char *path) {
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (strcmp(ROUTES[i].path, path) == 0)
            return &ROUTES[i];
    }
    return NULL;
}

bool interactions_http(const interactions_world *w, chat_http *r) {
    const struct route *route = find(chat_http_path(r));
    if (route == NULL || (route->handle == official_route && w->adopted == NULL))
        return false;
    if (strcmp(chat_http_method(r), "POST") != 0) {
        cJSON *header = json_new_object();
        json_add_string(header, "Allow", "POST");
        chat_http_answer(r, 405, "application/json", header,
                         bytes_str("{\"error\":\"This address takes another method.\"}"));
        cJSON_Delete(header);
    } else if (*chat_http_user_id(r) == '\0') {
        chat_http_answer_error(r, 401, "Log in to Mattermost first.");
    } else {
        exchange *e = xmalloc(sizeof *e);
        *e = (exchange){.world = w, .route = route, .request = r};
        chat_http_read(r, route->max_bytes, on_body, e);
    }
    return true;
}
