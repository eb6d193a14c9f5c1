// SPDX-License-Identifier: Apache-2.0
// What the gateway tells of approvals, and how their posts end.
#include "base/log.h"
#include "base/mem.h"
#include "interactions/approval_private.h"

#include <stdlib.h>
#include <string.h>

// --- how it ended ---

static char *closing_text(void *ctx, const char *by, const char *word) {
    const approval_end *end = ctx;
    approval_decision d = approval_end_decision(*end);
    // Somebody here was deciding, but perhaps somebody elsewhere was faster with something else.
    bool here = d != APPROVAL_DECISIONS && strcmp(word, approval_decision_name(d)) == 0;
    return words_approval_closed(*end, here ? by : "");
}

void approval_close(approval_desk *d, const char *id, approval_end end) {
    approval_end *how = xmalloc(sizeof *how);
    *how = end;
    asks_close(d->world.asks, APPROVAL_KIND, id, closing_text, free, how);
}

static void on_closed(void *ctx, gateway_control *c, const gateway_approval *a, approval_end end,
                      const char *by) {
    approval_desk *d = ctx;
    log_info("an approval is over", "kind", approval_kind_name(a->kind), "id", a->id, "by", by);
    ask_later_forget(&d->laters, c, a->id);
    approval_close(d, a->id, end);
}

// --- what is to be shown ---

// The gateway beside a control connection.
static const gateway *gateway_of(const approval_desk *d, const gateway_control *c) {
    for (size_t i = 0; i < accounts_count(d->world.accounts); i++) {
        const account *a = accounts_at(d->world.accounts, i);
        if (a->control == c && a->gateway != NULL)
            return a->gateway;
    }
    return NULL;
}

static void on_later(void *ctx, void *source, const char *id) {
    approval_desk *d = ctx;
    gateway_control *c = source;
    ask_spot spot;
    const gateway *g = gateway_of(d, c);
    const gateway_approval *a = approvals_find(control_approvals(c), id);
    if (g != NULL && a != NULL &&
        ask_spot_find(&d->world.spots, g, a->session_key, a->run_id, &spot) != ASK_NOT_OURS)
        approval_show(d, a, &spot);
}

static void on_requested(void *ctx, gateway_control *c, const gateway_approval *a) {
    approval_desk *d = ctx;
    ask_spot spot;
    const gateway *g = gateway_of(d, c);
    ask_whose whose =
        g != NULL ? ask_spot_find(&d->world.spots, g, a->session_key, a->run_id, &spot) : ASK_NOT_OURS;
    if (whose == ASK_NOT_OURS)
        log_info("an approval for a session that is not ours is left to others", "id", a->id);
    else if (whose != ASK_RUN_AWAY || !ask_later(&d->laters, c, a->id))
        approval_show(d, a, &spot);
}

// --- what earlier processes left ---

typedef struct sweep {
    approval_desk *desk;
    const gateway_control *control;
} sweep;

static void on_stored(void *ctx, oc_err err, const open_ask *ask) {
    sweep *s = ctx;
    if (ask == NULL) {
        if (err != OC_OK)
            log_warn("approvals that ended meanwhile stay open in their posts for now", "error",
                     oc_err_text(err));
        free(s);
        return;
    }
    approval_desk *d = s->desk;
    const account *a = ask_spot_account(&d->world.spots, ask->account);
    bool late = ask->expires_ms < loop_wall_ms(d->world.loop);
    bool gone = a != NULL && a->control != NULL && a->control == s->control &&
                approvals_find(control_approvals(a->control), ask->id) == NULL;
    if (gone || (late && (a == NULL || a->control == NULL)))
        approval_close(d, ask->id, late ? APPROVAL_EXPIRED : APPROVAL_GONE);
}

static void on_listed(void *ctx, gateway_control *c) {
    approval_desk *d = ctx;
    ask_held_look(&d->held, c);
    sweep *s = xmalloc(sizeof *s);
    *s = (sweep){.desk = ctx, .control = c};
    asks_each(s->desk->world.asks, APPROVAL_KIND, on_stored, s);
}

static void on_gone(void *ctx, gateway *g, gateway_control *c, gateway_node *n) {
    approval_desk *d = ctx;
    (void)g, (void)n;
    if (c != NULL)
        ask_later_forget(&d->laters, c, NULL);
}

// --- the desk ---

approval_desk *approval_desk_create(const approval_world *w) {
    static const account_listener listener = {.approval_requested = on_requested,
                                              .approval_closed = on_closed,
                                              .approvals_listed = on_listed,
                                              .gone = on_gone};
    approval_desk *d = xcalloc(1, sizeof *d);
    d->world = *w;
    d->laters = (ask_laters){.loop = w->loop, .fn = on_later, .ctx = d};
    d->held = (ask_held){.loop = w->loop, .fn = approval_click_again, .ctx = d};
    approval_clicks_register(d);
    accounts_listen(w->accounts, &listener, d);
    return d;
}

void approval_desk_destroy(approval_desk *d) {
    if (d == NULL)
        return;
    ask_laters_end(&d->laters);
    ask_held_end(&d->held);
    approval_shows_end(d);
    free(d->unnamed);
    free(d);
}

bool approval_desk_waits(const approval_desk *d, const char *run_id) {
    for (size_t i = 0; i < accounts_count(d->world.accounts); i++) {
        const account *a = accounts_at(d->world.accounts, i);
        const approvals *all = a->control != NULL ? control_approvals(a->control) : NULL;
        for (size_t k = 0; all != NULL && approvals_at(all, k) != NULL; k++) {
            if (strcmp(approvals_at(all, k)->run_id, run_id) == 0)
                return true;
        }
    }
    return false;
}
