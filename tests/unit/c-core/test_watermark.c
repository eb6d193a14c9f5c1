// SPDX-License-Identifier: Apache-2.0
// The watermarks of several nodes in one value that others change at the same time, and that may be broken.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "delivery/marks.h"
#include "delivery/watermark.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

#include <stdio.h>

static loop *LOOP;
static watermark *W;
static int64_t SAFE_MS;
static int LOADED;
static bool KNOWN;
static int64_t SINCE_MS;
static char BOOT[64];
static int NODES;

static int64_t safe_until(void *ctx) {
    (void)ctx;
    return SAFE_MS;
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    W = watermark_create(LOOP, fake_chat_create(), "n1", safe_until, NULL);
    SAFE_MS = FAKE_NOW_MS;
    LOADED = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    watermark_destroy(W);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void on_loaded(void *ctx, const watermark_facts *f) {
    (void)ctx;
    LOADED++;
    KNOWN = f->known;
    SINCE_MS = f->since_ms;
    snprintf(BOOT, sizeof BOOT, "%s", f->boot_id);
    for (NODES = 0; f->nodes[NODES] != NULL; NODES++)
        ;
    assert_string_equal(f->nodes[0], "n1");
}

static void test_first_start(void **state) {
    (void)state;
    watermark_load(W, on_loaded, NULL);
    assert_int_equal(LOADED, 1);
    assert_false(KNOWN);
    assert_int_equal(NODES, 1);
    assert_string_equal(json_text(FAKE.kv, "watermarks"), "");
}

static void test_moves_on_every_five_seconds(void **state) {
    (void)state;
    watermark_set_boot_id(W, "boot-1");
    watermark_start(W);
    char *first = xstrdup(json_text(FAKE.kv, "watermarks"));
    assert_non_null(strstr(first, "\"n1\":{\"at\":"));
    assert_non_null(strstr(first, "\"boot\":\"boot-1\""));
    SAFE_MS += 1000;
    fake_clock_pass(LOOP, 4000);
    assert_string_equal(json_text(FAKE.kv, "watermarks"), first);
    fake_clock_pass(LOOP, 1100);
    assert_string_not_equal(json_text(FAKE.kv, "watermarks"), first);
    free(first);
}

static void test_a_new_boot_id_is_written_at_once(void **state) {
    (void)state;
    watermark_start(W);
    assert_null(strstr(json_text(FAKE.kv, "watermarks"), "boot-7"));
    watermark_set_boot_id(W, "boot-7");
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "boot-7"));
}

static void test_a_boot_id_that_comes_during_a_write(void **state) {
    (void)state;
    FAKE.hold = true;
    watermark_start(W);
    held *read = HELD;
    HELD = read->next;
    answer_one(read); // what it writes is put together by now …
    watermark_set_boot_id(W, "boot-8");
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 1);
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "boot-8")); // … and is written again at once
}

static void test_the_next_process_reads_it(void **state) {
    (void)state;
    watermark_set_boot_id(W, "boot-1");
    watermark_start(W);
    int64_t at = SAFE_MS;
    watermark_destroy(W);
    W = watermark_create(LOOP, &THE_CHAT, "n1", safe_until, NULL);
    watermark_load(W, on_loaded, NULL);
    assert_true(KNOWN);
    assert_int_equal(SINCE_MS, at);
    assert_string_equal(BOOT, "boot-1");
    assert_string_equal(watermark_boot_id(W), "boot-1");
}

static void test_the_earliest_of_all_nodes_counts(void **state) {
    (void)state;
    put("watermarks", bytes_str("{\"v\":1,\"nodes\":{\"n1\":{\"at\":900000,\"boot\":\"b\"},\"n2\":{\"at\":"
                                "800000,\"boot\":\"c\"}}}"));
    watermark_load(W, on_loaded, NULL);
    assert_int_equal(SINCE_MS, 800000);
    assert_int_equal(NODES, 2);
    assert_string_equal(BOOT, "b");
}

static void test_two_nodes_write_at_once(void **state) {
    (void)state;
    FAKE.hold = true;
    watermark_start(W);
    held *get = HELD;
    HELD = NULL;
    answer_one(get); // nothing was there
    put("watermarks", bytes_str("{\"v\":1,\"nodes\":{\"n2\":{\"at\":800000,\"boot\":\"c\"}}}"));
    HELD->flag = false; // the other one was faster
    fake_chat_answer_all();
    FAKE.hold = false;
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "\"n1\""));
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "\"n2\""));
}

static void test_broken_values(void **state) {
    static const char *const values[] = {"",
                                         "x",
                                         "{",
                                         "[]",
                                         "{\"v\":2,\"nodes\":{}}",
                                         "{\"v\":1}",
                                         "{\"v\":1,\"nodes\":[]}",
                                         "{\"v\":1,\"nodes\":{}}",
                                         "{\"v\":1,\"nodes\":{\"n1\":17}}",
                                         "{\"v\":1,\"nodes\":{\"n1\":{\"at\":\"x\"}}}"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put("watermarks", bytes_str(values[i]));
        watermark_load(W, on_loaded, NULL);
        assert_int_equal(LOADED, i + 1);
        assert_false(KNOWN);
    }
    watermark_start(W);
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "\"n1\""));
}

static void test_a_store_that_fails(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no"};
    FAKE.fail_next = 1;
    watermark_load(W, on_loaded, NULL);
    assert_int_equal(LOADED, 1);
    assert_false(KNOWN);
    FAKE.fail_next = 2;
    watermark_start(W);
    fake_clock_pass(LOOP, 11000);
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "\"n1\""));
}

static bool LAST;
static void on_last(void *ctx) {
    (void)ctx;
    LAST = true;
}

static void test_the_last_write(void **state) {
    (void)state;
    LAST = false;
    watermark_write_last(W, on_last, NULL); // never started: nothing may be written
    assert_true(LAST);
    assert_string_equal(json_text(FAKE.kv, "watermarks"), "");
    watermark_start(W);
    LAST = false;
    SAFE_MS = 4242;
    watermark_write_last(W, on_last, NULL);
    assert_true(LAST);
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "4242"));
}

// A node that is looking for what it missed lives, but has not seen everything yet.
static void test_shows_life_before_it_starts(void **state) {
    (void)state;
    watermark_show_life(W); // the first process ever: there is nothing that stays
    fake_clock_pass(LOOP, 6000);
    assert_string_equal(json_text(FAKE.kv, "watermarks"), "");
    put("watermarks", bytes_str("{\"v\":1,\"nodes\":{\"n1\":{\"at\":900000,\"boot\":\"b\",\"now\":1}}}"));
    watermark_load(W, on_loaded, NULL);
    fake_clock_pass(LOOP, 6000);
    char *first = xstrdup(json_text(FAKE.kv, "watermarks"));
    assert_non_null(strstr(first, "\"at\":900000,\"boot\":\"b\""));
    fake_clock_pass(LOOP, 6000);
    assert_string_not_equal(json_text(FAKE.kv, "watermarks"), first); // it beats
    assert_non_null(strstr(json_text(FAKE.kv, "watermarks"), "\"at\":900000,\"boot\":\"b\""));
    watermark_start(W);
    fake_clock_pass(LOOP, 6000);
    assert_null(strstr(json_text(FAKE.kv, "watermarks"), "900000"));
    free(first);
}

static void test_nodes_are_forgotten(void **state) {
    bool readable = false;
    int64_t since = 0;
    (void)state;
    cJSON *nodes = marks_read(
        bytes_str(
            "{\"v\":1,\"nodes\":{\"old\":{\"at\":1},\"a\":{\"at\":100000000},\"b\":{\"at\":100000001}}}"),
        &readable);
    assert_true(readable);
    marks_put(nodes, "n1", 100000002, "", 100000010, 3);
    assert_int_equal(cJSON_GetArraySize(nodes), 3);
    assert_null(json_get(nodes, "old"));
    marks_put(nodes, "n2", 100000003, "", 100000010, 3);
    assert_int_equal(cJSON_GetArraySize(nodes), 3);
    assert_null(json_get(nodes, "a"));
    assert_true(marks_since(nodes, &since));
    assert_int_equal(since, 100000001);
    cJSON_Delete(nodes);
}

#define MARK_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARK_TEST(test_first_start),
        MARK_TEST(test_moves_on_every_five_seconds),
        MARK_TEST(test_a_new_boot_id_is_written_at_once),
        MARK_TEST(test_a_boot_id_that_comes_during_a_write),
        MARK_TEST(test_the_next_process_reads_it),
        MARK_TEST(test_the_earliest_of_all_nodes_counts),
        MARK_TEST(test_two_nodes_write_at_once),
        MARK_TEST(test_broken_values),
        MARK_TEST(test_a_store_that_fails),
        MARK_TEST(test_the_last_write),
        MARK_TEST(test_shows_life_before_it_starts),
        cmocka_unit_test(test_nodes_are_forgotten),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
