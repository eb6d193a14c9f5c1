// SPDX-License-Identifier: Apache-2.0
#include "chat/token_rate.h"

enum { BURST = 20, ONE_MORE_MS = 500, LOG_EVERY_MS = 5000 };

bool token_rate_take(token_rate *r, int64_t now_ms, bool *log) {
    *log = false;
    if (!r->begun)
        *r = (token_rate){.begun = true, .filled_ms = now_ms, .left = BURST};
    r->left += (double)(now_ms - r->filled_ms) / ONE_MORE_MS;
    r->left = r->left < BURST ? r->left : BURST;
    r->filled_ms = now_ms;
    if (r->left >= 1) {
        r->left--;
        return true;
    }
    *log = !r->logged || now_ms - r->logged_ms >= LOG_EVERY_MS;
    if (*log) {
        r->logged = true;
        r->logged_ms = now_ms;
    }
    return false;
}
