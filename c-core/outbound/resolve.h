// SPDX-License-Identifier: Apache-2.0
// From a target to the channel that it names. Asks the server through chat.h. Names of channels are asked for each time, so that
// renamed and made-anew ones are followed at once; what never changes (what an id is of, the direct channel of two users) is kept,
// bounded and for minutes; users as chat.h keeps them. Every question ends in exactly one callback, perhaps before resolve_target
// returns.
#ifndef OC_OUTBOUND_RESOLVE_H
#define OC_OUTBOUND_RESOLVE_H

#include "base/loop.h"
#include "chat/chat.h"
#include "config/account.h"
#include "outbound/target.h"

typedef struct resolver resolver;

resolver *resolver_create(loop *l, chat *c); // both borrowed
void resolver_destroy(resolver *r);          // NULL-safe; open questions end with OC_ECLOSED

typedef struct resolve_ask { // texts are borrowed for the call
    const char *bot_user_id;
    // In whose name: what this user cannot see (sight.h) does not exist. "": an administrator's or our own question.
    const char *viewer_id;
    // A name that stands in several teams means the one here; "": it has to say which.
    const char *home_team_id;
    const dm_channel_retry *retry; // the account's; NULL: the defaults. Borrowed for the call
    bool open_direct;              // a user's direct channel is wanted, and made when there is none
} resolve_ask;

typedef struct resolved {   // borrowed for the callback; texts are never NULL
    char type;              // 'O' public, 'P' private, 'G' group, 'D' direct
    const char *channel_id; // "": of a user whose direct channel was not asked for
    const char *team_id;    // "" for direct and group channels
    const char *name;       // the channel's
    bool archived;          // it can only be read; names never lead there
    const char
        *user_id; // whom a direct channel is with; "" for others, and for one that is not the bot's own
    const char *username;
} resolved;

// err: OC_OK; OC_EINVAL: no target; OC_ENOTFOUND: no such channel or user, or not for this viewer; OC_ECONFLICT: the name stands for
// several; OC_EDENIED: nobody can be written to there (deactivated, the bot itself); else the server's failure. sentence is for
// people and models: what failed and what to do ("" with OC_OK). place is NULL unless OC_OK.
typedef void resolved_fn(void *ctx, oc_err err, const char *sentence, const resolved *place);

void resolve_target(resolver *r, const resolve_ask *ask, const char *text, resolved_fn *fn, void *ctx);
// The direct channel of bot and user, made when there is none, with the account's retries. Of ask only bot_user_id and retry matter.
void resolve_direct(resolver *r, const resolve_ask *ask, const char *user_id, resolved_fn *fn, void *ctx);

// The next question about it goes to the server: the bot joined or left it ("": any), or a send said that it is gone.
void resolver_forget_channel(resolver *r, const char *channel_id);

#endif
