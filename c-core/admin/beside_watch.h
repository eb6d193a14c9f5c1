// SPDX-License-Identifier: Apache-2.0
// What the administrators are told about the connections beside the gateways' main ones: control and tools. One standing
// notice, with a part for each that somebody must do something about. One that is merely away is nobody's business: the
// main connection tells of that.
#ifndef OC_ADMIN_BESIDE_WATCH_H
#define OC_ADMIN_BESIDE_WATCH_H

#include "account/accounts.h"
#include "admin/notices.h"

typedef struct beside_watch beside_watch;

// Both are borrowed and must outlive it. Before the first accounts_apply.
beside_watch *beside_watch_create(accounts *a, notices *n);
void beside_watch_stop(beside_watch *w);    // nothing is told any more: what goes now does so because we end
void beside_watch_destroy(beside_watch *w); // after the accounts; NULL-safe

#endif
