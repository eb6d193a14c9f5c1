// SPDX-License-Identifier: Apache-2.0
// What the administrators are told about the gateways: one standing notice for all, with a part for each that is in trouble.
#ifndef OC_ADMIN_GATEWAY_WATCH_H
#define OC_ADMIN_GATEWAY_WATCH_H

#include "account/accounts.h"
#include "admin/notices.h"
#include "gateway/gateway.h"

typedef struct gateway_watch gateway_watch;

// Both are borrowed and must outlive it.
gateway_watch *gateway_watch_create(loop *l, notices *n);
// The first time ever that all is well the administrators read how to write to the default account's bot. Borrowed, for calls of
// gateway_watch_status, _keep and _bots_changed.
void gateway_watch_greet(gateway_watch *w, const accounts *a);
// A bot can be written to now, or settings are in force: a greeting that was due before is told.
void gateway_watch_bots_changed(gateway_watch *w);
void gateway_watch_destroy(gateway_watch *w); // NULL-safe
// A gateway's state changed. names: whose it is, NULL when there is only one.
void gateway_watch_status(gateway_watch *w, const gateway *g, const gateway_status *status,
                          const char *names);
// What is in use now (NULL-terminated): of others nothing is told any more.
void gateway_watch_keep(gateway_watch *w, const gateway *const *in_use);

#endif
