// SPDX-License-Identifier: Apache-2.0
#include "interactions/pairing_carry.h"

#include "base/mem.h"
#include "base/parse.h"
#include "chat/audit.h"
#include "interactions/pairing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX_BYTES = 16000, PAGES_MAX = 1000, WHAT_MAX_IDS = 150 };
static const char BLANKS[] = " \t\r\n,";

// --- export ---

typedef struct leaving {
    pairing_desk *desk;
    person by;
    size_t index;       // of the account
    size_t first, seen; // of the people: where the page begins, how many were passed
    size_t open;        // ids in the command that is being written
    buf list;
    pairing_text_fn *fn;
    void *ctx;
} leaving;

static void end_leaving(leaving *l, const char *text) {
    l->fn(l->ctx, text);
    buf_free(&l->list);
    free(l);
}

static void end_leaving_words(leaving *l, char *text) {
    end_leaving(l, text);
    free(text);
}

static void say_page(leaving *l) {
    size_t shown = l->first / CARRY_IDS_A_PAGE + 1;
    bool more = l->seen > l->first + CARRY_IDS_A_PAGE;
    if (l->list.len == 0) {
        end_leaving(l, words_text(l->by.lang, WORD_CARRY_NOBODY));
        return;
    }
    char *commands = buf_take_str(&l->list);
    char *text = words_fill(l->by.lang, WORD_CARRY_COMMANDS, "commands", commands, NULL);
    if (more) {
        char *next = words_fill(l->by.lang, WORD_CARRY_MORE, "page", WORDS_NUMBER((int64_t)shown + 1), NULL);
        char *longer = xasprintf("%s\n\n%s", text, next);
        free(next);
        free(text);
        text = longer;
    }
    free(commands);
    end_leaving_words(l, text);
}

static void add_person(leaving *l, const char *account_id, const char *user_id) {
    size_t place = l->seen++;
    if (place < l->first || place >= l->first + CARRY_IDS_A_PAGE)
        return;
    oc_err err = OC_OK;
    if (l->open == 0)
        err = buf_printf(&l->list, "%s/openclaw pairing import %s", l->list.len > 0 ? "\n" : "", account_id);
    if (err == OC_OK)
        err = buf_printf(&l->list, " %s", user_id);
    (void)err; // a page has room for its people
    l->open = (l->open + 1) % CARRY_IDS_A_COMMAND;
}

static void export_next(leaving *l);

static void on_account(void *ctx, oc_err err, const pairing_state *s) {
    leaving *l = ctx;
    const account *a = l->desk->world.account(l->desk->world.ctx, l->index++);
    if (err != OC_OK) {
        end_leaving(l, words_text(l->by.lang, WORD_CARRY_TROUBLE));
        return;
    }
    l->open = 0;
    for (size_t i = 0; a != NULL && i < pairing_approved_count(s); i++)
        add_person(l, a->id, pairing_approved_at(s, i));
    export_next(l);
}

static void export_next(leaving *l) {
    const account *a = l->desk->world.account(l->desk->world.ctx, l->index);
    while (a != NULL && !desk_may_decide(a, &l->by))
        a = l->desk->world.account(l->desk->world.ctx, ++l->index);
    if (a != NULL)
        pairings_change(l->desk->world.store, a->id, NULL, on_account, l);
    else
        say_page(l);
}

void pairing_carry_export(pairing_desk *d, const person *by, const char *number, pairing_text_fn *fn,
                          void *ctx) {
    uint64_t page_number = 1;
    bool readable = *number == '\0' || parse_uint(bytes_str(number), PAGES_MAX, &page_number) == OC_OK;
    if (!readable || page_number == 0) {
        fn(ctx, words_text(by->lang, WORD_CARRY_NOBODY));
        return;
    }
    leaving *l = xcalloc(1, sizeof *l);
    *l = (leaving){.desk = d, .by = *by, .fn = fn, .ctx = ctx};
    l->first = (size_t)(page_number - 1) * CARRY_IDS_A_PAGE;
    buf_init(&l->list, ANSWER_MAX_BYTES);
    export_next(l);
}

// --- import ---

typedef struct arriving {
    pairing_desk *desk;
    person by;
    char *account_id;
    char ids[WHAT_MAX_IDS][PAIRING_ID_BYTES]; // as given; then of active people
    size_t count, given;
    size_t added, before, full; // by the last try
    pairing_text_fn *fn;
    void *ctx;
} arriving;

static void take_id(char out[PAIRING_ID_BYTES], const char *id) {
    snprintf(out, PAIRING_ID_BYTES, "%s", id);
}

static void end_arriving(arriving *a, const char *text) {
    a->fn(a->ctx, text);
    free(a->account_id);
    free(a);
}

static bool change_import(void *ctx, pairing_state *s, int64_t now_ms) {
    arriving *a = ctx;
    a->added = a->before = a->full = 0;
    for (size_t i = 0; i < a->count; i++) {
        pairing_verdict v = pairing_let_in(s, a->ids[i], a->by.id, now_ms);
        a->added += v == PAIRING_DECIDED;
        a->before += v == PAIRING_EARLIER;
        a->full += v == PAIRING_FULL;
    }
    return a->added > 0;
}

static void on_imported(void *ctx, oc_err err, const pairing_state *s) {
    arriving *a = ctx;
    (void)s;
    if (err != OC_OK) {
        end_arriving(a, words_text(a->by.lang, WORD_CARRY_TROUBLE));
        return;
    }
    audit(a->desk->world.chat, AUDIT_PAIRING_IMPORT, a->by.id, "", "account", a->account_id, "count",
          WORDS_NUMBER((int64_t)a->added));
    char *text = words_fill(a->by.lang, WORD_CARRY_DONE, "account", a->account_id, "added",
                            WORDS_NUMBER((int64_t)a->added), "before", WORDS_NUMBER((int64_t)a->before),
                            "left", WORDS_NUMBER((int64_t)(a->given - a->count + a->full)), NULL);
    end_arriving(a, text);
    free(text);
}

static void on_people(void *ctx, const chat_error *error, const chat_user *users, size_t count) {
    arriving *a = ctx;
    if (error->err != OC_OK) {
        end_arriving(a, words_text(a->by.lang, WORD_CARRY_TROUBLE));
        return;
    }
    a->count = 0;
    for (size_t i = 0; i < count && a->count < WHAT_MAX_IDS; i++) {
        if (!users[i].is_bot && users[i].delete_at_ms == 0 && strlen(users[i].id) < PAIRING_ID_BYTES)
            take_id(a->ids[a->count++], users[i].id);
    }
    pairings_change(a->desk->world.store, a->account_id, change_import, on_imported, a);
}

// The words of what: an account at the beginning, then ids. False: something else is among them.
static bool read_what(arriving *a, const char *what) {
    for (what += strspn(what, BLANKS); *what != '\0'; what += strspn(what, BLANKS)) {
        size_t len = strcspn(what, BLANKS);
        char *word = xstrndup(what, len);
        bool is_id = parse_is_mm_id(word), names = !is_id && a->account_id == NULL && a->given == 0;
        bool fine = names || (is_id && a->given < WHAT_MAX_IDS);
        if (names)
            a->account_id = xstrdup(word);
        else if (fine)
            take_id(a->ids[a->given++], word);
        free(word);
        if (!fine)
            return false;
        what += len;
    }
    return a->given > 0;
}

void pairing_carry_import(pairing_desk *d, const person *by, const char *what, pairing_text_fn *fn,
                          void *ctx) {
    const char *ids[WHAT_MAX_IDS + 1] = {NULL};
    arriving *a = xcalloc(1, sizeof *a);
    *a = (arriving){.desk = d, .by = *by, .fn = fn, .ctx = ctx};
    bool readable = read_what(a, what);
    if (a->account_id == NULL)
        a->account_id = xstrdup("default");
    const account *where = desk_account(d, a->account_id);
    if (!readable) {
        end_arriving(a, words_text(by->lang, WORD_CARRY_UNREADABLE));
        return;
    }
    if (where == NULL || !desk_may_decide(where, by)) {
        end_arriving(a, words_text(by->lang, WORD_CARRY_NO_ACCOUNT));
        return;
    }
    for (size_t i = 0; i < a->given; i++)
        ids[i] = a->ids[i];
    chat_get_users_by_ids(d->world.chat, ids, on_people, a);
}
