// SPDX-License-Identifier: Apache-2.0
#include "gateway/connect_role.h"

#include <stddef.h>

static const char *const none[] = {NULL};

static const char *const run_scopes[] = {"operator.read", "operator.write", "operator.approvals",
                                         "operator.questions", NULL};
static const char *const run_needed[] = {"operator.read", "operator.write", NULL};
static const char *const run_caps[] = {"tool-events", NULL}; // plans come as the arguments of a tool

const connect_role CONNECT_ROLE_RUN = {.name = "run",
                                       .client_id = "gateway-client",
                                       .client_mode = "backend",
                                       .role = "operator",
                                       .scopes = run_scopes,
                                       .needed = run_needed,
                                       .caps = run_caps,
                                       .missing = WORD_GATEWAY_MISSING_RUN};

// Approvals of runs go to connections with operator.admin only, and pairing of nodes needs operator.pairing.
static const char *const control_scopes[] = {"operator.read",      "operator.write",   "operator.admin",
                                             "operator.approvals", "operator.pairing", NULL};
static const char *const control_needed[] = {"operator.admin", "operator.approvals", NULL};
static const char *const control_caps[] = {"approvals", NULL};

const connect_role CONNECT_ROLE_CONTROL = {.name = "control",
                                           .client_id = "gateway-client",
                                           .client_mode = "backend",
                                           .role = "operator",
                                           .scopes = control_scopes,
                                           .needed = control_needed,
                                           .caps = control_caps,
                                           .missing = WORD_GATEWAY_MISSING_CONTROL};

static const char *const node_caps[] = {"mattermost", NULL};

const connect_role CONNECT_ROLE_NODE = {.name = "node",
                                        .client_id = "node-host",
                                        .client_mode = "node",
                                        .role = "node",
                                        .scopes = none,
                                        .needed = none,
                                        .caps = node_caps,
                                        .missing = WORD_NONE};
