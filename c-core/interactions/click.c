// SPDX-License-Identifier: Apache-2.0
#include "interactions/click.h"

#include "base/json.h"
#include "base/mem.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_BYTES = 32, MAC_HEX_BYTES = 2 * MAC_BYTES + 1, SIGNED_MAX_BYTES = 4096 };

static cJSON *unsigned_context(const click *c) {
    cJSON *json = json_new_object();
    json_add_string(json, "kind", c->kind);
    json_add_string(json, "account", c->account);
    json_add_string(json, "subject", c->subject);
    json_add_string(json, "choice", c->choice);
    json_add_string(json, "user", c->user_id);
    json_add_int(json, "expires", c->expires_ms);
    return json;
}

// JSON keeps the fields apart, whatever they hold.
static oc_err sign(const secret *s, const click *c, char out[MAC_HEX_BYTES]) {
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    buf text;
    const char *key = secret_reveal(s);
    cJSON *json = unsigned_context(c);
    buf_init(&text, SIGNED_MAX_BYTES);
    oc_err err = json_print(json, &text);
    if (err == OC_OK &&
        (HMAC(EVP_sha256(), key, (int)strlen(key), buf_bytes(&text).data, text.len, mac, &len) == NULL ||
         len != MAC_BYTES))
        err = OC_ESYS;
    for (size_t i = 0; err == OC_OK && i < MAC_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", mac[i]);
    buf_free(&text);
    cJSON_Delete(json);
    return err;
}

cJSON *click_context(const secret *s, const click *c) {
    char mac[MAC_HEX_BYTES] = "";
    cJSON *json = unsigned_context(c);
    if (!secret_empty(s) && sign(s, c, mac) == OC_OK)
        json_add_string(json, "token", mac);
    return json;
}

static bool same_mac(const char *a, const char *b) {
    return strlen(a) == MAC_HEX_BYTES - 1 && CRYPTO_memcmp(a, b, MAC_HEX_BYTES - 1) == 0;
}

click_verdict click_check(const secret *s, const cJSON *context, const char *kind, const char *user_id,
                          int64_t now_ms, click *out) {
    char mac[MAC_HEX_BYTES] = "";
    *out = (click){.kind = json_text(context, "kind"),
                   .account = json_text(context, "account"),
                   .subject = json_text(context, "subject"),
                   .choice = json_text(context, "choice"),
                   .user_id = json_text(context, "user"),
                   .expires_ms = json_int(context, "expires", 0)};
    const char *token = json_text(context, "token");
    if (*token == '\0' || *out->subject == '\0' || *out->choice == '\0' || *out->user_id == '\0')
        return CLICK_MALFORMED;
    if (secret_empty(s) || strcmp(out->kind, kind) != 0 || sign(s, out, mac) != OC_OK ||
        !same_mac(token, mac))
        return CLICK_FORGED;
    if (strcmp(out->user_id, user_id) != 0)
        return CLICK_BORROWED;
    return now_ms < out->expires_ms ? CLICK_GOOD : CLICK_EXPIRED;
}
