// SPDX-License-Identifier: Apache-2.0
// Support data: what runs, the settings with their secrets masked, what the doctor finds, counters and the latest problems. No text
// of a post; people, channels and posts are stand-ins (support_redact.h). For Mattermost's support packet (the hook
// GenerateSupportData; making one needs a licence) and, on every server, GET /api/v1/support-data.
#ifndef OC_ADMIN_SUPPORT_H
#define OC_ADMIN_SUPPORT_H

#include "admin/http.h"

// Both answer within six seconds: the doctor has five. a must live until then.
void support_for_packet(const admin_http *a, chat_support_ticket *t);
void support_route(const admin_http *a, chat_http *r);

#endif
