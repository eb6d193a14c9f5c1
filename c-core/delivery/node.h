// SPDX-License-Identifier: Apache-2.0
// The name of this node among those that share a store.
#ifndef OC_DELIVERY_NODE_H
#define OC_DELIVERY_NODE_H

enum { NODE_NAME_BYTES = 17 };

// 16 hex digits made from the host's name: the same after each start on this host.
void node_name(char out[NODE_NAME_BYTES]);

#endif
