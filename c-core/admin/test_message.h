// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/test-message: a bot writes to the administrator who asks, so that she sees that it can.
#ifndef OC_ADMIN_TEST_MESSAGE_H
#define OC_ADMIN_TEST_MESSAGE_H

#include "admin/http.h"

// body: {"account": id}, or nothing for the first one. fn comes once: 200 {"bot_username", "channel_id", "post_id"}; 404, 502
// {"error": sentence}.
void test_message_send(const admin_http *a, const char *user_id, const cJSON *body, admin_json_fn *fn,
                       void *ctx);

#endif
