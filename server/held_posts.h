// SPDX-License-Identifier: Apache-2.0
// Posts, and edits of posts, that the server gave us and whose outcome the core has not reported yet, in the order in
// which they came.
// Pure: who hands them over is core_link.
#ifndef OC_HELD_POSTS_H
#define OC_HELD_POSTS_H

#include "base/buf.h"

enum {
    HELD_POSTS_MAX = 10000,
    HELD_POSTS_MAX_BYTES = 64 << 20,
    HELD_POST_TRIES_MAX = 50, // then it is given up: the core may die of it
};

typedef struct held_post {
    uint64_t order; // counts posts
    unsigned tries; // how often it was handed to a core
    bool handed;    // to the present core
    const char *hook;
    char *params; // the hook's: "[context,post]"
    size_t params_len;
    uint8_t *tail;
    size_t tail_len;
    struct held_posts *home;
    struct held_post *prev, *next;
} held_post;

typedef struct held_posts {
    held_post *waiting, *handed; // utlist, by order
    size_t count, bytes;
    uint64_t next_order;
    void *owner; // the holder's
} held_posts;

// Storage is the caller's and starts zeroed.
void held_posts_free(held_posts *h);
// Copies params and tail; hook is a name for good. OC_EINVAL when params is no array's text, OC_EBUSY when a maximum would be exceeded, OC_ENOMEM.
oc_err held_posts_add(held_posts *h, const char *hook, bytes params, bytes tail) OC_MUST_CHECK;
held_post *held_posts_next(const held_posts *h); // the oldest that is not handed over, or NULL
// Its params for the core: as they came, or with {"again":true} behind them from the second time on. OC_ELIMIT, OC_ENOMEM.
oc_err held_post_params(const held_post *p, buf *out) OC_MUST_CHECK;
void held_posts_handed(held_posts *h, held_post *p);
// The core died with it: it waits again, at its old place.
void held_posts_returned(held_posts *h, held_post *p);
void held_posts_release(held_posts *h, held_post *p); // p is gone

#endif
