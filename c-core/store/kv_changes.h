// SPDX-License-Identifier: Apache-2.0
// Changes of stored values that several nodes share: a value is read, a function says what it becomes, and it is written only if
// nobody wrote meanwhile (compare-and-set); else all of that again, after a pause. Nothing here blocks.
#ifndef OC_STORE_KV_CHANGES_H
#define OC_STORE_KV_CHANGES_H

#include "base/buf.h"
#include "base/loop.h"
#include "chat/chat.h"

typedef struct kv_changes kv_changes;

// Both are borrowed and must outlive it. waiting_max: how many changes may be under way and wait. tries_max: of each change, with
// pauses between them that double: five take about a second when all fail, eight about ten.
kv_changes *kv_changes_create(loop *l, chat *c, size_t waiting_max, int tries_max);
void kv_changes_destroy(
    kv_changes *q); // NULL-safe; what waits ends with OC_ECLOSED, and nothing new comes in

typedef struct kv_value {
    buf text;
    int64_t expire_s; // 0: never
    bool
        unreadable; // what is stored could not be read, or not all of it: it is kept before it is written over (unreadable.h)
} kv_value;

// Says what the stored value (data NULL: there is none) becomes; an empty text: it stays, and the change is done. An error ends
// the change with it. Must not do anything else: it is called again, on a newer value, when somebody else was faster or when it
// is not known whether a write arrived.
typedef oc_err kv_change_fn(void *ctx, bytes value, kv_value *out);
// OC_OK: the last call of fn saw, or made, what is stored now. Else nothing was changed as far as is known: OC_EBUSY (too much
// waits), OC_ECONFLICT (others were faster each time), OC_ECLOSED, fn's error or the store's. Exactly once, perhaps before
// kv_changes_add returns.
typedef void kv_done_fn(void *ctx, oc_err err);

// Those of one key come one after the other, those of different keys side by side. key is copied. A value above max_bytes is
// fn's error to tell (buf.h).
void kv_changes_add(kv_changes *q, const char *key, size_t max_bytes, kv_change_fn *fn, kv_done_fn *done,
                    void *ctx);

#endif
