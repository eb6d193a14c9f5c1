// SPDX-License-Identifier: Apache-2.0
// Doors into the node connection for tests: another transport, and frames without one.
#ifndef OC_GATEWAY_NODE_PARTS_H
#define OC_GATEWAY_NODE_PARTS_H

#include "gateway/node.h"
#include "gateway/transport.h"

gateway_node *node_create_on(loop *l, const transport *t, const node_events *events, void *ctx);
void node_on_frame(gateway_node *s, bytes text); // as if it had come over the present connection

#endif
