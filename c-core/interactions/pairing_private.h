// SPDX-License-Identifier: Apache-2.0
// What the files of the pairing desk share. Not for others.
#ifndef OC_INTERACTIONS_PAIRING_PRIVATE_H
#define OC_INTERACTIONS_PAIRING_PRIVATE_H

#include "base/secret.h"
#include "interactions/pairing.h"

typedef struct release release;

struct pairing_desk {
    pairing_world world;
    secret *secret;    // of the installation; NULL until it was needed
    release *releases; // under way
    char **resumed;    // ids of accounts whose debts were looked through, NULL-terminated
    size_t resumed_count;
    int64_t notes_since_ms; // approvers are told of so many requests since then
    int notes_told;
};

// NULL when the account is not at work.
const account *desk_account(const pairing_desk *d, const char *account_id);
// Loads the secret when it is not there yet; fn's secret is NULL when that fails.
typedef void desk_secret_fn(void *ctx, const secret *s);
void desk_secret(pairing_desk *d, desk_secret_fn *fn, void *ctx);

// pairing_notes.c: asks the approvers, in a direct message each; closes those messages once it is decided.
void notes_ask(pairing_desk *d, const account *a, const pairing_request *r);
void notes_close(pairing_desk *d, const pairing_request *r);

// pairing_release.c: tells the person and has the message answered. resumed: an earlier process may have done part of it.
void release_begin(pairing_desk *d, const account *a, const pairing_request *r, bool resumed);
void releases_end(pairing_desk *d);

// pairing_decide.c: whether the person may decide for the account, now.
bool desk_may_decide(const account *a, const person *p);
// Decides a request whose account and key are known. by was checked. fn comes exactly once.
typedef void decided_fn(void *ctx, oc_err err, pairing_verdict verdict, const pairing_request *r);
void desk_decide(pairing_desk *d, const account *a, const char *key, bool approve, const person *by,
                 decided_fn *fn, void *ctx);

#endif
