// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/status: what runs, how it stands with the gateways, the rules in force, counters and the latest problems.
// No secret, nobody's name, no text of a post.
#ifndef OC_ADMIN_PANEL_STATUS_H
#define OC_ADMIN_PANEL_STATUS_H

#include "admin/http.h"

enum { STATUS_PROBLEMS = 10 };

// The caller's. server: NULL when it is not known.
cJSON *panel_status(const admin_http *a, const chat_server_info *server);

#endif
