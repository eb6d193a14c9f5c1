// SPDX-License-Identifier: Apache-2.0
// Whether a failed request may succeed when it is made again. Pure. OpenClaw's own rules (reference-behaviour notes §7.3).
#ifndef OC_CHAT_RETRYABLE_H
#define OC_CHAT_RETRYABLE_H

#include "chat/types.h"

#include <stdbool.h>

// Of an error as words: its message, and its name and code, "" when it has none. "Mattermost API <status> …" decides by the status,
// others by code, name and words; what is not known is for good, as a wrong certificate is.
bool failure_may_pass(const char *message, const char *name, const char *code);
// Of a call to the chat server: 429 and 5xx, and when no answer came at all.
bool chat_error_may_pass(const chat_error *error);

#endif
