// SPDX-License-Identifier: Apache-2.0
#include "chat/official_click.h"

#include "base/json.h"
#include "chat/button_token.h"

#include <string.h>

int official_click_check(const secret *bot_token, const cJSON *body, const char **why) {
    const cJSON *context = json_get(body, "context");
    const char *channel = json_string(context, "__openclaw_channel_id");
    int status = 403;
    if (!cJSON_IsObject(body) || !cJSON_IsObject(context)) {
        *why = cJSON_IsObject(body) ? "Missing context" : "Invalid request body";
        status = 400;
    } else if (json_string(context, "_token") == NULL) {
        *why = "Missing token";
    } else if (!button_token_fits(bot_token, context)) {
        *why = "Invalid token";
    } else if (json_string(context, "action_id") == NULL) {
        *why = "Missing action_id in context";
        status = 400;
    } else if (channel != NULL && strcmp(channel, json_text(body, "channel_id")) != 0) {
        *why = "Channel mismatch";
    } else {
        *why = "";
        status = 200;
    }
    return status;
}
