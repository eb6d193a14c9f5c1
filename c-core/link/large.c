// SPDX-License-Identifier: Apache-2.0
// A call or answer that is too long for one message: the notification $large says its length, the frame follows as
// the pieces of a body, and the other side takes it apart as if it had come in one message. What was sent later may
// arrive earlier.
#include "base/mem.h"
#include "link/link_private.h"
#include "link/message.h"

#include <stdlib.h>

enum { LARGE_UNDER_WAY_BYTES = 2 * LINK_LARGE_MAX_BYTES }; // of one side, all together

struct large_frame {
    size_t len;  // of the whole frame
    buf content; // outgoing: not sent yet; incoming: came so far
};

static link_body *new_large(link_t *k, uint64_t id, bool incoming, size_t len) {
    link_body *b = link_body_new(k, id, incoming);
    b->claimed = true;
    b->large = xcalloc(1, sizeof *b->large);
    b->large->len = len;
    buf_init(&b->large->content, len);
    *(incoming ? &k->large_in_bytes : &k->large_out_bytes) += len;
    return b;
}

void link_large_free(link_body *b) {
    *(b->incoming ? &b->k->large_in_bytes : &b->k->large_out_bytes) -= b->large->len;
    buf_free(&b->large->content);
    free(b->large);
    b->large = NULL;
}

// --- sending --------------------------------------------------------------------------------------------------

oc_err link_large_send(link_t *k, bytes json, bytes tail) {
    size_t len = message_frame_bytes(json, tail);
    uint8_t *where = NULL;
    if (len > LINK_LARGE_MAX_BYTES)
        return OC_ELIMIT;
    if (len > LARGE_UNDER_WAY_BYTES - k->large_out_bytes || HASH_COUNT(k->outgoing) >= LINK_BODIES_MAX)
        return OC_EBUSY;
    link_body *b = new_large(k, k->next_body++, false, len);
    oc_err err = buf_reserve(&b->large->content, len, &where);
    if (err == OC_OK) {
        message_write(where, json, tail);
        buf_commit(&b->large->content, len);
        err = link_body_tell(k, PAIR_FIRST, "$large", b->id, len, bytes_of(NULL, 0));
    }
    if (err == OC_OK)
        link_large_room(b);
    else
        link_body_free(b);
    return err;
}

void link_large_room(link_body *b) {
    bytes left = buf_bytes(&b->large->content);
    size_t len = left.len < b->credit_bytes ? left.len : b->credit_bytes;
    // A failure here means that the link goes down, which ends the body too.
    if (link_body_write(b, bytes_of(left.data, len)) != OC_OK)
        return;
    buf_consume(&b->large->content, len);
    if (len == left.len)
        link_body_end(b);
}

// --- receiving ------------------------------------------------------------------------------------------------

bool link_large_announced(link_t *k, uint64_t id, int64_t len) {
    link_body *b = NULL;
    HASH_FIND(hh, k->incoming, &id, sizeof id, b);
    if (b != NULL || len <= LINK_MESSAGE_MAX_BYTES || len > LINK_LARGE_MAX_BYTES)
        return false;
    if ((size_t)len > LARGE_UNDER_WAY_BYTES - k->large_in_bytes || HASH_COUNT(k->incoming) >= LINK_BODIES_MAX)
        return false;
    (void)new_large(k, id, true, (size_t)len);
    return true;
}

bool link_large_data(link_body *b, bytes piece) {
    if (buf_append(&b->large->content, piece.data, piece.len) != OC_OK)
        return false;
    link_body_consumed(b, piece.len);
    return true;
}

void link_large_end(link_body *b) {
    link_t *k = b->k;
    struct large_frame *large = b->large;
    bytes rest = buf_bytes(&large->content);
    message_frame frame = {0};
    bool whole = rest.len == large->len && message_next(&rest, &frame) == OC_OK && rest.len == 0;
    // The body goes before its content is looked at: the callbacks may end the link.
    b->large = NULL;
    k->large_in_bytes -= large->len;
    link_body_free(b);
    if (whole)
        link_dispatch(k, frame.json, frame.tail);
    else
        link_malformed(k, "a long frame is not what it was said to be");
    buf_free(&large->content);
    free(large);
}
