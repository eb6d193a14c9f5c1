// SPDX-License-Identifier: Apache-2.0
// Posts that are edited or deleted while their turns are open, and edits that call a bot for the first time.
#include "turn/turns_private.h"

#include "base/mem.h"
#include "chat/views.h"
#include "inbound/edit_wakes.h"

#include <stdlib.h>
#include <string.h>

// --- the open turns of a post ---

typedef bool entry_test(const entry *e, const char *id);

static bool is_of_post(const entry *e, const char *post_id) {
    return strcmp(e->post.id, post_id) == 0;
}

// With the first post of a thread the server deletes the others.
static bool goes_with(const entry *e, const char *post_id) {
    return is_of_post(e, post_id) || strcmp(e->post.root_id, post_id) == 0;
}

static size_t collect(entry *list, const char *id, entry_test *test, entry **out, size_t count) {
    for (entry *e = list; e != NULL; e = e->next) {
        if (test(e, id))
            out[count++] = e;
    }
    return count;
}

// The caller frees the array; the entries are valid until the next round of the loop whatever becomes of them.
static entry **find_open(turns *t, const char *id, entry_test *test, size_t *count) {
    entry **found = xcalloc(t->open + 1, sizeof(entry *));
    *count = collect(t->outside, id, test, found, 0);
    for (place *p = t->places; p != NULL; p = p->hh.next)
        *count = collect(p->queue, id, test, found, *count);
    return found;
}

// --- deleted ---

void turns_post_deleted(turns *t, const char *post_id) {
    size_t count = 0;
    entry **found = find_open(t, post_id, goes_with, &count);
    while (count-- > 0) { // the later ones first: none of them shall begin because an earlier one went
        entry *e = found[count];
        if (e->turn != NULL) {
            turn_drop(e->turn, REASON_DELETED);
        } else {
            concern_forget(e->query);
            e->query = NULL;
            turns_finish(e, REASON_DELETED);
        }
    }
    free(found);
}

// --- edited ---

static void revise(entry *e, const chat_post *now) {
    chat_post old = e->post, changed = *now;
    changed.create_at_ms = old.create_at_ms;
    changed.again = old.again;
    changed.remembered_until_ms = old.remembered_until_ms;
    e->post = chat_post_dup(&changed);
    chat_post_free(&old);
    if (e->turn != NULL) {
        turn_revise(e->turn, &e->post);
    } else {
        concern_forget(e->query);
        e->query = NULL;
        turns_ask_concern(e);
    }
}

static bool works_on_it(entry *const *open, size_t count, const account *a) {
    for (size_t i = 0; i < count; i++) {
        if (open[i]->turn == NULL || turn_account(open[i]->turn) == a)
            return true;
    }
    return false;
}

// Accounts that the edit calls and that have no turn of the post open.
static size_t woken(const turns *t, const chat_post *now, const chat_post *before, entry *const *open,
                    size_t open_count, account **out) {
    size_t count = 0;
    for (size_t i = 0; i < accounts_count(t->accounts); i++) {
        account *a = accounts_at(t->accounts, i);
        if (!works_on_it(open, open_count, a) && edit_wakes(a, now, before))
            out[count++] = a;
    }
    return count;
}

void turns_post_edited(turns *t, const chat_post *now, const chat_post *before, chat_post_ticket *ticket) {
    size_t open_count = 0;
    entry **open = find_open(t, now->id, is_of_post, &open_count);
    account **called = xcalloc(accounts_count(t->accounts) + 1, sizeof(account *));
    size_t count = woken(t, now, before, open, open_count, called);
    joined *outcome = joined_create(t->world.journal, ticket, now->create_at_ms);
    for (size_t i = 0; i < count; i++) {
        joined_share(outcome);
        turns_release(t, &(release){.account = called[i],
                                    .post = now,
                                    .suffix = "edit",
                                    .event = ACCESS_EDIT,
                                    .ticket = outcome});
    }
    for (size_t i = 0; i < open_count; i++)
        revise(open[i], now);
    joined_outcome(outcome, open_count > 0 ? REASON_DUPLICATE : REASON_NO_MENTION);
    free(called);
    free(open);
}
