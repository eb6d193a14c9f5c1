// SPDX-License-Identifier: Apache-2.0
#include "interactions/button_context.h"

#include "base/json.h"
#include "store/button_record.h"

#include <string.h>

enum { CONTEXT_VERSION = 1, NO_NUMBER = -1 };

static cJSON *fields(const button_context *c) {
    cJSON *json = json_new_object();
    json_add_int(json, "v", CONTEXT_VERSION);
    json_add_string(json, "kind", c->kind);
    json_add_string(json, "account", c->account);
    json_add_string(json, "bot", c->bot);
    json_add_string(json, "channel", c->channel);
    json_add_string(json, "set", c->nonce);
    json_add_int(json, "action", c->number);
    json_add_string(json, "value", c->value);
    json_add_string(json, "users", c->users);
    json_add_int(json, "expires", c->expires_ms);
    return json;
}

static bool sign(const secret *s, const button_context *c, char mac[CLICK_MAC_BYTES]) {
    cJSON *json = fields(c);
    bool made = click_mac(s, json, mac);
    cJSON_Delete(json);
    return made;
}

cJSON *button_context_make(const secret *s, const button_context *c) {
    char mac[CLICK_MAC_BYTES];
    if (!sign(s, c, mac))
        return NULL;
    cJSON *json = fields(c);
    json_add_string(json, "token", mac);
    return json;
}

static bool is_listed(const char *list, const char *id) {
    size_t len = strlen(id);
    for (; len > 0 && *list != '\0'; list += *list == ',') {
        size_t one = strcspn(list, ",");
        if (one == len && memcmp(list, id, len) == 0)
            return true;
        list += one;
    }
    return false;
}

click_verdict button_context_check(const secret *s, const cJSON *context, const char *user_id, int64_t now_ms,
                                   button_context *out, const char **option) {
    char mac[CLICK_MAC_BYTES];
    *out = (button_context){.kind = json_text(context, "kind"),
                            .account = json_text(context, "account"),
                            .bot = json_text(context, "bot"),
                            .channel = json_text(context, "channel"),
                            .nonce = json_text(context, "set"),
                            .number = json_int(context, "action", NO_NUMBER),
                            .value = json_text(context, "value"),
                            .users = json_text(context, "users"),
                            .expires_ms = json_int(context, "expires", 0)};
    *option = json_string(context, "selected_option");
    const char *token = json_text(context, "token");
    if (*token == '\0' || !button_nonce_valid(out->nonce) || out->number < 0 ||
        json_int(context, "v", 0) != CONTEXT_VERSION)
        return CLICK_MALFORMED;
    if (!sign(s, out, mac) || !click_mac_equal(token, mac))
        return CLICK_FORGED;
    if (*out->users != '\0' && !is_listed(out->users, user_id))
        return CLICK_BORROWED;
    return now_ms < out->expires_ms ? CLICK_GOOD : CLICK_EXPIRED;
}
