// SPDX-License-Identifier: Apache-2.0
// What belongs to nobody's request and is done by one process of several: messages that agents begin, the node connections. The
// lease (store/lease.h) says which process that is.
#ifndef OC_COMMON_WORK_H
#define OC_COMMON_WORK_H

#include "account/accounts.h"
#include "outbound/resolve.h"
#include "reply/media.h"
#include "store/pairings.h"
#include "store/participation.h"

typedef struct common_work common_work;

typedef struct common_work_parts { // borrowed, outlive it
    loop *loop;
    chat *chat;
    accounts *accounts;
    resolver *resolver;
    media *media;
    pairings *paired;
    participation *threads;
    const char *node; // this host's name
} common_work_parts;

// Before the first accounts_apply.
common_work *common_work_create(const common_work_parts *parts);
void common_work_rest(common_work *w);    // works no more: before the accounts are destroyed
void common_work_destroy(common_work *w); // after that; NULL-safe
// What the server says of itself: wants to be the one from now on.
void common_work_server(common_work *w, bool clustered, size_t max_post_runes);
bool common_work_held(const common_work *w); // this process is the one at the moment
void common_work_stop(common_work *w);       // the orderly end: others need not wait for it

#endif
