// SPDX-License-Identifier: Apache-2.0
// What came while nobody was there to hear of it: after a start the bots' channels are looked through from the watermark
// on, and what is found is taken like any other post. Live posts wait meanwhile (turns_hold).
//
// Where the server is one of several, what another living node has taken is left to it: the look begins when everything that came
// before this process has been recorded by whoever took it, and live posts do not wait.
#ifndef OC_TURN_MISSED_H
#define OC_TURN_MISSED_H

#include "account/accounts.h"
#include "delivery/journal.h"
#include "delivery/watermark.h"
#include "inbound/concern.h"
#include "turn/turns.h"

typedef struct missed missed;

typedef struct missed_parts { // borrowed, must outlive it
    loop *loop;
    chat *chat;
    const accounts *accounts;
    const concern *concern;
    watermark *watermark;
    turns *turns;
    journal *journal;
} missed_parts;

missed *missed_create(const missed_parts *parts);
void missed_destroy(missed *m); // NULL-safe
// Reads the marks and looks, as often as it takes. ready is called once, when live posts may come: the marks were read,
// or could not be read yet. In the end the watermark is started.
void missed_start(missed *m, void (*ready)(void *ctx), void *ctx);
// An account got its bot user late: its channels are looked through too.
void missed_look_again(missed *m);
// The server could not tell us of posts since then: they are looked for, and live ones wait meanwhile.
void missed_look_since(missed *m, int64_t since_ms);
// The watermark does not move on while a bot is waited for; after new settings it may be waited for no longer.
void missed_accounts_changed(missed *m);

#endif
