// SPDX-License-Identifier: Apache-2.0
// Approvals: what the agent may not do without somebody's word is shown to the people whom execApprovals.approvers names, and what
// they decide goes to the gateway. Nobody else decides, and nothing is decided by itself. Nothing here blocks.
#ifndef OC_INTERACTIONS_APPROVAL_DESK_H
#define OC_INTERACTIONS_APPROVAL_DESK_H

#include "interactions/ask_spot.h"
#include "interactions/asks.h"

typedef struct approval_desk approval_desk;

typedef struct approval_world { // copied; what it points to must outlive the desk
    loop *loop;
    chat *chat;
    asks *asks;
    buttons *buttons;
    accounts *accounts; // the desk listens to them
    ask_spots spots;
} approval_world;

approval_desk *approval_desk_create(const approval_world *w);
void approval_desk_destroy(approval_desk *d); // NULL-safe

// An approval for this run waits for somebody: the run is not dead.
bool approval_desk_waits(const approval_desk *d, const char *run_id);

// /openclaw approve: argument "" lists what by may decide; "<id> once|always|deny", where the beginning of an id is enough.
// fn comes exactly once, perhaps before this returns; text is Markdown, marked (words/words.h), borrowed.
typedef void approval_text_fn(void *ctx, const char *text);
void approval_desk_command(approval_desk *d, const person *by, const char *argument, approval_text_fn *fn,
                           void *ctx);

#endif
