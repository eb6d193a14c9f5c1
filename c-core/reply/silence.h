// SPDX-License-Identifier: Apache-2.0
// Whether an answer says that there is nothing to say. Pure. The words and shapes are OpenClaw's (reference-behaviour notes §6.9).
#ifndef OC_REPLY_SILENCE_H
#define OC_REPLY_SILENCE_H

#include <stdbool.h>

// The gateway's own word. An `agent` run that ends with it ends as an error there, so the agent is told another one for its runs;
// both are understood.
extern const char SILENCE_GATEWAY_WORD[]; // "NO_REPLY"

// Nothing but the word, once or more, in any case, with punctuation around.
bool silence_is_text(const char *text, const char *word);
// That, or the word as a JSON string or as {"action": word}, or behind a block of reasoning.
bool silence_is_answer(const char *text, const char *word);
// The text without words at its start and end that stand beside an answer. The caller frees it; "" when nothing else is there.
char *silence_strip(const char *text, const char *word);
// What has come so far may still turn out to be the word.
bool silence_may_follow(const char *so_far, const char *word);

// The word that our agents are told, for an answer that is none.
extern const char SILENCE_WORD[];
// The answer is one of both words, alone.
bool silence_chosen(const char *answer);
// What has come of an answer may still turn out to be that.
bool silence_possible(const char *so_far);
// silence_strip for both words. The caller frees it.
char *silence_cut(const char *text);

// Text in which an agent's reasoning is told to people, which is never posted: "Reasoning: …", "Thinking… _…_", in quotes, too.
bool silence_is_reasoning(const char *text);

#endif
