// SPDX-License-Identifier: Apache-2.0
// Where a run of the agent takes place: what it asks people stands there.
#ifndef OC_INTERACTIONS_ASK_SPOT_H
#define OC_INTERACTIONS_ASK_SPOT_H

#include "account/accounts.h"

typedef struct ask_spot {
    account *account; // borrowed
    chat_kind kind;
    char channel_id[27]; // "": the direct channel with user_id
    char root_id[27];    // "" for none
    char user_id[27];    // who asked, where that is known, else ""
} ask_spot;

typedef struct ask_spots { // borrowed, must outlive its users
    const accounts *accounts;
    // The turn that waits for this run; false: there is none here.
    bool (*run)(void *ctx, const char *run_id, ask_spot *out);
    void *ctx;
} ask_spots;

typedef enum ask_whose {
    ASK_RUN_HERE, // a turn of this process waits for the run
    ASK_SESSION,  // nobody here waits for it, but the session is one of ours
    ASK_RUN_AWAY, // the same, and the run is one of ours: another node's, or it is not taken up again yet
    ASK_NOT_OURS,
} ask_whose;
ask_whose ask_spot_find(const ask_spots *s, const gateway *g, const char *session_key, const char *run_id,
                        ask_spot *out);
// The account that the gateway's questions of a post belong to now; NULL: it is not at work, or has no gateway.
account *ask_spot_account(const ask_spots *s, const char *account_id);

#endif
