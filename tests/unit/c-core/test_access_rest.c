// SPDX-License-Identifier: Apache-2.0
// Who is answered, the rest of the table: who wrote it, where the bot is no member, bots, and what a decision says besides.
// Written by hand from the rules, as test_access_table.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access_table.h"

// --- who wrote it; where the bot is no member; what is not known ---

static void author_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 2);
    s->facts.kind = (chat_kind)(strcmp(words[0], "direct") == 0 ? CHAT_DIRECT : CHAT_CHANNEL);
    situation_list(s, "anybody");
    s->rules.allow_from = s->list;
    s->rules.dm_policy = DM_ALLOWLIST;
    situation_person(s, words[1]);
}

static void author_column(situation *s, const char *head) {
    access_facts *f = &s->facts;
    f->own_post = strstr(head, "own") != NULL;
    f->system_post = strstr(head, "system") != NULL;
    f->from_webhook = strstr(head, "webhook") != NULL;
    f->mentioned = strstr(head, "silent") == NULL;
    f->from_program = strstr(head, "program") != NULL;
    f->deleted = strstr(head, "deleted") != NULL;
    f->has_body = strstr(head, "empty") == NULL;
    f->bot_is_member = strstr(head, "outside") == NULL;
    f->channel_known = strstr(head, "nowhere") == NULL;
    s->configured = strstr(head, "norules") == NULL;
}

static void test_authors(void **state) {
    static const char columns[] = "plain own system webhook program deleted own+webhook system+program "
                                  "webhook+program program+deleted";
    static const char *const rows[] = {
        //                  plain own  system webhook program deleted own+ system+ webhook+ program+deleted
        "direct  alice    | ok    self system webhook bot     deleted self system  webhook  bot",
        "channel alice    | ok    self system webhook bot     deleted self system  webhook  bot",
        "direct  guest    | guest self system webhook bot     deleted self system  webhook  bot",
        "direct  friend   | bots  self system webhook bots    deleted self system  webhook  deleted",
        "channel friend   | bots  self system webhook bots    deleted self system  webhook  deleted",
        "direct  bot      | bot   self system webhook bot     bot     self system  webhook  bot",
        // a program that writes as a person whose id stands in allowBots
        "direct  liar     | ok    self system webhook bot     deleted self system  webhook  bot",
        "channel liar     | ok    self system webhook bot     deleted self system  webhook  bot",
        // a bot that may be listed, but of whom nothing is known yet; and a person of whom nothing is
        "direct  maybe    | ?     self system webhook ?       deleted self system  webhook  deleted",
        "direct  ghost    | ?     self system webhook bot     deleted self system  webhook  bot",
    };
    (void)state;
    RUN_ROWS(rows, columns, author_rules, author_column);
}

// Nobody who may not learns that there was nothing to answer.
static void test_what_is_missing(void **state) {
    static const char columns[] = "empty empty+outside nowhere own+nowhere norules norules+silent "
                                  "norules+program norules+outside norules+nowhere";
    static const char *const rows[] = {
        //                  empty   +outside nowhere own+ norules +silent +program +outside +nowhere
        "direct  alice    | nothing out      ?       self rules   rules   bot      out      ?",
        "channel alice    | nothing hint     ?       self rules   quiet   bot      out      ?",
        "direct  guest    | guest   out      ?       self rules   rules   bot      out      ?",
        "channel guest    | guest   out      ?       self rules   quiet   bot      out      ?",
        "direct  friend   | nothing out      ?       self bot     bot     bot      bot      bot",
        "direct  bot      | bot     bot      bot     self bot     bot     bot      bot      bot",
        "direct  maybe    | ?       out      ?       self rules   rules   bot      out      ?",
        "direct  ghost    | ?       out      ?       self rules   rules   bot      out      ?",
    };
    (void)state;
    RUN_ROWS(rows, columns, author_rules, author_column);
}

static void place_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 2);
    s->facts.bot_is_member = false;
    s->facts.kind = strcmp(words[0], "direct") == 0  ? CHAT_DIRECT
                    : strcmp(words[0], "group") == 0 ? CHAT_GROUP
                                                     : CHAT_CHANNEL;
    s->rules.chatmode = CHATMODE_ONMESSAGE;
    s->rules.thread_participation = true;
    situation_list(s, "id");
    s->rules.allow_from = s->list;
    situation_person(s, words[1]);
}

static void place_column(situation *s, const char *head) {
    s->facts.mentioned = strstr(head, "mention") != NULL;
    s->facts.by_pattern = strcmp(head, "pattern") == 0;
    s->facts.participant = strcmp(head, "thread") == 0;
    s->facts.has_body = strstr(head, "lone") == NULL;
    s->facts.event = strcmp(head, "slash") == 0      ? ACCESS_COMMAND
                     : strcmp(head, "reaction") == 0 ? ACCESS_REACTION
                     : strcmp(head, "history") == 0  ? ACCESS_HISTORY
                                                     : ACCESS_POST;
}

static void test_not_a_member(void **state) {
    static const char *const rows[] = {
        //                    silent mention lone-mention pattern thread slash reaction history
        "channel alice      | out    hint    hint         out     out    hint  out      out",
        "group   alice      | out    hint    hint         out     out    hint  out      out",
        "direct  alice      | out    out     out          out     out    out   out      out",
        "channel stranger   | out    out     out          out     out    out   out      out",
        "channel guest      | out    out     out          out     out    out   out      out",
        "channel visitor    | out    hint    hint         out     out    hint  out      out",
        "channel gone       | out    out     out          out     out    out   out      out",
        "channel ghost      | out    out     out          out     out    out   out      out",
        "channel friend     | out    out     out          out     out    out   out      out",
        "direct  stranger   | out    out     out          out     out    out   out      out",
    };
    (void)state;
    RUN_ROWS(rows, "silent mention lone-mention pattern thread slash reaction history", place_rules,
             place_column);
}

// --- nothing to answer ---

static void empty_rules(situation *s, const char *const *words, int count) {
    access_event_rules(s, words, count);
    s->facts.has_body = false;
    s->facts.mentioned = true;
}

static void test_empty(void **state) {
    static const char *const rows[] = {
        //                                     post    edit    reaction slash history
        "direct  allowlist id       alice    | nothing nothing ok       ok    ok",
        "direct  allowlist id       stranger | no      no      no       no    no",
        "direct  pairing   nobody   alice    | pair    nopair  nopair   pair  nopair",
        "channel open      nobody   alice    | nothing nothing open     open  open",
        "channel allowlist id       stranger | no      no      no       no    no",
        "channel disabled  anybody  alice    | off     off     off      off   off",
    };
    (void)state;
    RUN_ROWS(rows, "post edit reaction slash history", empty_rules, access_event_column);
}

// Whoever may not run a command is told so, whatever else the post lacks.
static void test_an_empty_command(void **state) {
    situation s;
    (void)state;
    situation_init(&s);
    access_event_rules(&s, (const char *const[]){"direct", "allowlist", "id", "alice"}, 4);
    s.facts.has_body = false;
    s.facts.command = ACCESS_PRIVILEGED;
    assert_int_equal(access_decide(&s.facts, &s.rules).reason, REASON_NOT_OWNER);
    s.facts.command = ACCESS_ORDINARY;
    assert_int_equal(access_decide(&s.facts, &s.rules).reason, REASON_EMPTY_BODY);
}

// --- bots: allowBots and the hop limit ---

static void bot_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 3);
    s->facts.kind = (chat_kind)(strcmp(words[0], "direct") == 0 ? CHAT_DIRECT : CHAT_GROUP);
    s->facts.mentioned = true;
    situation_person(s, "friend");
    s->rules.bot_hops = words[1][0] - '0';
    const char *entries[] = {strcmp(words[2], "any") == 0      ? "*"
                             : strcmp(words[2], "id") == 0     ? "Friend"
                             : strcmp(words[2], "name") == 0   ? "@friend.bot"
                             : strcmp(words[2], "group") == 0  ? "accessGroup:bots"
                             : strcmp(words[2], "people") == 0 ? NULL
                                                               : "other",
                             NULL};
    s->rules.name_matching = true;
    s->rules.allow_bots = situation_entries(s, entries);
    if (strcmp(words[2], "people") == 0)
        s->rules.allow_from = s->rules.group_allow_from =
            situation_entries(s, (const char *const[]){"friend", "*", NULL});
}

static void bot_column(situation *s, const char *head) {
    s->facts.bot_hops = head[0] - '0';
}

static void test_bots(void **state) {
    static const char *const rows[] = {
        //                    0     1    2    3    4
        "direct 0 id        | hops hops hops hops hops", "direct 1 id        | bots hops hops hops hops",
        "group  1 id        | bots hops hops hops hops", "group  3 id        | bots bots bots hops hops",
        "group  3 any       | bots bots bots hops hops", "direct 3 any       | bots bots bots hops hops",
        "group  3 group     | bots bots bots hops hops", "group  3 name      | bot  bot  bot  bot  bot",
        "group  3 other     | bot  bot  bot  bot  bot",  "group  3 people    | bot  bot  bot  bot  bot",
        "direct 3 people    | bot  bot  bot  bot  bot",
    };
    (void)state;
    RUN_ROWS(rows, "0 1 2 3 4", bot_rules, bot_column);
}

static void test_bots_by_the_policy_of_the_place(void **state) {
    static const struct {
        chat_kind kind;
        dm_policy dm;
        group_policy group;
        access_verdict verdict;
    } rows[] = {
        {CHAT_DIRECT, DM_DISABLED, GROUP_OPEN, ACCESS_REFUSE},
        {CHAT_DIRECT, DM_OPEN, GROUP_DISABLED, ACCESS_ANSWER},
        {CHAT_GROUP, DM_DISABLED, GROUP_OPEN, ACCESS_ANSWER},
        {CHAT_GROUP, DM_OPEN, GROUP_DISABLED, ACCESS_REFUSE},
        {CHAT_CHANNEL, DM_DISABLED, GROUP_OPEN, ACCESS_ANSWER},
        {CHAT_CHANNEL, DM_OPEN, GROUP_DISABLED, ACCESS_REFUSE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        situation s;
        situation_init(&s);
        situation_person(&s, "friend");
        s.facts.mentioned = true;
        s.facts.kind = rows[i].kind;
        s.rules.dm_policy = rows[i].dm;
        s.rules.group_policy = rows[i].group;
        assert_int_equal(access_decide(&s.facts, &s.rules).verdict, rows[i].verdict);
    }
}

// --- what the decision says besides ---

static void test_flags_and_settings(void **state) {
    static const struct {
        const char *kind, *policy, *list, *person, *flags; // l listed, c commands, o owner, m mentioned
        const char *setting, *value;
    } rows[] = {
        {"direct", "pairing", "nobody", "paired", "lcm", "dmPolicy", "pairing"},
        {"direct", "pairing", "nobody", "alice", "", "dmPolicy", "pairing"},
        {"direct", "pairing", "id", "alice", "lcom", "allowFrom", ""},
        {"direct", "pairing", "anybody", "stranger", "lcm", "allowFrom", "*"},
        {"direct", "allowlist", "id", "stranger", "", "allowFrom", ""},
        {"direct", "allowlist", "anybody", "guest", "", "allowFrom", "*"},
        {"direct", "allowlist", "nogroup", "alice", "", "accessGroups", ""},
        {"direct", "allowlist", "oddgroup", "alice", "", "accessGroups", ""},
        {"direct", "open", "anybody", "alice", "lcom", "dmPolicy", "open"},
        {"direct", "open", "nobody", "alice", "", "allowFrom", ""},
        {"direct", "disabled", "anybody", "alice", "", "dmPolicy", "disabled"},
        {"direct", "disabled", "anybody", "friend", "", "dmPolicy", "disabled"},
        {"direct", "pairing", "nobody", "friend", "m", "allowBots", ""},
        {"channel", "allowlist", "id", "alice", "lcom", "groupAllowFrom", ""},
        {"channel", "allowlist", "anybody", "stranger", "lcm", "groupAllowFrom", "*"},
        {"channel", "allowlist", "fallback", "alice", "lcom", "allowFrom", ""},
        {"channel", "allowlist", "fallback", "stranger", "", "allowFrom", ""},
        {"channel", "allowlist", "nobody", "stranger", "", "allowFrom", ""},
        {"channel", "allowlist", "own-id", "stranger", "", "groups.<id>.allowFrom", ""},
        {"channel", "allowlist", "own-id", "alice", "lcom", "groups.<id>.allowFrom", ""},
        {"channel", "allowlist", "every-id", "alice", "lcom", "groups.*.allowFrom", ""},
        {"channel", "allowlist", "own-nobody", "alice", "", "groups.<id>.allowFrom", ""},
        {"channel", "allowlist", "nogroup", "alice", "", "accessGroups", ""},
        {"channel", "open", "nobody", "stranger", "cm", "groupPolicy", "open"},
        {"channel", "open", "nobody", "alice", "com", "groupPolicy", "open"},
        {"channel", "open", "id", "alice", "lcom", "groupPolicy", "open"},
        {"channel", "open", "anybody", "stranger", "lcm", "groupPolicy", "open"},
        {"channel", "open", "fallback", "alice", "lcom", "groupPolicy", "open"},
        {"channel", "open", "fallback", "stranger", "cm", "groupPolicy", "open"},
        {"channel", "open", "other", "alice", "lcom", "groupPolicy", "open"},
        {"channel", "open", "other-any", "stranger", "lcm", "groupPolicy", "open"},
        {"channel", "open", "nobody", "guest", "", "groupPolicy", "open"},
        {"channel", "disabled", "anybody", "alice", "", "groupPolicy", "disabled"},
        {"channel", "disabled", "anybody", "friend", "", "groupPolicy", "disabled"},
        {"channel", "open", "nobody", "bot", "", "allowBots", ""},
        {"channel", "open", "nobody", "ghost", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        situation s;
        situation_init(&s);
        const char *const words[] = {rows[i].kind, rows[i].policy, rows[i].list, rows[i].person};
        access_event_rules(&s, words, 4);
        s.facts.mentioned = true;
        s.rules.owners = situation_entries(&s, (const char *const[]){"@Alice", NULL});
        access_decision d = access_decide(&s.facts, &s.rules);
        char flags[8], *at = flags;
        if (d.listed)
            *at++ = 'l';
        if (d.command_authorized)
            *at++ = 'c';
        if (d.owner)
            *at++ = 'o';
        if (d.was_mentioned)
            *at++ = 'm';
        *at = '\0';
        if (strcmp(flags, rows[i].flags) != 0 || strcmp(d.setting, rows[i].setting) != 0 ||
            strcmp(d.value, rows[i].value) != 0)
            fail_msg("%s %s %s %s: flags \"%s\", setting %s=%s", rows[i].kind, rows[i].policy, rows[i].list,
                     rows[i].person, flags, d.setting, d.value);
    }
}

// Why is told by the sender's rule also where something else decided.
static void test_rules_of_refusals(void **state) {
    static const struct {
        const char *kind, *policy, *list, *person;
        access_command command;
        bool member;
        const char *rule;
    } rows[] = {
        {"channel", "open", "nobody", "alice", ACCESS_PRIVILEGED, true, "group_policy_open"},
        {"channel", "open", "nobody", "friend", ACCESS_ORDINARY, true, "allow_bots"},
        {"channel", "open", "nobody", "alice", ACCESS_NO_COMMAND, false, "group_policy_open"},
        {"channel", "allowlist", "id", "stranger", ACCESS_NO_COMMAND, true, "group_policy_not_allowlisted"},
        {"direct", "pairing", "nobody", "alice", ACCESS_NO_COMMAND, true, "dm_policy_pairing_required"},
        {"channel", "open", "nobody", "ghost", ACCESS_NO_COMMAND, true, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        situation s;
        situation_init(&s);
        const char *const words[] = {rows[i].kind, rows[i].policy, rows[i].list, rows[i].person};
        access_event_rules(&s, words, 4);
        s.facts.mentioned = true;
        s.facts.command = rows[i].command;
        s.facts.bot_is_member = rows[i].member;
        assert_string_equal(access_decide(&s.facts, &s.rules).rule, rows[i].rule);
    }
}

// What an earlier process has begun was for the bot, whatever of it is forgotten; who may is asked anew.
static void test_found_addressed_before(void **state) {
    static const char *const people[] = {"alice", "stranger"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        situation s;
        situation_init(&s);
        access_event_rules(&s, (const char *const[]){"channel", "allowlist", "id", people[i]}, 4);
        if (i == 0)
            assert_int_equal(access_decide(&s.facts, &s.rules).reason, REASON_NO_MENTION);
        s.facts.found_addressed = true;
        assert_int_equal(access_decide(&s.facts, &s.rules).verdict, i == 0 ? ACCESS_ANSWER : ACCESS_REFUSE);
    }
}

// Who may never be an owner.
static void test_owners(void **state) {
    static const struct {
        const char *entry;
        bool owner;
    } rows[] = {
        {"alice", true},    {"user:ALICE", true},       {"accessGroup:ops", true}, {"*", false},
        {"alice.a", false}, {"accessGroup:all", false}, {"other", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        situation s;
        situation_init(&s);
        const char *const words[] = {"direct", "open", "anybody", "alice"};
        access_event_rules(&s, words, 4);
        s.rules.name_matching = true;
        s.rules.owners = situation_entries(&s, (const char *const[]){rows[i].entry, NULL});
        assert_int_equal(access_decide(&s.facts, &s.rules).owner, rows[i].owner);
        // an owner who is not admitted has no rights either
        s.rules.dm_policy = DM_DISABLED;
        assert_false(access_decide(&s.facts, &s.rules).owner);
    }
}

// What was there to be found out early. The reasons are those of the tables above; here is that nothing is asked needlessly.
static void test_settled(void **state) {
    static const struct {
        const char *kind, *person;
        bool mentioned, program, known, settled;
    } rows[] = {
        {"channel", "alice", false, false, true, true},   {"channel", "alice", true, false, true, false},
        {"direct", "alice", false, false, true, false},   {"channel", "alice", false, false, false, false},
        {"channel", "alice", true, true, true, true},     {"channel", "maybe", true, true, true, false},
        {"direct", "stranger", false, false, true, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        situation s;
        access_decision d;
        situation_init(&s);
        const char *const words[] = {rows[i].kind, "allowlist", "id", rows[i].person};
        access_event_rules(&s, words, 4);
        s.facts.mentioned = rows[i].mentioned;
        s.facts.from_program = rows[i].program;
        s.facts.channel_known = rows[i].known;
        s.facts.sender_known = false;
        assert_int_equal(access_settled(&s.facts, &s.rules, &d), rows[i].settled);
        // a reaction has to mention nobody; a command may be allowed to
        s.facts.event = ACCESS_REACTION;
        assert_int_equal(access_settled(&s.facts, &s.rules, &d), rows[i].settled && rows[i].program);
        s.facts.event = ACCESS_POST;
        s.facts.command = ACCESS_ORDINARY;
        assert_int_equal(access_settled(&s.facts, &s.rules, &d), rows[i].settled && rows[i].program);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authors),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_not_a_member),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_an_empty_command),
        cmocka_unit_test(test_bots),
        cmocka_unit_test(test_bots_by_the_policy_of_the_place),
        cmocka_unit_test(test_flags_and_settings),
        cmocka_unit_test(test_rules_of_refusals),
        cmocka_unit_test(test_found_addressed_before),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
