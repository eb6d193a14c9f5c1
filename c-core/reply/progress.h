// SPDX-License-Identifier: Apache-2.0
// What a preview says while the agent works and has not answered yet: a title, tools at work, the plan. Pure. Shape of
// OpenClaw's own channel (reference-behaviour notes §6.7); the agent's reasoning is never shown.
#ifndef OC_REPLY_PROGRESS_H
#define OC_REPLY_PROGRESS_H

#include "config/streaming.h"
#include "gateway/run_activity.h"
#include "words/words.h"

typedef struct progress progress;

// What of the settings counts is copied. seed chooses among several labels: the same seed gives the same label.
progress *progress_create(const streaming_config *settings, const char *seed);
void progress_speak(progress *p, words_lang lang); // English else
void progress_destroy(progress *p);                // NULL-safe
void progress_take(progress *p, const gateway_activity *activity);
// Tools and the plan from before are over: what follows begins anew.
void progress_clear(progress *p);
// The post's text; NULL when there is nothing to say. The caller frees it. In streaming mode progress there always is a
// title once the agent does something.
char *progress_text(const progress *p);

#endif
