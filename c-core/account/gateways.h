// SPDX-License-Identifier: Apache-2.0
// The gateways that accounts talk to: one connection for each set of settings, however many accounts have it, all with
// one device identity and a device token for each address.
#ifndef OC_ACCOUNT_GATEWAYS_H
#define OC_ACCOUNT_GATEWAYS_H

#include "chat/chat.h"
#include "config/account.h"
#include "gateway/gateway.h"

typedef struct gateways gateways;
typedef void gateways_status_fn(void *ctx, gateway *g, const gateway_status *status);

// All are borrowed and must outlive them.
gateways *gateways_create(loop *l, chat *c, net *n, gateways_status_fn *fn, void *ctx);
void gateways_destroy(gateways *s); // runs end with GATEWAY_RUN_LOST; NULL-safe

// New settings are put in force in four steps, so that a connection goes on where it can: begin; find for every account;
// make for those that found none; end. Settings are borrowed until the next end.
void gateways_begin(gateways *s);
// The gateway that has these settings already, or NULL.
gateway *gateways_find(gateways *s, const gateway_config *wanted);
// had (may be NULL) gets the settings when nobody else needs it as it is; else a new one is made.
gateway *gateways_make(gateways *s, const gateway_config *wanted, gateway *had);
// Closes those that nobody asked for, each when its open runs have ended.
void gateways_end(gateways *s);

#endif
