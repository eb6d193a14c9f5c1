// SPDX-License-Identifier: Apache-2.0
// The Ed25519 identity by which a gateway knows this installation, and the signature of a connect request.
// Source: gateway-protocol notes §4, with its test vector.
#ifndef OC_GATEWAY_IDENTITY_H
#define OC_GATEWAY_IDENTITY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct gateway_identity gateway_identity;

enum { IDENTITY_SEED_BYTES = 32 };
gateway_identity *gateway_identity_create(
    void); // new, from the kernel's random bytes; NULL when OpenSSL fails
gateway_identity *gateway_identity_from_seed(const uint8_t seed[IDENTITY_SEED_BYTES]);
void gateway_identity_seed(const gateway_identity *i,
                           uint8_t seed[IDENTITY_SEED_BYTES]);      // to store; wipe it afterwards
void gateway_identity_destroy(gateway_identity *i);                 // wipes; NULL-safe
const char *gateway_identity_device_id(const gateway_identity *i);  // 64 hex digits
const char *gateway_identity_public_key(const gateway_identity *i); // base64url

typedef struct identity_claim { // what is signed besides the device itself
    const char *client_id, *client_mode, *role;
    const char *scopes; // joined by commas, in the order sent
    int64_t signed_at_ms;
    const char *token, *nonce, *platform, *device_family;
} identity_claim;
// The v3 signature, base64url without padding; the caller frees it.
oc_err gateway_identity_sign(const gateway_identity *i, const identity_claim *claim,
                             char **signature) OC_MUST_CHECK;

#endif
