// SPDX-License-Identifier: Apache-2.0
#include "http_exchange_internal.h"

#include "base/mem.h"
#include "schema/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

enum { PARAMS_MAX_BYTES = 2 << 20 }; // header fields of a request: the server itself allows 1 MiB

void http_finish(http_exchange *x, const char *error) {
    plugin_session *s = x->session;
    char method[64];
    if (x->state == HTTP_FINISHED)
        return;
    x->state = HTTP_FINISHED;
    // The side streams' FIN stand before the reply: when it comes the server ends the request.
    http_request_drop(x);
    http_response_drop(x);
    (void)snprintf(method, sizeof method, "Plugin.%s", x->hook);
    if (s->hooks != NULL)
        rpc_reply(s->hooks, bytes_str(method), x->seq, error, NULL, NULL);
    DL_DELETE(s->exchanges, x);
    DL_APPEND(s->finished_exchanges, x);
    s->exchange_count--;
}

void http_exchanges_reap(plugin_session *s) {
    while (s->finished_exchanges != NULL) {
        http_exchange *x = s->finished_exchanges;
        DL_DELETE(s->finished_exchanges, x);
        buf_free(&x->params);
        free(x);
    }
}

static uint32_t broker_id(const netrpc_message *m, const char *field) {
    const gob_value *v = gob_get(&m->body, field);
    return v != NULL && v->kind == GOB_UINT && v->uinteger <= UINT32_MAX ? (uint32_t)v->uinteger : 0;
}

static oc_err make_params(http_exchange *x, const netrpc_message *m) {
    buf *tail = &x->session->tail;
    oc_err err = buf_append_byte(&x->params, '[');
    if (err == OC_OK)
        err = schema_value_to_json(&SCHEMA_Context, gob_get(&m->body, "Context"), &x->params, tail);
    if (err == OC_OK)
        err = buf_append_byte(&x->params, ',');
    if (err == OC_OK)
        err = schema_value_to_json(&SCHEMA_HTTPRequestSubset, gob_get(&m->body, "Request"), &x->params, tail);
    buf_clear(tail);
    return err;
}

void http_exchange_begin(plugin_session *s, const char *hook, const netrpc_message *m) {
    http_exchange *x = xcalloc(1, sizeof *x);
    x->session = s;
    x->hook = hook;
    x->seq = m->seq;
    buf_init(&x->params, PARAMS_MAX_BYTES);
    buf_init(&x->gathered, LINK_TAIL_INLINE_BYTES);
    buf_init(&x->out, LINK_LARGE_MAX_BYTES + LINK_BODY_CREDIT_BYTES);
    DL_APPEND(s->exchanges, x);
    s->exchange_count++;
    oc_err err = s->exchange_count <= HTTP_EXCHANGES_MAX ? make_params(x, m) : OC_EBUSY;
    if (err != OC_OK) {
        http_finish(x, oc_err_text(err));
        return;
    }
    http_response_begin(x, broker_id(m, "ResponseWriterStream"));
    http_request_begin(x, broker_id(m, "RequestBodyStream"), gob_get(&m->body, "Request"));
    session_wants_ticks(s);
}

void http_exchanges_end(plugin_session *s) {
    while (s->exchanges != NULL)
        http_finish(s->exchanges, "the plugin ends");
    http_exchanges_reap(s);
}
