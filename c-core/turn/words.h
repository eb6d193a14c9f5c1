// SPDX-License-Identifier: Apache-2.0
// What people in conversations read from the bot itself, in plain English. No secrets, no internals.
#ifndef OC_TURN_WORDS_H
#define OC_TURN_WORDS_H

#include "gateway/gateway.h"
#include "turn/limits.h"

const char *words_gateway_away(const gateway_status *status); // told once while a message waits
const char *words_gateway_away_too_long(void);
const char *words_run_too_long(void);
const char *words_queue_full(void);
const char *words_nothing_to_stop(void);
const char *words_too_old(void);    // found after a start, too late to be answered
const char *words_not_posted(void); // instead of an answer that the server would not take
const char *words_limit(limit_verdict limit);
const char *words_answer_complete(void); // on a phone's screen
const char *words_click_account_gone(void);
const char *words_answer_cut(void); // appended to an answer that goes on for too many posts
// The bot was called where it is no member; the caller frees it.
char *words_not_member(const char *bot_username);
// Why a run gave no answer; the caller frees it.
char *words_run_failed(const gateway_run_result *result);

#endif
