// SPDX-License-Identifier: Apache-2.0
// Situations for the access table: rules and facts, named in words. Here: a post with a text in the channel "here", the
// bot is a member; people are alice (whom the lists may hold), a stranger and others.
#ifndef ACCESS_SITUATIONS_H
#define ACCESS_SITUATIONS_H

#include "inbound/access.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct situation {
    account_config rules;
    access_facts facts;
    bool configured;
    char **list; // set by situation_list
    group_config groups[3];
    access_group access_groups[4];
    char *entries[40]; // of all lists, each with its NULL
    size_t used;
} situation; // points into itself: not to be copied

void situation_init(situation *s);
// A list whose texts are borrowed.
char **situation_entries(situation *s, const char *const *entries);
// Sets s->list: nobody, id, name (that is not matched), named (that is), group, nogroup, oddgroup, anybody, anyandid.
void situation_list(situation *s, const char *word);
// groupAllowFrom by the same words; or fallback, other, other-any, own-…, every-id, elsewhere.
void situation_group_lists(situation *s, const char *word);
// groups with requireMention: none, or "here=no,every=yes,other=…".
void situation_groups(situation *s, const char *word);
choice situation_choice(const char *word); // unset, no, yes
// The sender: stranger, alice, paired (a stranger who is), guest (a stranger who is), visitor (alice, a guest), bot, friend
// (a bot that allowBots holds), maybe (the same, not looked up yet), liar (a person whom that list holds), gone (deactivated), ghost (unknown).
void situation_person(situation *s, const char *word);

#endif
