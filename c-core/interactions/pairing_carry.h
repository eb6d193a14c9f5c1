// SPDX-License-Identifier: Apache-2.0
// Who was let in by pairing, carried from one installation to another one on the same Mattermost server (external mode to the
// plugin, or back): the export answers with the commands that are to be given to the other one. User ids are the server's, so they
// mean the same people there. Nothing here blocks.
#ifndef OC_INTERACTIONS_PAIRING_CARRY_H
#define OC_INTERACTIONS_PAIRING_CARRY_H

#include "interactions/pairing.h"

enum {
    CARRY_IDS_A_COMMAND = 100, // a command has a length
    CARRY_IDS_A_PAGE = 400,    // and so has an answer
};

// number: of the page, "" or from 1. Of all accounts that by decides for. text is borrowed; fn comes exactly once, perhaps before this
// returns.
void pairing_carry_export(pairing_desk *d, const person *by, const char *number, pairing_text_fn *fn,
                          void *ctx);
// what: "<account> <user id> …"; without an account the default one's. Only active people are let in, who are no bots.
void pairing_carry_import(pairing_desk *d, const person *by, const char *what, pairing_text_fn *fn,
                          void *ctx);

#endif
