// SPDX-License-Identifier: Apache-2.0
// Frames that wait to be sent, in two priorities, with a maximum. Frames that wait together leave in one message: a
// crossing between processes costs more than their bytes. Pure.
#ifndef OC_LINK_SEND_QUEUE_H
#define OC_LINK_SEND_QUEUE_H

#include "link/message.h"

typedef struct send_entry send_entry;
typedef struct send_lane {
    send_entry *entries; // utlist
    size_t waiting_bytes, max_bytes;
} send_lane;

enum { SEND_LANES = 2 };
typedef struct send_queue {
    send_lane lanes[SEND_LANES]; // lane 0 goes before lane 1
} send_queue;

void send_queue_init(send_queue *q, size_t max_first_bytes, size_t max_bulk_bytes);
void send_queue_free(send_queue *q);
bool send_queue_empty(const send_queue *q);
// Copies. OC_EBUSY when the lane is full, OC_ENOMEM.
oc_err send_queue_push(send_queue *q, size_t lane, bytes json, bytes tail) OC_MUST_CHECK;
// How many bytes the next message has: the first lane's frames, as many as fit into max_bytes but at least one; else
// one of the second lane. 0 when nothing waits.
size_t send_queue_next_bytes(const send_queue *q, size_t max_bytes);
// Writes that message at out, which has room for send_queue_next_bytes(q, max_bytes), and drops its frames.
void send_queue_take(send_queue *q, size_t max_bytes, uint8_t *out);

#endif
