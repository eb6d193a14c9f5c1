// SPDX-License-Identifier: Apache-2.0
// Who is answered, case by case. The expected words are written by hand from the rules (reference-behaviour notes §3.3 to
// §3.7 and issue 5), never printed by the code. A cell is one situation: the row says the rules, the column who or what.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access_table.h"

// --- direct messages: dmPolicy and what allowFrom holds ---

static const char PEOPLE[] = "stranger alice paired guest visitor bot friend gone ghost";

static void direct_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 2);
    s->facts.kind = CHAT_DIRECT;
    s->rules.dm_policy = (dm_policy)dm_policy_find(words[0]);
    situation_list(s, words[1]);
    s->rules.allow_from = s->list;
}

static void test_direct(void **state) {
    static const char *const rows[] = {
        //                      stranger alice paired guest visitor bot friend gone ghost
        "pairing   nobody     | pair     pair  ok     pair  pair    bot bots   gone ?",
        "pairing   id         | pair     ok    ok     pair  ok      bot bots   gone ?",
        "pairing   name       | pair     pair  ok     pair  pair    bot bots   gone ?",
        "pairing   named      | pair     ok    ok     pair  ok      bot bots   gone ?",
        "pairing   group      | pair     ok    ok     pair  ok      bot bots   gone ?",
        "pairing   nogroup    | pair     pair  ok     pair  pair    bot bots   gone ?",
        "pairing   oddgroup   | pair     pair  ok     pair  pair    bot bots   gone ?",
        "pairing   anybody    | ok       ok    ok     pair  pair    bot bots   gone ?",
        "pairing   anyandid   | ok       ok    ok     pair  ok      bot bots   gone ?",
        "allowlist nobody     | no       no    no     no    no      bot bots   gone ?",
        "allowlist id         | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist name       | no       no    no     no    no      bot bots   gone ?",
        "allowlist named      | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist group      | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist nogroup    | miss     miss  miss   miss  miss    bot bots   gone ?",
        "allowlist oddgroup   | odd      odd   odd    odd   odd     bot bots   gone ?",
        "allowlist anybody    | ok       ok    ok     guest guest   bot bots   gone ?",
        "allowlist anyandid   | ok       ok    ok     guest ok      bot bots   gone ?",
        "open      nobody     | no       no    no     no    no      bot bots   gone ?",
        "open      id         | no       ok    no     no    ok      bot bots   gone ?",
        "open      name       | no       no    no     no    no      bot bots   gone ?",
        "open      named      | no       ok    no     no    ok      bot bots   gone ?",
        "open      group      | no       ok    no     no    ok      bot bots   gone ?",
        "open      nogroup    | no       no    no     no    no      bot bots   gone ?",
        "open      oddgroup   | no       no    no     no    no      bot bots   gone ?",
        "open      anybody    | open     open  open   guest guest   bot bots   gone ?",
        "open      anyandid   | open     open  open   guest ok      bot bots   gone ?",
        "disabled  nobody     | off      off   off    off   off     bot off    gone ?",
        "disabled  id         | off      off   off    off   off     bot off    gone ?",
        "disabled  anybody    | off      off   off    off   off     bot off    gone ?",
    };
    (void)state;
    RUN_ROWS(rows, PEOPLE, direct_rules, situation_person);
}

// --- groups and channels: groupPolicy and which list holds whom; the bot is mentioned ---

static chat_kind KIND;

static void group_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 2);
    s->facts.kind = KIND;
    s->facts.mentioned = true;
    s->rules.group_policy = (group_policy)group_policy_find(words[0]);
    situation_group_lists(s, words[1]);
}

static void test_group(void **state) {
    static const char *const rows[] = {
        //                      stranger alice paired guest visitor bot friend gone ghost
        "allowlist nobody     | empty    empty empty  empty empty   bot bots   gone ?",
        "allowlist id         | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist name       | no       no    no     no    no      bot bots   gone ?",
        "allowlist named      | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist group      | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist nogroup    | miss     miss  miss   miss  miss    bot bots   gone ?",
        "allowlist oddgroup   | odd      odd   odd    odd   odd     bot bots   gone ?",
        "allowlist anybody    | ok       ok    ok     guest guest   bot bots   gone ?",
        "allowlist anyandid   | ok       ok    ok     guest ok      bot bots   gone ?",
        "open      nobody     | open     open  open   guest guest   bot bots   gone ?",
        "open      id         | open     open  open   guest open    bot bots   gone ?",
        "open      name       | open     open  open   guest guest   bot bots   gone ?",
        "open      named      | open     open  open   guest open    bot bots   gone ?",
        "open      group      | open     open  open   guest open    bot bots   gone ?",
        "open      nogroup    | open     open  open   guest guest   bot bots   gone ?",
        "open      oddgroup   | open     open  open   guest guest   bot bots   gone ?",
        "open      anybody    | open     open  open   guest guest   bot bots   gone ?",
        "open      anyandid   | open     open  open   guest open    bot bots   gone ?",
        "disabled  nobody     | off      off   off    off   off     bot off    gone ?",
        "disabled  id         | off      off   off    off   off     bot off    gone ?",
        "disabled  anybody    | off      off   off    off   off     bot off    gone ?",
        // groupAllowFrom is empty: allowFrom counts
        "allowlist fallback   | no       ok    no     no    ok      bot bots   gone ?",
        "open      fallback   | open     open  open   guest open    bot bots   gone ?",
        "disabled  fallback   | off      off   off    off   off     bot off    gone ?",
        // groupAllowFrom holds somebody else: allowFrom does not admit, but an entry there makes a guest welcome
        "allowlist other      | no       no    no     no    no      bot bots   gone ?",
        "open      other      | open     open  open   guest open    bot bots   gone ?",
        // the channel's own list takes the place of the others, under an open policy too
        "allowlist own-id     | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist own-nobody | empty    empty empty  empty empty   bot bots   gone ?",
        "allowlist own-any    | ok       ok    ok     guest guest   bot bots   gone ?",
        "open      own-id     | no       ok    no     no    ok      bot bots   gone ?",
        "open      own-nobody | empty    empty empty  empty empty   bot bots   gone ?",
        "open      own-any    | ok       ok    ok     guest guest   bot bots   gone ?",
        "disabled  own-any    | off      off   off    off   off     bot off    gone ?",
        // that of "*" counts where the channel has none
        "allowlist every-id   | no       ok    no     no    ok      bot bots   gone ?",
        "open      every-id   | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist own-first  | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist own-last   | no       ok    no     no    ok      bot bots   gone ?",
        "allowlist own-unset  | no       ok    no     no    ok      bot bots   gone ?",
        // another channel's list is none of this one's business
        "allowlist elsewhere  | ok       ok    ok     guest guest   bot bots   gone ?",
        "open      elsewhere  | open     open  open   guest guest   bot bots   gone ?",
    };
    (void)state;
    for (KIND = CHAT_GROUP; KIND < CHAT_KINDS; KIND++)
        RUN_ROWS(rows, PEOPLE, group_rules, situation_person);
}

// --- what else than a post may come ---

static void test_events(void **state) {
    static const char *const rows[] = {
        //                                     post  edit   reaction slash history
        "direct  pairing   nobody   alice    | pair  nopair nopair   pair  nopair",
        "direct  pairing   nobody   paired   | ok    ok     ok       ok    ok",
        "direct  pairing   id       alice    | ok    ok     ok       ok    ok",
        "direct  pairing   nobody   guest    | pair  nopair nopair   pair  nopair",
        "direct  allowlist nobody   alice    | no    no     no       no    no",
        "direct  allowlist id       alice    | ok    ok     ok       ok    ok",
        "direct  open      anybody  alice    | open  open   open     open  open",
        "direct  disabled  anybody  alice    | off   off    off      off   off",
        "direct  allowlist nobody   friend   | bots  bots   bots     command bots",
        "direct  allowlist nobody   bot      | bot   bot    bot      bot   bot",
        // nobody has mentioned the bot: only posts and edits have to
        "channel allowlist id       alice    | quiet quiet  ok       ok    ok",
        "channel allowlist id       stranger | quiet quiet  no       no    no",
        "channel allowlist nobody   alice    | quiet quiet  empty    empty empty",
        "channel open      nobody   alice    | quiet quiet  open     open  open",
        "channel open      nobody   guest    | quiet quiet  guest    guest guest",
        "channel disabled  anybody  alice    | quiet quiet  off      off   off",
        "channel allowlist nobody   paired   | quiet quiet  empty    empty empty",
        "channel open      nobody   friend   | quiet quiet  bots     command bots",
        "channel open      nobody   bot      | bot   bot    bot      bot   bot",
        "channel open      nobody   gone     | quiet quiet  gone     gone  gone",
    };
    (void)state;
    RUN_ROWS(rows, "post edit reaction slash history", access_event_rules, access_event_column);
}

// --- is the bot addressed: chatmode, requireMention, groups; alice is listed ---

static access_event EVENT;

static void address_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 3);
    s->facts.kind = CHAT_CHANNEL;
    s->facts.event = EVENT;
    situation_list(s, "id");
    s->rules.group_allow_from = s->list;
    s->rules.chatmode = strcmp(words[0], "unset") == 0 ? CHATMODE_UNSET : (chat_mode)chat_mode_find(words[0]);
    s->rules.require_mention = situation_choice(words[1]);
    situation_groups(s, words[2]);
    situation_person(s, "alice");
}

static void address_column(situation *s, const char *head) {
    access_facts *f = &s->facts;
    f->mentioned = strcmp(head, "mention") == 0;
    f->by_pattern = strcmp(head, "pattern") == 0;
    f->prefixed = strcmp(head, "prefix") == 0;
    f->participant = strncmp(head, "thread", 6) == 0;
    s->rules.thread_participation = strcmp(head, "thread-off") != 0;
    if (strncmp(head, "command", 7) == 0)
        f->command = ACCESS_ORDINARY;
    s->rules.text_commands = strcmp(head, "command-off") != 0;
    if (strcmp(head, "command-stranger") == 0)
        situation_person(s, "stranger");
}

static void test_addressed(void **state) {
    static const char columns[] =
        "silent mention pattern prefix thread thread-off command command-off command-stranger";
    static const char *const rows[] = {
        //                                    silent mention pattern prefix thread -off  command -off  -stranger
        "unset     unset none               | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "unset     yes   none               | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "unset     no    none               | ok     ok      ok      -      ok     ok    ok      ok    no",
        "oncall    unset none               | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "oncall    no    none               | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "onmessage unset none               | ok     ok      ok      -      ok     ok    ok      ok    no",
        "onmessage yes   none               | ok     ok      ok      -      ok     ok    ok      ok    no",
        "onchar    unset none               | char   ok      ok      ok     ok     char  ok      char  char",
        "onchar    no    none               | char   ok      ok      ok     ok     char  ok      char  char",
        "unset     unset here=no            | ok     ok      ok      -      ok     ok    ok      ok    no",
        "unset     no    here=yes           | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "onmessage unset here=yes           | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "onmessage unset every=yes          | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "onmessage unset every=yes,here=no  | ok     ok      ok      -      ok     ok    ok      ok    no",
        "oncall    unset every=no           | ok     ok      ok      -      ok     ok    ok      ok    no",
        "oncall    unset every=no,here=yes  | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "oncall    unset here=yes,every=no  | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "oncall    unset every=no,here=unset| ok     ok      ok      -      ok     ok    ok      ok    no",
        "oncall    unset other=no           | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        "oncall    unset HERE=no            | quiet  ok      ok      -      ok     quiet ok      quiet quiet",
        // what groups say about a channel counts under onchar too
        "onchar    unset here=no            | ok     ok      ok      ok     ok     ok    ok      ok    no",
        "onchar    unset every=no           | ok     ok      ok      ok     ok     ok    ok      ok    no",
        "onchar    unset here=yes           | char   ok      ok      ok     ok     char  ok      char  char",
    };
    (void)state;
    for (EVENT = ACCESS_POST; EVENT <= ACCESS_EDIT; EVENT++)
        RUN_ROWS(rows, columns, address_rules, address_column);
}

// --- commands ---

static void command_rules(situation *s, const char *const *words, int count) {
    assert_int_equal(count, 5);
    access_event_rules(s, words, 4);
    s->facts.mentioned = true;
    s->rules.text_commands = strcmp(words[4], "text") == 0;
}

// o: an owner; slash: a slash command; p: a privileged one.
static void command_column(situation *s, const char *head) {
    bool slash = strncmp(head, "slash", 5) == 0;
    s->facts.event = slash ? ACCESS_COMMAND : ACCESS_POST;
    s->facts.command = strchr(head, '!') != NULL ? ACCESS_PRIVILEGED : ACCESS_ORDINARY;
    if (strstr(head, "+owner") != NULL)
        s->rules.owners = situation_entries(s, (const char *const[]){"user:Alice", "friend", NULL});
}

static void test_commands(void **state) {
    static const char columns[] = "text text! text+owner text!+owner slash slash! slash!+owner";
    static const char *const rows[] = {
        //                                              text    text! +owner  !+owner slash   slash! !+owner
        "direct  allowlist id       alice    text     | ok      owner ok      ok      ok      owner  ok",
        "direct  allowlist id       alice    notext   | ok      ok    ok      ok      ok      owner  ok",
        "direct  allowlist anybody  alice    text     | ok      owner ok      ok      ok      owner  ok",
        "direct  pairing   nobody   paired   text     | ok      owner ok      owner   ok      owner  owner",
        "direct  pairing   nobody   alice    text     | pair    pair  pair    pair    pair    pair   pair",
        "direct  open      anybody  alice    text     | open    owner open    open    open    owner  open",
        "direct  open      anybody  stranger text     | open    owner open    owner   open    owner  owner",
        "direct  allowlist nobody   alice    text     | no      no    no      no      no      no     no",
        "direct  disabled  anybody  alice    text     | off     off   off     off     off     off    off",
        "direct  open      id       visitor  text     | ok      owner ok      ok      ok      owner  ok",
        "channel allowlist id       alice    text     | ok      owner ok      ok      ok      owner  ok",
        "channel allowlist id       alice    notext   | ok      ok    ok      ok      ok      owner  ok",
        "channel allowlist anybody  stranger text     | ok      owner ok      owner   ok      owner  owner",
        "channel allowlist nobody   alice    text     | empty   empty empty   empty   empty   empty  empty",
        "channel allowlist id       stranger text     | no      no    no      no      no      no     no",
        // open without lists: ordinary commands work, privileged ones do not
        "channel open      nobody   alice    text     | open    owner open    open    open    owner  open",
        "channel open      nobody   stranger text     | open    owner open    owner   open    owner  owner",
        "channel open      nobody   stranger notext   | open    open  open    open    open    owner  owner",
        "channel open      id       alice    text     | open    owner open    open    open    owner  open",
        "channel open      nobody   guest    text     | guest   guest guest   guest   guest   guest  guest",
        "channel disabled  anybody  alice    text     | off     off   off     off     off     off    off",
        // a bot has no rights, also when it is called an owner
        "channel open      nobody   friend   text     | command owner command owner   command owner  owner",
        "channel open      nobody   friend   notext   | bots    bots  bots    bots    command owner  owner",
        "direct  pairing   nobody   friend   text     | command owner command owner   command owner  owner",
    };
    (void)state;
    RUN_ROWS(rows, columns, command_rules, command_column);
}

static void test_enough_cells(void **state) {
    (void)state;
    print_message("%d cells\n", access_cells);
    assert_true(access_cells >= 300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_direct),   cmocka_unit_test(test_group),
        cmocka_unit_test(test_events),   cmocka_unit_test(test_addressed),
        cmocka_unit_test(test_commands), cmocka_unit_test(test_enough_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
