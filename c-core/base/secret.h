// SPDX-License-Identifier: Apache-2.0
// A secret value: it has no printer, is compared in constant time and wiped when it ends.
#ifndef OC_BASE_SECRET_H
#define OC_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

typedef struct secret secret;

secret *secret_create(const char *text);             // copies; NULL counts as ""
secret *secret_dup(const secret *s);                 // NULL stays NULL
void secret_destroy(secret *s);                      // wipes; NULL-safe
bool secret_empty(const secret *s);                  // NULL is empty
bool secret_equal(const secret *a, const secret *b); // constant time for equal lengths
// The text, for the one call that must send or sign it. Never log it. Borrowed; "" for NULL.
const char *secret_reveal(const secret *s);

// Overwrites memory in a way that the compiler must keep.
void secret_wipe(void *memory, size_t len);

#endif
