// SPDX-License-Identifier: Apache-2.0
// UploadData: the core's body becomes the byte stream that the host pulls. What is not pulled yet stays within the core's
// credit. Source: plugin-rpc notes (c), "remote reader".
#include "base/json.h"
#include "base/mem.h"
#include "plugin_session_internal.h"
#include "wire/pull.h"

#include <stdlib.h>
#include <utlist.h>

enum {
    ERROR_BYTES = 512,
    E_INTERNAL = -32603,
    E_INVALID_PARAMS = -32602,
    UNSENT_BYTES = 256 << 10, // queued for the host before more is taken
};

struct api_upload {
    plugin_session *session;
    const schema_call *call;
    uint64_t id;          // the core's call
    bool calling;         // the host's answer is to come
    bool offered;         // the host may still dial
    bool whole;           // nothing follows what is in content
    bool broken;          // the core gave up: the host is to see an error, not an end
    link_body *body;      // from the core, NULL when it is over
    yamux_stream *stream; // to the host, NULL before it dials and after the end
    int64_t wanted_bytes; // asked for and not sent
    buf content;          // came from the core, not pulled yet
    api_upload *prev, *next;
};

static void free_if_over(api_upload *u) {
    if (u->calling || u->offered)
        return;
    DL_DELETE(u->session->uploads, u);
    u->session->file_transfers--;
    buf_free(&u->content);
    free(u);
}

static void leave_stream(api_upload *u) {
    yamux_stream *stream = u->stream;
    u->stream = NULL;
    if (stream == NULL)
        return;
    yamux_handle(stream, NULL, NULL);
    if (u->broken) {
        yamux_reset(stream);
        return;
    }
    yamux_finish(stream);
    yamux_discard(stream);
}

static void pump(api_upload *u) {
    while (u->stream != NULL && u->content.len > 0 && u->wanted_bytes > 0 &&
           yamux_unsent_bytes(u->stream) < UNSENT_BYTES) {
        size_t len = (int64_t)u->content.len < u->wanted_bytes ? u->content.len : (size_t)u->wanted_bytes;
        if (yamux_send(u->stream, bytes_of(buf_bytes(&u->content).data, len)) != OC_OK)
            break; // its end is told by closed
        buf_consume(&u->content, len);
        u->wanted_bytes -= (int64_t)len;
        if (u->body != NULL)
            link_body_consumed(u->body, len);
    }
    if (u->broken || (u->whole && u->content.len == 0))
        leave_stream(u);
}

// --- the host's side ---

static void on_readable(void *ctx, yamux_stream *stream) {
    api_upload *u = ctx;
    size_t used = 0;
    int64_t wanted = 0;
    oc_err err = pull_decode(yamux_received(stream), &used, &wanted);
    while (err == OC_OK) {
        yamux_consume(stream, used);
        u->wanted_bytes = wanted > INT64_MAX - u->wanted_bytes ? INT64_MAX : u->wanted_bytes + wanted;
        err = pull_decode(yamux_received(stream), &used, &wanted);
    }
    if (err == OC_EMALFORMED)
        u->broken = true;
    pump(u);
    if (u->stream != NULL && yamux_ended(stream))
        leave_stream(u); // it has what it wants
}

static void on_drained(void *ctx, yamux_stream *stream) {
    (void)stream;
    pump(ctx);
}

static void on_closed(void *ctx, yamux_stream *stream) {
    api_upload *u = ctx;
    (void)stream;
    u->stream = NULL;
}

static void on_dialled(void *ctx, yamux_stream *stream) {
    static const yamux_handlers handlers = {
        .readable = on_readable, .drained = on_drained, .closed = on_closed};
    api_upload *u = ctx;
    u->offered = false;
    u->stream = stream;
    if (stream != NULL && u->calling) {
        yamux_handle(stream, &handlers, u);
        on_readable(u, stream);
    } else {
        leave_stream(u); // too late
        free_if_over(u);
    }
}

// --- the core's side ---

static void on_data(void *ctx, link_body *body, bytes piece) {
    api_upload *u = ctx;
    if (buf_append(&u->content, piece.data, piece.len) != OC_OK) {
        u->broken = true;
        u->body = NULL;
        link_body_cancel(body);
    }
    pump(u);
    session_flush(u->session);
}

static void on_end(void *ctx, link_body *body) {
    api_upload *u = ctx;
    (void)body;
    u->body = NULL;
    u->whole = true;
    pump(u);
    session_flush(u->session);
}

static void on_cancelled(void *ctx, link_body *body) {
    api_upload *u = ctx;
    (void)body;
    u->body = NULL;
    u->broken = true;
    pump(u);
    session_flush_soon(u->session);
}

// --- the call ---

static void answer_core(api_upload *u, const rpc_answer *answer) {
    plugin_session *s = u->session;
    char text[ERROR_BYTES];
    cJSON *error = NULL;
    if (answer->err != OC_OK) {
        int code = api_failure(u->call, answer, text, sizeof text);
        core_link_answer_error(s->core, u->id, code, text, NULL);
        return;
    }
    oc_err err = schema_reply_to_json(u->call, answer->body, &s->json, &s->tail, &error);
    if (err != OC_OK)
        core_link_answer_error(s->core, u->id, E_INTERNAL, oc_err_text(err), NULL);
    else if (error != NULL)
        core_link_answer_error(s->core, u->id, (int)json_int(error, "code", E_INTERNAL),
                               json_text(error, "message"), json_get(error, "data"));
    else
        core_link_answer(s->core, u->id, buf_bytes(&s->json), buf_bytes(&s->tail));
    cJSON_Delete(error);
    session_clear_scratch(s);
}

static void on_answer(void *ctx, const rpc_answer *answer) {
    api_upload *u = ctx;
    plugin_session *s = u->session;
    s->open_api_calls--;
    u->calling = false;
    if (s->core != NULL) {
        answer_core(u, answer);
        link_body_cancel(u->body);
        u->body = NULL;
    }
    leave_stream(u);
    free_if_over(u);
}

// The params that the wire knows: the broker's id in the body's place.
static oc_err send_call(api_upload *u, const cJSON *params, uint32_t stream_id, char *text, size_t size) {
    plugin_session *s = u->session;
    gob_value args;
    cJSON *own = json_new_array();
    json_push(own, cJSON_Duplicate(cJSON_GetArrayItem(params, 0), 1));
    json_push(own, json_new_int(stream_id));
    oc_err err = schema_args_from_json(u->call, own, bytes_of(NULL, 0), &s->writing, &args, text, size);
    if (err == OC_OK)
        err = rpc_call(s->api, "Plugin.UploadData", u->call->args, &args, on_answer, u);
    arena_reset(&s->writing);
    cJSON_Delete(own);
    return err;
}

void api_upload_data(plugin_session *s, uint64_t id, const link_message *message) {
    static const link_body_events events = {.data = on_data, .end = on_end, .cancelled = on_cancelled};
    char text[ERROR_BYTES] = "";
    if (s->api == NULL || message->body == NULL) {
        core_link_answer_error(s->core, id, s->api == NULL ? LINK_E_CLOSED : E_INVALID_PARAMS,
                               s->api == NULL ? "the server's API is not there" : "a body is expected", NULL);
        return;
    }
    api_upload *u = xcalloc(1, sizeof *u);
    *u = (api_upload){.session = s, .call = schema_api("UploadData"), .id = id};
    buf_init(&u->content, LINK_BODY_CREDIT_BYTES);
    DL_APPEND(s->uploads, u);
    s->file_transfers++;
    uint32_t stream_id = s->file_transfers <= FILE_TRANSFERS_MAX ? broker_offer(s->broker, on_dialled, u) : 0;
    u->offered = stream_id != 0;
    session_wants_ticks(s);
    oc_err err = u->offered ? send_call(u, message->json, stream_id, text, sizeof text) : OC_EBUSY;
    if (err != OC_OK) {
        core_link_answer_error(s->core, id, err == OC_EBUSY ? LINK_E_BUSY : E_INVALID_PARAMS,
                               text[0] != '\0' ? text : oc_err_text(err), NULL);
        free_if_over(u);
        return;
    }
    s->open_api_calls++;
    u->calling = true;
    u->body = message->body;
    link_body_on(u->body, &events, u);
}

void api_uploads_end(plugin_session *s) {
    while (s->uploads != NULL) {
        s->uploads->calling = s->uploads->offered = false; // nobody is left who would say so
        free_if_over(s->uploads);
    }
}
