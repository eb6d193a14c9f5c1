// SPDX-License-Identifier: Apache-2.0
// Whether a message mentions the bot, and the message without the mention. Pure. Rule of OpenClaw's own channel
// (reference-behaviour notes §3.7), but what stands in code does not mention.
#ifndef OC_INBOUND_MENTION_H
#define OC_INBOUND_MENTION_H

#include <stdbool.h>

// "@username" in any case, not inside a longer word or name: "@bot:" and "@bot." count, "@bot.x", "@bot-x", "x@bot" not.
bool mention_has(const char *text, const char *username);
// The text without its mentions outside code; leading lines that held nothing else, and trailing blank lines, go too.
// The caller frees it.
char *mention_strip(const char *text, const char *username);

#endif
