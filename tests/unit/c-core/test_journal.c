// SPDX-License-Identifier: Apache-2.0
// The journal: one outcome for each post, written behind, found again, and no broken value stops it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/log.h"
#include "delivery/journal.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

static loop *LOOP;
static journal *J;
static bool FOUND, READABLE;
static record GOT;
static int CALLS;

enum { AT = 1000 * 60000 }; // minute 1000

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    J = journal_create(LOOP, fake_chat_create(), "n1");
    CALLS = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    journal_destroy(J);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void note(const char *id, record_state s, outcome_reason reason, int parts) {
    const record r = {.state = s, .reason = reason, .parts = parts};
    journal_note(J, id, AT + 5, &r);
}

static void on_found(void *ctx, const record *r, bool readable) {
    (void)ctx;
    FOUND = r != NULL;
    READABLE = readable;
    GOT = r != NULL ? *r : (record){.state = RECORD_TAKEN};
    CALLS++;
}

static void find(const char *id) {
    int before = CALLS;
    journal_find(J, NULL, id, AT + 5, on_found, NULL);
    fake_chat_answer_all();
    assert_int_equal(CALLS, before + 1);
}

static void restart(const char *node) {
    journal_destroy(J);
    J = journal_create(LOOP, &THE_CHAT, node);
}

static const char *stored(void) {
    return json_text(FAKE.kv, "journal.n1.1000");
}

static void test_written_behind_in_one_page(void **state) {
    (void)state;
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    note("p2", RECORD_TAKEN, REASON_ANSWERED, 0);
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 2);
    assert_string_equal(stored(), "");
    fake_clock_pass(LOOP, 300);
    assert_string_equal(stored(),
                        "{\"v\":1,\"posts\":{\"p1\":[\"closed\",\"answered\",2],\"p2\":[\"taken\",\"\",0]}}");
    assert_int_equal(journal_get_counts(J)->writes, 1);
    assert_int_equal(journal_get_counts(J)->closed[REASON_ANSWERED], 1);
}

static void test_found_by_the_next_process(void **state) {
    (void)state;
    note("p1", RECORD_CLOSED, REASON_DM_NOT_LISTED, 0);
    note("p2", RECORD_SENT, REASON_ANSWERED, 0);
    fake_clock_pass(LOOP, 300);
    restart("n1");
    find("p1");
    assert_true(FOUND);
    assert_int_equal(GOT.state, RECORD_CLOSED);
    assert_int_equal(GOT.reason, REASON_DM_NOT_LISTED);
    find("p2");
    assert_int_equal(GOT.state, RECORD_SENT);
    find("p3");
    assert_false(FOUND);
    assert_true(READABLE);
}

static void test_found_in_another_nodes_pages(void **state) {
    (void)state;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    fake_clock_pass(LOOP, 300);
    restart("n2");
    find("p1");
    assert_false(FOUND);
    journal_find(J, (const char *const[]){"n2", "n0", "n1", NULL}, "p1", AT, on_found, NULL);
    assert_true(FOUND);
}

// What the other node writes later, on the same page, is seen too.
static void test_another_nodes_pages_are_read_again(void **state) {
    const char *const nodes[] = {"n1", "n2", NULL};
    (void)state;
    journal *other = journal_create(LOOP, &THE_CHAT, "n2");
    const record taken = {.state = RECORD_TAKEN}, closed = {.state = RECORD_CLOSED};
    journal_note(other, "p1", AT + 5, &taken);
    fake_clock_pass(LOOP, 300);
    journal_find(J, nodes, "p1", AT + 5, on_found, NULL);
    assert_int_equal(GOT.state, RECORD_TAKEN);
    journal_note(other, "p1", AT + 5, &closed);
    journal_note(other, "p2", AT + 5, &closed);
    fake_clock_pass(LOOP, 2000);
    journal_find(J, nodes, "p1", AT + 5, on_found, NULL);
    assert_int_equal(GOT.state, RECORD_CLOSED);
    journal_find(J, nodes, "p2", AT + 5, on_found, NULL);
    assert_true(FOUND);
    journal_destroy(other);
}

static void test_one_outcome_only(void **state) {
    (void)state;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    note("p1", RECORD_CLOSED, REASON_NOT_POSTED, 0);
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    find("p1");
    assert_int_equal(GOT.state, RECORD_CLOSED);
    assert_int_equal(GOT.reason, REASON_ANSWERED);
    assert_int_equal(journal_get_counts(J)->closed[REASON_NOT_POSTED], 0);
}

static void test_states_do_not_go_back(void **state) {
    (void)state;
    note("p1", RECORD_POSTING, REASON_ANSWERED, 3);
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    find("p1");
    assert_int_equal(GOT.state, RECORD_POSTING);
    assert_int_equal(GOT.parts, 3);
}

// Notes that come while the page is being read are kept, and what the store knew too.
static void test_notes_while_loading(void **state) {
    (void)state;
    put("journal.n1.1000",
        bytes_str("{\"v\":1,\"posts\":{\"old\":[\"closed\",\"silent\",0],\"p1\":[\"sent\",\"\",0]}}"));
    FAKE.hold = true;
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    note("p2", RECORD_TAKEN, REASON_ANSWERED, 0);
    journal_find(J, NULL, "old", AT, on_found, NULL);
    assert_int_equal(CALLS, 0);
    fake_chat_answer_all();
    FAKE.hold = false;
    assert_int_equal(CALLS, 1);
    assert_int_equal(GOT.reason, REASON_SILENT);
    find("p1");
    assert_int_equal(GOT.state, RECORD_SENT); // the stored one was further along
    fake_clock_pass(LOOP, 300);
    assert_non_null(strstr(stored(), "\"old\""));
    assert_non_null(strstr(stored(), "\"p2\""));
}

static void test_notes_while_writing(void **state) {
    (void)state;
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    FAKE.hold = true;
    fake_clock_pass(LOOP, 300);
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    fake_chat_answer_all();
    FAKE.hold = false;
    fake_clock_pass(LOOP, 300);
    assert_non_null(strstr(stored(), "closed"));
}

static void test_broken_pages(void **state) {
    static const char *const values[] = {
        "",
        "garbage",
        "{",
        "[]",
        "17",
        "{\"v\":2,\"posts\":{}}",
        "{\"v\":1}",
        "{\"v\":1,\"posts\":[]}",
        "{\"v\":1,\"posts\":{\"p1\":17}}",
        "{\"v\":1,\"posts\":{\"p1\":[\"unheard\",\"\",0]}}",
        "{\"v\":1,\"posts\":{\"p1\":[]}}",
        "{\"v\":1,\"posts\":{\"p1\":[\"closed\"",
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put("journal.n1.1000", bytes_str(values[i]));
        restart("n1");
        find("p1");
        assert_false(FOUND);
        note("p9", RECORD_CLOSED, REASON_ANSWERED, 1);
        fake_clock_pass(LOOP, 300);
        assert_non_null(strstr(stored(), "\"p9\":[\"closed\",\"answered\",1]"));
    }
}

static void test_readable_records_of_a_broken_page_count(void **state) {
    (void)state;
    put("journal.n1.1000", bytes_str("{\"v\":1,\"posts\":{\"p1\":[\"closed\",\"answered\",-5],\"p2\":null,"
                                     "\"p3\":[\"closed\",\"silent\"]}}"));
    find("p1");
    assert_true(FOUND);
    assert_int_equal(GOT.parts, 0);
    find("p3");
    assert_int_equal(GOT.reason, REASON_SILENT);
}

// A process that died, or a write that was not answered in time, has put another value there meanwhile.
static void test_a_write_of_somebody_else(void **state) {
    (void)state;
    note("p1", RECORD_TAKEN, REASON_ANSWERED, 0);
    fake_clock_pass(LOOP, 300);
    put("journal.n1.1000",
        bytes_str("{\"v\":1,\"posts\":{\"p1\":[\"sent\",\"\",0],\"p2\":[\"closed\",\"silent\",0]}}"));
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    fake_clock_pass(LOOP, 2000);
    assert_non_null(strstr(stored(), "\"p1\":[\"closed\",\"answered\",1]"));
    assert_non_null(strstr(stored(), "\"p2\":[\"closed\",\"silent\",0]"));
}

static int WRITTEN, ENDED;
static void on_written_word(void *ctx, bool written) {
    (void)ctx;
    if (written)
        WRITTEN++;
    else
        ENDED++;
}

static void test_when_written(void **state) {
    (void)state;
    WRITTEN = ENDED = 0;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    journal_when_written(J, AT, on_written_word, NULL);
    assert_int_equal(WRITTEN, 0);
    fake_clock_pass(LOOP, 300);
    assert_int_equal(WRITTEN, 1);
    journal_when_written(J, AT, on_written_word, NULL); // there is nothing to wait for
    assert_int_equal(WRITTEN, 2);
    note("p2", RECORD_CLOSED, REASON_ANSWERED, 1);
    journal_when_written(J, AT, on_written_word, NULL);
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "disk full"};
    FAKE.fail_next = 1000;
    fake_clock_pass(LOOP, 120000); // nobody waits for ever
    assert_int_equal(WRITTEN, 3);
    note("p3", RECORD_CLOSED, REASON_ANSWERED, 1);
    journal_when_written(J, AT, on_written_word, NULL);
    restart("n1");
    assert_int_equal(ENDED, 1);
}

static void test_a_full_disk(void **state) {
    (void)state;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "disk full"};
    FAKE.fail_next = 3;
    fake_clock_pass(LOOP, 300);
    assert_string_equal(stored(), "");
    fake_clock_pass(LOOP, 60000);
    assert_non_null(strstr(stored(), "p1"));
    assert_int_equal(journal_get_counts(J)->failed_writes, 1); // and two readings
}

static void test_a_page_that_cannot_be_read(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "late"};
    FAKE.fail_next = 1000;
    FOUND = READABLE = true;
    journal_find(J, NULL, "p1", 1000 * 60000, on_found, NULL);
    fake_clock_pass(LOOP, 5000);
    assert_false(FOUND);
    assert_false(READABLE);
    FAKE.fail_next = 0;
}

// What a page holds must not be overwritten by a process that could not read it.
static void test_a_page_that_can_be_read_late(void **state) {
    (void)state;
    json_add_string(FAKE.kv, "journal.n1.1000", "{\"v\":1,\"posts\":{\"p9\":[\"closed\",\"answered\",1]}}");
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
    FAKE.fail_next = 1;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    fake_clock_pass(LOOP, 5000);
    assert_non_null(strstr(json_text(FAKE.kv, "journal.n1.1000"), "p9"));
    assert_non_null(strstr(json_text(FAKE.kv, "journal.n1.1000"), "p1"));
}

static bool FLUSHED;
static void on_flushed(void *ctx) {
    (void)ctx;
    FLUSHED = true;
}

static void test_flush(void **state) {
    (void)state;
    FLUSHED = false;
    journal_flush(J, 1000, on_flushed, NULL);
    assert_true(FLUSHED); // there is nothing to write
    FLUSHED = false;
    note("p1", RECORD_CLOSED, REASON_ANSWERED, 1);
    FAKE.hold = true;
    journal_flush(J, 1000, on_flushed, NULL);
    assert_false(FLUSHED);
    fake_chat_answer_all();
    assert_true(FLUSHED);
    FLUSHED = false;
    note("p2", RECORD_CLOSED, REASON_ANSWERED, 1);
    journal_flush(J, 1000, on_flushed, NULL);
    fake_clock_pass(LOOP, 1100); // the store does not answer
    assert_true(FLUSHED);
    fake_chat_answer_all();
    FAKE.hold = false;
}

static void test_many_pages_and_a_full_one(void **state) {
    (void)state;
    for (int i = 0; i < 200; i++) {
        const record r = {.state = RECORD_CLOSED, .reason = REASON_ANSWERED};
        journal_note(J, "p", (int64_t)i * 60000, &r);
        fake_clock_pass(LOOP, 300);
    }
    assert_int_equal(cJSON_GetArraySize(FAKE.kv), 200);
    for (int i = 0; i < PAGE_RECORDS_MAX + 5; i++) {
        char *id = xasprintf("full%d", i);
        note(id, RECORD_CLOSED, REASON_ANSWERED, 1);
        free(id);
    }
    assert_int_equal(journal_get_counts(J)->not_recorded, 5);
    fake_clock_pass(LOOP, 300);
    assert_true(strlen(stored()) < PAGE_MAX_BYTES);
    assert_true(strlen(stored()) > 1000);
}

#define JOURNAL_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        JOURNAL_TEST(test_written_behind_in_one_page),
        JOURNAL_TEST(test_found_by_the_next_process),
        JOURNAL_TEST(test_found_in_another_nodes_pages),
        JOURNAL_TEST(test_another_nodes_pages_are_read_again),
        JOURNAL_TEST(test_one_outcome_only),
        JOURNAL_TEST(test_states_do_not_go_back),
        JOURNAL_TEST(test_notes_while_loading),
        JOURNAL_TEST(test_notes_while_writing),
        JOURNAL_TEST(test_broken_pages),
        JOURNAL_TEST(test_readable_records_of_a_broken_page_count),
        JOURNAL_TEST(test_a_write_of_somebody_else),
        JOURNAL_TEST(test_when_written),
        JOURNAL_TEST(test_a_full_disk),
        JOURNAL_TEST(test_a_page_that_cannot_be_read),
        JOURNAL_TEST(test_a_page_that_can_be_read_late),
        JOURNAL_TEST(test_flush),
        JOURNAL_TEST(test_many_pages_and_a_full_one),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
