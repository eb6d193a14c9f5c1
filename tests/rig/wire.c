// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include "base/json.h"
#include "base/mem.h"
#include "ledger.h"
#include "link/message.h"
#include "link/pair.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

typedef struct packet { // under way to its holder
    uint8_t *data;
    size_t len;
    int64_t due_ms;
    struct packet *prev, *next;
} packet;

typedef struct asked { // a post that the shim handed over: its call's id on the link
    uint64_t id;
    char *post_id;
    UT_hash_handle hh;
} asked;

struct pair {
    loop *l;
    pair_limits limits;
    pair_events events;
    void *ctx;
    char *url; // of a listener that waits
    pair *peer;
    packet *inbox;
    size_t inbox_bytes;
    int64_t last_due_ms;
    bool ended;   // the peer is gone: down comes behind what has arrived
    bool severed; // its process is dead
    bool down, destroyed;
    int depth;
    asked *posts; // at the shim's end
    loop_timer deliver, join;
    struct pair *prev, *next;
};

static pair *all;
static int64_t stalled_until_ms;

static void plan(pair *p);

// --- what the ledger reads along ---

static const char *text_behind(const char *text, size_t len, const char *what) {
    return memmem(text, len, what, strlen(what));
}

static void note_post(pair *shim, bytes json) {
    if (text_behind((const char *)json.data, json.len, "\"MessageHasBeenPosted\"") == NULL)
        return;
    cJSON *frame = NULL;
    if (json_parse(json, &frame) != OC_OK)
        return;
    asked *a = xcalloc(1, sizeof *a);
    a->id = (uint64_t)json_int(frame, "id", 0);
    const cJSON *params = json_get(frame, "params");
    a->post_id = xstrdup(json_text(cJSON_GetArrayItem(params, 1), "id"));
    HASH_ADD(hh, shim->posts, id, sizeof a->id, a);
    ledger_story(a->post_id,
                 cJSON_GetArraySize(params) > 2 ? "handed to the core again" : "handed to the core");
    cJSON_Delete(frame);
}

static void note_outcome(pair *shim, bytes json) {
    if (text_behind((const char *)json.data, json.len, "\"outcome\"") == NULL)
        return;
    cJSON *frame = NULL;
    asked *a = NULL;
    if (json_parse(json, &frame) != OC_OK)
        return;
    uint64_t id = (uint64_t)json_int(frame, "id", 0);
    const cJSON *result = json_get(frame, "result");
    HASH_FIND(hh, shim->posts, &id, sizeof id, a);
    if (a != NULL && result != NULL)
        ledger_ticket(a->post_id, json_text(result, "outcome"), json_text(result, "reason"));
    cJSON_Delete(frame);
}

static void forget_posts(pair *p) {
    asked *a = NULL, *next = NULL;
    HASH_ITER (hh, p->posts, a, next) {
        HASH_DEL(p->posts, a);
        free(a->post_id);
        free(a);
    }
}

// --- delivering ---

static void free_packet(pair *p, packet *k) {
    DL_DELETE(p->inbox, k);
    p->inbox_bytes -= k->len;
    free(k->data);
    free(k);
}

static void release(pair *p) {
    if (!p->destroyed || p->depth > 0)
        return;
    while (p->inbox != NULL)
        free_packet(p, p->inbox);
    forget_posts(p);
    loop_timer_cancel(&p->deliver);
    loop_timer_cancel(&p->join);
    DL_DELETE(all, p);
    free(p->url);
    free(p);
}

static void go_down(pair *p, const char *reason) {
    if (p->down || p->destroyed)
        return;
    p->down = true;
    p->events.down(p->ctx, reason);
}

static void hear(pair *p, packet *k) {
    bytes rest = bytes_of(k->data, k->len);
    message_frame frame;
    while (world_is_shim(world_present()) && rest.len > 0 && message_next(&rest, &frame) == OC_OK)
        note_outcome(p, frame.json);
    p->events.message(p->ctx, bytes_of(k->data, k->len));
}

static void on_deliver(void *ctx) {
    pair *p = ctx;
    p->depth++;
    while (!p->destroyed && !p->down && p->inbox != NULL && p->inbox->due_ms <= world_now_ms()) {
        packet *k = p->inbox;
        DL_DELETE(p->inbox, k);
        p->inbox_bytes -= k->len;
        hear(p, k);
        free(k->data);
        free(k);
    }
    if (!p->destroyed && p->ended && p->inbox == NULL)
        go_down(p, "the peer has closed the connection");
    p->depth--;
    if (p->destroyed)
        release(p);
    else
        plan(p);
}

static void plan(pair *p) {
    int64_t at = p->inbox != NULL ? p->inbox->due_ms : world_now_ms();
    if (p->down || (p->inbox == NULL && !p->ended))
        return;
    loop_timer_set(p->l, &p->deliver, at - world_now_ms(), on_deliver, p);
}

// --- pair.h ---

static void on_join_limit(void *ctx) {
    pair *p = ctx;
    if (p->peer == NULL)
        go_down(p, "the peer did not come in time");
}

static pair *create(loop *l, const pair_limits *limits, const pair_events *events, void *ctx) {
    pair *p = xcalloc(1, sizeof *p);
    p->l = l;
    p->limits = *limits;
    p->events = *events;
    p->ctx = ctx;
    DL_APPEND(all, p);
    return p;
}

oc_err pair_listen(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                   pair **out) {
    pair *p = create(l, limits, events, ctx);
    p->url = xstrdup(url);
    loop_timer_set(l, &p->join, limits->join_ms, on_join_limit, p);
    *out = p;
    return OC_OK;
}

oc_err pair_dial(loop *l, const char *url, const pair_limits *limits, const pair_events *events, void *ctx,
                 pair **out) {
    pair *p = create(l, limits, events, ctx), *other = NULL;
    DL_FOREACH (all, other) {
        if (other->url != NULL && other->peer == NULL && !other->severed && strcmp(other->url, url) == 0) {
            p->peer = other;
            other->peer = p;
        }
    }
    if (p->peer == NULL) {
        p->ended = true;
        plan(p);
    }
    *out = p;
    return OC_OK;
}

void pair_expect_peer(pair *p, int pid) {
    (void)p, (void)pid;
}

static void part(pair *p) {
    pair *peer = p->peer;
    p->peer = NULL;
    if (peer == NULL)
        return;
    peer->peer = NULL;
    peer->ended = true;
    if (!peer->destroyed)
        plan(peer);
}

void pair_destroy(pair *p) {
    if (p == NULL || p->destroyed)
        return;
    part(p);
    p->destroyed = true;
    release(p);
}

oc_err pair_send(pair *p, pair_priority priority, bytes json, bytes tail) {
    size_t len = message_frame_bytes(json, tail);
    (void)priority;
    if (len > p->limits.message_bytes)
        return OC_ELIMIT;
    if (p->down || p->ended || p->severed)
        return OC_ECLOSED;
    pair *peer = p->peer;
    if (peer == NULL) // it has not joined: the shim says nothing before it was spoken to
        return OC_EBUSY;
    if (peer->inbox_bytes + len > p->limits.first_queue_bytes)
        return OC_EBUSY;
    packet *k = xcalloc(1, sizeof *k);
    k->data = xmalloc(len);
    k->len = len;
    message_write(k->data, json, tail);
    k->due_ms = world_now_ms() + (chance(300) ? 1 : 0);
    if (k->due_ms < stalled_until_ms)
        k->due_ms = stalled_until_ms;
    if (k->due_ms < peer->last_due_ms)
        k->due_ms = peer->last_due_ms;
    peer->last_due_ms = k->due_ms;
    DL_APPEND(peer->inbox, k);
    peer->inbox_bytes += len;
    if (world_is_shim(world_present()))
        note_post(p, json);
    if (peer->inbox == k)
        plan(peer);
    return OC_OK;
}

// --- faults ---

void wire_sever(const loop *l) {
    pair *p = NULL, *next = NULL;
    DL_FOREACH_SAFE (all, p, next) {
        if (p->l != l)
            continue;
        p->severed = true;
        // What lay in the dead process's queue has left it up to some point.
        while (p->peer != NULL && p->peer->inbox != NULL && chance(500))
            free_packet(p->peer, p->peer->inbox->prev);
        part(p);
    }
}

void wire_cut(void) {
    pair *p = NULL;
    DL_FOREACH (all, p) {
        if (p->peer == NULL || p->url == NULL)
            continue;
        pair *peer = p->peer;
        part(p);
        p->ended = true;
        plan(p);
        plan(peer);
    }
}

void wire_stall(int64_t ms) {
    stalled_until_ms = world_now_ms() + ms;
}
