// SPDX-License-Identifier: Apache-2.0
// The records of buttons and dialogs (button_record.h) in the store, shared by all nodes; changed by compare-and-set only. The
// server removes those that have expired. Nothing here blocks; each fn comes exactly once, perhaps before the call returns.
#ifndef OC_STORE_BUTTON_RECORDS_H
#define OC_STORE_BUTTON_RECORDS_H

#include "base/loop.h"
#include "chat/chat.h"
#include "store/button_record.h"

// The installation keeps a record for ten minutes after its expiry, so that a late click can be told why it does not count.
enum { BUTTON_RECORD_GRACE_MS = 600 * 1000 };

typedef struct button_records button_records;

// Both are borrowed and must outlive it.
button_records *button_records_create(loop *l, chat *c);
void button_records_destroy(button_records *r); // NULL-safe; what waits ends with OC_ECLOSED

typedef void button_stored_fn(void *ctx, oc_err err);
// OC_EINVAL: larger than BUTTON_RECORD_MAX_BYTES.
void button_records_add(button_records *r, const char *nonce, const cJSON *record, button_stored_fn *fn,
                        void *ctx);
void button_records_remove(button_records *r, const char *nonce); // a failure is logged: it expires by itself

// Alters the record; false: nothing is to be written. Called again on a newer record when somebody else was faster, or when
// it is not known whether a write arrived: so it must recognise its own work.
typedef bool button_change_fn(void *ctx, cJSON *record);
// record: as it is stored now, borrowed; NULL with OC_ENOTFOUND (none, or one that cannot be read) or another error.
typedef void button_loaded_fn(void *ctx, oc_err err, const cJSON *record);
// change NULL: only reads.
void button_records_change(button_records *r, const char *nonce, button_change_fn *change,
                           button_loaded_fn *fn, void *ctx);

#endif
