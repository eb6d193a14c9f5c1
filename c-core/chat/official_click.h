// SPDX-License-Identifier: Apache-2.0
// A click on a button that OpenClaw's own channel made, as far as the request tells (reference-behaviour notes §8.4, rows 4
// to 8). Pure.
#ifndef OC_CHAT_OFFICIAL_CLICK_H
#define OC_CHAT_OFFICIAL_CLICK_H

#include "base/secret.h"

#include <cJSON.h>

// body: what the server sent, any JSON. 200: the bot's token has signed the context, and it is of this channel. Else the status
// that refuses it, and *why, static.
int official_click_check(const secret *bot_token, const cJSON *body, const char **why);

#endif
