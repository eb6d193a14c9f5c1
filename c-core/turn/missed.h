// SPDX-License-Identifier: Apache-2.0
// What came while nobody was there to hear of it: after a start the bots' channels are looked through from the watermark
// on, and what is found is taken like any other post. Live posts wait meanwhile (turns_hold).
#ifndef OC_TURN_MISSED_H
#define OC_TURN_MISSED_H

#include "delivery/watermark.h"
#include "turn/turns.h"

typedef struct missed missed;

// All are borrowed and must outlive it.
missed *missed_create(loop *l, chat *c, watermark *w, turns *t);
void missed_destroy(missed *m); // NULL-safe
// Whose channels are looked through, and by which name it is mentioned. Copied.
void missed_set_bot(missed *m, const char *user_id, const char *username);
// Reads the marks and looks, as often as it takes. ready is called once, when live posts may come: the marks were read,
// or could not be read yet. In the end the watermark is started.
void missed_start(missed *m, void (*ready)(void *ctx), void *ctx);

#endif
