// SPDX-License-Identifier: Apache-2.0
// Pairings in the store: two nodes at once, a store that fails, values that are damaged.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "store/pairings.h"

#include <stdio.h>

static loop *LOOP;
static pairings *P, *OTHER; // two nodes with one store

typedef struct work {
    const char *key, *user, *by; // by NULL: the user asks
    bool approve;
    pairing_answer answer;
    pairing_verdict verdict;
    oc_err err;
    int done;
} work;

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    P = pairings_create(LOOP, c);
    OTHER = pairings_create(LOOP, c);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pairings_destroy(P);
    pairings_destroy(OTHER);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static bool change_it(void *ctx, pairing_state *s, int64_t now_ms) {
    work *w = ctx;
    bool tell = false;
    const pairing_request *r = NULL;
    if (w->by != NULL) {
        pairing_deciding what = {.key = w->key, .approve = w->approve, .by = w->by, .node = "n"};
        w->verdict = pairing_decide(s, &what, now_ms);
        return w->verdict == PAIRING_DECIDED;
    }
    pairing_asking asking = {.user_id = w->user,
                             .name = w->user,
                             .post_id = w->key,
                             .channel_id = "dm",
                             .key = w->key,
                             .code = "ABCDEFGH"};
    w->answer = pairing_ask(s, &asking, now_ms, &tell, &r);
    return w->answer == PAIRING_NEW;
}

static void on_done(void *ctx, oc_err err, const pairing_state *s) {
    work *w = ctx;
    w->done++;
    w->err = err;
    assert_true((s != NULL) == (err == OC_OK));
}

static void on_flag(void *ctx, oc_err err, bool approved) {
    assert_false(err != OC_OK && approved);
    *(int *)ctx = approved;
}

static int approved(pairings *p, const char *user) {
    int flag = -1;
    pairings_is_approved(p, "default", user, on_flag, &flag);
    fake_clock_pass(LOOP, 20000);
    return flag;
}

static void begin(pairings *p, work *w) {
    pairings_change(p, "default", change_it, on_done, w);
}

static void run(pairings *p, work *w) {
    begin(p, w);
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(w->done, 1);
}

static void test_ask_and_approve_on_two_nodes(void **state) {
    work ask = {.key = "k1", .user = "alice"}, yes = {.key = "k1", .by = "admin", .approve = true};
    (void)state;
    assert_int_equal(approved(P, "alice"), 0);
    run(P, &ask);
    assert_int_equal(ask.answer, PAIRING_NEW);
    run(OTHER, &yes);
    assert_int_equal(yes.verdict, PAIRING_DECIDED);
    assert_int_equal(approved(OTHER, "alice"), 1);
    fake_clock_pass(LOOP, PAIRINGS_FRESH_MS);
    assert_int_equal(approved(P, "alice"), 1);
    assert_int_equal(approved(P, "bob"), 0);
}

static void test_what_grants_a_right_is_at_most_30_s_old(void **state) {
    work ask = {.key = "k1", .user = "alice"}, yes = {.key = "k1", .by = "admin", .approve = true};
    int flag = -1;
    (void)state;
    run(P, &ask);
    run(P, &yes);                                                         // 20 s pass
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "pairings.default"); // taken back by another node
    int calls = FAKE.calls;
    pairings_is_approved(P, "default", "alice", on_flag, &flag);
    assert_int_equal(flag, 1);
    assert_int_equal(FAKE.calls, calls); // not every message asks the store
    fake_clock_pass(LOOP, PAIRINGS_FRESH_MS);
    pairings_is_approved(P, "default", "alice", on_flag, &flag);
    assert_int_equal(flag, 0);
}

// One approves while the other denies: both have read before either writes.
static void test_one_of_two_deciders_wins(void **state) {
    work ask = {.key = "k1", .user = "alice"};
    work yes = {.key = "k1", .by = "admin1", .approve = true}, no = {.key = "k1", .by = "admin2"};
    (void)state;
    run(P, &ask);
    FAKE.hold = true;
    begin(P, &yes);
    begin(OTHER, &no);
    held *first = HELD, *second = HELD->next;
    HELD = NULL;
    answer_one(first); // reads; its write waits
    answer_one(second);
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(yes.done + no.done, 2);
    assert_int_equal(yes.verdict, PAIRING_DECIDED);
    assert_int_equal(no.verdict, PAIRING_EARLIER);
    fake_clock_pass(LOOP, PAIRINGS_FRESH_MS);
    assert_int_equal(approved(OTHER, "alice"), 1);
}

static void test_many_at_once_all_get_in(void **state) {
    work asks[100];
    char keys[100][16], users[100][16];
    (void)state;
    FAKE.hold = true;
    for (int i = 0; i < 100; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        snprintf(users[i], sizeof users[i], "u%d", i);
        asks[i] = (work){.key = keys[i], .user = users[i]};
        begin(P, &asks[i]);
    }
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 20000);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(asks[i].done, 1);
        assert_int_equal(asks[i].answer, PAIRING_NEW);
    }
}

static void test_a_passing_trouble_is_no_loss(void **state) {
    work ask = {.key = "k1", .user = "alice"};
    (void)state;
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 3;
    run(P, &ask);
    assert_int_equal(ask.err, OC_OK);
    assert_int_equal(ask.answer, PAIRING_NEW);
}

static void test_a_store_that_is_down(void **state) {
    work ask = {.key = "k1", .user = "alice"};
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    FAKE.fail_next = 1000;
    run(P, &ask);
    assert_int_equal(ask.err, OC_EREMOTE);
    assert_int_equal(approved(P, "alice"), 0);
    FAKE.fail_next = 0;
    ask.done = 0;
    run(P, &ask);
    assert_int_equal(ask.err, OC_OK);
}

static void test_a_damaged_value_is_kept_aside(void **state) {
    work ask = {.key = "k1", .user = "bob"};
    (void)state;
    json_add_string(FAKE.kv, "pairings.default", "{\"v\":1,\"approved\":[3,{\"u\":\"alice\",\"by\":\"x\"}]}");
    assert_int_equal(approved(P, "alice"), 1);
    assert_null(json_get(FAKE.kv, "pairings.default.unreadable"));
    run(P, &ask);
    assert_int_equal(ask.answer, PAIRING_NEW);
    assert_non_null(json_get(FAKE.kv, "pairings.default.unreadable"));
    assert_int_equal(approved(P, "alice"), 1);
}

static void test_accounts_are_apart(void **state) {
    work ask = {.key = "k1", .user = "alice"}, yes = {.key = "k1", .by = "admin", .approve = true};
    char name[200];
    int flag = -1;
    (void)state;
    run(P, &ask);
    run(P, &yes);
    pairings_is_approved(P, "sales", "alice", on_flag, &flag);
    assert_int_equal(flag, 0);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    work far = {.key = "k1", .user = "alice"};
    pairings_change(P, name, change_it, on_done, &far);
    assert_int_equal(far.done, 1);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, FAKE.kv) assert_true(strlen(item->string) <= 50);
}

static void test_its_end_ends_what_waits(void **state) {
    work ask = {.key = "k1", .user = "alice"};
    int flag = -1;
    (void)state;
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 1000;
    begin(P, &ask);
    pairings_is_approved(P, "default", "alice", on_flag, &flag);
    pairings_destroy(P);
    P = NULL;
    assert_int_equal(ask.done, 1);
    assert_int_equal(ask.err, OC_ECLOSED);
    assert_int_equal(flag, 0);
}

#define PAIRINGS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIRINGS_TEST(test_ask_and_approve_on_two_nodes),
        PAIRINGS_TEST(test_what_grants_a_right_is_at_most_30_s_old),
        PAIRINGS_TEST(test_one_of_two_deciders_wins),
        PAIRINGS_TEST(test_many_at_once_all_get_in),
        PAIRINGS_TEST(test_a_passing_trouble_is_no_loss),
        PAIRINGS_TEST(test_a_store_that_is_down),
        PAIRINGS_TEST(test_a_damaged_value_is_kept_aside),
        PAIRINGS_TEST(test_accounts_are_apart),
        PAIRINGS_TEST(test_its_end_ends_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
