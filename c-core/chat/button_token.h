// SPDX-License-Identifier: Apache-2.0
// How OpenClaw's own channel signs what a button carries (reference-behaviour notes §8.2): so that its buttons are known when
// one is clicked after we took over. Pure. The caller frees texts.
#ifndef OC_CHAT_BUTTON_TOKEN_H
#define OC_CHAT_BUTTON_TOKEN_H

#include "base/secret.h"

#include <cJSON.h>

// The context as it is signed: compact, keys in the order of a dictionary, numbers as JavaScript prints them. NULL: too large.
char *button_canonical(const cJSON *context);
// Which of two keys comes first: below 0 the first one. Latin letters with accents stand behind those without.
int button_key_order(const char *a, const char *b);
// In hex; context without _token. NULL: it cannot be signed.
char *button_token(const secret *bot_token, const cJSON *context);
// Whether context._token is the context's; constant time.
bool button_token_fits(const secret *bot_token, const cJSON *context);

#endif
