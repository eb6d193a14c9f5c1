// SPDX-License-Identifier: Apache-2.0
#include "interactions/pairing_words.h"

#include "base/mem.h"
#include "interactions/span_words.h"

#include <stdlib.h>
#include <string.h>

char *words_pairing_new(const pairing_request *r) {
    return words_mark(WORD_PAIRING_NEW, "code", r->code, NULL);
}

char *words_pairing_repeated(const pairing_request *r, int64_t now_ms) {
    char *left = words_minutes(r->created_ms + PAIRING_LIVES_MS - now_ms);
    char *text = words_mark(WORD_PAIRING_REPEATED, "time", left, "code", r->code, NULL);
    free(left);
    return text;
}

static bool is_default(const char *account_id) {
    return strcmp(account_id, "default") == 0;
}

char *words_pairing_note(const pairing_request *r, const char *account_id, bool more_unsaid) {
    char *note = is_default(account_id)
                     ? words_mark(WORD_PAIRING_NOTE, "user", r->name, "code", r->code, NULL)
                     : words_mark(WORD_PAIRING_NOTE_ACCOUNT, "user", r->name, "account", account_id, "code",
                                  r->code, NULL);
    if (!more_unsaid)
        return note;
    char *text = xasprintf("%s\n\n%s", note, words_marked(WORD_PAIRING_NOTE_MANY));
    free(note);
    return text;
}

char *words_pairing_note_closed(const pairing_request *r, const char *decider_name) {
    const char *by = *decider_name != '\0' ? decider_name : words_marked(WORD_PAIRING_SOMEBODY);
    switch (r->status) {
    case PAIRING_PENDING:
        return words_mark(WORD_PAIRING_NOTE_ENDED, "user", r->name, NULL);
    case PAIRING_APPROVED:
        return words_mark(WORD_PAIRING_NOTE_APPROVED, "user", r->name, "by", by, NULL);
    case PAIRING_DENIED:
        break;
    }
    return words_mark(WORD_PAIRING_NOTE_DENIED, "user", r->name, "by", by, NULL);
}

char *words_pairing_store(oc_err err) {
    return words_mark(WORD_PAIRING_STORE, "why", oc_err_text(err), NULL);
}

char *words_pairing_verdict(oc_err err, pairing_verdict verdict, const pairing_request *r, bool approve) {
    if (err != OC_OK)
        return words_pairing_store(err);
    switch (verdict) {
    case PAIRING_DECIDED:
        return approve ? words_mark(WORD_PAIRING_DECIDED_APPROVED, "user", r->name, NULL)
                       : words_mark(WORD_PAIRING_DECIDED_DENIED, "user", r->name, NULL);
    case PAIRING_EARLIER:
        return r->status == PAIRING_APPROVED ? words_mark(WORD_PAIRING_WAS_APPROVED, "user", r->name, NULL)
                                             : words_mark(WORD_PAIRING_WAS_DENIED, "user", r->name, NULL);
    case PAIRING_EXPIRED:
        return words_mark(WORD_PAIRING_EXPIRED, "user", r->name, NULL);
    case PAIRING_FULL:
        return words_mark(WORD_PAIRING_FULL, "count", WORDS_NUMBER(PAIRING_APPROVED_MAX), NULL);
    case PAIRING_UNKNOWN:
        break;
    }
    return xstrdup(words_marked(WORD_PAIRING_NO_CODE));
}

char *words_pairing_line(const pairing_request *r, const char *account_id, int64_t now_ms) {
    char *ago = words_minutes(now_ms - r->created_ms),
         *left = words_minutes(r->created_ms + PAIRING_LIVES_MS - now_ms);
    char *line =
        is_default(account_id)
            ? words_mark(WORD_PAIRING_LINE, "user", r->name, "code", r->code, "ago", ago, "left", left, NULL)
            : words_mark(WORD_PAIRING_LINE_ACCOUNT, "user", r->name, "code", r->code, "ago", ago, "left",
                         left, "account", account_id, NULL);
    char *text = xasprintf("- %s\n", line);
    free(line);
    free(left);
    free(ago);
    return text;
}

static char *let_in(size_t approved, const char *names) {
    if (approved == 0)
        return xstrdup(words_marked(WORD_PAIRING_NOBODY_LET_IN));
    return words_mark(WORD_PAIRING_LET_IN_LIST, "count", WORDS_NUMBER((int64_t)approved), "names",
                      *names != '\0' ? names : words_marked(WORD_PAIRING_NAMES_UNKNOWN), NULL);
}

char *words_pairing_list(size_t listed, const char *lines, size_t approved, const char *names) {
    char *in = let_in(approved, names);
    char *text = listed > 0 ? xasprintf("%s\n\n%s\n%s\n\n%s", words_marked(WORD_PAIRING_LIST), lines,
                                        words_marked(WORD_PAIRING_HOW_TO_DECIDE), in)
                            : xasprintf("%s\n\n%s", words_marked(WORD_PAIRING_LIST_NONE), in);
    free(in);
    return text;
}

char *words_pairing_removed(const char *name, bool removed) {
    return removed ? words_mark(WORD_PAIRING_REMOVED, "user", name, NULL)
                   : words_mark(WORD_PAIRING_NOT_LET_IN, "user", name, NULL);
}
