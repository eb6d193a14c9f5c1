// SPDX-License-Identifier: Apache-2.0
#include "fake_signature.h"

#include <openssl/evp.h>
#include <stdlib.h>

static size_t from_base64url(const char *text, uint8_t *out, size_t max) {
    char padded[256] = {0};
    uint8_t raw[192];
    size_t n = strlen(text);
    if (n > 200)
        return 0;
    for (size_t i = 0; i < n; i++)
        padded[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    for (size_t i = n; i % 4 != 0; i++)
        padded[i] = '=';
    int got = EVP_DecodeBlock(raw, (const unsigned char *)padded, (int)strlen(padded));
    size_t bytes_out = got < 0 ? 0 : (size_t)got - (4 - n % 4) % 4;
    if (bytes_out > max)
        return 0;
    memcpy(out, raw, bytes_out);
    return bytes_out;
}

static char *claim_text(const cJSON *params) {
    const cJSON *device = json_get(params, "device"), *client = json_get(params, "client"), *scope = NULL;
    buf text;
    buf_init(&text, 8192);
    oc_err err = buf_printf(&text, "v3|%s|%s|%s|%s|", json_text(device, "id"), json_text(client, "id"),
                            json_text(client, "mode"), json_text(params, "role"));
    cJSON_ArrayForEach(scope, json_array(params, "scopes")) {
        if (err == OC_OK)
            err = buf_printf(&text, "%s%s", scope->prev->next != NULL ? "," : "", scope->valuestring);
    }
    if (err == OC_OK)
        err = buf_printf(&text, "|%lld|%s|%s|%s|%s", (long long)json_int(device, "signedAt", 0),
                         json_text(json_get(params, "auth"), "token"), json_text(device, "nonce"),
                         json_text(client, "platform"), json_text(client, "deviceFamily"));
    return buf_take_str(&text);
}

bool fake_signature_good(const cJSON *params) {
    const cJSON *device = json_get(params, "device");
    uint8_t key[32], signature[64];
    if (from_base64url(json_text(device, "publicKey"), key, sizeof key) != sizeof key ||
        from_base64url(json_text(device, "signature"), signature, sizeof signature) != sizeof signature)
        return false;
    char *text = claim_text(params);
    EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, sizeof key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good =
        EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public_key) == 1 &&
        EVP_DigestVerify(ctx, signature, sizeof signature, (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(public_key);
    free(text);
    return good;
}
