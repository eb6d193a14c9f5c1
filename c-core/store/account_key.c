// SPDX-License-Identifier: Apache-2.0
#include "store/account_key.h"

#include "base/mem.h"

#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ACCOUNT_IN_KEY_MAX = 64, HASH_BYTES = 16 };

char *account_key(const char *prefix, const char *account_id) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    char hex[2 * HASH_BYTES + 1];
    if (strlen(account_id) <= ACCOUNT_IN_KEY_MAX)
        return xasprintf("%s.%s", prefix, account_id);
    SHA256((const uint8_t *)account_id, strlen(account_id), digest);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return xasprintf("%s.#%s", prefix, hex);
}
