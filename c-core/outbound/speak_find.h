// SPDX-License-Identifier: Apache-2.0
// What an agent has said in a session by itself: finals in the session's history that are no answers of ours. Pure. The gateway's
// shapes as seen with 2026.9.6: what a job or a client put in has an idempotency key that ends in ":user" (the role of a cron job's
// prompt is "assistant"); what the agent says carries the run's id; a gateway that was killed goes on under another id behind a row
// that begins "[System] ".
#ifndef OC_OUTBOUND_SPEAK_FIND_H
#define OC_OUTBOUND_SPEAK_FIND_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How the ids of this installation's own runs begin.
#define SPEAK_OWN_RUN "mm-"

typedef struct spoken_final {
    char *run_id, *text; // text: all that was said in the run, with its MEDIA: lines
    int64_t at_ms;       // of the gateway's clock, when its last row was written
    bool ours;           // the gateway went on with a run of ours: its turn posts that
} spoken_final;

typedef struct spoken_finals {
    spoken_final *items; // in the order of the history
    size_t count;
    bool reaches_back; // the history begins at or before since_ms, or is complete
} spoken_finals;

// The finals of ended runs that were written at or after since_ms. history: the payload of chat.history.
// Not among them: runs of ours, and runs that failed.
spoken_finals speak_find(const cJSON *history, int64_t since_ms);
void spoken_finals_free(spoken_finals *f);

// What is to be posted of it: without words that say that there is nothing to say, of which heartbeats have one of their own. NULL:
// nothing is. The caller frees it.
char *speak_words(const char *text);

#endif
