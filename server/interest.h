// SPDX-License-Identifier: Apache-2.0
// Which posts, edits and reactions the core wants to hear of. The server calls us for those of everybody; most are none of our
// business and are answered here. Pure. Before the core has sent a filter everything is of interest.
#ifndef OC_INTEREST_H
#define OC_INTEREST_H

#include "wire/gob.h"

#include <cJSON.h>

enum {
    INTEREST_WORDS_MAX = 256,      // own users, names and prefixes, each
    INTEREST_WORD_MAX_BYTES = 256, // each of them
    INTEREST_CHANNELS_MAX = 20000, // the oldest is forgotten: its next post goes to the core again
};

typedef struct interest interest;

interest *interest_create(void);
void interest_destroy(interest *i); // NULL-safe
void interest_reset(interest *i);   // as new: the core that had sent it is gone

// {"own_user_ids":[…],"names":[…],"prefixes":[…],"own_posts":false}: replaces the words and forgets the channels: of
// each of them the next post is handed over. OC_EINVAL, OC_ELIMIT: nothing
// has changed. Names and prefixes are compared without regard to the case of ASCII letters.
oc_err interest_set(interest *i, const cJSON *params) OC_MUST_CHECK;
// {"CHANNEL ID":"none"|"named"|"threads"|"all", …}, added to what is known. OC_EINVAL: up to the wrong one they are taken.
oc_err interest_channels(interest *i, const cJSON *params) OC_MUST_CHECK;

// Does the post (model.Post) concern the core? Own users' posts not unless own_posts; in a channel of class
//   none: no; all: yes; unknown: yes; named: when the message, or a text of an attachment, contains a
//   name or begins with a prefix; threads: these, and every post in a thread.
bool interest_wants(const interest *i, const gob_value *post);
// An edit: does either version concern the core? Never where nothing that people read has changed, so that EditAt and
// message stayed (a pin, a prop). Two edits within a millisecond have the same EditAt.
bool interest_wants_edit(const interest *i, const gob_value *now, const gob_value *before);
// A reaction (model.Reaction): by the channel, whatever post it is on. Own users' never; in a channel of class none: no.
bool interest_wants_reaction(const interest *i, const gob_value *reaction);
bool interest_is_own(const interest *i, bytes user_id); // false before a filter has come

#endif
