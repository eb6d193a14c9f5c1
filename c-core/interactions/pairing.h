// SPDX-License-Identifier: Apache-2.0
// Pairing: a person whom dmPolicy "pairing" does not know asks by writing, approvers decide by button or command, and the
// first message is answered then. Rules and store: store/pairing_state.h, store/pairings.h. Nothing here blocks; what a
// crash interrupts is taken up again by pairing_desk_resume.
#ifndef OC_INTERACTIONS_PAIRING_H
#define OC_INTERACTIONS_PAIRING_H

#include "account/account.h"
#include "admin/http.h"
#include "delivery/journal.h"
#include "interactions/person.h"
#include "store/pairings.h"

typedef struct pairing_desk pairing_desk;

typedef struct pairing_world { // copied; what it points to must outlive the desk
    loop *loop;
    chat *chat;
    pairings *store;
    journal *journal;
    const char *node;
    const account *(*account)(void *ctx, size_t index); // those at work; NULL beyond the last one
    // The post, refused until now, is to be answered by the account: as the turn "<turn id>.paired". post->again: this may
    // have been said by an earlier process already.
    void (*release)(void *ctx, const chat_post *post, const char *account_id);
    void *ctx;
} pairing_world;

#define PAIRING_RELEASE_SUFFIX "paired"

pairing_desk *pairing_desk_create(const pairing_world *w);
void pairing_desk_destroy(pairing_desk *d); // after the store; NULL-safe
// There are accounts, perhaps new ones: what is owed to people of theirs is done.
void pairing_desk_resume(pairing_desk *d);

// A sender whom the account's rules send to pairing. fn comes exactly once: let_in: approved meanwhile, decide again; else
// text is what the person is told now (borrowed), NULL when they were told lately.
typedef void pairing_asked_fn(void *ctx, bool let_in, const char *text);
void pairing_desk_ask(pairing_desk *d, const account *a, const chat_post *post, const char *sender_name,
                      pairing_asked_fn *fn, void *ctx);

// What approvers do. text is the answer to them (Markdown, borrowed).
typedef void pairing_text_fn(void *ctx, const char *text);
void pairing_desk_decide_code(pairing_desk *d, const person *by, const char *code, bool approve,
                              pairing_text_fn *fn, void *ctx);
void pairing_desk_list(pairing_desk *d, const person *by, pairing_text_fn *fn, void *ctx);
// who: a user name, with @ or without, or an id. Takes back what a pairing has granted, in every account that by decides for.
void pairing_desk_remove(pairing_desk *d, const person *by, const char *who, pairing_text_fn *fn, void *ctx);
bool pairing_desk_approves_somewhere(const pairing_desk *d, const person *p);

// A click on a button of ours: the body that the server sent, and who clicked as the server says. status is HTTP's;
// body an object (borrowed).
#define PAIRING_CLICK_PATH "/api/v1/pairing/decide"
enum { PAIRING_CLICK_MAX_BYTES = 64 << 10 };
typedef void pairing_click_fn(void *ctx, int status, const cJSON *body);
void pairing_desk_click(pairing_desk *d, const char *user_id, bytes body, pairing_click_fn *fn, void *ctx);

// For the status panel (admin/http.h). pairings: {"pairings": [{"account", "bot_username", "key", "code", "user_id", "username",
// "asked_ms", "ends_ms"}], "more"}. decide {"account", "key", "approve"}: {"result", "approved", "text"}, or {"result", "error"}
// with what hindered it. Who asks must be somebody who may decide for the account; a system administrator may for all.
admin_panel pairing_desk_panel(pairing_desk *d);

#endif
