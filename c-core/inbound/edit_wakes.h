// SPDX-License-Identifier: Apache-2.0
// Whether an edit calls a bot that the post had not called before. Pure.
#ifndef OC_INBOUND_EDIT_WAKES_H
#define OC_INBOUND_EDIT_WAKES_H

#include "account/account.h"
#include "chat/chat.h"

enum {
    EDIT_WINDOW_MS = 10 * 60 * 1000
}; // after the post was written; later edits are corrections of what is long past

// By name, pattern or prefix, which it did not have before. Who may is for access.h to say.
bool edit_wakes(const account *a, const chat_post *now, const chat_post *before);

#endif
