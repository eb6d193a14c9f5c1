// SPDX-License-Identifier: Apache-2.0
// What a post says, wherever it says it. Pure.
#ifndef OC_INBOUND_POST_TEXT_H
#define OC_INBOUND_POST_TEXT_H

#include "chat/types.h"

enum { POST_TEXT_MAX_BYTES = 256 << 10 };

// The message; of a /me post what was written behind /me; then the texts of message attachments (pretext, author, title,
// text, fields, footer; the fallback where there is nothing else), a paragraph each. The caller frees it.
char *post_text(const chat_post *post);
// The post was written with /me.
bool post_is_me(const chat_post *post);

#endif
