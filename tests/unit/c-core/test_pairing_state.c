// SPDX-License-Identifier: Apache-2.0
// The rules of pairing on a value: codes, times, limits, decisions, and the stored form.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/random.h"
#include "store/pairing_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1000000000, MINUTE = 60000, HOUR = 60 * MINUTE };
static pairing_state *S;
static int KEYS;
static const char *POST; // that asks; NULL: another one each time

static int set_up(void **state) {
    bool damaged = false;
    (void)state;
    S = pairing_state_read(bytes_str("{\"v\":1}"), &damaged);
    assert_false(damaged);
    KEYS = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pairing_state_destroy(S);
    return 0;
}

static pairing_answer ask_as(const char *user, int64_t now_ms, bool *tell, const pairing_request **r) {
    char key[PAIRING_KEY_BYTES], code[PAIRING_CODE_LENGTH + 1];
    snprintf(key, sizeof key, "key%d", ++KEYS);
    snprintf(code, sizeof code, "ABCD%04d", KEYS);
    pairing_asking asking = {.user_id = user,
                             .name = user,
                             .post_id = POST != NULL ? POST : key,
                             .channel_id = "dm",
                             .post_at_ms = now_ms - 5,
                             .key = key,
                             .code = code};
    pairing_state_expire(S, now_ms);
    return pairing_ask(S, &asking, now_ms, tell, r);
}

static pairing_verdict decide(const char *key, bool approve, const char *by, int64_t now_ms) {
    pairing_deciding what = {.key = key, .approve = approve, .by = by, .node = "n1"};
    return pairing_decide(S, &what, now_ms);
}

static pairing_answer ask(const char *user, int64_t now_ms) {
    bool tell = false;
    const pairing_request *r = NULL;
    return ask_as(user, now_ms, &tell, &r);
}

static void test_repeats_give_the_same_code(void **state) {
    bool tell = false;
    const pairing_request *r = NULL;
    (void)state;
    assert_int_equal(ask_as("alice", NOW, &tell, &r), PAIRING_NEW);
    assert_true(tell);
    assert_string_equal(r->code, "ABCD0001");
    assert_int_equal(ask_as("alice", NOW + 9 * MINUTE, &tell, &r), PAIRING_REPEATED);
    assert_false(tell);
    assert_string_equal(r->code, "ABCD0001");
    assert_int_equal(r->seen_ms, NOW + 9 * MINUTE);
    assert_int_equal(ask_as("alice", NOW + 10 * MINUTE, &tell, &r), PAIRING_REPEATED);
    assert_true(tell);
    assert_int_equal(ask_as("alice", NOW + 11 * MINUTE, &tell, &r), PAIRING_REPEATED);
    assert_false(tell);
    assert_string_equal(r->post_id, "key1");
    assert_int_equal(r->post_at_ms, NOW - 5); // the first message stays the one to be answered
}

static void test_a_request_lives_an_hour(void **state) {
    bool tell = false;
    const pairing_request *r = NULL;
    (void)state;
    ask("alice", NOW);
    assert_int_equal(ask_as("alice", NOW + HOUR - 1, &tell, &r), PAIRING_REPEATED);
    assert_true(pairing_is_live(r, NOW + HOUR - 1));
    assert_false(pairing_is_live(r, NOW + HOUR));
    assert_int_equal(ask_as("alice", NOW + HOUR, &tell, &r), PAIRING_NEW);
    assert_true(tell);
    assert_string_equal(r->code, "ABCD0003");
    assert_int_equal(pairing_count(S), 1);
}

static void test_five_codes_a_day(void **state) {
    bool tell = false;
    const pairing_request *r = NULL;
    (void)state;
    for (int i = 0; i < PAIRING_CODES_A_DAY; i++)
        assert_int_equal(ask("alice", NOW + i * HOUR), PAIRING_NEW);
    assert_int_equal(ask_as("alice", NOW + 5 * HOUR, &tell, &r), PAIRING_TOO_MANY);
    assert_true(tell);
    assert_null(r);
    assert_int_equal(ask_as("alice", NOW + 5 * HOUR + 1, &tell, &r), PAIRING_TOO_MANY);
    assert_false(tell);
    assert_int_equal(ask("bob", NOW + 5 * HOUR), PAIRING_NEW); // others are not concerned
    assert_int_equal(ask("alice", NOW + 24 * HOUR), PAIRING_NEW);
}

static void test_strangers_do_not_block_others(void **state) {
    bool tell = false;
    const pairing_request *r = NULL;
    char name[32];
    (void)state;
    for (int i = 0; i < PAIRING_PENDING_MAX + 50; i++) {
        snprintf(name, sizeof name, "stranger%d", i);
        assert_int_equal(ask(name, NOW + i), PAIRING_NEW);
    }
    assert_int_equal(ask_as("alice", NOW + 1000, &tell, &r), PAIRING_NEW);
    assert_int_equal(pairing_count(S), PAIRING_PENDING_MAX);
    assert_string_equal(pairing_at(S, 0)->user_id, "stranger51"); // the oldest gave way
    for (int hour = 1; hour < 24; hour++) {
        for (int i = 0; i < PAIRING_PENDING_MAX; i++) {
            snprintf(name, sizeof name, "s%d-%d", hour, i);
            ask(name, NOW + hour * HOUR + i);
        }
        assert_true(pairing_count(S) <= PAIRING_REQUESTS_MAX);
    }
}

static void test_decisions(void **state) {
    (void)state;
    ask("alice", NOW);
    ask("bob", NOW);
    assert_int_equal(decide("key9", true, "admin", NOW), PAIRING_UNKNOWN);
    assert_int_equal(decide("key1", true, "admin", NOW + 1), PAIRING_DECIDED);
    assert_int_equal(decide("key1", true, "admin", NOW + 1),
                     PAIRING_DECIDED); // the write came twice
    assert_int_equal(decide("key1", false, "admin", NOW + 1), PAIRING_EARLIER);
    assert_int_equal(decide("key1", true, "other", NOW + 2), PAIRING_EARLIER);
    assert_true(pairing_is_approved(S, "alice"));
    assert_false(pairing_is_approved(S, "bob"));
    assert_true(pairing_find_key(S, "key1")->owed);
    assert_int_equal(ask("alice", NOW + 3), PAIRING_IS_IN);
    assert_int_equal(decide("key2", false, "admin", NOW + 2), PAIRING_DECIDED);
    assert_false(pairing_is_approved(S, "bob"));
    assert_false(pairing_find_key(S, "key2")->owed);
    assert_int_equal(decide("key2", true, "admin", NOW + 4), PAIRING_EARLIER);
    assert_int_equal(ask("bob", NOW + MINUTE), PAIRING_TURNED_DOWN);
    assert_int_equal(ask("bob", NOW + HOUR), PAIRING_NEW);
}

static void test_too_late(void **state) {
    (void)state;
    ask("alice", NOW);
    assert_int_equal(decide("key1", true, "admin", NOW + HOUR), PAIRING_EXPIRED);
    assert_false(pairing_is_approved(S, "alice"));
}

static void test_approvals_have_a_maximum(void **state) {
    char name[32], key[16];
    (void)state;
    for (int i = 0; i < PAIRING_APPROVED_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        ask(name, NOW + i);
        snprintf(key, sizeof key, "key%d", KEYS);
        assert_int_equal(decide(key, true, "admin", NOW + i), PAIRING_DECIDED);
        assert_true(pairing_settle(S, key));
    }
    ask("onemore", NOW + 5000);
    snprintf(key, sizeof key, "key%d", KEYS);
    assert_int_equal(decide(key, true, "admin", NOW + 5000), PAIRING_FULL);
    assert_true(pairing_is_live(pairing_find_key(S, key), NOW + 5000));
    assert_true(pairing_withdraw(S, "user7"));
    assert_false(pairing_withdraw(S, "user7"));
    assert_int_equal(decide(key, true, "admin", NOW + 5001), PAIRING_DECIDED);
}

static void test_the_same_post_asks_once(void **state) {
    bool tell = false;
    const pairing_request *r = NULL;
    (void)state;
    POST = "post";
    assert_int_equal(ask_as("alice", NOW, &tell, &r), PAIRING_NEW);
    assert_int_equal(ask_as("alice", NOW + 1000, &tell, &r),
                     PAIRING_NEW); // by the process after one that died
    assert_true(tell);
    assert_string_equal(r->code, "ABCD0001");
    assert_int_equal(r->codes, 1);
    POST = NULL;
}

static void test_what_is_owed_is_kept(void **state) {
    (void)state;
    ask("alice", NOW);
    decide("key1", true, "admin", NOW);
    pairing_state_expire(S, NOW + 23 * HOUR);
    assert_int_equal(pairing_count(S), 1);
    assert_true(pairing_find_key(S, "key1")->owed);
    assert_true(pairing_settle(S, "key1"));
    assert_false(pairing_settle(S, "key1"));
    pairing_state_expire(S, NOW + 100 * HOUR);
    assert_int_equal(pairing_count(S), 0);
    assert_true(pairing_is_approved(S, "alice"));
}

static void test_codes(void **state) {
    (void)state;
    ask("alice", NOW);
    assert_string_equal(pairing_find_code(S, "abcd0001", NOW)->user_id, "alice");
    assert_null(pairing_find_code(S, "ABCD0002", NOW));
    assert_null(pairing_find_code(S, "", NOW));
    uint8_t random[PAIRING_CODE_LENGTH] = {0, 31, 32, 255, 1, 25, 26, 128};
    char code[PAIRING_CODE_LENGTH + 1];
    pairing_make_code(random, code);
    assert_string_equal(code, "A9A9B34A");
}

static pairing_state *written_and_read(void) {
    buf out;
    bool damaged = true;
    buf_init(&out, PAIRING_VALUE_MAX_BYTES);
    assert_int_equal(pairing_state_write(S, &out), OC_OK);
    pairing_state *read = pairing_state_read(buf_bytes(&out), &damaged);
    assert_false(damaged);
    buf again;
    buf_init(&again, PAIRING_VALUE_MAX_BYTES);
    assert_int_equal(pairing_state_write(read, &again), OC_OK);
    assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&again)));
    buf_free(&out);
    buf_free(&again);
    return read;
}

static void test_the_stored_form_holds_everything(void **state) {
    (void)state;
    ask("alice", NOW);
    ask("bob", NOW + 1);
    ask("carol", NOW + 2);
    decide("key1", true, "admin", NOW + 3);
    decide("key2", false, "admin", NOW + 4);
    assert_true(pairing_add_note(S, "key3", "note1"));
    assert_true(pairing_add_note(S, "key3", "note1"));
    assert_true(pairing_add_note(S, "key3", "note2"));
    assert_false(pairing_add_note(S, "key9", "note2"));
    pairing_state *read = written_and_read();
    assert_int_equal(pairing_count(read), 3);
    assert_true(pairing_find_key(read, "key1")->owed);
    assert_int_equal(pairing_find_key(read, "key2")->status, PAIRING_DENIED);
    assert_string_equal(pairing_find_key(read, "key2")->decided_by, "admin");
    assert_int_equal(pairing_find_key(read, "key3")->note_count, 2);
    assert_string_equal(pairing_find_key(read, "key3")->notes[1], "note2");
    assert_int_equal(pairing_approved_count(read), 1);
    assert_string_equal(pairing_approved_at(read, 0), "alice");
    pairing_state_destroy(read);
}

// A full state must fit: every list at its maximum, texts as long as they may be.
static void test_the_largest_state_fits(void **state) {
    char name[PAIRING_ID_BYTES], key[16];
    (void)state;
    for (int i = 0; i < PAIRING_APPROVED_MAX; i++) {
        snprintf(name, sizeof name, "user%022d", i);
        ask(name, NOW + i);
        snprintf(key, sizeof key, "key%d", KEYS);
        for (int note = 0; note < PAIRING_NOTES_MAX + 3; note++) {
            char id[PAIRING_ID_BYTES];
            snprintf(id, sizeof id, "note%022d", note);
            pairing_add_note(S, key, id);
        }
        decide(key, true, "adminadminadminadminadmina", NOW + i);
    }
    assert_int_equal(pairing_count(S), PAIRING_REQUESTS_MAX);
    pairing_state_destroy(written_and_read());
}

static void test_broken_values(void **state) {
    static const char *const values[] = {
        "",
        "garbage",
        "[]",
        "null",
        "{}",
        "{\"v\":2,\"approved\":[{\"u\":\"mallory\"}]}",
        "{\"v\":\"1\"}",
        "{\"v\":1,\"approved\":[7,null,{\"u\":5},{\"u\":\"a-name-that-is-much-longer-than-an-id\"}]}",
        "{\"v\":1,\"requests\":[{},{\"key\":\"k\",\"code\":\"c\",\"user\":\"mallory\",\"status\":\"king\"}]}",
        "{\"v\":1,\"requests\":[{\"key\":\"k\",\"code\":\"\",\"user\":\"mallory\",\"status\":\"pending\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        bool damaged = false;
        pairing_state *s = pairing_state_read(bytes_str(values[i]), &damaged);
        assert_true(damaged);
        assert_int_equal(pairing_count(s), 0);
        assert_int_equal(pairing_approved_count(s), 0);
        assert_false(pairing_is_approved(s, "mallory"));
        pairing_state_destroy(s);
    }
    bool damaged = false;
    pairing_state *s = pairing_state_read(
        bytes_str("{\"v\":1,\"approved\":[7,{\"u\":\"alice\",\"by\":\"admin\",\"at\":5}],\"later\":{}}"),
        &damaged);
    assert_true(damaged); // the rest counts
    assert_true(pairing_is_approved(s, "alice"));
    pairing_state_destroy(s);
}

static void test_random_values_do_no_harm(void **state) {
    static const char form[] = "{\"v\":1,\"requests\":[{\"key\":\"k\",\"code\":\"ABCDEFGH\",\"user\":\"u\","
                               "\"status\":\"approved\",\"created\":"
                               "1e300,\"seen\":-1,\"codes\":99999999999,\"owed\":true,\"notes\":[1,\"x\","
                               "null]}],\"approved\":[{\"u\":\"u\"}]}";
    (void)state;
    random_seed_for_test(7);
    for (int round = 0; round < 3000; round++) {
        bool damaged = false;
        char text[sizeof form];
        memcpy(text, form, sizeof form);
        for (int i = 0; i < 3; i++)
            text[random_below(sizeof form - 1)] = (char)(random_below(256));
        pairing_state *s = pairing_state_read(bytes_of(text, sizeof form - 1), &damaged);
        pairing_state_expire(s, NOW);
        pairing_decide(s, &(pairing_deciding){.key = "k", .approve = true, .by = "admin", .node = ""}, NOW);
        pairing_state_destroy(s);
    }
    random_seed_for_test(0);
}

#define PAIRING_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIRING_TEST(test_repeats_give_the_same_code),
        PAIRING_TEST(test_a_request_lives_an_hour),
        PAIRING_TEST(test_five_codes_a_day),
        PAIRING_TEST(test_strangers_do_not_block_others),
        PAIRING_TEST(test_decisions),
        PAIRING_TEST(test_too_late),
        PAIRING_TEST(test_approvals_have_a_maximum),
        PAIRING_TEST(test_what_is_owed_is_kept),
        PAIRING_TEST(test_the_same_post_asks_once),
        PAIRING_TEST(test_codes),
        PAIRING_TEST(test_the_stored_form_holds_everything),
        PAIRING_TEST(test_the_largest_state_fits),
        PAIRING_TEST(test_broken_values),
        PAIRING_TEST(test_random_values_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
