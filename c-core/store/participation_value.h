// SPDX-License-Identifier: Apache-2.0
// The threads of one account: thread → when the bot answered there last. Pure.
#ifndef OC_STORE_PARTICIPATION_VALUE_H
#define OC_STORE_PARTICIPATION_VALUE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct threads threads;

threads *threads_create(void);
void threads_destroy(threads *t); // NULL-safe
// The later time counts. Of too many the oldest go.
void threads_put(threads *t, const char *root_id, int64_t at_ms);
int64_t threads_at(const threads *t, const char *root_id); // INT64_MIN: not known
// All that other holds as well.
void threads_merge(threads *t, const threads *other);
void threads_expire(threads *t, int64_t before_ms);
size_t threads_count(const threads *t);

// The stored form {"v":1,"threads":{root:ms}}. What cannot be read is as none; damaged says so.
threads *threads_read(bytes value, bool *damaged);
oc_err threads_write(const threads *t, buf *out) OC_MUST_CHECK;

#endif
