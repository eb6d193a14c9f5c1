// SPDX-License-Identifier: Apache-2.0
// The tools over the node connections of the gateways (gateway/node.h): which ones each gateway is offered, and its calls.
#ifndef OC_OUTBOUND_TOOLS_NODE_H
#define OC_OUTBOUND_TOOLS_NODE_H

#include "outbound/tools.h"

typedef struct tools_node tools_node;

// Listens at the accounts (accounts_listen). Both are borrowed and must outlive it.
tools_node *tools_node_create(tools *t, accounts *all);
void tools_node_destroy(tools_node *n); // NULL-safe; before the tools and the accounts

// The settings have changed: each gateway is offered what an account of it has switched on.
void tools_node_refresh(tools_node *n);

// The commands that a gateway must allow (gateway.nodes.commands.allow), as a JSON list; the caller frees it.
char *tools_node_commands(void);

#endif
