// SPDX-License-Identifier: Apache-2.0
// An answer while it grows and in its end: from the agent's words and doings to the texts of its posts, by streaming mode.
// Pure. What is shown is a beginning of what the end will be wherever the agent does not change its mind.
#ifndef OC_REPLY_PREVIEW_H
#define OC_REPLY_PREVIEW_H

#include "config/account.h"
#include "gateway/run_activity.h"
#include "reply/chunk.h"
#include "words/words.h"

typedef struct preview preview;

// What of the rules counts is copied: they may change while the agent works. seed: reply/progress.h. limit: of one post, in
// UTF-16 units.
preview *preview_create(const account_config *rules, const char *seed, size_t limit);
void preview_speak(preview *p, words_lang lang); // what it says of its own; English else
void preview_destroy(preview *p);                // NULL-safe
void preview_text(preview *p, const char *so_far);
void preview_activity(preview *p, const gateway_activity *activity);
// The texts of the posts as they should stand now; none: there is nothing to show yet, typing tells of life. The caller frees
// them (chunks_free).
chunks preview_parts(const preview *p);
// The texts of the posts with the whole answer: what was shown for good (mode block) and what the answer adds to it.
chunks preview_final(const preview *p, const char *answer);

#endif
