// SPDX-License-Identifier: Apache-2.0
// The accounts at work, in step with the configuration: each has a bot user and a gateway. A change touches only the
// accounts that it concerns; one that fails does not hold up the others.
#ifndef OC_ACCOUNT_ACCOUNTS_H
#define OC_ACCOUNT_ACCOUNTS_H

#include "account/account.h"
#include "account/listeners.h"
#include "base/buf.h"
#include "chat/chat.h"
#include "config/config.h"

typedef struct accounts accounts;

typedef struct accounts_events {
    // What accounts_apply began is through: each account has its bot or has failed, or some have one and the rest is tried
    // on, or the server has given none for long. Perhaps before accounts_apply returns.
    void (*settled)(void *ctx);
    void (*bot)(void *ctx, const account *a); // it has a bot user, for the first time or by another name
    void (*status)(void *ctx, gateway *g, const gateway_status *status);
} accounts_events;

// All are borrowed and must outlive them. n may be NULL in tests.
accounts *accounts_create(loop *l, chat *c, net *n, const accounts_events *events, void *ctx);
void accounts_destroy(accounts *s); // nobody holds one any more; NULL-safe

// From now on l (copied) hears of what happens at the gateways. Before the first accounts_apply; ctx must outlive accounts.
void accounts_listen(accounts *s, const account_listener *l, void *ctx);

// Whether this process holds the node connections: of several plugin nodes one does. True from the beginning.
void accounts_hold_nodes(accounts *s, bool hold);

// Puts a configuration in force, not before the one before has settled. Borrowed until the next one was given. NULL: there
// are no valid settings; a bot named "openclaw" is there all the same and refuses everybody.
void accounts_apply(accounts *s, const config *rules);
const config *accounts_config(const accounts *s); // NULL when there is none

// Those with a bot user, in the order of the configuration.
size_t accounts_count(const accounts *s);
account *accounts_at(const accounts *s, size_t index);
bool accounts_waiting(const accounts *s); // one is still to get its bot user: the server gave none yet
account *accounts_find(const accounts *s, const char *id); // NULL when it is not at work

// Whose gateway it is: "default", or "a, b"; NULL when all accounts share one. The caller frees it.
char *accounts_of_gateway(const accounts *s, const gateway *g);
// Why accounts have no bot, a Markdown line each; NULL when all is well. The caller frees it.
char *accounts_problems(const accounts *s);

#endif
