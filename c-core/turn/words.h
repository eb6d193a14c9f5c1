// SPDX-License-Identifier: Apache-2.0
// What people in conversations read from the bot itself (c-core/words/turn.*.json). No secrets, no internals.
#ifndef OC_TURN_WORDS_H
#define OC_TURN_WORDS_H

#include "gateway/gateway.h"
#include "turn/limits.h"
#include "words/words.h"

words_key words_gateway_away(const gateway_status *status); // told once while a message waits
words_key words_limit(limit_verdict limit);
// Why a run gave no answer; the caller frees it.
char *words_run_failed(words_lang lang, const gateway_run_result *result);

#endif
