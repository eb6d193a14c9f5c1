// SPDX-License-Identifier: Apache-2.0
// Words that stop the agent (reference-behaviour notes §3.6: abort phrases).
#ifndef OC_INBOUND_STOP_WORDS_H
#define OC_INBOUND_STOP_WORDS_H

#include <stdbool.h>

// The whole text says no more than "stop": one of a fixed list of phrases in several languages, whatever its case, and
// whatever punctuation and blanks are around and in it. Pure.
bool stop_words_say(const char *text);

#endif
