// SPDX-License-Identifier: Apache-2.0
// What a button of ours carries, so that a click cannot be forged, borrowed or used too late: an HMAC-SHA-256 under the
// installation's secret over everything that the click means. Pure. Whether it was clicked before says the thing it is
// about.
#ifndef OC_INTERACTIONS_CLICK_H
#define OC_INTERACTIONS_CLICK_H

#include "base/secret.h"

#include <cJSON.h>
#include <stdint.h>

typedef struct click {   // texts are borrowed
    const char *kind;    // "pairing"
    const char *account; // account id
    const char *subject; // what it is about, for example a request's key
    const char *choice;  // which button
    const char *user_id; // who may click
    int64_t expires_ms;  // wall clock
} click;

// The integration context of the button; the caller owns it.
cJSON *click_context(const secret *s, const click *c);

typedef enum click_verdict {
    CLICK_GOOD,
    CLICK_MALFORMED, // it lacks something
    CLICK_FORGED,    // we did not make it
    CLICK_BORROWED,  // we made it for somebody else
    CLICK_EXPIRED,
} click_verdict;
// context as the server hands it back; user_id as the server says who clicked. *out borrows from context.
click_verdict click_check(const secret *s, const cJSON *context, const char *kind, const char *user_id,
                          int64_t now_ms, click *out);

// --- for others that sign what comes back to us (button_context.h, dialog_state.h) ---

enum { CLICK_MAC_BYTES = 65 };
// The signature of an object as it is printed, lower-case hex. False: there is no secret, or the object is too long.
bool click_mac(const secret *s, const cJSON *fields, char out[CLICK_MAC_BYTES]);
bool click_mac_equal(const char *a, const char *b); // in constant time; of signatures only

#endif
