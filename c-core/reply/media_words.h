// SPDX-License-Identifier: Apache-2.0
// What people are told about files that could not be attached, as marked text. Pure.
#ifndef OC_REPLY_MEDIA_WORDS_H
#define OC_REPLY_MEDIA_WORDS_H

#include "base/buf.h"
#include "reply/media_plan.h"

// Appends a line. An address that is merely unreachable for us is given for people to open; one that the guard refused is
// not. What does not fit is left out.
void media_words_failed(buf *notes, const media_item *item, oc_err err, const char *why);
void media_words_left_out(buf *notes, size_t count);
void media_words_none(buf *notes, const char *why); // of an answer's files

#endif
