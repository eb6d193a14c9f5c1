// SPDX-License-Identifier: Apache-2.0
// /openclaw why: every reason has its sentence, its setting and what can be done; and the way from a link to the answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/why.h"
#include "admin/why_words.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

#include <stdio.h>

#define POST_ID "abcdefghijklmnopqrstuvwxyz"

static void test_post_ids(void **state) {
    static const struct {
        const char *what;
        bool found;
    } rows[] = {
        {POST_ID, true},
        {"  " POST_ID, true},
        {"https://chat.example/team/pl/" POST_ID, true},
        {"https://chat.example/sub/path/team/pl/" POST_ID "?x=1", true},
        {"<https://chat.example/team/pl/" POST_ID ">", true},
        {"https://chat.example/_redirect/pl/" POST_ID "/", true},
        {"", false},
        {"abc", false},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", false},
        {POST_ID "1", false},
        {"https://chat.example/team/pl/", false},
        {"https://chat.example/team/pl/" POST_ID "aaaa", false},
        {"https://chat.example/team/pl/" POST_ID "-x", false},
        {"https://chat.example/team/channels/town-square", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[WHY_POST_ID_BYTES];
        assert_int_equal(why_post_id(rows[i].what, id), rows[i].found);
        if (rows[i].found)
            assert_string_equal(id, POST_ID);
    }
}

static char *paragraph(const why_facts *f) {
    char *marked = why_paragraph(f), *text = words_in(WORDS_EN, marked);
    free(marked);
    return text;
}

static void test_every_reason_is_explained(void **state) {
    (void)state;
    for (int r = 0; r < REASON_COUNT; r++) {
        record known = {.state = RECORD_CLOSED, .reason = (outcome_reason)r};
        why_facts f = {.bot_username = "openclaw",
                       .account_id = "default",
                       .record = &known,
                       .readable = true,
                       .sender_id = "u"};
        char *text = paragraph(&f);
        const char *remedy = words_text(WORDS_EN, why_remedy((outcome_reason)r)),
                   *setting = outcome_setting((outcome_reason)r);
        assert_non_null(strstr(text, outcome_reason_name((outcome_reason)r)));
        assert_non_null(strstr(text, words_text(WORDS_EN, outcome_sentence((outcome_reason)r))));
        assert_non_null(strstr(text, remedy));
        assert_true(strlen(remedy) > 20 && remedy[strlen(remedy) - 1] == '.');
        assert_int_not_equal(why_remedy((outcome_reason)r), why_remedy(REASON_COUNT));
        assert_int_equal(strstr(text, "The setting that decides") != NULL, *setting != '\0');
        if (*setting != '\0')
            assert_non_null(strstr(text, setting));
        free(text);
        // The same without a record: what would be decided now.
        access_decision d = {.verdict = ACCESS_REFUSE,
                             .reason = (outcome_reason)r,
                             .rule = "",
                             .setting = "groups.<id>.allowFrom",
                             .value = ""};
        f.record = NULL;
        f.decision = &d;
        text = paragraph(&f);
        assert_non_null(strstr(text, "There is no record of it"));
        assert_non_null(strstr(text, "It would now be **"));
        assert_non_null(strstr(text, "`groups.<id>.allowFrom`")); // the exact one
        free(text);
    }
}

static void test_what_changed_meanwhile_is_said(void **state) {
    record refused = {.state = RECORD_CLOSED, .reason = REASON_DM_NOT_LISTED};
    access_decision answer = {.verdict = ACCESS_ANSWER, .rule = "dm_policy_open", .setting = "", .value = ""};
    access_decision other = {.verdict = ACCESS_REFUSE,
                             .reason = REASON_DM_DISABLED,
                             .rule = "",
                             .setting = "dmPolicy",
                             .value = "disabled"};
    why_facts f = {.bot_username = "openclaw",
                   .account_id = "sales",
                   .record = &refused,
                   .readable = true,
                   .decision = &answer,
                   .sender_id = "u"};
    (void)state;
    char *text = paragraph(&f);
    assert_non_null(strstr(text, "(account `sales`)"));
    assert_non_null(strstr(text, "By the settings of now it would be answered."));
    free(text);
    f.decision = &other;
    text = paragraph(&f);
    assert_non_null(strstr(text, "the reason would be `dm_policy_disabled`"));
    assert_non_null(strstr(text, "`allowFrom`"));
    free(text);
    f.record = NULL;
    text = paragraph(&f);
    assert_non_null(strstr(text, "`dmPolicy: disabled`"));
    free(text);
    f.readable = false;
    f.decision = NULL;
    text = paragraph(&f);
    assert_non_null(strstr(text, "could not be read"));
    assert_non_null(strstr(text, "could not be found out"));
    free(text);
    for (int s = RECORD_TAKEN; s < RECORD_CLOSED; s++) {
        record open = {.state = (record_state)s};
        f.record = &open;
        text = paragraph(&f);
        assert_true(strlen(text) > strlen("@openclaw (account `sales`): "));
        free(text);
    }
}

// --- from a link to the answer ---

static loop *LOOP;
static journal *JOURNAL, *OTHER;
static char *EMPTY[] = {NULL};
static char DEFAULT_ID[] = "default", SALES_ID[] = "sales", BOT[] = "bot", SALES_BOT[] = "botsales",
            NAME[] = "openclaw";
static account_config RULES, SALES_RULES;
static account ACCOUNTS[2];
static size_t ACCOUNT_COUNT;
static char ANSWER[16000];
static int ANSWERS;

static account *account_at(void *ctx, size_t index) {
    (void)ctx;
    return index < ACCOUNT_COUNT ? &ACCOUNTS[index] : NULL;
}

static account *hold(account *a) {
    return a;
}

static void release(account *a) {
    (void)a;
}

static account_config empty_rules(char *id) {
    return (account_config){.id = id,
                            .allow_from = EMPTY,
                            .group_allow_from = EMPTY,
                            .owners = EMPTY,
                            .approvers = EMPTY,
                            .allow_bots = EMPTY,
                            .onchar_prefixes = EMPTY,
                            .mention_patterns = EMPTY,
                            .dm_policy = DM_ALLOWLIST};
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    JOURNAL = journal_create(LOOP, &THE_CHAT, "n1");
    OTHER = journal_create(LOOP, &THE_CHAT, "n2");
    RULES = empty_rules(DEFAULT_ID);
    SALES_RULES = empty_rules(SALES_ID);
    ACCOUNTS[0] = (account){.config = &RULES, .id = DEFAULT_ID, .bot_user_id = BOT, .bot_username = NAME};
    ACCOUNTS[1] =
        (account){.config = &SALES_RULES, .id = SALES_ID, .bot_user_id = SALES_BOT, .bot_username = SALES_ID};
    ACCOUNT_COUNT = 1;
    ANSWERS = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    journal_destroy(JOURNAL);
    journal_destroy(OTHER);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void on_answer(void *ctx, const char *text) {
    (void)ctx;
    ANSWERS++;
    char *said = words_in(WORDS_EN, text);
    snprintf(ANSWER, sizeof ANSWER, "%s", said);
    free(said);
}

static access_command every_slash(const char *text) {
    return *text == '/' ? ACCESS_ORDINARY : ACCESS_NO_COMMAND;
}

static void explain(const char *what) {
    why_world w = {.chat = &THE_CHAT,
                   .journal = JOURNAL,
                   .command = every_slash,
                   .account = account_at,
                   .hold = hold,
                   .release = release};
    ANSWERS = 0;
    why_explain(&w, what, on_answer, NULL);
    fake_clock_pass(LOOP, 1000);
    assert_int_equal(ANSWERS, 1);
}

static void expect(const char *part) {
    if (strstr(ANSWER, part) == NULL)
        fail_msg("“%s” lacks “%s”", ANSWER, part);
}

static void test_a_recorded_refusal(void **state) {
    record refused = {.state = RECORD_CLOSED, .reason = REASON_DM_NOT_LISTED};
    (void)state;
    fake_chat_add_post(POST_ID, "dm1", "alice", "", "hello");
    journal_note(JOURNAL, POST_ID, 0, &refused);
    fake_clock_pass(LOOP, 1000);
    explain("https://chat.example/team/pl/" POST_ID);
    expect("**refused** (`dm_policy_not_allowlisted`)");
    expect("`allowFrom`");
    assert_null(strstr(ANSWER, "hello"));
}

static void test_the_record_of_another_node(void **state) {
    record refused = {.state = RECORD_CLOSED, .reason = REASON_QUEUE_FULL};
    (void)state;
    fake_chat_add_post(POST_ID, "dm1", "alice", "", "hello");
    journal_note(OTHER, POST_ID, 0, &refused);
    fake_clock_pass(LOOP, 1000);
    json_add_string(FAKE.kv, "watermarks",
                    "{\"v\":1,\"nodes\":{\"n1\":{\"at\":1,\"boot\":\"\"},\"n2\":{\"at\":1,\"boot\":\"\"}}}");
    explain(POST_ID);
    expect("queue_full");
}

static void test_what_came_after_the_pairing_counts(void **state) {
    record refused = {.state = RECORD_CLOSED, .reason = REASON_PAIRING};
    record answered = {.state = RECORD_CLOSED, .reason = REASON_ANSWERED};
    (void)state;
    fake_chat_add_post(POST_ID, "dm1", "alice", "", "hello");
    journal_note(JOURNAL, POST_ID, 0, &refused);
    journal_note(JOURNAL, POST_ID ".paired", 0, &answered);
    fake_clock_pass(LOOP, 1000);
    explain(POST_ID);
    expect("**answered** (`answered`)");
}

static void test_without_a_record(void **state) {
    (void)state;
    fake_chat_add_post(POST_ID, "pub1", "alice", "", "nobody is meant");
    explain(POST_ID);
    expect("There is no record of it");
    expect("**ignored** (`no_mention`)");
    assert_int_equal(FAKE.outcome_count, 0);
}

// A command by somebody who may needs no mention: that is part of what would be decided.
static void test_a_command_without_a_record(void **state) {
    (void)state;
    RULES.text_commands = true;
    RULES.group_policy = GROUP_OPEN;
    fake_chat_add_post(POST_ID, "pub1", "alice", "", "/status");
    explain(POST_ID);
    expect("There is no record of it");
    assert_null(strstr(ANSWER, "no_mention"));
    RULES.text_commands = false;
    explain(POST_ID);
    expect("**ignored** (`no_mention`)");
}

static void test_each_account_has_its_paragraph(void **state) {
    record answered = {.state = RECORD_CLOSED, .reason = REASON_ANSWERED};
    (void)state;
    ACCOUNT_COUNT = 2;
    fake_chat_add_post(POST_ID, "pub1", "alice", "", "@sales hello");
    journal_note(JOURNAL, POST_ID ":sales", 0, &answered);
    fake_clock_pass(LOOP, 1000);
    explain(POST_ID);
    expect("@openclaw: There is no record");
    expect("@sales (account `sales`): **answered**");
}

static void test_what_cannot_be_explained(void **state) {
    (void)state;
    explain("nonsense");
    expect("Tell me which post");
    explain(POST_ID);
    expect("no such post");
    fake_chat_add_post(POST_ID, "dm1", "alice", "", "hello");
    ACCOUNT_COUNT = 0;
    explain(POST_ID);
    expect("No bot is at work");
    ACCOUNT_COUNT = 1;
    for (int k = 1; k <= 6; k++) { // whatever call fails: an answer
        FAKE.hold = true;
        why_world w = {
            .chat = &THE_CHAT, .journal = JOURNAL, .account = account_at, .hold = hold, .release = release};
        ANSWERS = 0;
        why_explain(&w, POST_ID, on_answer, NULL);
        for (int step = 1; step < 12 && HELD != NULL; step++) {
            FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
            FAKE.fail_next = step == k;
            held *first = HELD;
            HELD = first->next;
            answer_one(first);
        }
        FAKE.fail_next = 0;
        FAKE.hold = false;
        assert_int_equal(ANSWERS, 1);
    }
}

#define WHY_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_post_ids),
        cmocka_unit_test(test_every_reason_is_explained),
        cmocka_unit_test(test_what_changed_meanwhile_is_said),
        WHY_TEST(test_a_recorded_refusal),
        WHY_TEST(test_the_record_of_another_node),
        WHY_TEST(test_what_came_after_the_pairing_counts),
        WHY_TEST(test_without_a_record),
        WHY_TEST(test_a_command_without_a_record),
        WHY_TEST(test_each_account_has_its_paragraph),
        WHY_TEST(test_what_cannot_be_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
