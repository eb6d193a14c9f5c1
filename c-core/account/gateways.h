// SPDX-License-Identifier: Apache-2.0
// The gateways that accounts talk to: one connection for each set of settings, however many accounts have it, and beside it
// one for control and one for tools where an account's settings grant them. All have one device identity, and a device token
// for each address and kind.
#ifndef OC_ACCOUNT_GATEWAYS_H
#define OC_ACCOUNT_GATEWAYS_H

#include "account/listeners.h"
#include "chat/chat.h"
#include "config/account.h"
#include "gateway/gateway.h"

typedef struct gateways gateways;
typedef void gateways_status_fn(void *ctx, gateway *g, const gateway_status *status);

// All are borrowed and must outlive them.
gateways *gateways_create(loop *l, chat *c, net *n, gateways_status_fn *fn, void *ctx);
void gateways_destroy(gateways *s); // runs end with GATEWAY_RUN_LOST; NULL-safe

void gateways_listen(gateways *s, const account_listener *l, void *ctx); // as accounts_listen

// New settings are put in force in four steps, so that a connection goes on where it can: begin; find for every account;
// make for those that found none; end. Settings are borrowed until the next end.
void gateways_begin(gateways *s);
// The gateway that has these settings already, or NULL.
gateway *gateways_find(gateways *s, const gateway_config *wanted);
// had (may be NULL) gets the settings when nobody else needs it as it is; else a new one is made.
gateway *gateways_make(gateways *s, const gateway_config *wanted, gateway *had);
// Closes those that nobody asked for, each when its open runs have ended.
void gateways_end(gateways *s);
// What stands beside a gateway, after end; NULL when nobody's settings grant it.
gateway_control *gateways_control(const gateways *s, const gateway *g);
gateway_node *gateways_node(const gateways *s, const gateway *g);
// Whether this process holds the node connections: of several plugin nodes one does. True from the beginning.
void gateways_hold_nodes(gateways *s, bool hold);

#endif
