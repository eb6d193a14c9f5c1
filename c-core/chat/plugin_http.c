// SPDX-License-Identifier: Apache-2.0
// ServeHTTP: a request with its body, and the answer, both in pieces under credit when they are large.
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/http.h"
#include "chat/plugin_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chat_http {
    chat *chat;
    uint64_t id;
    cJSON *request; // HTTPRequestSubset
    char *path;     // of the URL, without query
    const char *query, *user_id;
    link_body *in, *out; // NULL when there is none or it has ended
    buf body;            // what came, then what goes out
    chat_http_body_fn *on_body;
    void *ctx;
    bool whole; // the incoming body is complete
};

// --- the request ---

// A header's first value. The server hands names over in canonical case: Content-Type.
static const char *header(const cJSON *request, const char *name) {
    const char *value =
        cJSON_GetStringValue(cJSON_GetArrayItem(json_array(json_get(request, "header"), name), 0));
    return value != NULL ? value : "";
}

const char *chat_http_method(const chat_http *r) {
    return json_text(r->request, "method");
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
    return header(r->request, canonical_name);
}

static void destroy(chat_http *r) {
    if (r->in != NULL)
        link_body_cancel(r->in);
    buf_free(&r->body);
    cJSON_Delete(r->request);
    free(r->path);
    free(r);
}

// --- the body that comes ---

static void body_ready(chat_http *r, oc_err err) {
    chat_http_body_fn *fn = r->on_body;
    r->on_body = NULL;
    if (fn != NULL)
        fn(r->ctx, r, err, buf_bytes(&r->body));
}

static void on_data(void *ctx, link_body *b, bytes piece) {
    chat_http *r = ctx;
    if (buf_append(&r->body, piece.data, piece.len) != OC_OK) {
        r->in = NULL;
        link_body_cancel(b);
        body_ready(r, OC_ELIMIT);
        return;
    }
    link_body_consumed(b, piece.len);
}

static void on_end(void *ctx, link_body *b) {
    chat_http *r = ctx;
    (void)b;
    r->in = NULL;
    r->whole = true;
    body_ready(r, OC_OK);
}

static void on_in_cancelled(void *ctx, link_body *b) {
    chat_http *r = ctx;
    (void)b;
    r->in = NULL;
    body_ready(r, OC_ECLOSED);
}

void chat_http_read(chat_http *r, size_t max_bytes, chat_http_body_fn *fn, void *ctx) {
    static const link_body_events events = {.data = on_data, .end = on_end, .cancelled = on_in_cancelled};
    r->body.max = max_bytes;
    r->on_body = fn;
    r->ctx = ctx;
    if (r->body.len > max_bytes)
        body_ready(r, OC_ELIMIT);
    else if (r->in == NULL)
        body_ready(r, r->whole ? OC_OK : OC_ECLOSED);
    else
        link_body_on(r->in, &events, r);
}

// --- the answer ---

static void pump(void *ctx, link_body *b) {
    chat_http *r = ctx;
    while (r->body.len > 0) {
        bytes left = buf_bytes(&r->body);
        size_t len = link_body_room_bytes(b);
        len = len < left.len ? len : left.len;
        len = len < LINK_PIECE_BYTES ? len : LINK_PIECE_BYTES;
        if (len == 0)
            return; // goes on when credit comes
        if (link_body_write(b, bytes_of(left.data, len)) != OC_OK) {
            link_body_cancel(b);
            destroy(r);
            return;
        }
        buf_consume(&r->body, len);
    }
    link_body_end(b);
    destroy(r);
}

static void on_out_cancelled(void *ctx, link_body *b) {
    (void)b;
    destroy(ctx);
}

static cJSON *response_head(int status, const char *content_type, const cJSON *extra) {
    cJSON *head = json_new_object();
    json_add_int(head, "status", status);
    char text[16];
    snprintf(text, sizeof text, "%d", status);
    metric_count(METRIC_HTTP, text, 1);
    cJSON *fields = json_add_object(head, "header");
    if (content_type != NULL)
        json_push(json_add_array(fields, "Content-Type"), json_new_string(content_type));
    const cJSON *field = NULL;
    cJSON_ArrayForEach(field, extra)
        json_push(json_add_array(fields, field->string), json_new_string(cJSON_GetStringValue(field)));
    return head;
}

static void send_head(chat_http *r, const cJSON *head, bytes tail) {
    buf text;
    buf_init(&text, LINK_PIECE_BYTES);
    oc_err err = json_print(head, &text);
    if (err == OC_OK)
        link_answer(r->chat->link, r->id, buf_bytes(&text), tail);
    else
        link_answer_error(r->chat->link, r->id, 500, oc_err_text(err), NULL);
    buf_free(&text);
}

static void answer_in_pieces(chat_http *r, cJSON *head, bytes body) {
    static const link_body_events events = {.room = pump, .cancelled = on_out_cancelled};
    // The answer may be the very body that came: then nothing is copied.
    if (body.data != buf_bytes(&r->body).data) {
        buf_free(&r->body);
        buf_init(&r->body, body.len);
        if (buf_append(&r->body, body.data, body.len) != OC_OK) {
            link_answer_error(r->chat->link, r->id, 500, "out of memory", NULL);
            destroy(r);
            return;
        }
    }
    r->out = link_body_send(r->chat->link);
    json_add_int(head, "$body", (int64_t)link_body_id(r->out));
    link_body_on(r->out, &events, r);
    send_head(r, head, bytes_of(NULL, 0));
    pump(r, r->out);
}

void chat_http_answer(chat_http *r, int status, const char *content_type, const cJSON *extra, bytes body) {
    cJSON *head = response_head(status, content_type, extra);
    if (body.len <= LINK_TAIL_INLINE_BYTES) {
        send_head(r, head, body);
        destroy(r);
    } else {
        answer_in_pieces(r, head, body);
    }
    cJSON_Delete(head);
}

void chat_http_answer_error(chat_http *r, int status, const char *sentence) {
    buf text;
    cJSON *body = json_new_object();
    json_add_string(body, "error", sentence);
    buf_init(&text, LINK_PIECE_BYTES);
    if (json_print(body, &text) != OC_OK)
        log_error("an error answer is too long to send");
    chat_http_answer(r, status, "application/json", NULL, buf_bytes(&text));
    buf_free(&text);
    cJSON_Delete(body);
}

// --- arrival ---

static chat_http *arrived(chat *c, uint64_t id, const link_message *message) {
    chat_http *r = xcalloc(1, sizeof *r);
    r->chat = c;
    r->id = id;
    r->request = cJSON_Duplicate(cJSON_GetArrayItem(message->json, 1), 1);
    const char *url = json_text(r->request, "url");
    const char *query = strchr(url, '?');
    r->path = query != NULL ? xstrndup(url, (size_t)(query - url)) : xstrdup(url);
    r->query = query != NULL ? query + 1 : "";
    // A request from another plugin carries whatever user that plugin chose: it speaks for nobody.
    r->user_id =
        *header(r->request, "Mattermost-Plugin-Id") != '\0' ? "" : header(r->request, "Mattermost-User-Id");
    buf_init(&r->body, LINK_MESSAGE_MAX_BYTES);
    r->in = message->body;
    r->whole = message->body == NULL;
    if (r->whole && buf_append(&r->body, message->tail.data, message->tail.len) != OC_OK)
        r->whole = false;
    return r;
}

void plugin_serve_http(chat *c, uint64_t id, const link_message *message) {
    c->events.http(c->ctx, arrived(c, id, message));
}

void plugin_serve_metrics(chat *c, uint64_t id, const link_message *message) {
    chat_http *r = arrived(c, id, message);
    if (c->events.metrics != NULL)
        c->events.metrics(c->ctx, r);
    else
        chat_http_answer_error(r, 404, "There are no metrics.");
}
