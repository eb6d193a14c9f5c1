// SPDX-License-Identifier: Apache-2.0
// What people in conversations read from the bot itself, in plain English. No secrets, no internals.
#ifndef OC_TURN_WORDS_H
#define OC_TURN_WORDS_H

#include "gateway/gateway.h"

const char *words_gateway_away(const gateway_status *status); // told once while a message waits
const char *words_gateway_away_too_long(void);
const char *words_run_too_long(void);
const char *words_queue_full(void);
const char *words_answer_cut(void); // appended to an answer that goes on for too many posts
// Why a run gave no answer; the caller frees it.
char *words_run_failed(const gateway_run_result *result);

#endif
