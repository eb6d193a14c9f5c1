// SPDX-License-Identifier: Apache-2.0
// One post's ticket, shared by the turns that accounts make of it: one outcome is told when all have theirs, the weightiest
// (outcome_weightier), and not before the journal has it written: should this process die in between, the next one is
// handed the post again and must not come to another outcome.
#ifndef OC_TURN_JOINED_H
#define OC_TURN_JOINED_H

#include "delivery/journal.h"

typedef struct joined joined;

// Takes the ticket over; NULL: nobody waits for an outcome. The caller has one share. j is borrowed.
joined *joined_create(journal *j, chat_post_ticket *ticket, int64_t create_at_ms);
void joined_share(joined *t); // one more
// A share ends with its outcome, which is in the journal's hands already.
void joined_outcome(joined *t, outcome_reason reason);
void joined_nothing(joined *t); // a share ends and says nothing
void joined_leave(joined *t);   // a share is given up: the next core is handed the post again

#endif
