// SPDX-License-Identifier: Apache-2.0
// Shared tokens that a gateway has refused: several connections use one token, and each wrong try counts towards a lock-out
// of the whole machine (gateway-protocol notes §5). What one was refused with the others do not try. Tokens are kept as
// hashes; the oldest of REFUSED_TOKENS_MAX is forgotten.
#ifndef OC_GATEWAY_REFUSED_TOKENS_H
#define OC_GATEWAY_REFUSED_TOKENS_H

#include "base/secret.h"

#include <stdbool.h>

typedef struct refused_tokens refused_tokens;

enum { REFUSED_TOKENS_MAX = 32 };

refused_tokens *refused_tokens_create(void);
void refused_tokens_destroy(refused_tokens *r); // NULL-safe, as all of them
void refused_tokens_note(refused_tokens *r, const char *url, const secret *token);
void refused_tokens_forget(refused_tokens *r, const char *url,
                           const secret *token); // somebody asks to try again
bool refused_tokens_has(const refused_tokens *r, const char *url, const secret *token);

#endif
