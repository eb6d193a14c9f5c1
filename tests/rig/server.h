// SPDX-License-Identifier: Apache-2.0
// A Mattermost server as far as the plugin sees it: people, channels, posts, the key-value store, and the API calls on
// them, with faults. Times are wall clock.
#ifndef OC_RIG_SERVER_H
#define OC_RIG_SERVER_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

// What goes wrong at present. Zeroed: nothing.
typedef struct server_faults {
    unsigned error_permille;      // a call fails before anything is done …
    unsigned late_error_permille; // … or after it was done
    unsigned lost_permille;       // it is done, the answer never comes
    unsigned slow_permille;       // it takes up to slow_ms longer
    int64_t slow_ms;
    unsigned refuse_permille;   // an answer's first part may not be posted, and will never be
    unsigned conflict_permille; // compare-and-set finds another value
    bool disk_full;             // nothing can be stored under a key
    int64_t lag_ms;             // reads are so old
} server_faults;
extern server_faults FAULTS;

void server_start(void);
void server_end(void);

// An API call of the plugin; params is taken, tail borrowed.
void server_call(int generation, uint64_t seq, const char *name, cJSON *params, bytes tail);
// Somebody writes: addressed, by a stranger, or not to us, in a place of chance's choice.
void server_write(void);
void server_plugin_down(void);      // the plugin has ended: it is started again at the next health check
void server_hold_plugin(bool hold); // the server itself is down: no start, nobody writes
bool server_is_down(void);
void server_spoil_value(void); // one stored value is cut, garbage, or of another version

cJSON *server_bot_posts(void); // as they stand; the caller's
void server_read_pages(void);  // the journal, into the ledger

#endif
