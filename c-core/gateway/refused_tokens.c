// SPDX-License-Identifier: Apache-2.0
#include "gateway/refused_tokens.h"

#include "base/mem.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct digest {
    uint8_t bytes[32]; // all zero: free
} digest;

struct refused_tokens {
    digest known[REFUSED_TOKENS_MAX];
    size_t next;
};

refused_tokens *refused_tokens_create(void) {
    return xcalloc(1, sizeof(refused_tokens));
}

void refused_tokens_destroy(refused_tokens *r) {
    free(r);
}

static bool hash(const char *url, const secret *token, digest *out) {
    const char *text = secret_reveal(token);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(md, url, strlen(url) + 1) == 1 &&
              EVP_DigestUpdate(md, text, strlen(text)) == 1 && EVP_DigestFinal_ex(md, out->bytes, NULL) == 1;
    EVP_MD_CTX_free(md);
    return ok;
}

static size_t find(const refused_tokens *r, const char *url, const secret *token) {
    digest wanted;
    if (r == NULL || !hash(url, token, &wanted))
        return REFUSED_TOKENS_MAX;
    size_t i = 0;
    while (i < REFUSED_TOKENS_MAX && memcmp(r->known[i].bytes, wanted.bytes, sizeof wanted.bytes) != 0)
        i++;
    return i;
}

bool refused_tokens_has(const refused_tokens *r, const char *url, const secret *token) {
    return find(r, url, token) < REFUSED_TOKENS_MAX;
}

void refused_tokens_note(refused_tokens *r, const char *url, const secret *token) {
    digest d;
    if (r == NULL || refused_tokens_has(r, url, token) || !hash(url, token, &d))
        return;
    r->known[r->next] = d;
    r->next = (r->next + 1) % REFUSED_TOKENS_MAX;
}

void refused_tokens_forget(refused_tokens *r, const char *url, const secret *token) {
    size_t i = find(r, url, token);
    if (i < REFUSED_TOKENS_MAX)
        r->known[i] = (digest){{0}};
}
