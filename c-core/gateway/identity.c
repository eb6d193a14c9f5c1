// SPDX-License-Identifier: Apache-2.0
#include "gateway/identity.h"

#include "base/mem.h"
#include "base/random.h"
#include "base/secret.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 32, SIGNATURE_BYTES = 64, DIGEST_BYTES = 32 };

struct gateway_identity {
    EVP_PKEY *key;
    uint8_t seed[IDENTITY_SEED_BYTES];
    char device_id[2 * DIGEST_BYTES + 1];
    char public_key[44]; // base64url of 32 bytes: 43 characters
};

// base64url without padding; out has room for 4 * (len + 2) / 3 + 1.
static void base64url(const uint8_t *data, size_t len, char *out) {
    int n = EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    while (n > 0 && out[n - 1] == '=')
        n--;
    out[n] = '\0';
    for (char *p = out; *p != '\0'; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
}

gateway_identity *gateway_identity_from_seed(const uint8_t seed[IDENTITY_SEED_BYTES]) {
    uint8_t raw[KEY_BYTES], digest[EVP_MAX_MD_SIZE];
    char encoded[48];
    size_t raw_bytes = sizeof raw;
    gateway_identity *i = xcalloc(1, sizeof *i);
    memcpy(i->seed, seed, sizeof i->seed);
    i->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, IDENTITY_SEED_BYTES);
    if (i->key == NULL || EVP_PKEY_get_raw_public_key(i->key, raw, &raw_bytes) != 1 ||
        EVP_Digest(raw, raw_bytes, digest, NULL, EVP_sha256(), NULL) != 1) {
        gateway_identity_destroy(i);
        return NULL;
    }
    base64url(raw, sizeof raw, encoded);
    memcpy(i->public_key, encoded, sizeof i->public_key);
    for (size_t n = 0; n < DIGEST_BYTES; n++)
        (void)snprintf(i->device_id + 2 * n, 3, "%02x", digest[n]);
    return i;
}

gateway_identity *gateway_identity_create(void) {
    uint8_t seed[IDENTITY_SEED_BYTES];
    random_bytes(seed, sizeof seed);
    gateway_identity *i = gateway_identity_from_seed(seed);
    secret_wipe(seed, sizeof seed);
    return i;
}

void gateway_identity_seed(const gateway_identity *i, uint8_t seed[IDENTITY_SEED_BYTES]) {
    memcpy(seed, i->seed, IDENTITY_SEED_BYTES);
}

void gateway_identity_destroy(gateway_identity *i) {
    if (i == NULL)
        return;
    EVP_PKEY_free(i->key);
    secret_wipe(i, sizeof *i);
    free(i);
}

const char *gateway_identity_device_id(const gateway_identity *i) {
    return i->device_id;
}

const char *gateway_identity_public_key(const gateway_identity *i) {
    return i->public_key;
}

static const char *text_or_empty(const char *text) {
    return text != NULL ? text : "";
}

// Trimmed and in ASCII lower case, as the gateway does it with platform and family before it checks.
static char *normal(const char *text) {
    const char *start = text_or_empty(text);
    while (*start == ' ' || (*start >= '\t' && *start <= '\r'))
        start++;
    size_t n = strlen(start);
    while (n > 0 && (start[n - 1] == ' ' || (start[n - 1] >= '\t' && start[n - 1] <= '\r')))
        n--;
    char *out = xstrndup(start, n);
    for (char *p = out; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return out;
}

static char *signed_text(const gateway_identity *i, const identity_claim *c) {
    char *platform = normal(c->platform), *family = normal(c->device_family);
    char *text = xasprintf("v3|%s|%s|%s|%s|%s|%lld|%s|%s|%s|%s", i->device_id, text_or_empty(c->client_id),
                           text_or_empty(c->client_mode), text_or_empty(c->role), text_or_empty(c->scopes),
                           (long long)c->signed_at_ms, text_or_empty(c->token), text_or_empty(c->nonce),
                           platform, family);
    free(platform);
    free(family);
    return text;
}

oc_err gateway_identity_sign(const gateway_identity *i, const identity_claim *claim, char **signature) {
    uint8_t raw[SIGNATURE_BYTES];
    size_t raw_bytes = sizeof raw;
    oc_err err = OC_ESYS;
    char *text = signed_text(i, claim);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    *signature = NULL;
    if (ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, i->key) == 1 &&
        EVP_DigestSign(ctx, raw, &raw_bytes, (const unsigned char *)text, strlen(text)) == 1) {
        *signature = xmalloc(4 * (SIGNATURE_BYTES + 2) / 3 + 1);
        base64url(raw, sizeof raw, *signature);
        err = OC_OK;
    }
    EVP_MD_CTX_free(ctx);
    secret_wipe(text, strlen(text)); // it holds the token
    free(text);
    return err;
}
