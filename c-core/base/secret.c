// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct secret {
    size_t len;
    char text[];
};

secret *secret_create(const char *text) {
    size_t len = text != NULL ? strlen(text) : 0;
    secret *s = xcalloc(1, sizeof *s + len + 1);
    s->len = len;
    if (len > 0)
        memcpy(s->text, text, len);
    return s;
}

secret *secret_dup(const secret *s) {
    return s != NULL ? secret_create(s->text) : NULL;
}

void secret_wipe(void *memory, size_t len) {
    explicit_bzero(memory, len);
}

void secret_destroy(secret *s) {
    if (s == NULL)
        return;
    secret_wipe(s->text, s->len);
    free(s);
}

bool secret_empty(const secret *s) {
    return s == NULL || s->len == 0;
}

bool secret_equal(const secret *a, const secret *b) {
    unsigned char difference = 0;
    if (a == NULL || b == NULL)
        return secret_empty(a) && secret_empty(b);
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        difference |= (unsigned char)(a->text[i] ^ b->text[i]);
    return difference == 0;
}

const char *secret_reveal(const secret *s) {
    return s != NULL ? s->text : "";
}
