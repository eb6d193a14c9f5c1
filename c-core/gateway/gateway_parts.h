// SPDX-License-Identifier: Apache-2.0
// Doors into the gateway side for tests: another transport, and frames without one.
#ifndef OC_GATEWAY_GATEWAY_PARTS_H
#define OC_GATEWAY_GATEWAY_PARTS_H

#include "gateway/gateway.h"
#include "gateway/transport.h"

gateway *gateway_create_on(loop *l, const transport *t, const gateway_events *events, void *ctx);
void gateway_on_frame(gateway *g, bytes text); // as if it had come over the present connection

#endif
