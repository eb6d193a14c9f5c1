// SPDX-License-Identifier: Apache-2.0
// The answer's way back: SyncHeader, WriteHeader unless the status is 200, then Write for each piece, each awaited,
// since the server carries calls out at the same time and in any order.
#include "base/json.h"
#include "base/log.h"
#include "http_exchange_internal.h"
#include "schema/writer.h"

enum {
    PIECE_BYTES = 128 << 10, // half a window: it leaves at once, and costs one round trip
    STATUS_MIN = 100,
    STATUS_MAX = 999,
    STATUS_OK = 200, // what the server assumes at the first Write
};

// --- writing to the server ---

static void on_writer_closed(void *ctx, const char *why) {
    http_exchange *x = ctx;
    (void)why;
    x->writer = NULL;
    http_finish(x, NULL);
}

// A call that failed means that the client is gone, or that our answer makes no sense to the server.
static bool went_well(http_exchange *x, const rpc_answer *answer) {
    if (answer->err != OC_OK)
        http_finish(x, NULL);
    return answer->err == OC_OK;
}

static void call_writer(http_exchange *x, const char *method, const gob_type *type, const gob_value *value,
                        rpc_answer_fn *fn) {
    oc_err err = rpc_call(x->writer, method, type, value, fn, x);
    if (err == OC_OK)
        return;
    log_error("an HTTP answer could not be written", "method", method, "error", oc_err_text(err));
    http_finish(x, oc_err_text(err));
}

static void on_written(void *ctx, const rpc_answer *answer);

static void write_next(http_exchange *x) {
    if (x->state != HTTP_BODY || x->writing_bytes > 0)
        return;
    bytes piece = buf_bytes(&x->out);
    piece.len = piece.len < PIECE_BYTES ? piece.len : PIECE_BYTES;
    if (piece.len == 0) {
        if (x->whole)
            http_finish(x, NULL);
        return;
    }
    const gob_value value = {.kind = GOB_BYTES, .text = piece};
    x->writing_bytes = piece.len;
    call_writer(x, "Plugin.Write", &GOB_T_BYTES, &value, on_written);
    buf_consume(&x->out, piece.len);
    // The next piece may come while this one is written: one under way and one credit's worth is all that lies here.
    if (x->download != NULL)
        link_body_consumed(x->download, piece.len);
}

static void on_written(void *ctx, const rpc_answer *answer) {
    http_exchange *x = ctx;
    if (!went_well(x, answer))
        return;
    x->writing_bytes = 0;
    write_next(x);
}

static void on_status(void *ctx, const rpc_answer *answer) {
    http_exchange *x = ctx;
    if (!went_well(x, answer))
        return;
    x->state = HTTP_BODY;
    write_next(x);
}

static void on_header(void *ctx, const rpc_answer *answer) {
    http_exchange *x = ctx;
    const gob_value status = {.kind = GOB_INT, .integer = x->status};
    if (!went_well(x, answer))
        return;
    if (x->status == STATUS_OK)
        on_status(x, answer);
    else
        call_writer(x, "Plugin.WriteHeader", &GOB_T_INT, &status, on_status);
}

static void write_header(http_exchange *x) {
    arena *memory = &x->session->writing;
    char text[128] = "";
    gob_value header;
    if (x->state != HTTP_HEADER || x->writer == NULL)
        return;
    oc_err err = schema_value_from_json(&SCHEMA_HEADER, "header", x->header, bytes_of(NULL, 0), memory,
                                        &header, text, sizeof text);
    if (err == OC_OK) {
        call_writer(x, "Plugin.SyncHeader", &SCHEMA_HEADER, &header, on_header);
    } else {
        log_error("the core's HTTP answer cannot be used", "error", text);
        http_finish(x, text);
    }
    arena_reset(memory);
}

static void on_writer_stream(void *ctx, yamux_stream *stream) {
    http_exchange *x = ctx;
    x->writer_dial = NULL;
    if (stream == NULL) {
        http_finish(x, "the server did not accept the stream for the answer");
        return;
    }
    x->writer = rpc_connect(stream, &x->session->memory, on_writer_closed, x);
    write_header(x);
}

void http_response_begin(http_exchange *x, uint32_t writer_id) {
    x->writer_dial = broker_dial(x->session->broker, writer_id, on_writer_stream, x);
}

// --- what the answer is ---

static void begin(http_exchange *x, int status, cJSON *header, bytes body, bool whole) {
    oc_err err = buf_append(&x->out, body.data, body.len);
    cJSON_Delete(x->header);
    x->header = header;
    x->status = status;
    x->whole = whole;
    x->state = HTTP_HEADER;
    if (err == OC_OK)
        write_header(x);
    else
        http_finish(x, oc_err_text(err));
}

void http_response_refuse(http_exchange *x, int status, const char *sentence) {
    if (x->state == HTTP_FINISHED)
        return;
    http_request_drop(x);
    if (x->state >= HTTP_HEADER) {
        http_finish(x, sentence);
        return;
    }
    cJSON *header = json_new_object();
    json_push(json_add_array(header, "Content-Type"), json_new_string("text/plain; charset=utf-8"));
    if (status == 503)
        json_push(json_add_array(header, "Retry-After"), json_new_string("3"));
    begin(x, status, header, bytes_str(sentence), true);
}

static void refuse_for(http_exchange *x, const cJSON *error) {
    int64_t code = json_int(error, "code", 0);
    if (code == LINK_E_CLOSED || code == LINK_E_BUSY)
        http_response_refuse(x, 503, "OpenClaw is just starting again. Please try again in a few seconds.");
    else if (code == LINK_E_TIMEOUT)
        http_response_refuse(x, 504, "OpenClaw took too long to answer.");
    else
        http_response_refuse(x, 500,
                             "OpenClaw could not answer this request. The System Console's log says why.");
}

// --- a body that the core streams ---

static void on_data(void *ctx, link_body *b, bytes piece) {
    http_exchange *x = ctx;
    plugin_session *s = x->session;
    (void)b;
    if (buf_append(&x->out, piece.data, piece.len) == OC_OK)
        write_next(x);
    else
        http_finish(x, NULL);
    session_flush(s);
}

static void on_end(void *ctx, link_body *b) {
    http_exchange *x = ctx;
    plugin_session *s = x->session;
    (void)b;
    x->download = NULL;
    x->whole = true;
    write_next(x);
    session_flush(s);
}

static void on_cancelled(void *ctx, link_body *b) {
    http_exchange *x = ctx;
    plugin_session *s = x->session;
    (void)b;
    x->download = NULL;
    log_warn("an HTTP answer was cut off by the core's end");
    http_finish(x, "the core ended in the middle of the answer");
    session_flush(s);
}

void http_response_take(http_exchange *x, const link_message *answer) {
    static const link_body_events events = {.data = on_data, .end = on_end, .cancelled = on_cancelled};
    if (answer->error != NULL) {
        refuse_for(x, answer->error);
        return;
    }
    int64_t status = json_int(answer->json, "status", STATUS_OK);
    if (status < STATUS_MIN || status > STATUS_MAX) {
        log_error("the core's HTTP answer cannot be used", "error", "status out of range");
        refuse_for(x, NULL);
        return;
    }
    const cJSON *header = json_get(answer->json, "header");
    if (answer->body != NULL) {
        x->download = answer->body;
        link_body_on(answer->body, &events, x);
    }
    begin(x, (int)status, header != NULL ? cJSON_Duplicate(header, 1) : json_new_object(), answer->tail,
          answer->body == NULL);
}

void http_response_drop(http_exchange *x) {
    broker_forget(x->writer_dial);
    rpc_end(x->writer);
    if (x->download != NULL)
        link_body_cancel(x->download);
    cJSON_Delete(x->header);
    buf_free(&x->out);
    x->writer_dial = NULL;
    x->writer = NULL;
    x->download = NULL;
    x->header = NULL;
}
