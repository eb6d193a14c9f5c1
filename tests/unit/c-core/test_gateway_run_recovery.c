// SPDX-License-Identifier: Apache-2.0
// Runs whose connection or gateway goes away in the middle, against the fake gateway in memory.
#include "run_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#define assert_end(s, wanted, answer)                                                                        \
    do {                                                                                                     \
        assert_int_equal((s).done, 1);                                                                       \
        assert_int_equal((s).outcome, wanted);                                                               \
        assert_string_equal((s).text, answer);                                                               \
    } while (0)

static void test_cut_same_boot(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    fake_run_delta(b.fake, "mm-1", "one");
    run_bench_settle(&b);
    run_bench_cut(&b); // the run goes on meanwhile
    assert_int_equal(fake_gateway_count(b.fake, "agent.wait"), 1);
    fake_run_delta(b.fake, "mm-1", "one two");
    run_bench_settle(&b);
    assert_string_equal(s.streamed, "one two");
    fake_run_end(b.fake, "mm-1", "one two three");
    fake_world_advance(b.world, 1000);
    assert_end(s, GATEWAY_RUN_OK, "one two three");
    assert_int_equal(s.payloads, 1); // the full result, not the wait's text only
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_int_equal(s.accepted, 1);
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_cut_while_it_ended(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    fake_run_end(b.fake, "mm-1", "done meanwhile");
    fake_world_advance(b.world, 60000);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "done meanwhile");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

// After five minutes the gateway has forgotten the key: the same request would run twice.
static void test_cut_for_long(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    fake_run_end(b.fake, "mm-1", "done long ago");
    fake_gateway_restart(b.fake, "boot-1"); // forgets, but is the same
    fake_world_advance(b.world, 600000);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "done long ago");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_cut_before_accepted(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_gateway_restart(b.fake, "boot-1"); // it never arrived
    run_bench_cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    fake_run_accept(b.fake, "mm-1");
    fake_run_end(b.fake, "mm-1", "here");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "here");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_crash_goes_on(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    run_bench_cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "chat.history"), 1);
    fake_world_advance(b.world, 10000); // it takes its time to go on
    assert_int_equal(s.done, 0);
    fake_run_continue(b.fake, "mm-1", "other-id");
    fake_world_advance(b.world, 5000);
    fake_run_delta(b.fake, "other-id", "again");
    run_bench_settle(&b);
    assert_string_equal(s.streamed, "again");
    fake_run_end(b.fake, "other-id", "again complete");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "again complete");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1); // never a second run
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_crash_went_on_already(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    run_bench_cut(&b);
    fake_gateway_restart(b.fake, "boot-2");
    fake_run_continue(b.fake, "mm-1", "other-id");
    fake_run_end(b.fake, "other-id", "answered in the dark");
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "answered in the dark");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static void test_crash_without_a_trace(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s); // sent, but the gateway dies before it writes anything
    fake_gateway_restart(b.fake, "boot-2");
    run_bench_cut(&b);
    fake_world_advance(b.world, 50000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_bench_pass(&b, 20000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    fake_run_accept(b.fake, "mm-1");
    fake_run_end(b.fake, "mm-1", "second try");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "second try");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

// The gateway had queued it, crashed, and refuses its key for ever: once more under another one.
static void test_crash_with_pending_input(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_queue(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    run_bench_cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_bench_pass(&b, 20000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "agent"), "idempotencyKey"), "mm-1.again");
    fake_run_accept(b.fake, "mm-1.again");
    fake_run_delta(b.fake, "mm-1.again", "here");
    run_bench_settle(&b);
    assert_string_equal(s.streamed, "here");
    fake_run_end(b.fake, "mm-1.again", "here it is");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "here it is");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

static cJSON *an_image(void) {
    cJSON *list = json_new_array(), *image = json_new_object();
    json_add_string(image, "type", "image");
    json_add_string(image, "content", "Zm9v");
    json_push(list, image);
    return list;
}

static const char *image_of(const fake_gateway *f) {
    const cJSON *list = json_array(fake_gateway_last(f, "agent"), "attachments");
    return list != NULL ? json_text(list->child, "content") : "";
}

// Images go along until the gateway has taken them; a repetition after that says that they are missing.
static void test_images_of_a_repeated_run(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    gateway_run_request request = {.idempotency_key = "mm-1",
                                   .session_key = run_bench_session,
                                   .message = "alice: see",
                                   .extra_system_prompt = "",
                                   .permission_mode = "read-only",
                                   .attachments = an_image()};
    assert_non_null(gateway_run_start(b.gateway, &request, &run_seen_events, &s));
    run_bench_settle(&b);
    assert_string_equal(image_of(b.fake), "Zm9v");
    run_bench_cut(&b); // before the gateway said anything: the same again
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_string_equal(image_of(b.fake), "Zm9v");
    assert_string_equal(json_text(fake_gateway_last(b.fake, "agent"), "message"), "alice: see");
    fake_run_queue(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    run_bench_cut(&b);
    run_bench_pass(&b, 20000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 3);
    assert_string_equal(image_of(b.fake), "");
    assert_non_null(strstr(json_text(fake_gateway_last(b.fake, "agent"), "message"), "images"));
    fake_run_accept(b.fake, "mm-1.again");
    fake_run_end(b.fake, "mm-1.again", "seen");
    run_bench_settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "seen");
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

// A core that was restarted does not know whether its predecessor had sent the run.
static void test_sent_by_an_earlier_process(void **state) {
    static const struct {
        const char *boot;
        bool ran; // the gateway has it
    } rows[] = {{"boot-1", true}, {"boot-1", false}, {"", true}, {"boot-0", true}, {"", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_bench b;
        run_seen first = {0}, s = {0};
        run_bench_set_up(&b, true);
        if (rows[i].ran) {
            gateway_run_cancel(run_bench_start(&b, "mm-1", "read-only", &first), false);
            fake_run_accept(b.fake, "mm-1");
            fake_run_end(b.fake, "mm-1", "ran once");
            run_bench_settle(&b);
        }
        gateway_run_request request = {.idempotency_key = "mm-1",
                                       .session_key = run_bench_session,
                                       .message = "alice: hello",
                                       .extra_system_prompt = "",
                                       .permission_mode = "read-only",
                                       .earlier_boot_id = rows[i].boot,
                                       .earlier_ms = 2000};
        assert_non_null(gateway_run_start(b.gateway, &request, &run_seen_events, &s));
        run_bench_pass(&b, 90000);
        if (!rows[i].ran) {
            fake_run_accept(b.fake, "mm-1");
            fake_run_end(b.fake, "mm-1", "ran once");
            run_bench_pass(&b, 10000);
        }
        assert_end(s, GATEWAY_RUN_OK, "ran once");
        run_seen_clear(&first);
        run_seen_clear(&s);
        run_bench_tear_down(&b);
    }
}

static gateway_run *start_again(run_bench *b, run_seen *s, int64_t earlier_ms) {
    return gateway_run_start(b->gateway,
                             &(gateway_run_request){.idempotency_key = "mm-1",
                                                    .session_key = run_bench_session,
                                                    .message = "alice: hello",
                                                    .extra_system_prompt = "",
                                                    .permission_mode = "read-only",
                                                    .earlier_boot_id = "boot-1",
                                                    .earlier_ms = earlier_ms},
                             &run_seen_events, s);
}

// The process that asked is gone; its run has ended meanwhile. The history would bring words without their files.
static void test_the_whole_result_of_an_earlier_process(void **state) {
    run_bench b;
    run_seen first = {0}, s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    gateway_run *lost = run_bench_start(&b, "mm-1", "read-only", &first);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    gateway_run_cancel(lost, false);
    fake_run_end(b.fake, "mm-1", "with a file");
    run_bench_settle(&b);
    (void)start_again(&b, &s, 5000);
    fake_world_advance(b.world, 5000);
    assert_end(s, GATEWAY_RUN_OK, "with a file");
    assert_int_equal(s.payloads, 1);
    assert_int_equal(fake_gateway_count(b.fake, "agent.wait"), 1);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    run_seen_clear(&s);
    run_seen_clear(&first);
    run_bench_tear_down(&b);
}

// The gateway forgot it: asking again would begin it anew, so the words have to do.
static void test_words_alone_of_a_forgotten_run(void **state) {
    run_bench b;
    run_seen first = {0}, s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    gateway_run *lost = run_bench_start(&b, "mm-1", "read-only", &first);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    gateway_run_cancel(lost, false);
    fake_run_end(b.fake, "mm-1", "words");
    fake_gateway_restart(b.fake, "boot-1"); // forgets, but is the same
    run_bench_cut(&b);
    (void)start_again(&b, &s, 5000);
    fake_world_advance(b.world, 90000);
    assert_end(s, GATEWAY_RUN_OK, "words");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_seen_clear(&s);
    run_seen_clear(&first);
    run_bench_tear_down(&b);
}

static void test_crash_lost(void **state) {
    run_bench b;
    run_seen s = {0};
    (void)state;
    run_bench_set_up(&b, true);
    run_bench_start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    run_bench_settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    run_bench_cut(&b);
    run_bench_pass(&b, 80000);
    assert_end(s, GATEWAY_RUN_LOST, "");
    assert_non_null(strstr(s.sentence, "interrupted"));
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    run_seen_clear(&s);
    run_bench_tear_down(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_same_boot),
        cmocka_unit_test(test_cut_while_it_ended),
        cmocka_unit_test(test_cut_for_long),
        cmocka_unit_test(test_cut_before_accepted),
        cmocka_unit_test(test_crash_goes_on),
        cmocka_unit_test(test_crash_went_on_already),
        cmocka_unit_test(test_crash_without_a_trace),
        cmocka_unit_test(test_crash_with_pending_input),
        cmocka_unit_test(test_images_of_a_repeated_run),
        cmocka_unit_test(test_sent_by_an_earlier_process),
        cmocka_unit_test(test_the_whole_result_of_an_earlier_process),
        cmocka_unit_test(test_words_alone_of_a_forgotten_run),
        cmocka_unit_test(test_crash_lost),
    };
    run_bench_no_log();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
