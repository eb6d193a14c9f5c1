// SPDX-License-Identifier: Apache-2.0
#include "admin/why_words.h"

#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>

// One for each reason of the table (a unit test sees to it).
static const words_key REMEDIES[REASON_COUNT] = {
    [REASON_ANSWERED] = WORD_REMEDY_NOTHING,
    [REASON_SILENT] = WORD_REMEDY_NOTHING,
    [REASON_RAN_COMMAND] = WORD_REMEDY_RAN_COMMAND,
    [REASON_TOLD_ERROR] = WORD_REMEDY_TOLD_ERROR,
    [REASON_REPLIED] = WORD_REMEDY_NOTHING,
    [REASON_NO_REPLY] = WORD_REMEDY_NO_REPLY,
    [REASON_ABORTED] = WORD_REMEDY_ABORTED,
    [REASON_REACTION] = WORD_REMEDY_REACTION,
    [REASON_SELF] = WORD_REMEDY_SELF,
    [REASON_SYSTEM_POST] = WORD_REMEDY_SYSTEM_POST,
    [REASON_FROM_BOT] = WORD_REMEDY_FROM_BOT,
    [REASON_FROM_WEBHOOK] = WORD_REMEDY_FROM_WEBHOOK,
    [REASON_NO_MENTION] = WORD_REMEDY_NO_MENTION,
    [REASON_NO_PREFIX] = WORD_REMEDY_NO_PREFIX,
    [REASON_NOT_MEMBER] = WORD_REMEDY_NOT_MEMBER,
    [REASON_EMPTY_BODY] = WORD_REMEDY_EMPTY_BODY,
    [REASON_DELETED] = WORD_REMEDY_DELETED,
    [REASON_NOT_CONFIGURED] = WORD_REMEDY_NOT_CONFIGURED,
    [REASON_DM_DISABLED] = WORD_REMEDY_DM_DISABLED,
    [REASON_PAIRING] = WORD_REMEDY_PAIRING,
    [REASON_EVENT_NO_PAIRING] = WORD_REMEDY_EVENT_NO_PAIRING,
    [REASON_DM_NOT_LISTED] = WORD_REMEDY_DM_NOT_LISTED,
    [REASON_GROUP_DISABLED] = WORD_REMEDY_GROUP_DISABLED,
    [REASON_GROUP_EMPTY_LIST] = WORD_REMEDY_GROUP_EMPTY_LIST,
    [REASON_GROUP_NOT_LISTED] = WORD_REMEDY_GROUP_NOT_LISTED,
    [REASON_ACCESS_GROUP_MISSING] = WORD_REMEDY_ACCESS_GROUP_MISSING,
    [REASON_ACCESS_GROUP_UNSUPPORTED] = WORD_REMEDY_ACCESS_GROUP_UNSUPPORTED,
    [REASON_GUEST] = WORD_REMEDY_GUEST,
    [REASON_DEACTIVATED] = WORD_REMEDY_DEACTIVATED,
    [REASON_BOT_HOPS] = WORD_REMEDY_BOT_HOPS,
    [REASON_COMMAND] = WORD_REMEDY_COMMAND,
    [REASON_NOT_OWNER] = WORD_REMEDY_NOT_OWNER,
    [REASON_FACTS_UNKNOWN] = WORD_REMEDY_FACTS_UNKNOWN,
    [REASON_QUEUE_FULL] = WORD_REMEDY_QUEUE_FULL,
    [REASON_LIMIT] = WORD_REMEDY_LIMIT,
    [REASON_PERMISSION] = WORD_REMEDY_PERMISSION,
    [REASON_DUPLICATE] = WORD_REMEDY_DUPLICATE,
    [REASON_GATEWAY_AWAY] = WORD_REMEDY_GATEWAY_AWAY,
    [REASON_TOO_OLD] = WORD_REMEDY_TOO_OLD,
    [REASON_RUN_TOO_LONG] = WORD_REMEDY_RUN_TOO_LONG,
    [REASON_NOT_POSTED] = WORD_REMEDY_NOT_POSTED,
    [REASON_RUN_LOST] = WORD_REMEDY_RUN_LOST,
};

words_key why_remedy(outcome_reason r) {
    words_key remedy = r < REASON_COUNT ? REMEDIES[r] : WORD_NONE;
    return remedy != WORD_NONE ? remedy : WORD_REMEDY_UNKNOWN;
}

static words_key progress(record_state s) {
    switch (s) {
    case RECORD_TAKEN:
        return WORD_WHY_PROGRESS_TAKEN;
    case RECORD_SENT:
        return WORD_WHY_PROGRESS_SENT;
    case RECORD_POSTING:
        return WORD_WHY_PROGRESS_POSTING;
    case RECORD_CLOSED:
    case RECORD_STATES:
        break;
    }
    return WORD_NONE;
}

// "answered", "refused" … as people read it.
static const char *result_text(outcome_reason r) {
    static const struct {
        const char *outcome;
        words_key word;
    } results[] = {
        {"answered", WORD_WHY_RESULT_ANSWERED},   {"ignored", WORD_WHY_RESULT_IGNORED},
        {"refused", WORD_WHY_RESULT_REFUSED},     {"expired", WORD_WHY_RESULT_EXPIRED},
        {"duplicate", WORD_WHY_RESULT_DUPLICATE}, {"failed", WORD_WHY_RESULT_FAILED},
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        if (strcmp(results[i].outcome, outcome_of(r)) == 0)
            return words_marked(results[i].word);
    }
    return outcome_of(r);
}

// The setting that decided: exact where the decision of now is the same one.
static char *setting_text(outcome_reason r, const access_decision *d) {
    bool same = d != NULL && d->reason == r && *d->setting != '\0';
    const char *setting = same ? d->setting : outcome_setting(r);
    if (*setting == '\0')
        return xstrdup(words_marked(WORD_WHY_NO_SETTING));
    bool valued = same && *d->value != '\0';
    char *what = xasprintf("%s%s%s", setting, valued ? ": " : "", valued ? d->value : "");
    char *text = words_mark(WORD_WHY_SETTING, "setting", what, NULL);
    free(what);
    return text;
}

static char *outcome_text(outcome_reason r, const why_facts *f) {
    char *setting = setting_text(r, f->decision);
    char *text = words_mark(WORD_WHY_OUTCOME, "result", result_text(r), "reason", outcome_reason_name(r),
                            "sentence", words_marked(outcome_sentence(r)), "setting", setting, "remedy",
                            words_marked(why_remedy(r)), NULL);
    free(setting);
    return text;
}

static char *now_text(const why_facts *f) {
    const access_decision *d = f->decision;
    if (d == NULL)
        return xstrdup(words_marked(WORD_WHY_NOW_UNKNOWN));
    if (d->verdict == ACCESS_ANSWER) {
        char *rule = *d->rule != '\0' ? xasprintf(" (`%s`)", d->rule) : xstrdup("");
        char *text = words_mark(WORD_WHY_NOW_ANSWERED, "rule", rule, NULL);
        free(rule);
        return text;
    }
    char *outcome = outcome_text(d->reason, f), *text = words_mark(WORD_WHY_NOW, "outcome", outcome, NULL);
    free(outcome);
    return text;
}

static char *recorded_text(const why_facts *f) {
    const record *r = f->record;
    if (r->state != RECORD_CLOSED)
        return xstrdup(words_marked(progress(r->state)));
    char *text = outcome_text(r->reason, f);
    const access_decision *d = f->decision;
    if (d == NULL || d->reason == r->reason || strcmp(outcome_of(r->reason), "refused") != 0)
        return text;
    char *now = d->verdict == ACCESS_ANSWER
                    ? xstrdup(words_marked(WORD_WHY_NOW_YES))
                    : words_mark(WORD_WHY_NOW_OTHER, "reason", outcome_reason_name(d->reason), NULL);
    char *more = xasprintf("%s %s", text, now);
    free(now);
    free(text);
    return more;
}

static char *what_text(const why_facts *f) {
    if (f->record != NULL)
        return recorded_text(f);
    char *now = now_text(f);
    char *text =
        xasprintf("%s %s", words_marked(f->readable ? WORD_WHY_NO_RECORD : WORD_WHY_UNREADABLE), now);
    free(now);
    return text;
}

char *why_paragraph(const why_facts *f) {
    bool other = strcmp(f->account_id, "default") != 0;
    char *what = what_text(f);
    char *text = other ? words_mark(WORD_WHY_OF_ACCOUNT, "bot", f->bot_username, "account", f->account_id,
                                    "what", what, NULL)
                       : words_mark(WORD_WHY_OF_BOT, "bot", f->bot_username, "what", what, NULL);
    free(what);
    return text;
}
