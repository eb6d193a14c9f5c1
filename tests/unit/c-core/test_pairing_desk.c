// SPDX-License-Identifier: Apache-2.0
// Pairing from the first message to its answer: by button and by command, among two nodes, after a crash, and by people
// who may not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/pairing_bench.h"
#include "support/english.h"

// --- what stands where ---

static fake_posted *last_in(const char *channel_id) {
    fake_posted *found = NULL;
    for (size_t i = 0; i < FAKE.post_count; i++) {
        if (strcmp(FAKE.posts[i].channel_id, channel_id) == 0)
            found = &FAKE.posts[i];
    }
    return found;
}

static int count_in(const char *channel_id) {
    int count = 0;
    for (size_t i = 0; i < FAKE.post_count; i++)
        count += strcmp(FAKE.posts[i].channel_id, channel_id) == 0;
    return count;
}

static const cJSON *button(const fake_posted *p, int index) {
    const cJSON *attachment = cJSON_GetArrayItem(json_array(p->props, "attachments"), 0);
    return cJSON_GetArrayItem(json_array(attachment, "actions"), index);
}

// --- deciding ---

static char ANSWER[4096];
static int STATUS;

static void on_text(void *ctx, const char *text) {
    (void)ctx;
    snprintf(ANSWER, sizeof ANSWER, "%s", english_of(text));
}

static person somebody(const char *id, bool admin) {
    person p = {.admin = admin, .human = true};
    snprintf(p.id, sizeof p.id, "%s", id);
    snprintf(p.username, sizeof p.username, "%s", id);
    return p;
}

static void decide(node *n, const char *by, bool admin, const char *which, bool approve) {
    person p = somebody(by, admin);
    *ANSWER = '\0';
    pairing_desk_decide_code(n->desk, &p, which, approve, on_text, NULL);
    settle();
    assert_true(*ANSWER != '\0');
}

static void on_click(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    STATUS = status;
    snprintf(ANSWER, sizeof ANSWER, "%s%s", json_text(body, "ephemeral_text"), json_text(body, "error"));
}

static void click_with(node *n, const char *by, const cJSON *context) {
    cJSON *json = json_new_object();
    buf body;
    json_add_string(json, "user_id", "whoever");
    if (context != NULL)
        json_add(json, "context", cJSON_Duplicate(context, 1));
    buf_init(&body, 10000);
    assert_int_equal(json_print(json, &body), OC_OK);
    STATUS = 0;
    pairing_desk_click(n->desk, by, buf_bytes(&body), on_click, NULL);
    settle();
    buf_free(&body);
    cJSON_Delete(json);
    assert_int_not_equal(STATUS, 0);
}

static void click(node *n, const char *by, const fake_posted *p, int index) {
    click_with(n, by, json_get(json_get(button(p, index), "integration"), "context"));
}

// --- the tests ---

static void test_by_button(void **state) {
    (void)state;
    ask(&ONE, "post1");
    assert_false(LET_IN);
    code();
    fake_posted *note = last_in("dm-admin1");
    assert_non_null(note);
    assert_string_equal(note->user_id, BOT);
    assert_non_null(strstr(note->message, "@alice asks"));
    assert_non_null(strstr(note->message, code()));
    assert_string_equal(json_text(button(note, 0), "name"), "Approve");
    assert_string_equal(json_text(button(note, 1), "name"), "Deny");
    assert_string_equal(json_text(json_get(button(note, 0), "integration"), "url"),
                        "/plugins/openclaw/api/v1/pairing/decide");
    assert_int_equal(count_in("dm-admin2"), 1);
    char channel[64];
    snprintf(channel, sizeof channel, "dm-%s", CAROL);
    assert_int_equal(count_in(channel), 1);
    click(&TWO, "admin1", note, 0); // the request may reach another node
    assert_int_equal(STATUS, 200);
    assert_string_equal(ANSWER, "");
    assert_int_equal(RELEASES, 1);
    assert_string_equal(RELEASED, "post1");
    assert_string_equal(RELEASED_ACCOUNT, "default");
    assert_non_null(strstr(last_in("dm1")->message, "let in"));
    assert_string_equal(note->message, "#### @alice asked to talk to me\n\n**Approved** by @admin1.");
    assert_null(json_get(note->props, "attachments"));
    assert_non_null(json_get(note->props, "openclaw"));
    assert_string_equal(last_in("dm-admin2")->message, note->message);
}

static void test_by_command(void **state) {
    (void)state;
    ask(&ONE, "post1");
    decide(&TWO, "admin2", true, "nosuchco", true);
    assert_non_null(strstr(ANSWER, "no request with this code"));
    decide(&TWO, "admin2", true, code(), true);
    assert_non_null(strstr(ANSWER, "@alice may talk"));
    assert_int_equal(RELEASES, 1);
    assert_non_null(strstr(last_in("dm-admin1")->message, "by @admin2"));
    ask(&ONE, "post2"); // its node had not heard of it
    assert_true(LET_IN);
}

static void test_denied(void **state) {
    (void)state;
    ask(&ONE, "post1");
    char first[9];
    snprintf(first, sizeof first, "%s", code());
    click(&ONE, "admin1", last_in("dm-admin1"), 1);
    assert_int_equal(STATUS, 200);
    assert_int_equal(RELEASES, 0);
    assert_non_null(strstr(last_in("dm-admin2")->message, "**Denied** by @admin1"));
    decide(&TWO, "admin2", true, first, true);
    assert_non_null(strstr(ANSWER, "decided before"));
    assert_int_equal(RELEASES, 0);
    ask(&ONE, "post2");
    assert_string_equal(TEXT, ""); // they were told a moment ago
    fake_clock_pass(LOOP, PAIRING_TOLD_EVERY_MS);
    ask(&ONE, "post3");
    assert_non_null(strstr(TEXT, "not approved"));
    assert_false(LET_IN);
}

static void test_a_click_counts_once(void **state) {
    (void)state;
    ask(&ONE, "post1");
    cJSON *context =
        cJSON_Duplicate(json_get(json_get(button(last_in("dm-admin1"), 0), "integration"), "context"), 1);
    click_with(&ONE, "admin1", context);
    click_with(&TWO, "admin1", context);
    assert_int_equal(STATUS, 200);
    assert_non_null(strstr(ANSWER, "decided before"));
    assert_int_equal(RELEASES, 1);
    cJSON_Delete(context);
}

static void test_clicks_that_are_refused(void **state) {
    (void)state;
    ask(&ONE, "post1");
    const fake_posted *note = last_in("dm-admin1");
    click(&ONE, "", note, 0);
    assert_int_equal(STATUS, 401);
    click(&ONE, "admin2", note, 0); // made for admin1
    assert_int_equal(STATUS, 403);
    click(&ONE, ALICE, note, 0);
    assert_int_equal(STATUS, 403);
    cJSON *forged = cJSON_Duplicate(json_get(json_get(button(note, 1), "integration"), "context"), 1);
    cJSON_ReplaceItemInObjectCaseSensitive(forged, "choice", json_new_string("approve"));
    click_with(&ONE, "admin1", forged);
    assert_int_equal(STATUS, 403);
    cJSON_Delete(forged);
    click_with(&ONE, "admin1", NULL);
    assert_int_equal(STATUS, 400);
    static const char *const bodies[] = {
        "", "null", "[]", "7", "{}", "{\"context\":[]}", "{\"context\":{}} x", "\xff"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        STATUS = 0;
        pairing_desk_click(ONE.desk, "admin1", bytes_str(bodies[i]), on_click, NULL);
        settle();
        assert_int_equal(STATUS, 400);
    }
    static char large[PAIRING_CLICK_MAX_BYTES + 1];
    pairing_desk_click(ONE.desk, "admin1", bytes_of(large, sizeof large), on_click, NULL);
    assert_int_equal(STATUS, 413);
    assert_int_equal(RELEASES, 0);
}

// Carol is an approver by the settings; then no longer. Her rights are looked up when she clicks.
static void test_rights_count_at_the_click(void **state) {
    char channel[64];
    (void)state;
    snprintf(channel, sizeof channel, "dm-%s", CAROL);
    ask(&ONE, "post1");
    RULES.approvers = NULL;
    click(&ONE, CAROL, last_in(channel), 0);
    assert_int_equal(STATUS, 200);
    assert_non_null(strstr(ANSWER, "You may not decide"));
    assert_int_equal(RELEASES, 0);
    RULES.approvers = APPROVERS;
    click(&ONE, CAROL, last_in(channel), 0);
    assert_int_equal(RELEASES, 1);
}

static void test_who_may_not_command(void **state) {
    static const struct {
        const char *id;
        bool admin, human, name_matching, may;
    } rows[] = {
        {"admin1", true, true, false, true},
        {"mallory", false, true, false, false},
        {ALICE, false, true, false, false},
        {CAROL, false, true, false, true},
        {CAROL, false, false, false, false},
        {"idofdaveidofdaveidofdaveid", false, true, true, false}, // names never count here
        {ERIN, false, true, false, true}, // by an access group     {"", true, true, true, false},
        {"admin1", true, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        person p = somebody(rows[i].id, rows[i].admin);
        p.human = rows[i].human;
        snprintf(p.username, sizeof p.username, "%s", strncmp(p.id, "idofdave", 8) == 0 ? "dave" : p.id);
        RULES.name_matching = rows[i].name_matching;
        assert_int_equal(person_approves(&p, &RULES), rows[i].may);
        pairing_desk_list(ONE.desk, &p, on_text, NULL);
        settle();
        assert_int_equal(strstr(ANSWER, "You may not decide") == NULL, rows[i].may);
    }
}

static void test_approvers_of_one_account_do_not_decide_for_another(void **state) {
    person carol = somebody(CAROL, false), admin = somebody("admin1", true);
    (void)state;
    ask_about(&ONE, &ACCOUNTS[1], ALICE, "post1");
    decide(&ONE, CAROL, false, code(), true);
    assert_non_null(strstr(ANSWER, "You may not decide"));
    pairing_desk_list(ONE.desk, &carol, on_text, NULL);
    settle();
    assert_null(strstr(ANSWER, code()));
    pairing_desk_list(ONE.desk, &admin, on_text, NULL);
    settle();
    assert_non_null(strstr(ANSWER, code()));
    assert_non_null(strstr(ANSWER, "account `sales`"));
    decide(&ONE, "admin1", true, code(), true);
    assert_string_equal(RELEASED_ACCOUNT, "sales");
    ask(&ONE, "post2");
    assert_false(LET_IN); // not in the other account
}

static void test_an_approval_is_taken_back(void **state) {
    person admin = somebody("admin1", true), carol = somebody(CAROL, false);
    (void)state;
    ask(&ONE, "post1");
    decide(&ONE, "admin1", true, code(), true);
    ask_about(&ONE, &ACCOUNTS[1], ALICE, "post2");
    decide(&ONE, "admin1", true, code(), true);
    pairing_desk_list(TWO.desk, &admin, on_text, NULL);
    settle();
    assert_non_null(strstr(ANSWER, "Nobody asks"));
    assert_non_null(strstr(ANSWER, "so far: 2 ("));
    pairing_desk_remove(TWO.desk, &carol, ALICE, on_text, NULL); // she decides for one account only
    settle();
    assert_non_null(strstr(ANSWER, "may not talk to me any more"));
    assert_null(strstr(json_string(FAKE.kv, "pairings.default"), "\"u\":"));
    assert_non_null(strstr(json_string(FAKE.kv, "pairings.sales"), "\"u\":"));
    pairing_desk_remove(TWO.desk, &carol, "@nobody", on_text, NULL);
    settle();
    assert_non_null(strstr(ANSWER, "has not been let in"));
    person mallory = somebody("mallory", false);
    pairing_desk_remove(TWO.desk, &mallory, ALICE, on_text, NULL);
    assert_non_null(strstr(ANSWER, "You may not decide"));
    pairing_desk_remove(TWO.desk, &admin, ALICE, on_text, NULL);
    settle();
    assert_null(strstr(json_string(FAKE.kv, "pairings.sales"), "\"u\":"));
}

// Strangers cannot drown the approvers in messages.
static void test_many_who_ask(void **state) {
    char user[27], post[32];
    (void)state;
    for (int i = 0; i < 30; i++) {
        snprintf(user, sizeof user, "u%025d", i);
        snprintf(post, sizeof post, "post%d", i);
        ask_about(&ONE, &ACCOUNTS[0], user, post);
        code(); // each has one
    }
    assert_int_equal(count_in("dm-admin1"), 20);
    assert_non_null(strstr(last_in("dm-admin1")->message, "Many people ask just now"));
    fake_clock_pass(LOOP, 600 * 1000);
    ask_about(&ONE, &ACCOUNTS[0], ALICE, "another");
    assert_int_equal(count_in("dm-admin1"), 21);
}

static void test_an_expired_request(void **state) {
    (void)state;
    ask(&ONE, "post1");
    fake_clock_pass(LOOP, PAIRING_LIVES_MS);
    click(&ONE, "admin1", last_in("dm-admin1"), 0);
    assert_int_equal(STATUS, 200);
    assert_non_null(strstr(ANSWER, "has ended"));
    assert_non_null(strstr(last_in("dm-admin2")->message, "nobody decided"));
    assert_null(json_get(last_in("dm-admin2")->props, "attachments"));
    assert_int_equal(RELEASES, 0);
}

// The process dies between the approval and everything that follows.
static void test_after_a_crash(void **state) {
    (void)state;
    ask(&ONE, "post1");
    char first[9];
    snprintf(first, sizeof first, "%s", code());
    FAKE.fail_call = "create_post";
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    FAKE.fail_next = 100;
    person admin = somebody("admin1", true);
    pairing_desk_decide_code(ONE.desk, &admin, first, true, on_text, NULL);
    for (int i = 0; i < 20; i++)
        loop_step(LOOP, 0);
    stop(&ONE);
    assert_int_equal(RELEASES, 0);
    FAKE.fail_next = 0;
    fake_clock_pass(LOOP, 20000);
    start(&ONE, "n1");
    settle();
    assert_int_equal(RELEASES, 1);
    assert_non_null(strstr(last_in("dm1")->message, "let in"));
    // Before the answer is out it dies once more; the person is not told twice.
    int posts = count_in("dm1");
    stop(&ONE);
    start(&ONE, "n1");
    settle();
    assert_int_equal(RELEASES, 2); // the journal of turns sees to it that it is answered once
    assert_int_equal(count_in("dm1"), posts);
}

static void test_a_released_message_is_settled_when_it_is_answered(void **state) {
    (void)state;
    ask(&ONE, "post1");
    int64_t asked_ms = FAKE_NOW_MS - 3000;
    decide(&ONE, "admin1", true, code(), true);
    assert_non_null(strstr(json_string(FAKE.kv, "pairings.default"), "\"owed\":true"));
    record closed = {.state = RECORD_CLOSED, .reason = REASON_ANSWERED, .parts = 1};
    journal_note(ONE.journal, "post1.paired", asked_ms, &closed);
    fake_clock_pass(LOOP, 60000);
    assert_non_null(strstr(json_string(FAKE.kv, "pairings.default"), "\"owed\":false"));
    stop(&ONE);
    start(&ONE, "n1");
    settle();
    assert_int_equal(RELEASES, 1);
}

static void test_a_deleted_message_is_not_answered(void **state) {
    (void)state;
    ask(&ONE, "post1");
    fake_chat_post("post1")->deleted = true;
    decide(&ONE, "admin1", true, code(), true);
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(RELEASES, 0);
    assert_null(strstr(json_string(FAKE.kv, "pairings.default"), "\"owed\":true"));
}

static void test_two_nodes_decide_at_once(void **state) {
    person one = somebody("admin1", true), two = somebody("admin2", true);
    (void)state;
    ask(&ONE, "post1");
    char first[9];
    snprintf(first, sizeof first, "%s", code());
    pairing_desk_decide_code(ONE.desk, &one, first, true, on_text, NULL);
    pairing_desk_decide_code(TWO.desk, &two, first, false, on_text, NULL);
    settle();
    assert_true(RELEASES <= 1);
    bool approved = strstr(json_string(FAKE.kv, "pairings.default"), "\"status\":\"approved\"") != NULL;
    assert_int_equal(RELEASES, approved);
    assert_non_null(strstr(last_in("dm-admin1")->message, approved ? "**Approved**" : "**Denied**"));
    assert_string_equal(last_in("dm-admin1")->message, last_in("dm-admin2")->message);
}

static void test_a_store_that_is_down(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    FAKE.fail_next = 100000;
    int before = TOLD;
    chat_post post = {
        .id = "p", .channel_id = "dm", .user_id = ALICE, .root_id = "", .message = "", .type = ""};
    pairing_desk_ask(ONE.desk, &ACCOUNTS[0], &post, "", on_asked, NULL);
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(TOLD, before + 1);
    assert_false(LET_IN);
    assert_non_null(strstr(TEXT, "could not note"));
    person admin = somebody("admin1", true);
    pairing_desk_list(ONE.desk, &admin, on_text, NULL);
    fake_clock_pass(LOOP, 30000);
    assert_non_null(strstr(ANSWER, "store"));
    FAKE.fail_next = 0;
}

// Whatever call fails: the person gets an answer, and nobody is let in who was not approved.
static void test_a_failure_at_each_step(void **state) {
    (void)state;
    for (int k = 0; k < 30; k++) {
        char user[27], post[32];
        snprintf(user, sizeof user, "u%025d", k);
        snprintf(post, sizeof post, "post%d", k);
        FAKE.hold = true;
        chat_post p = {.id = post,
                       .channel_id = "dm",
                       .user_id = user,
                       .root_id = "",
                       .message = "",
                       .type = "",
                       .create_at_ms = FAKE_NOW_MS};
        int before = TOLD;
        pairing_desk_ask(ONE.desk, &ACCOUNTS[0], &p, "alice", on_asked, NULL);
        for (int step = 0; step < 60; step++) {
            FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
            FAKE.fail_next = step == k;
            if (HELD != NULL) {
                held *first = HELD;
                HELD = first->next;
                answer_one(first);
            }
            fake_clock_pass(LOOP, 500);
        }
        FAKE.fail_next = 0;
        FAKE.hold = false;
        fake_chat_answer_all();
        settle();
        assert_int_equal(TOLD, before + 1);
        assert_false(LET_IN);
    }
}

// Approvers and who asks read their own language; what stands is closed in the language that it has.
static void test_each_in_their_language(void **state) {
    static char german[] = "deutschdeutschdeutschdeuts";
    char *approvers[] = {german, NULL};
    (void)state;
    RULES.approvers = approvers;
    ask_about(&ONE, &ACCOUNTS[0], "deutsch1", "post1");
    fake_posted *note = last_in("dm-deutschdeutschdeutschdeuts");
    assert_non_null(note);
    assert_non_null(strstr(note->message, "@alice möchte mit mir sprechen"));
    assert_string_equal(json_text(button(note, 0), "name"), "Zulassen");
    assert_non_null(strstr(last_in("dm-admin1")->message, "@alice asks to talk"));
    cJSON *context = cJSON_Duplicate(json_get(json_get(button(note, 0), "integration"), "context"), true);
    FAKE.info.locale = "fr";
    click(&TWO, "admin1", last_in("dm-admin1"), 0);
    assert_string_equal(note->message, "#### @alice wollte mit mir sprechen\n\n**Zugelassen** von @admin1.");
    assert_non_null(strstr(last_in("dm-admin1")->message, "**Approved** by @admin1"));
    assert_non_null(strstr(last_in("dm1")->message, "Du wurdest zugelassen"));
    click_with(&TWO, german, context); // on a screen that shows the buttons still
    cJSON_Delete(context);
    assert_string_equal(ANSWER, "Das wurde schon entschieden: Die Anfrage von @alice wurde zugelassen.");
}

#define DESK_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_by_button),
        DESK_TEST(test_by_command),
        DESK_TEST(test_each_in_their_language),
        DESK_TEST(test_denied),
        DESK_TEST(test_a_click_counts_once),
        DESK_TEST(test_clicks_that_are_refused),
        DESK_TEST(test_rights_count_at_the_click),
        DESK_TEST(test_who_may_not_command),
        DESK_TEST(test_approvers_of_one_account_do_not_decide_for_another),
        DESK_TEST(test_an_approval_is_taken_back),
        DESK_TEST(test_many_who_ask),
        DESK_TEST(test_an_expired_request),
        DESK_TEST(test_after_a_crash),
        DESK_TEST(test_a_released_message_is_settled_when_it_is_answered),
        DESK_TEST(test_a_deleted_message_is_not_answered),
        DESK_TEST(test_two_nodes_decide_at_once),
        DESK_TEST(test_a_store_that_is_down),
        DESK_TEST(test_a_failure_at_each_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
