// SPDX-License-Identifier: Apache-2.0
#include "gateway/requests.h"

#include "base/mem.h"
#include "base/metric.h"

#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

typedef enum request_state {
    REQUEST_QUEUED,   // too many are in flight
    REQUEST_SENT,     // no answer yet; counts as in flight
    REQUEST_ACCEPTED, // the first of two answers came
    REQUEST_FAILED,   // could not be sent: the callback is due
} request_state;

struct open_request {
    requests *owner;
    uint64_t number;
    char id[24]; // the number as text, for the hash and the wire
    request_state state;
    const char *method;
    cJSON *params;
    int64_t timeout_ms, second_ms;
    request_fn *fn;
    void *ctx;
    oc_err err; // FAILED
    loop_timer timer;
    UT_hash_handle hh;
    open_request *prev, *next; // queue
};

struct requests {
    loop *loop;
    request_send_fn *send;
    void *send_ctx;
    open_request *by_id, *queue;
    size_t in_flight;
    uint64_t last_id;
    loop_timer flush;
};

requests *requests_create(loop *l, request_send_fn *send, void *send_ctx) {
    requests *r = xcalloc(1, sizeof *r);
    r->loop = l;
    r->send = send;
    r->send_ctx = send_ctx;
    return r;
}

static void send_queued(void *ctx);

// Takes the request off every list; the memory stays.
static void detach(open_request *q) {
    requests *r = q->owner;
    loop_timer_cancel(&q->timer);
    if (q->state == REQUEST_QUEUED)
        DL_DELETE(r->queue, q);
    if (q->state == REQUEST_SENT)
        r->in_flight--;
    HASH_DEL(r->by_id, q);
    if (r->queue != NULL)
        loop_timer_set(r->loop, &r->flush, 0, send_queued, r);
}

static void free_request(open_request *q) {
    cJSON_Delete(q->params);
    free(q);
}

static void finish(open_request *q, const request_reply *reply) {
    detach(q);
    if (q->fn != NULL)
        q->fn(q->ctx, reply);
    free_request(q);
}

static void on_timer(void *ctx) {
    open_request *q = ctx;
    finish(q, &(request_reply){.err = q->state == REQUEST_FAILED ? q->err : OC_ETIMEOUT});
}

static void send_now(open_request *q) {
    requests *r = q->owner;
    oc_err err = r->send(r->send_ctx, q->id, q->method, q->params);
    cJSON_Delete(q->params);
    q->params = NULL;
    q->state = err == OC_OK ? REQUEST_SENT : REQUEST_FAILED;
    q->err = err;
    if (err == OC_OK)
        r->in_flight++;
    loop_timer_set(r->loop, &q->timer, err == OC_OK ? q->timeout_ms : 0, on_timer, q);
}

static void send_queued(void *ctx) {
    requests *r = ctx;
    while (r->queue != NULL && r->in_flight < REQUESTS_IN_FLIGHT_MAX) {
        open_request *q = r->queue;
        DL_DELETE(r->queue, q);
        send_now(q);
    }
}

open_request *requests_start(requests *r, const request_options *o) {
    if (HASH_COUNT(r->by_id) >= REQUESTS_OPEN_MAX) {
        cJSON_Delete(o->params);
        return NULL;
    }
    open_request *q = xcalloc(1, sizeof *q);
    q->owner = r;
    metric_count(METRIC_GATEWAY_REQUESTS, o->method, 1);
    q->method = o->method;
    q->params = o->params;
    q->timeout_ms = o->timeout_ms;
    q->second_ms = o->second_ms;
    q->fn = o->fn;
    q->ctx = o->ctx;
    q->number = ++r->last_id;
    (void)snprintf(q->id, sizeof q->id, "r%llu", (unsigned long long)q->number);
    HASH_ADD_STR(r->by_id, id, q);
    if (r->queue == NULL && r->in_flight < REQUESTS_IN_FLIGHT_MAX) {
        send_now(q);
    } else {
        q->state = REQUEST_QUEUED;
        DL_APPEND(r->queue, q);
        loop_timer_set(r->loop, &q->timer, q->timeout_ms, on_timer, q);
    }
    return q;
}

void request_cancel(open_request *q) {
    if (q == NULL)
        return;
    detach(q);
    free_request(q);
}

void requests_on_response(requests *r, const cJSON *frame) {
    open_request *q = NULL;
    const char *id = json_text(frame, "id");
    HASH_FIND_STR(r->by_id, id, q);
    if (q == NULL || (q->state != REQUEST_SENT && q->state != REQUEST_ACCEPTED))
        return;
    request_reply reply = {.err = json_bool(frame, "ok", false) ? OC_OK : OC_EREMOTE,
                           .payload = json_get(frame, "payload"),
                           .error = json_get(frame, "error")};
    bool first =
        reply.err == OC_OK && q->second_ms > 0 && strcmp(json_text(reply.payload, "status"), "accepted") == 0;
    if (!first) {
        finish(q, &reply);
        return;
    }
    if (q->state == REQUEST_SENT)
        r->in_flight--;
    q->state = REQUEST_ACCEPTED;
    loop_timer_set(r->loop, &q->timer, q->second_ms, on_timer, q);
    if (r->queue != NULL)
        loop_timer_set(r->loop, &r->flush, 0, send_queued, r);
    reply.accepted = true;
    if (q->fn != NULL)
        q->fn(q->ctx, &reply); // may cancel q
}

void requests_on_lost(requests *r) {
    // A callback may start or cancel others: only those that were open when this began are ended, one at a time.
    uint64_t last = r->last_id;
    for (;;) {
        open_request *q = NULL, *next = NULL, *found = NULL;
        HASH_ITER (hh, r->by_id, q, next) {
            if (q->number <= last) {
                found = q;
                break;
            }
        }
        if (found == NULL)
            return;
        finish(found, &(request_reply){.err = OC_ECLOSED});
    }
}

void requests_destroy(requests *r) {
    open_request *q = NULL, *next = NULL;
    if (r == NULL)
        return;
    HASH_ITER (hh, r->by_id, q, next) {
        request_cancel(q);
    }
    loop_timer_cancel(&r->flush);
    free(r);
}

size_t requests_in_flight(const requests *r) {
    return r->in_flight;
}
