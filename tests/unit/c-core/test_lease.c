// SPDX-License-Identifier: Apache-2.0
// The lease: two nodes with one store, a store that fails or is behind, processes that die.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "store/lease.h"

typedef struct node {
    lease *lease;
    bool works;
    int held, lost;
} node;

static loop *LOOP;
static node A, B;

static void on_held(void *ctx) {
    node *n = ctx;
    assert_false(n->works);
    n->works = true;
    n->held++;
}

static void on_lost(void *ctx) {
    node *n = ctx;
    assert_true(n->works);
    n->works = false;
    n->lost++;
}

static void start(node *n, const char *name, bool clustered) {
    static const lease_events events = {.held = on_held, .lost = on_lost};
    *n = (node){.lease = lease_create(LOOP, &THE_CHAT, name, &events, n)};
    lease_start(n->lease, clustered);
}

static void die(node *n) {
    lease_destroy(n->lease);
    *n = (node){0};
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    A = B = (node){0};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    die(&A);
    die(&B);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

// Never two at once, at any step.
static void pass(int64_t ms) {
    for (int64_t at = 0; at < ms; at += 500) {
        fake_clock_pass(LOOP, 500);
        bool a = A.lease != NULL && lease_held(A.lease), b = B.lease != NULL && lease_held(B.lease);
        assert_false(a && b);
    }
}

static void test_one_of_two(void **state) {
    (void)state;
    start(&A, "a", true);
    start(&B, "b", true);
    pass(600000);
    assert_int_equal(A.held + B.held, 1);
    assert_int_equal(A.lost + B.lost, 0);
    assert_true(A.works && lease_held(A.lease));
}

static void test_taken_over(void **state) {
    (void)state;
    start(&A, "a", true);
    start(&B, "b", true);
    pass(20000);
    die(&A);
    pass(LEASE_LIVES_MS - LEASE_RENEW_MS - LEASE_WATCH_MS - 1000);
    assert_false(B.works); // it may be alive
    pass(LEASE_RENEW_MS + 2 * LEASE_WATCH_MS + 1000);
    assert_true(B.works);
    start(&A, "a", true); // and back: it waits
    pass(300000);
    assert_false(A.works);
}

static void test_given_back(void **state) {
    (void)state;
    start(&A, "a", true);
    start(&B, "b", true);
    pass(20000);
    lease_release(A.lease);
    assert_false(A.works);
    pass(LEASE_WATCH_MS + 1000);
    assert_true(B.works);
}

// The process before this one on the same node is dead.
static void test_the_same_node(void **state) {
    (void)state;
    start(&A, "a", true);
    pass(20000);
    die(&A);
    start(&A, "a", true);
    pass(1000);
    assert_true(A.works);
}

// Two hosts of the same name do not take it from each other for ever.
static void test_the_same_name(void **state) {
    (void)state;
    start(&A, "a", true);
    fake_clock_pass(LOOP, 1000);
    start(&B, "a", true);
    fake_clock_pass(LOOP, 2 * LEASE_RENEW_MS); // until the first one hears of it
    pass(300000);
    assert_int_equal(A.lost + B.lost, 1);
    assert_int_equal(A.held + B.held, 2);
}

static void test_the_store_fails(void **state) {
    (void)state;
    start(&A, "a", true);
    start(&B, "b", true);
    pass(15000);
    FAKE.fail_next = 1000000;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    pass(LEASE_HOLDS_MS + 2000);
    assert_false(A.works); // it cannot know that nobody else has it
    assert_int_equal(A.lost, 1);
    FAKE.fail_next = 0;
    pass(2 * LEASE_LIVES_MS);
    assert_int_equal(A.works + B.works, 1);
}

static void test_no_answers(void **state) {
    (void)state;
    start(&A, "a", true);
    pass(15000);
    FAKE.hold = true;
    pass(LEASE_HOLDS_MS + 1000);
    assert_false(A.works);
    FAKE.hold = false;
    fake_chat_answer_all();
    pass(2 * LEASE_LIVES_MS);
    assert_true(A.works);
}

static void test_damaged(void **state) {
    (void)state;
    cJSON_AddItemToObject(FAKE.kv, LEASE_KEY, cJSON_CreateString("garbage"));
    start(&A, "a", true);
    pass(1000);
    assert_true(A.works);
}

static void test_without_a_cluster(void **state) {
    (void)state;
    start(&A, "a", false);
    pass(1000);
    assert_true(A.works);
    int calls = FAKE.calls;
    assert_true(calls <= 2);
    pass(3600000);
    assert_int_equal(FAKE.calls, calls); // it costs nothing
    lease_check(A.lease);
    pass(1000);
    assert_true(A.works);
    start(&B, "b", false); // a new server beside the old one
    fake_clock_pass(LOOP, 1000);
    assert_true(B.works);
    lease_check(A.lease);
    fake_clock_pass(LOOP, 1000);
    assert_false(A.works);
    assert_true(lease_held(B.lease));
}

static void test_a_cluster_later(void **state) {
    (void)state;
    start(&A, "a", false);
    pass(100000);
    lease_start(A.lease, true);
    start(&B, "b", true);
    pass(100000);
    assert_true(A.works && lease_held(A.lease));
    assert_false(B.works);
}

int main(void) {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_one_of_two),      TEST(test_taken_over),    TEST(test_given_back),
        TEST(test_the_same_node),   TEST(test_the_same_name), TEST(test_the_store_fails),
        TEST(test_no_answers),      TEST(test_damaged),       TEST(test_without_a_cluster),
        TEST(test_a_cluster_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
