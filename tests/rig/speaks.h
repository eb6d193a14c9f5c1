// SPDX-License-Identifier: Apache-2.0
// What agents say by themselves: jobs at the gateway, and the ledger of them. A message names its number, so content decides.
#ifndef OC_RIG_SPEAKS_H
#define OC_RIG_SPEAKS_H

#include <cJSON.h>
#include <stdbool.h>

void speaks_plan(int count); // so many jobs, spread over the time to come
bool speaks_all_begun(void);
int speaks_begun(void);
void speaks_done(int number);         // the gateway has its text in the history
char *speaks_text(int number);        // of the job; the caller's
bool speaks_see(const cJSON *post);   // a post of the bot at the end; false: it is none of these
int speaks_check(const char *replay); // prints; the number of invariants that do not hold
void speaks_end(void);

#endif
