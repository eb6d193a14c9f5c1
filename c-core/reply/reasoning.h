// SPDX-License-Identifier: Apache-2.0
// Recognises a model's reasoning in what it said. Pure. As OpenClaw does (reference-behaviour notes §6.9).
#ifndef OC_REPLY_REASONING_H
#define OC_REPLY_REASONING_H

#include "base/bytes.h"

typedef enum reasoning_lead {
    REASONING_NONE,
    REASONING_CLOSED, // "<think>…</think>", once or more
    REASONING_OPEN,   // "<think>" without an end
    REASONING_TITLED, // a line "Thinking", "Analysis:" …
} reasoning_lead;

// Takes reasoning off the front of text: closed blocks whole, of the others only the tag or the line.
reasoning_lead reasoning_skip_lead(bytes *text);
// The text (trimmed, not empty, the word for silence taken off) only says that the agent will not answer, behind reasoning that
// holds nothing of an answer.
bool reasoning_ends_in_silence(bytes text, reasoning_lead lead);
// The text tells people of reasoning: "Reasoning: …", or "Thinking" with up to three dots before something in italics; quote marks
// before it do not matter.
bool reasoning_is_told(bytes text);

#endif
