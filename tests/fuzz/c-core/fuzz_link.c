// SPDX-License-Identifier: Apache-2.0
// What the other process may send over the link: one nng message of any bytes, met by a link with open calls and bodies
// in both directions. The socket is replaced; everything that the link sends must itself be a frame with JSON-RPC in it.
#include "base/log.h"
#include "link/link.h"
#include "link/message.h"
#include "link/pair.h"
#include "link/rpc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    loop *l;
    pair_events events;
    void *ctx;
    unsigned calls;
} world;

// --- in place of link/pair.c ----------------------------------------------------------------------------------

oc_err pair_listen(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                   pair **out) {
    (void)l;
    (void)url;
    (void)limits;
    world.events = *events;
    world.ctx = ctx;
    *out = (pair *)&world;
    return OC_OK;
}

oc_err pair_dial(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                 pair **out) {
    return pair_listen(l, url, limits, events, ctx, out);
}

void pair_expect_peer(pair *p, int pid) {
    (void)p;
    (void)pid;
}

void pair_destroy(pair *p) {
    (void)p;
}

oc_err pair_send(pair *p, pair_priority priority, bytes json, bytes tail) {
    rpc_envelope e = {0};
    (void)p;
    (void)priority;
    if (message_frame_bytes(json, tail) > LINK_MESSAGE_MAX_BYTES || rpc_parse(json, &e) != OC_OK)
        abort();
    rpc_free(&e);
    return OC_OK;
}

// --- both ends of what the link hands over --------------------------------------------------------------------

static void on_data(void *ctx, link_body *b, bytes piece) {
    (void)ctx;
    if (piece.len % 3 == 1)
        link_body_cancel(b);
    else
        link_body_consumed(b, piece.len);
}

static void on_room(void *ctx, link_body *b) {
    static const uint8_t zeros[LINK_BODY_CREDIT_BYTES];
    (void)ctx;
    if (link_body_write(b, bytes_of(zeros, link_body_room_bytes(b))) != OC_OK)
        abort();
}

static const link_body_events body_events = {.data = on_data, .room = on_room};

static void on_answer(void *ctx, const link_message *m) {
    (void)ctx;
    if ((m->json == NULL) == (m->error == NULL))
        abort();
    if (m->body != NULL)
        link_body_on(m->body, &body_events, NULL);
}

static void on_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    link_t **k = ctx;
    if (m->body != NULL && method[0] != 'n')
        link_body_on(m->body, &body_events, NULL);
    if (method[0] == 'd') {
        link_destroy(*k);
        *k = NULL;
    } else if (method[0] == 'e') {
        link_answer_error(*k, id, 400, method, m->json);
    } else {
        buf text;
        buf_init(&text, LINK_LARGE_MAX_BYTES);
        if (m->json == NULL || json_print(m->json, &text) == OC_OK)
            link_answer(*k, id, buf_bytes(&text), m->tail);
        buf_free(&text);
    }
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx;
    (void)level;
    (void)message;
    (void)fields;
    (void)count;
}

static void open_things(link_t *k, bool with_long_call) {
    link_body *b = link_body_send(k); // body 1 of ours
    link_body_on(b, &body_events, NULL);
    on_room(NULL, b);
    for (int i = 0; i < 3; i++) { // calls 1 to 3 of ours
        if (link_call(k, "ping", bytes_str("[]"), bytes_of(NULL, 0), 0, on_answer, NULL, NULL) != OC_OK)
            abort();
    }
    // A long call of ours on its way: body 2. It is dear, so not each time.
    static char text[LINK_MESSAGE_MAX_BYTES + 10];
    if (!with_long_call)
        return;
    memset(text, ' ', sizeof text);
    text[0] = '[';
    text[sizeof text - 1] = ']';
    if (link_call(k, "long", bytes_of(text, sizeof text), bytes_of(NULL, 0), 0, on_answer, NULL, NULL) !=
        OC_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    link_t *k = NULL;
    if (world.l == NULL) {
        world.l = loop_create(NULL);
        log_set_sink(no_log, NULL);
    }
    if (link_listen(world.l, "", &k) != OC_OK)
        abort();
    link_on_call(k, on_call, &k);
    open_things(k, size % 16 == 0);
    world.events.message(world.ctx, bytes_of(data, size));
    link_destroy(k);
    return 0;
}
