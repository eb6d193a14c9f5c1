// SPDX-License-Identifier: Apache-2.0
// People decide: by a button or by /openclaw approve. Whether they may is looked at each time.
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/audit.h"
#include "interactions/approval_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_LEAST = 4, SHORT_ID_BYTES = 9, LIST_MAX = 20, WORD_BYTES = 160 };

// --- one decision on its way ---

typedef struct decision {
    approval_desk *desk;
    char *account_id, *id;
    person by;
    approval_decision what;
    click_ticket *click; // NULL: it was typed
    approval_text_fn *fn;
    void *ctx;
} decision;

static void end(decision *x, const char *text) {
    button_result result = {.ephemeral_text = text};
    if (x->click != NULL)
        buttons_answer(x->click, &result);
    else
        x->fn(x->ctx, text);
    free(x->account_id);
    free(x->id);
    free(x);
}

static approvals *approvals_of(const approval_desk *d, const char *account_id) {
    const account *a = ask_spot_account(&d->world.spots, account_id);
    return a != NULL && a->control != NULL ? control_approvals(a->control) : NULL;
}

static void on_resolved(void *ctx, resolve_outcome outcome, const char *sentence) {
    decision *x = ctx;
    audit(x->desk->world.chat, AUDIT_APPROVAL_DECIDE, x->by.id,
          outcome == RESOLVE_TAKEN      ? ""
          : outcome == RESOLVE_TOO_LATE ? "too late"
          : outcome == RESOLVE_REFUSED  ? "refused"
                                        : "away",
          "account", x->account_id, "approval", x->id, "decision", approval_decision_name(x->what));
    if (outcome != RESOLVE_TAKEN)
        asks_undecide(x->desk->world.asks, APPROVAL_KIND, x->id, x->by.id);
    switch (outcome) {
    case RESOLVE_TAKEN: // the posts say so when the gateway has told everybody
        end(x, x->click != NULL ? NULL : words_marked(words_approval_done(x->what)));
        break;
    case RESOLVE_TOO_LATE:
        end(x, words_marked(WORD_APPROVAL_OVER));
        break;
    case RESOLVE_REFUSED:
        end(x, *sentence != '\0' ? sentence : words_marked(WORD_APPROVAL_TROUBLE));
        break;
    case RESOLVE_AWAY:
        end(x, words_marked(WORD_APPROVAL_AWAY));
        break;
    }
}

static void on_mine(void *ctx, oc_err err) {
    decision *x = ctx;
    approvals *all = approvals_of(x->desk, x->account_id);
    // One that could not be posted anywhere can still be decided by the command.
    bool unposted =
        err == OC_ENOTFOUND && x->click == NULL && all != NULL && approvals_find(all, x->id) != NULL;
    if (unposted)
        err = OC_OK;
    if (err == OC_EBUSY)
        end(x, words_marked(WORD_APPROVAL_BUSY));
    else if (err == OC_ENOTFOUND)
        end(x, words_marked(WORD_APPROVAL_OVER));
    else if (err != OC_OK)
        end(x, words_marked(WORD_APPROVAL_TROUBLE));
    else if (all == NULL)
        end(x, words_marked(WORD_APPROVAL_AWAY));
    else
        approvals_decide(all, x->id, x->what, on_resolved, x);
}

// Says who may: everybody else was refused before.
static void decide(approval_desk *d, const decision *like) {
    decision *x = xmalloc(sizeof *x);
    *x = *like;
    x->desk = d;
    x->account_id = xstrdup(like->account_id);
    x->id = xstrdup(like->id);
    asks_decide(d->world.asks, APPROVAL_KIND, x->id, &x->by, approval_decision_name(x->what), on_mine, x);
}

// --- clicks ---

static void may(void *ctx, const button_click *click, click_ticket *t) {
    const approval_desk *d = ctx;
    const account *a = ask_spot_account(&d->world.spots, click->account_id);
    if (a != NULL && person_approves_exec(click->by, a->config)) {
        buttons_admit(t);
    } else {
        audit(d->world.chat, AUDIT_APPROVAL_DECIDE, click->by->id, "not an approver", "account",
              click->account_id, "approval", json_text(click->data, "id"), "decision", click->id);
        buttons_refuse(t, "not_an_approver", words_marked(WORD_APPROVAL_NOT_YOURS));
    }
}

// What the person is told when the gateway cannot be asked; NULL: it can. The caller frees it.
static char *why_not(const account *a) {
    if (a == NULL)
        return xstrdup(words_marked(WORD_APPROVAL_AWAY));
    return control_why_not(a->control);
}

void approval_click_again(void *ctx, const button_click *click, click_ticket *t) {
    approval_desk *d = ctx;
    char *id = xstrdup(json_text(click->data, "id"));
    char *account_id = xstrdup(click->account_id);
    int what = approval_decision_find(click->id);
    const account *a = ask_spot_account(&d->world.spots, account_id);
    char *why = why_not(a);
    const approvals *all = approvals_of(d, account_id);
    button_result result = {.ephemeral_text = why};
    decision like = {.account_id = account_id, .id = id, .by = *click->by, .click = t};
    if (why != NULL) {
        buttons_answer(t, &result);
    } else if (all != NULL && !approvals_known(all) && approvals_find(all, id) == NULL) {
        result.ephemeral_text = words_marked(WORD_APPROVAL_AWAY);
        buttons_answer(t, &result);
    } else if (what < 0 || all == NULL || approvals_find(all, id) == NULL) {
        result.ephemeral_text = words_marked(WORD_APPROVAL_OVER);
        buttons_answer(t, &result);
        approval_close(d, id, APPROVAL_GONE);
    } else {
        like.what = (approval_decision)what;
        decide(d, &like);
    }
    free(why);
    free(id);
    free(account_id);
}

static void clicked(void *ctx, const button_click *click, click_ticket *t) {
    approval_desk *d = ctx;
    const account *a = ask_spot_account(&d->world.spots, click->account_id);
    bool ready = a != NULL && a->control != NULL && control_get_status(a->control).state == GATEWAY_READY;
    const approvals *all = ready ? control_approvals(a->control) : NULL;
    bool wait = ready && !approvals_known(all) && approvals_find(all, json_text(click->data, "id")) == NULL;
    if (!wait || !ask_held_keep(&d->held, a->control, click, t))
        approval_click_again(d, click, t);
}

void approval_clicks_register(approval_desk *d) {
    buttons_register(d->world.buttons,
                     &(button_kind){.name = APPROVAL_KIND, .may = may, .clicked = clicked, .ctx = d});
}

// --- /openclaw approve ---

// The part of an id that people type: without "plugin:" before it.
static const char *plain_id(const char *id) {
    const char *colon = strchr(id, ':');
    return colon != NULL ? colon + 1 : id;
}

typedef struct found {
    const account *account;
    const gateway_approval *approval;
    size_t count;
} found;

static bool fits(const char *id, const char *wanted) {
    size_t len = strlen(wanted);
    return strcmp(id, wanted) == 0 ||
           (len >= ID_LEAST && strncmp(plain_id(id), plain_id(wanted), strlen(plain_id(wanted))) == 0);
}

// Calls of accounts that share a connection would find the same approval twice: only the first account that by decides for
// and whose session it is counts.
static bool decides_for(const approval_desk *d, const account *a, const person *by,
                        const gateway_approval *what) {
    ask_spot spot;
    return ask_spot_find(&d->world.spots, a->gateway, what->session_key, what->run_id, &spot) !=
               ASK_NOT_OURS &&
           spot.account == a && person_approves_exec(by, a->config);
}

static found find(const approval_desk *d, const person *by, const char *wanted, buf *list) {
    found f = {.account = NULL};
    for (size_t i = 0; i < accounts_count(d->world.accounts); i++) {
        const account *a = accounts_at(d->world.accounts, i);
        const approvals *all = a->control != NULL && a->config != NULL ? control_approvals(a->control) : NULL;
        for (size_t k = 0; all != NULL && approvals_at(all, k) != NULL; k++) {
            const gateway_approval *one = approvals_at(all, k);
            if (!decides_for(d, a, by, one) || (wanted != NULL && !fits(one->id, wanted)))
                continue;
            f = (found){.account = a, .approval = one, .count = f.count + 1};
            if (list == NULL || f.count > LIST_MAX)
                continue;
            char id[SHORT_ID_BYTES];
            snprintf(id, sizeof id, "%s", plain_id(one->id));
            char *line = words_approval_line(one, id);
            oc_err err = buf_append_str(list, line);
            (void)err; // at most LIST_MAX lines of bounded length
            free(line);
        }
    }
    return f;
}

static void list_all(const approval_desk *d, const person *by, approval_text_fn *fn, void *ctx) {
    buf text;
    buf_init(&text, 64 << 10);
    found f = find(d, by, NULL, &text);
    char *lines = buf_take_str(&text);
    char *answer = f.count > 0 ? xasprintf("%s\n%s", lines, words_marked(WORD_APPROVAL_USAGE))
                               : xstrdup(words_marked(WORD_APPROVAL_NONE));
    fn(ctx, answer);
    free(answer);
    free(lines);
}

// "<id> <decision>"; false: it is not of that form.
static bool split(const char *argument, char id[WORD_BYTES], int *what) {
    const char *space = strrchr(argument, ' ');
    if (space == NULL || (size_t)(space - argument) >= WORD_BYTES)
        return false;
    bytes first = utf8_trim(bytes_of(argument, (size_t)(space - argument)));
    memcpy(id, first.data, first.len);
    id[first.len] = '\0';
    *what = approval_decision_find(space + 1);
    return *what >= 0 && first.len > 0;
}

// Nobody decides for any account, or no connection tells of approvals: why.
static char *nothing_to_find(const approval_desk *d, const person *by) {
    char *why = NULL;
    bool decides = false;
    for (size_t i = 0; i < accounts_count(d->world.accounts); i++) {
        const account *a = accounts_at(d->world.accounts, i);
        if (a->config == NULL || !person_approves_exec(by, a->config))
            continue;
        char *here = control_why_not(a->control);
        if (here == NULL) {
            free(why);
            return NULL;
        }
        free(why);
        why = here;
        decides = true;
    }
    return decides ? why : xstrdup(words_marked(WORD_APPROVAL_NOT_YOURS));
}

void approval_desk_command(approval_desk *d, const person *by, const char *argument, approval_text_fn *fn,
                           void *ctx) {
    char id[WORD_BYTES];
    int what = -1;
    char *why = nothing_to_find(d, by);
    if (why != NULL) {
        fn(ctx, why);
        free(why);
        return;
    }
    if (*argument == '\0') {
        list_all(d, by, fn, ctx);
        return;
    }
    if (!split(argument, id, &what)) {
        fn(ctx, words_marked(WORD_APPROVAL_USAGE));
        return;
    }
    found f = find(d, by, id, NULL);
    if (f.count != 1) {
        fn(ctx, f.count == 0 ? words_marked(WORD_APPROVAL_UNKNOWN) : words_marked(WORD_APPROVAL_AMBIGUOUS));
        return;
    }
    decision like = {
        .account_id = f.account->id, .by = *by, .what = (approval_decision)what, .fn = fn, .ctx = ctx};
    char *full = xstrdup(f.approval->id);
    like.id = full;
    decide(d, &like);
    free(full);
}
