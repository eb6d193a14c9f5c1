// SPDX-License-Identifier: Apache-2.0
// An account at work: its rules, its bot user and its gateway. accounts.h makes them and keeps them in step with the
// configuration; everybody else borrows.
#ifndef OC_ACCOUNT_ACCOUNT_H
#define OC_ACCOUNT_ACCOUNT_H

#include "config/account.h"
#include "gateway/control.h"
#include "gateway/gateway.h"
#include "gateway/node.h"

typedef struct account {
    const account_config
        *config; // the rules of now; NULL when the account was removed and only finishes what is open
    char *id;
    char *bot_user_id, *bot_username;
    gateway *gateway; // accounts with the same gateway settings share one
    // Beside it, NULL where the account's settings do not grant them (gateway.control, gateway.tools).
    gateway_control *control;
    gateway_node *node;
} account;

// What works for an account keeps it alive; it may be removed meanwhile (then its config and gateway are NULL).
account *account_hold(account *a);
void account_release(account *a); // NULL-safe

// What the journal and the markers call the work of an account on a post: the post's id, and for other accounts than
// "default" the account's id behind it ("<post>:<account>", a long one
// cut short with its hash). The caller frees it.
char *account_turn_id(const account *a, const char *post_id);

#endif
