// SPDX-License-Identifier: Apache-2.0
#include "gateway/connect.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>

enum { QUOTE_MAX_BYTES = 200 };

// Pinned by pairing: another platform or family would need a new approval (notes §3).
static const char platform[] = "linux", device_family[] = "server";

static char *joined(const char *const *words) {
    char *all = xstrdup("");
    for (size_t i = 0; words[i] != NULL; i++) {
        char *longer = xasprintf("%s%s%s", all, i > 0 ? "," : "", words[i]);
        free(all);
        all = longer;
    }
    return all;
}

static void add_words(cJSON *object, const char *key, const char *const *words) {
    cJSON *list = json_add_array(object, key);
    for (size_t i = 0; words[i] != NULL; i++)
        json_push(list, json_new_string(words[i]));
}

static oc_err add_device(cJSON *params, const connect_input *in) {
    char *signature = NULL, *scopes = joined(in->as->scopes);
    identity_claim claim = {.client_id = in->as->client_id,
                            .client_mode = in->as->client_mode,
                            .role = in->as->role,
                            .scopes = scopes,
                            .signed_at_ms = in->challenge_ms,
                            .token = in->token,
                            .nonce = in->nonce,
                            .platform = platform,
                            .device_family = device_family};
    oc_err err = gateway_identity_sign(in->identity, &claim, &signature);
    free(scopes);
    if (err != OC_OK)
        return err;
    cJSON *device = json_add_object(params, "device");
    json_add_string(device, "id", gateway_identity_device_id(in->identity));
    json_add_string(device, "publicKey", gateway_identity_public_key(in->identity));
    json_add_string(device, "signature", signature);
    json_add_int(device, "signedAt", in->challenge_ms);
    json_add_string(device, "nonce", in->nonce);
    free(signature);
    return OC_OK;
}

oc_err connect_params(const connect_input *in, cJSON **params) {
    cJSON *p = json_new_object();
    json_add_int(p, "minProtocol", GATEWAY_PROTOCOL);
    json_add_int(p, "maxProtocol", GATEWAY_PROTOCOL);
    cJSON *client = json_add_object(p, "client");
    json_add_string(client, "id", in->as->client_id);
    json_add_string(client, "version", in->version);
    json_add_string(client, "platform", platform);
    json_add_string(client, "deviceFamily", device_family);
    json_add_string(client, "mode", in->as->client_mode);
    json_add_string(client, "displayName", "Mattermost");
    json_add_string(p, "role", in->as->role);
    add_words(p, "scopes", in->as->scopes);
    add_words(p, "caps", in->as->caps);
    if (in->commands != NULL) {
        json_add(p, "commands", cJSON_Duplicate(in->commands, true));
        (void)json_add_object(p, "permissions");
    }
    if (*in->token != '\0')
        json_add_string(json_add_object(p, "auth"), "token", in->token);
    char *agent = xasprintf("mattermost-plugin-openclaw/%s", in->version);
    json_add_string(p, "userAgent", agent);
    free(agent);
    oc_err err = in->identity != NULL ? add_device(p, in) : OC_OK;
    if (err != OC_OK) {
        cJSON_Delete(p);
        p = NULL;
    }
    *params = p;
    return err;
}

static bool has_scope(const cJSON *list, const char *scope) {
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, scope) == 0)
            return true;
    }
    return false;
}

static bool has_all(const cJSON *list, const char *const *scopes) {
    size_t i = 0;
    while (scopes[i] != NULL && has_scope(list, scopes[i]))
        i++;
    return scopes[i] == NULL;
}

oc_err connect_read_hello(const cJSON *payload, const connect_role *as, connect_hello *out) {
    *out = (connect_hello){0};
    if (strcmp(json_text(payload, "type"), "hello-ok") != 0)
        return OC_EMALFORMED;
    const cJSON *server = json_get(payload, "server"), *auth = json_get(payload, "auth");
    const cJSON *policy = json_get(payload, "policy"), *granted = json_array(auth, "scopes");
    const cJSON *defaults = json_get(json_get(payload, "snapshot"), "sessionDefaults");
    out->protocol = json_int(payload, "protocol", 0);
    out->tick_ms = json_int(policy, "tickIntervalMs", 30000);
    out->max_payload_bytes = json_int(policy, "maxPayload", GATEWAY_PAYLOAD_BYTES);
    out->max_image_bytes = json_int(json_get(policy, "attachments"), "maxImageBytes", GATEWAY_IMAGE_BYTES);
    out->server_version = connect_quote(json_text(server, "version"));
    out->boot_id = xstrdup(json_text(server, "bootId"));
    out->default_agent = xstrdup(json_text(defaults, "defaultAgentId"));
    out->device_token = xstrdup(json_text(auth, "deviceToken"));
    out->granted = has_all(granted, as->needed);
    out->approvals = has_scope(granted, "operator.approvals");
    out->questions = has_scope(granted, "operator.questions");
    return OC_OK;
}

void connect_hello_free(connect_hello *h) {
    free(h->server_version);
    free(h->boot_id);
    free(h->default_agent);
    if (h->device_token != NULL)
        memset(h->device_token, 0, strlen(h->device_token));
    free(h->device_token);
    *h = (connect_hello){0};
}

char *connect_quote(const char *text) {
    size_t n = strnlen(text, QUOTE_MAX_BYTES);
    while (n == QUOTE_MAX_BYTES && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--; // not in the middle of a character
    char *copy = xstrndup(text, n);
    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    }
    return copy;
}
