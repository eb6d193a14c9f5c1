// SPDX-License-Identifier: Apache-2.0
// Up to where all that agents said by themselves at one gateway has been dealt with, and what has been beyond that. Pure; bounded.
// Times are of the gateway's clock.
#ifndef OC_OUTBOUND_SPOKEN_H
#define OC_OUTBOUND_SPOKEN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct spoken spoken;

enum {
    SPOKEN_DONE_MAX = 2000, // the oldest give way: their marker in the channel still tells of them
    SPOKEN_VALUE_MAX_BYTES = 128 << 10,
    SPOKEN_ID_BYTES = 17,
    SPOKEN_VERSION = 1,
};

// What a final is known by, here and in its posts' markers.
void spoken_id(const char *session_key, const char *run_id, char out[SPOKEN_ID_BYTES]);

spoken *spoken_create(void);
void spoken_destroy(spoken *s); // NULL-safe
// The stored form {"v":1,"since":ms,"done":{id:ms}}. What cannot be read is as none; *damaged says so. Never NULL.
spoken *spoken_read(bytes value, bool *damaged);
oc_err spoken_write(const spoken *s, buf *out) OC_MUST_CHECK;

int64_t spoken_since(const spoken *s); // 0: not known yet
// Everything before was dealt with; never moves back.
void spoken_move(spoken *s, int64_t since_ms);
void spoken_put(spoken *s, const char *id, int64_t at_ms);
bool spoken_has(const spoken *s, const char *id);
size_t spoken_count(const spoken *s);
// All that other knows as well.
void spoken_merge(spoken *s, const spoken *other);

#endif
