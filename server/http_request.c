// SPDX-License-Identifier: Apache-2.0
// The request's way to the core. A body of known small size goes with it in one message; any other one in pieces.
#include "base/log.h"
#include "base/parse.h"
#include "http_exchange_internal.h"
#include "wire/pull.h"

// --- what the request says of its body ---

static bytes header_value(const gob_value *request, const char *name) {
    const gob_value *header = request != NULL ? gob_get(request, "Header") : NULL;
    for (size_t i = 0; header != NULL && header->kind == GOB_MAP && i < header->list.count; i++) {
        const gob_value *key = &header->list.items[2 * i], *values = &header->list.items[2 * i + 1];
        if (key->kind == GOB_STRING && bytes_is(key->text, name) && values->kind == GOB_SLICE &&
            values->list.count > 0 && values->list.items[0].kind == GOB_STRING)
            return values->list.items[0].text;
    }
    return bytes_of(NULL, 0);
}

// -1: unknown.
static int64_t content_length(const gob_value *request) {
    uint64_t length = 0;
    bytes text = header_value(request, "Content-Length");
    if (text.len > 0 && parse_uint(text, INT64_MAX, &length) == OC_OK)
        return (int64_t)length;
    // These come without a body, whatever a chunked encoding could allow.
    static const char *const bodiless[] = {"GET", "HEAD", "OPTIONS"};
    const gob_value *method = request != NULL ? gob_get(request, "Method") : NULL;
    for (size_t i = 0; i < sizeof bodiless / sizeof bodiless[0]; i++) {
        if (method == NULL || (method->kind == GOB_STRING && bytes_is(method->text, bodiless[i])))
            return 0;
    }
    return -1;
}

// --- the body stream ---

static void leave_stream(yamux_stream *stream) {
    yamux_handle(stream, NULL, NULL);
    yamux_finish(stream);
    yamux_discard(stream);
}

static void leave_body(http_exchange *x) {
    if (x->body != NULL)
        leave_stream(x->body);
    x->body = NULL;
}

// The server offers a body also where there is none, and waits 5 s for somebody to take it.
static void on_unwanted_body(void *ctx, yamux_stream *stream) {
    (void)ctx;
    if (stream != NULL)
        leave_stream(stream);
}

static void on_core_answer(void *ctx, const link_message *answer) {
    http_exchange *x = ctx;
    plugin_session *s = x->session;
    x->call = NULL;
    http_response_take(x, answer);
    session_flush(s);
}

// Closes params and calls the core. upload_id 0: tail is the whole body.
static void ask_core(http_exchange *x, uint64_t upload_id, bytes tail) {
    oc_err err = upload_id != 0 ? buf_printf(&x->params, ",{\"$body\":%llu}]", (unsigned long long)upload_id)
                                : buf_append_byte(&x->params, ']');
    if (err != OC_OK) {
        http_response_refuse(x, 500, oc_err_text(err));
        return;
    }
    x->state = HTTP_ASKED;
    x->call = core_link_call(x->session->core, x->hook, buf_bytes(&x->params), tail, CORE_WAIT_MS,
                             HTTP_LIMIT_MS, on_core_answer, x);
    buf_free(&x->params);
}

// --- small bodies ---

static void gathered_all(http_exchange *x) {
    leave_body(x);
    if (x->body_came_bytes < x->content_length) {
        // Whoever sent it has gone: there is nobody to answer.
        http_finish(x, NULL);
        return;
    }
    ask_core(x, 0, buf_bytes(&x->gathered));
    buf_free(&x->gathered);
}

static void gather(http_exchange *x) {
    bytes in = yamux_received(x->body);
    if (buf_append(&x->gathered, in.data, in.len) != OC_OK) {
        http_response_refuse(x, 413, "The body is longer than its Content-Length.");
        return;
    }
    x->body_came_bytes += (int64_t)in.len;
    yamux_consume(x->body, in.len);
    if (x->body_came_bytes >= x->content_length || yamux_ended(x->body))
        gathered_all(x);
}

// --- streamed bodies ---

static void upload_ended(http_exchange *x) {
    link_body *upload = x->upload;
    x->upload = NULL;
    leave_body(x);
    // A length that is not reached is how a client that went away looks from here.
    if (upload != NULL && x->body_came_bytes < x->content_length)
        link_body_cancel(upload);
    else if (upload != NULL)
        link_body_end(upload);
}

// Takes as much from the server's window as the core gave credit for: what is left there holds the client back.
static void pump(http_exchange *x) {
    while (x->upload != NULL && x->body != NULL) {
        bytes in = yamux_received(x->body);
        size_t len = link_body_room_bytes(x->upload);
        len = len < in.len ? len : in.len;
        len = len < LINK_PIECE_BYTES ? len : LINK_PIECE_BYTES;
        if (len == 0 && in.len == 0 && yamux_ended(x->body))
            upload_ended(x);
        if (len == 0)
            return;
        if (link_body_write(x->upload, bytes_of(in.data, len)) != OC_OK)
            return; // the link's queue is full, or it is down: credit or cancelled comes later
        x->body_came_bytes += (int64_t)len;
        yamux_consume(x->body, len);
    }
}

static void on_room(void *ctx, link_body *b) {
    http_exchange *x = ctx;
    (void)b;
    pump(x);
    session_flush(x->session);
}

static void on_upload_cancelled(void *ctx, link_body *b) {
    http_exchange *x = ctx;
    (void)b;
    x->upload = NULL;
    leave_body(x);
    session_flush(x->session);
}

static void stream_body(http_exchange *x) {
    static const link_body_events events = {.room = on_room, .cancelled = on_upload_cancelled};
    x->upload = core_link_body(x->session->core);
    if (x->upload == NULL) {
        http_response_refuse(x, 503, "OpenClaw has too much to do. Please try again in a few seconds.");
        return;
    }
    link_body_on(x->upload, &events, x);
    ask_core(x, link_body_id(x->upload), bytes_of(NULL, 0));
    pump(x);
}

static void on_core_wait(void *ctx, bool ready) {
    http_exchange *x = ctx;
    plugin_session *s = x->session;
    x->wait = NULL;
    if (ready)
        stream_body(x);
    else
        http_response_refuse(x, 503, "OpenClaw is just starting again. Please try again in a few seconds.");
    session_flush(s);
}

// --- both ---

static void on_readable(void *ctx, yamux_stream *stream) {
    http_exchange *x = ctx;
    (void)stream;
    if (x->state == HTTP_GATHERING)
        gather(x);
    else
        pump(x);
}

static void on_closed(void *ctx, yamux_stream *stream) {
    http_exchange *x = ctx;
    (void)stream;
    x->body = NULL;
    if (x->state == HTTP_GATHERING)
        gathered_all(x);
    else
        upload_ended(x);
}

static const yamux_handlers HANDLERS = {.readable = on_readable, .closed = on_closed};

static void on_body_stream(void *ctx, yamux_stream *stream) {
    http_exchange *x = ctx;
    x->body_dial = NULL;
    x->body = stream;
    if (stream == NULL || yamux_send(stream, pull_everything()) != OC_OK) {
        http_response_refuse(x, 500, "The request's body could not be fetched from the Mattermost server.");
        return;
    }
    yamux_handle(stream, &HANDLERS, x);
    on_readable(x, stream);
}

void http_request_begin(http_exchange *x, uint32_t body_id, const gob_value *request) {
    plugin_session *s = x->session;
    x->content_length = body_id != 0 ? content_length(request) : 0;
    if (x->content_length == 0) {
        if (body_id != 0)
            (void)broker_dial(s->broker, body_id, on_unwanted_body, NULL);
        ask_core(x, 0, bytes_of(NULL, 0));
        return;
    }
    bool small = x->content_length > 0 && x->content_length <= LINK_TAIL_INLINE_BYTES;
    x->state = small ? HTTP_GATHERING : HTTP_WAITING;
    x->body_dial = broker_dial(s->broker, body_id, on_body_stream, x);
    if (x->state != HTTP_WAITING)
        return;
    if (core_link_ready(s->core))
        stream_body(x);
    else
        x->wait = core_link_wait(s->core, CORE_WAIT_MS, on_core_wait, x);
}

void http_request_drop(http_exchange *x) {
    broker_forget(x->body_dial);
    leave_body(x);
    core_link_forget_wait(x->wait);
    core_link_forget(x->call);
    if (x->upload != NULL)
        link_body_cancel(x->upload);
    buf_free(&x->gathered);
    x->body_dial = NULL;
    x->wait = NULL;
    x->call = NULL;
    x->upload = NULL;
}
