// SPDX-License-Identifier: Apache-2.0
#include "link/send_queue.h"

#include <stdlib.h>
#include <utlist.h>

struct send_entry {
    send_entry *prev, *next;
    size_t len;
    uint8_t frame[];
};

void send_queue_init(send_queue *q, size_t max_first_bytes, size_t max_bulk_bytes) {
    *q = (send_queue){.lanes = {{.max_bytes = max_first_bytes}, {.max_bytes = max_bulk_bytes}}};
}

static void drop_first(send_lane *lane) {
    send_entry *e = lane->entries;
    DL_DELETE(lane->entries, e);
    lane->waiting_bytes -= e->len;
    free(e);
}

void send_queue_free(send_queue *q) {
    for (size_t i = 0; i < SEND_LANES; i++) {
        while (q->lanes[i].entries != NULL)
            drop_first(&q->lanes[i]);
    }
}

bool send_queue_empty(const send_queue *q) {
    return q->lanes[0].entries == NULL && q->lanes[1].entries == NULL;
}

oc_err send_queue_push(send_queue *q, size_t lane_index, bytes json, bytes tail) {
    send_lane *lane = &q->lanes[lane_index];
    size_t len = message_frame_bytes(json, tail);
    if (len > lane->max_bytes || lane->waiting_bytes > lane->max_bytes - len)
        return OC_EBUSY;
    send_entry *e = malloc(sizeof *e + len);
    if (e == NULL)
        return OC_ENOMEM;
    e->len = len;
    message_write(e->frame, json, tail);
    DL_APPEND(lane->entries, e);
    lane->waiting_bytes += len;
    return OC_OK;
}

size_t send_queue_next_bytes(const send_queue *q, size_t max_bytes) {
    size_t sum = 0;
    if (q->lanes[0].entries == NULL)
        return q->lanes[1].entries != NULL ? q->lanes[1].entries->len : 0;
    for (const send_entry *e = q->lanes[0].entries; e != NULL; e = e->next) {
        if (sum > 0 && sum + e->len > max_bytes)
            break;
        sum += e->len;
    }
    return sum;
}

void send_queue_take(send_queue *q, size_t max_bytes, uint8_t *out) {
    size_t left = send_queue_next_bytes(q, max_bytes);
    send_lane *lane = &q->lanes[q->lanes[0].entries != NULL ? 0 : 1];
    while (left > 0) {
        memcpy(out, lane->entries->frame, lane->entries->len);
        out += lane->entries->len;
        left -= lane->entries->len;
        drop_first(lane);
    }
}
