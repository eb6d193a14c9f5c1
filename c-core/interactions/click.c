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

enum { MAC_BYTES = 32, SIGNED_MAX_BYTES = 32 << 10 };

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
bool click_mac(const secret *s, const cJSON *fields, char out[CLICK_MAC_BYTES]) {
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    buf text;
    const char *key = secret_reveal(s);
    if (secret_empty(s))
        return false;
    buf_init(&text, SIGNED_MAX_BYTES);
    bool made =
        json_print(fields, &text) == OC_OK &&
        HMAC(EVP_sha256(), key, (int)strlen(key), buf_bytes(&text).data, text.len, mac, &len) != NULL &&
        len == MAC_BYTES;
    for (size_t i = 0; made && i < MAC_BYTES; i++)
        snprintf(out + 2 * i, 3, "%02x", mac[i]);
    buf_free(&text);
    return made;
}

bool click_mac_equal(const char *a, const char *b) {
    enum { LENGTH = CLICK_MAC_BYTES - 1 };
    return strlen(a) == LENGTH && strlen(b) == LENGTH && CRYPTO_memcmp(a, b, LENGTH) == 0;
}

static bool sign(const secret *s, const click *c, char out[CLICK_MAC_BYTES]) {
    cJSON *json = unsigned_context(c);
    bool made = click_mac(s, json, out);
    cJSON_Delete(json);
    return made;
}

cJSON *click_context(const secret *s, const click *c) {
    char mac[CLICK_MAC_BYTES] = "";
    cJSON *json = unsigned_context(c);
    if (sign(s, c, mac))
        json_add_string(json, "token", mac);
    return json;
}

click_verdict click_check(const secret *s, const cJSON *context, const char *kind, const char *user_id,
                          int64_t now_ms, click *out) {
    char mac[CLICK_MAC_BYTES] = "";
    *out = (click){.kind = json_text(context, "kind"),
                   .account = json_text(context, "account"),
                   .subject = json_text(context, "subject"),
                   .choice = json_text(context, "choice"),
                   .user_id = json_text(context, "user"),
                   .expires_ms = json_int(context, "expires", 0)};
    const char *token = json_text(context, "token");
    if (*token == '\0' || *out->subject == '\0' || *out->choice == '\0' || *out->user_id == '\0')
        return CLICK_MALFORMED;
    if (strcmp(out->kind, kind) != 0 || !sign(s, out, mac) || !click_mac_equal(token, mac))
        return CLICK_FORGED;
    if (strcmp(out->user_id, user_id) != 0)
        return CLICK_BORROWED;
    return now_ms < out->expires_ms ? CLICK_GOOD : CLICK_EXPIRED;
}
