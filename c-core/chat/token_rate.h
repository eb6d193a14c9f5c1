// SPDX-License-Identifier: Apache-2.0
// How often a command's token may be looked up anew (reference-behaviour notes §9.6): 20 at once, one more each 500 ms. Pure.
#ifndef OC_CHAT_TOKEN_RATE_H
#define OC_CHAT_TOKEN_RATE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct token_rate { // zeroed at first
    int64_t filled_ms, logged_ms;
    double left;
    bool begun, logged;
} token_rate;

// Takes one. *log: that it was refused is worth a line, at most each five seconds.
bool token_rate_take(token_rate *r, int64_t now_ms, bool *log);

#endif
