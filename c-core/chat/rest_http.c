// SPDX-License-Identifier: Apache-2.0
// A request that came by the callback listener, whole, as chat/http.h has it.
#include "chat/http.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/rest_http.h"

#include <stdlib.h>
#include <string.h>

struct chat_http {
    char *method, *path, *query, *user_id;
    cJSON *header; // canonical name → text
    buf body;
    rest_http_answer_fn *answer;
    void *ctx;
};

chat_http *rest_http_create(const rest_http_request *request, rest_http_answer_fn *answer, void *ctx) {
    chat_http *r = xcalloc(1, sizeof *r);
    *r = (chat_http){.answer = answer, .ctx = ctx};
    r->method = xstrdup(request->method);
    r->path = xstrdup(request->path);
    r->query = xstrdup(request->query);
    r->user_id = xstrdup(request->user_id);
    r->header = cJSON_Duplicate(request->header, 1);
    buf_init(&r->body, request->body.len);
    if (buf_append(&r->body, request->body.data, request->body.len) == OC_OK)
        return r;
    rest_http_destroy(r);
    return NULL;
}

void rest_http_destroy(chat_http *r) {
    free(r->method);
    free(r->path);
    free(r->query);
    free(r->user_id);
    cJSON_Delete(r->header);
    buf_free(&r->body);
    free(r);
}

const char *chat_http_method(const chat_http *r) {
    return r->method;
}

const char *chat_http_path(const chat_http *r) {
    return r->path;
}

const char *chat_http_query(const chat_http *r) {
    return r->query;
}

const char *chat_http_user_id(const chat_http *r) {
    return r->user_id;
}

const char *chat_http_header(const chat_http *r, const char *canonical_name) {
    return json_text(r->header, canonical_name);
}

void chat_http_read(chat_http *r, size_t max_bytes, chat_http_body_fn *fn, void *ctx) {
    if (r->body.len > max_bytes)
        fn(ctx, r, OC_ELIMIT, bytes_of(NULL, 0));
    else
        fn(ctx, r, OC_OK, buf_bytes(&r->body));
}

void chat_http_answer(chat_http *r, int status, const char *content_type, const cJSON *header, bytes body) {
    r->answer(r->ctx, status, content_type, header, body);
    rest_http_destroy(r);
}

void chat_http_answer_error(chat_http *r, int status, const char *sentence) {
    cJSON *json = json_new_object();
    json_add_string(json, "error", sentence);
    char *text = cJSON_PrintUnformatted(json);
    chat_http_answer(r, status, "application/json", NULL, bytes_str(text != NULL ? text : "{}"));
    cJSON_free(text);
    cJSON_Delete(json);
}

// --- the answer to a slash command ---

struct chat_command_ticket {
    rest_command_answer_fn *answer;
    void *ctx;
};

chat_command_ticket *rest_command_ticket(rest_command_answer_fn *fn, void *ctx) {
    chat_command_ticket *t = xmalloc(sizeof *t);
    *t = (chat_command_ticket){.answer = fn, .ctx = ctx};
    return t;
}

void chat_command_reply(chat_command_ticket *t, const chat_command_result *result) {
    t->answer(t->ctx, result);
    free(t);
}

void chat_command_answer(chat_command_ticket *t, const char *text) {
    chat_command_reply(t, &(chat_command_result){.text = text});
}
