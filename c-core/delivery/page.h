// SPDX-License-Identifier: Apache-2.0
// A page of the journal: what became of the posts of one minute. Pure; the stored form carries a version and may be
// absent, cut, of another version or garbage.
#ifndef OC_DELIVERY_PAGE_H
#define OC_DELIVERY_PAGE_H

#include "base/buf.h"
#include "chat/outcome.h"

typedef enum record_state { // how far a post has come; only the last one is the end
    RECORD_TAKEN,           // it will be answered
    RECORD_SENT,            // the agent works on it: the gateway knows its idempotency key
    RECORD_POSTING,         // there is an answer, parts of which may stand in the channel
    RECORD_CLOSED,          // it has its outcome
    RECORD_STATES,
} record_state;
const char *record_state_name(record_state s);

typedef struct record {
    record_state state;
    outcome_reason reason; // when CLOSED
    int parts;             // of the answer: posted ones when CLOSED, else all that are known
} record;

enum { PAGE_RECORDS_MAX = 2000, PAGE_MAX_BYTES = 200 << 10, PAGE_VERSION = 1 };

typedef struct page page;
page *page_create(void);
void page_destroy(page *p); // NULL-safe
size_t page_count(const page *p);
const record *page_get(const page *p, const char *post_id); // NULL when there is none
// OC_ELIMIT when the page is full and the post is new.
oc_err page_put(page *p, const char *post_id, const record *r) OC_MUST_CHECK;
// Adds what the stored value knows and this page does not; a record that is further along wins. OC_EMALFORMED when the
// value is unreadable or of another version: the page is as before, readable records of a broken list included.
oc_err page_merge(page *p, bytes stored) OC_MUST_CHECK;
oc_err page_write(const page *p, buf *out) OC_MUST_CHECK;

#endif
