// SPDX-License-Identifier: Apache-2.0
// Bodies: byte streams in pieces under credit. The sender counts the bytes that it may send; the receiver gives credit
// back as they are consumed. Methods: $piece, $end and $cancel from the sender, $credit and $stop from the receiver.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "link/link_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// --- what both directions share -------------------------------------------------------------------------------

link_body *link_body_new(link_t *k, uint64_t id, bool incoming) {
    link_body *b = xcalloc(1, sizeof *b);
    *b = (link_body){.id = id, .k = k, .incoming = incoming, .credit_bytes = LINK_BODY_CREDIT_BYTES};
    if (incoming)
        HASH_ADD(hh, k->incoming, id, sizeof b->id, b);
    else
        HASH_ADD(hh, k->outgoing, id, sizeof b->id, b);
    return b;
}

void link_body_free(link_body *b) {
    if (b->incoming)
        HASH_DEL(b->k->incoming, b);
    else
        HASH_DEL(b->k->outgoing, b);
    if (b->large != NULL)
        link_large_free(b);
    free(b);
}

// A notification about the body. Lost only when the link is down or so clogged that it will be.
oc_err link_body_tell(link_t *k, pair_priority priority, const char *method, uint64_t id, uint64_t count,
                      bytes tail) {
    char json[160];
    if (k->pair == NULL)
        return OC_ECLOSED;
    int len = count == 0
                  ? snprintf(json, sizeof json,
                             "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"body\":%" PRIu64 "}}",
                             method, id)
                  : snprintf(json, sizeof json,
                             "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"body\":%" PRIu64
                             ",\"bytes\":%" PRIu64 "}}",
                             method, id, count);
    return pair_send(k->pair, priority, bytes_of(json, (size_t)len), tail);
}

static void tell_surely(link_body *b, pair_priority priority, const char *method, uint64_t count) {
    oc_err err = link_body_tell(b->k, priority, method, b->id, count, bytes_of(NULL, 0));
    if (err != OC_OK && err != OC_ECLOSED)
        log_error("A body is stuck: the link's queue is full", "method", method, "reason", oc_err_text(err));
}

void link_body_on(link_body *b, const link_body_events *events, void *ctx) {
    b->claimed = true;
    b->events = *events;
    b->ctx = ctx;
}

uint64_t link_body_id(const link_body *b) {
    return b->id;
}

void link_body_cancel(link_body *b) {
    if (b == NULL)
        return;
    tell_surely(b, PAIR_FIRST, b->incoming ? "$stop" : "$cancel", 0);
    link_body_free(b);
}

// The other side gave up, or there is no other side any more.
static void lose(link_body *b) {
    if (b->large == NULL && b->events.cancelled != NULL)
        b->events.cancelled(b->ctx, b);
    link_body_free(b);
}

void link_body_cancel_all(link_t *k) {
    while (k->incoming != NULL)
        lose(k->incoming);
    while (k->outgoing != NULL)
        lose(k->outgoing);
}

// --- sending --------------------------------------------------------------------------------------------------

link_body *link_body_send(link_t *k) {
    if (k->pair == NULL || HASH_COUNT(k->outgoing) >= LINK_BODIES_MAX)
        return NULL;
    return link_body_new(k, k->next_body++, false);
}

size_t link_body_room_bytes(const link_body *b) {
    return b->credit_bytes;
}

oc_err link_body_write(link_body *b, bytes piece) {
    if (piece.len > b->credit_bytes)
        return OC_EBUSY;
    while (piece.len > 0) {
        bytes part = bytes_of(piece.data, piece.len < LINK_PIECE_BYTES ? piece.len : LINK_PIECE_BYTES);
        oc_err err = link_body_tell(b->k, PAIR_BULK, "$piece", b->id, 0, part);
        if (err != OC_OK)
            return err;
        b->credit_bytes -= part.len;
        piece = bytes_of(piece.data + part.len, piece.len - part.len);
    }
    return OC_OK;
}

void link_body_end(link_body *b) {
    tell_surely(b, PAIR_BULK, "$end", 0);
    link_body_free(b);
}

static bool on_credit(link_body *b, int64_t count) {
    if (count <= 0 || count > LINK_BODY_CREDIT_BYTES)
        return false;
    b->credit_bytes += (size_t)count;
    if (b->credit_bytes > LINK_BODY_CREDIT_BYTES)
        return false;
    if (b->large != NULL)
        link_large_room(b);
    else if (b->events.room != NULL)
        b->events.room(b->ctx, b);
    return true;
}

// --- receiving ------------------------------------------------------------------------------------------------

static uint64_t named_in(const cJSON *value) {
    int64_t id = json_int(value, "$body", 0);
    return id > 0 ? (uint64_t)id : 0;
}

uint64_t link_body_named(const cJSON *value) {
    uint64_t id = named_in(value);
    if (id != 0 || !cJSON_IsArray(value))
        return id;
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, value) {
        if (cJSON_GetArraySize(element) == 1 && named_in(element) != 0)
            return named_in(element);
    }
    return 0;
}

link_body *link_body_announced(link_t *k, uint64_t id) {
    link_body *b = NULL;
    HASH_FIND(hh, k->incoming, &id, sizeof id, b);
    if (b != NULL)
        return NULL;
    if (HASH_COUNT(k->incoming) >= LINK_BODIES_MAX) {
        link_malformed(k, "too many bodies");
        return NULL;
    }
    return link_body_new(k, id, true);
}

void link_body_consumed(link_body *b, size_t len) {
    b->unreturned_bytes += len;
    // Not for each small piece: a crossing between processes is dear.
    if (b->unreturned_bytes < LINK_BODY_CREDIT_BYTES / 4)
        return;
    tell_surely(b, PAIR_FIRST, "$credit", b->unreturned_bytes);
    b->credit_bytes += b->unreturned_bytes;
    b->unreturned_bytes = 0;
}

static bool on_piece(link_body *b, bytes piece) {
    if (piece.len > b->credit_bytes)
        return false;
    b->credit_bytes -= piece.len;
    if (b->large != NULL)
        return link_large_data(b, piece);
    if (b->events.data != NULL)
        b->events.data(b->ctx, b, piece);
    else
        link_body_consumed(b, piece.len);
    return true;
}

static bool on_end(link_body *b) {
    if (b->large != NULL) {
        link_large_end(b);
        return true;
    }
    if (b->events.end != NULL)
        b->events.end(b->ctx, b);
    link_body_free(b);
    return true;
}

static bool on_incoming(link_body *b, const char *method, bytes tail) {
    if (strcmp(method, "$piece") == 0)
        return on_piece(b, tail);
    if (strcmp(method, "$end") == 0)
        return on_end(b);
    lose(b);
    return true;
}

static bool on_outgoing(link_body *b, const char *method, const cJSON *params) {
    if (strcmp(method, "$credit") == 0)
        return on_credit(b, json_int(params, "bytes", 0));
    lose(b);
    return true;
}

bool link_body_notified(link_t *k, const char *method, const cJSON *params, bytes tail) {
    static const char *const from_sender[] = {"$piece", "$end", "$cancel"};
    static const char *const from_receiver[] = {"$credit", "$stop"};
    int64_t number = json_int(params, "body", 0);
    uint64_t id = (uint64_t)number;
    link_body *b = NULL;
    if (number <= 0)
        return false;
    if (strcmp(method, "$large") == 0)
        return link_large_announced(k, id, json_int(params, "bytes", 0));
    // A body that is not known any more was ended on our side while this was under way.
    for (size_t i = 0; i < sizeof from_sender / sizeof from_sender[0]; i++) {
        if (strcmp(method, from_sender[i]) == 0) {
            HASH_FIND(hh, k->incoming, &id, sizeof id, b);
            return b == NULL || on_incoming(b, method, tail);
        }
    }
    for (size_t i = 0; i < sizeof from_receiver / sizeof from_receiver[0]; i++) {
        if (strcmp(method, from_receiver[i]) == 0) {
            HASH_FIND(hh, k->outgoing, &id, sizeof id, b);
            return b == NULL || on_outgoing(b, method, params);
        }
    }
    return false;
}
