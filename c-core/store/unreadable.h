// SPDX-License-Identifier: Apache-2.0
// A stored value that this release cannot read, damaged or of a later one, is about to be written over: it is kept for somebody to
// look at, and for the release that can read it.
#ifndef OC_STORE_UNREADABLE_H
#define OC_STORE_UNREADABLE_H

#include "chat/chat.h"

// Under "<key>.unreadable", in place of what was there. Does not wait for it.
void keep_unreadable(chat *c, const char *key, bytes value);

#endif
