// SPDX-License-Identifier: Apache-2.0
#include "gateway/connect_role.h"

#include <stddef.h>

static const char *const none[] = {NULL};

static const char *const run_scopes[] = {"operator.read", "operator.write", "operator.approvals",
                                         "operator.questions", NULL};
static const char *const run_needed[] = {"operator.read", "operator.write", NULL};
static const char *const run_caps[] = {"tool-events", NULL}; // plans come as the arguments of a tool

const connect_role CONNECT_ROLE_RUN = {
    .name = "run",
    .client_id = "gateway-client",
    .client_mode = "backend",
    .role = "operator",
    .scopes = run_scopes,
    .needed = run_needed,
    .caps = run_caps,
    .missing =
        "The gateway lets this plugin in but grants it no rights (operator.read and operator.write are "
        "needed). Remove its device at the gateway with openclaw devices, then retry, so that it asks for "
        "pairing again."};

// Approvals of runs go to connections with operator.admin only, and pairing of nodes needs operator.pairing.
static const char *const control_scopes[] = {"operator.read",      "operator.write",   "operator.admin",
                                             "operator.approvals", "operator.pairing", NULL};
static const char *const control_needed[] = {"operator.admin", "operator.approvals", NULL};
static const char *const control_caps[] = {"approvals", NULL};

const connect_role CONNECT_ROLE_CONTROL = {
    .name = "control",
    .client_id = "gateway-client",
    .client_mode = "backend",
    .role = "operator",
    .scopes = control_scopes,
    .needed = control_needed,
    .caps = control_caps,
    .missing =
        "The gateway does not grant this plugin's control connection the rights of an administrator "
        "(operator.admin and operator.approvals). Approve them at the gateway with openclaw devices, or "
        "turn the setting gateway.control off."};

static const char *const node_caps[] = {"mattermost", NULL};

const connect_role CONNECT_ROLE_NODE = {.name = "node",
                                        .client_id = "node-host",
                                        .client_mode = "node",
                                        .role = "node",
                                        .scopes = none,
                                        .needed = none,
                                        .caps = node_caps,
                                        .missing = ""};
