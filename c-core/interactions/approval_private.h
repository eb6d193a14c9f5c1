// SPDX-License-Identifier: Apache-2.0
// What approval_desk.c (what the gateway tells), approval_show.c (the posts) and approval_decide.c (people) share. Not for others.
#ifndef OC_INTERACTIONS_APPROVAL_PRIVATE_H
#define OC_INTERACTIONS_APPROVAL_PRIVATE_H

#include "interactions/approval_desk.h"
#include "interactions/approval_form.h"
#include "interactions/ask_held.h"
#include "interactions/ask_later.h"

#define APPROVAL_KIND "approval"

typedef struct showing showing;

struct approval_desk {
    approval_world world;
    ask_laters laters;
    ask_held held;
    showing *showings; // names and members are being looked up
    char *unnamed;     // the account of which it was logged last that nobody may decide
};

// Those who may decide for the account, each once: NULL-terminated, the caller frees it (approver_ids_free).
char **approval_approvers(const account *a);

// approval_show.c: looks up what people want to know and posts it, unless it ends meanwhile.
void approval_show(approval_desk *d, const gateway_approval *a, const ask_spot *spot);
void approval_shows_end(approval_desk *d);

// approval_decide.c
void approval_clicks_register(approval_desk *d);
void approval_click_again(void *ctx, const button_click *click, click_ticket *t); // of a desk
// approval_desk.c
void approval_close(approval_desk *d, const char *id, approval_end end);

#endif
