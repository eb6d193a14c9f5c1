// SPDX-License-Identifier: Apache-2.0
#include "access_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int access_cells;

// --- the words of the cells ---

static const struct {
    const char *word;
    access_verdict verdict;
    outcome_reason direct, group; // in a direct message, and in a group or channel
    const char *direct_rule, *group_rule;
} WORDS[] = {
    {"ok", ACCESS_ANSWER, REASON_ANSWERED, REASON_ANSWERED, "dm_policy_allowlisted", "group_policy_allowed"},
    {"open", ACCESS_ANSWER, REASON_ANSWERED, REASON_ANSWERED, "dm_policy_open", "group_policy_open"},
    {"bots", ACCESS_ANSWER, REASON_ANSWERED, REASON_ANSWERED, "allow_bots", "allow_bots"},
    {"pair", ACCESS_PAIRING, REASON_PAIRING, REASON_PAIRING, NULL, NULL},
    {"nopair", ACCESS_REFUSE, REASON_EVENT_NO_PAIRING, REASON_EVENT_NO_PAIRING, NULL, NULL},
    {"off", ACCESS_REFUSE, REASON_DM_DISABLED, REASON_GROUP_DISABLED, NULL, NULL},
    {"no", ACCESS_REFUSE, REASON_DM_NOT_LISTED, REASON_GROUP_NOT_LISTED, NULL, NULL},
    {"empty", ACCESS_REFUSE, REASON_GROUP_EMPTY_LIST, REASON_GROUP_EMPTY_LIST, NULL, NULL},
    {"miss", ACCESS_REFUSE, REASON_ACCESS_GROUP_MISSING, REASON_ACCESS_GROUP_MISSING, NULL, NULL},
    {"odd", ACCESS_REFUSE, REASON_ACCESS_GROUP_UNSUPPORTED, REASON_ACCESS_GROUP_UNSUPPORTED, NULL, NULL},
    {"guest", ACCESS_REFUSE, REASON_GUEST, REASON_GUEST, NULL, NULL},
    {"gone", ACCESS_REFUSE, REASON_DEACTIVATED, REASON_DEACTIVATED, NULL, NULL},
    {"?", ACCESS_REFUSE, REASON_FACTS_UNKNOWN, REASON_FACTS_UNKNOWN, NULL, NULL},
    {"hops", ACCESS_REFUSE, REASON_BOT_HOPS, REASON_BOT_HOPS, NULL, NULL},
    {"command", ACCESS_REFUSE, REASON_COMMAND, REASON_COMMAND, NULL, NULL},
    {"owner", ACCESS_REFUSE, REASON_NOT_OWNER, REASON_NOT_OWNER, NULL, NULL},
    {"rules", ACCESS_REFUSE, REASON_NOT_CONFIGURED, REASON_NOT_CONFIGURED, NULL, NULL},
    {"self", ACCESS_IGNORE, REASON_SELF, REASON_SELF, NULL, NULL},
    {"system", ACCESS_IGNORE, REASON_SYSTEM_POST, REASON_SYSTEM_POST, NULL, NULL},
    {"webhook", ACCESS_IGNORE, REASON_FROM_WEBHOOK, REASON_FROM_WEBHOOK, NULL, NULL},
    {"bot", ACCESS_IGNORE, REASON_FROM_BOT, REASON_FROM_BOT, NULL, NULL},
    {"deleted", ACCESS_IGNORE, REASON_DELETED, REASON_DELETED, NULL, NULL},
    {"quiet", ACCESS_IGNORE, REASON_NO_MENTION, REASON_NO_MENTION, NULL, NULL},
    {"char", ACCESS_IGNORE, REASON_NO_PREFIX, REASON_NO_PREFIX, NULL, NULL},
    {"nothing", ACCESS_IGNORE, REASON_EMPTY_BODY, REASON_EMPTY_BODY, NULL, NULL},
    {"out", ACCESS_IGNORE, REASON_NOT_MEMBER, REASON_NOT_MEMBER, NULL, NULL},
    {"hint", ACCESS_HINT, REASON_NOT_MEMBER, REASON_NOT_MEMBER, NULL, NULL},
};

static size_t word_of(const char *word) {
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strcmp(WORDS[i].word, word) == 0)
            return i;
    }
    fail_msg("the table says \"%s\", which is no word of it", word);
    return 0;
}

// What is settled early must be what the whole decision says, whatever else becomes known; but that a bot wrote it may
// be found out only later.
static void check_settled(const situation *s) {
    access_decision early, whole;
    access_facts bare = s->facts;
    bare.bot_is_member = bare.sender_known = bare.sender_is_bot = bare.sender_is_guest = false;
    bare.sender_deactivated = bare.paired = false;
    bare.sender_name = "";
    if (!access_settled(&bare, s->configured ? &s->rules : NULL, &early))
        return;
    whole = access_decide(&s->facts, s->configured ? &s->rules : NULL);
    assert_int_equal(whole.verdict, ACCESS_IGNORE);
    assert_int_equal(early.verdict, ACCESS_IGNORE);
    if (whole.reason != REASON_FROM_BOT)
        assert_int_equal(early.reason, whole.reason);
}

static void check(const situation *s, const char *word, const char *row, const char *column) {
    size_t w = word_of(word);
    bool direct = s->facts.kind == CHAT_DIRECT;
    access_decision d = access_decide(&s->facts, s->configured ? &s->rules : NULL);
    outcome_reason reason = direct ? WORDS[w].direct : WORDS[w].group;
    const char *rule = direct ? WORDS[w].direct_rule : WORDS[w].group_rule;
    access_cells++;
    if (d.verdict != WORDS[w].verdict || d.reason != reason)
        fail_msg("[%s] %s: expected \"%s\", got verdict %d, %s", row, column, word, (int)d.verdict,
                 outcome_reason_name(d.reason));
    if (rule != NULL && strcmp(d.rule, rule) != 0)
        fail_msg("[%s] %s: expected the rule %s, got %s", row, column, rule, d.rule);
    check_settled(s);
}

// The next word at *at, which moves on; NULL when there is none.
static char *next_word(char **at) {
    char *word = NULL;
    do {
        word = strsep(at, " ");
    } while (word != NULL && *word == '\0');
    return word;
}

void access_row(const char *row, const char *columns, access_rules_fn *rules, access_column_fn *column) {
    const char *words[8];
    char *line = xstrdup(row), *heads = xstrdup(columns), *bar = strchr(line, '|'), *head = NULL,
         *cell = NULL;
    int count = 0;
    assert_non_null(bar);
    *bar = '\0';
    char *at = line, *at_head = heads, *at_cell = bar + 1;
    for (char *word = next_word(&at); word != NULL && count < 8; word = next_word(&at))
        words[count++] = word;
    for (head = next_word(&at_head), cell = next_word(&at_cell); head != NULL && cell != NULL;
         head = next_word(&at_head), cell = next_word(&at_cell)) {
        if (strcmp(cell, "-") == 0)
            continue;
        situation s;
        situation_init(&s);
        rules(&s, words, count);
        column(&s, head);
        check(&s, cell, row, head);
    }
    if (head != NULL || cell != NULL)
        fail_msg("[%s] has %s cells than columns", row, head != NULL ? "fewer" : "more");
    free(line);
    free(heads);
}

void access_event_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 4);
    s->facts.kind = (chat_kind)(strcmp(words[0], "direct") == 0 ? CHAT_DIRECT : CHAT_CHANNEL);
    if (s->facts.kind == CHAT_DIRECT) {
        s->rules.dm_policy = (dm_policy)dm_policy_find(words[1]);
        situation_list(s, words[2]);
        s->rules.allow_from = s->list;
    } else {
        s->rules.group_policy = (group_policy)group_policy_find(words[1]);
        situation_group_lists(s, words[2]);
    }
    situation_person(s, words[3]);
}

void access_event_column(situation *s, const char *head) {
    static const char *const names[] = {"post", "edit", "reaction", "slash", "history"};
    for (int i = 0; i < 5; i++) {
        if (strcmp(names[i], head) == 0)
            s->facts.event = (access_event)i;
    }
    s->facts.command = s->facts.event == ACCESS_COMMAND ? ACCESS_ORDINARY : ACCESS_NO_COMMAND;
}
