// SPDX-License-Identifier: Apache-2.0
// Events of the WebSocket: which are posts, and of which channel.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chat/posted_event.h"

#include <string.h>

#define POST(members) "{\"event\":\"posted\",\"data\":{\"post\":" members

static const struct {
    const char *frame;
    posted_verdict verdict;
    const char *channel, *error; // of a post; a word of the error
} ROWS[] = {
    {POST("\"{\\\"id\\\":\\\"p\\\",\\\"user_id\\\":\\\"u\\\",\\\"channel_id\\\":\\\"c1\\\"}\",\"channel_id\":"
          "\"c2\"}}"),
     POSTED_POST, "c1", NULL},
    {POST("{\"id\":\"p\",\"user_id\":\"u\",\"channel_id\":\"c1\"}}}"), POSTED_POST, "c1", NULL},
    {POST("{\"id\":\"p\",\"user_id\":\"u\"},\"channel_id\":\"c2\"},\"broadcast\":{\"channel_id\":\"c3\"}}"),
     POSTED_POST, "c2", NULL},
    {POST("{\"id\":\"p\",\"user_id\":\"u\"}},\"broadcast\":{\"channel_id\":\"c3\"}}"), POSTED_POST, "c3",
     NULL},
    {POST("{\"id\":\"p\",\"user_id\":\"u\",\"channel_id\":\"\"}},\"broadcast\":{\"channel_id\":\"c3\"}}"),
     POSTED_POST, "c3", NULL},
    {POST("{\"id\":\"p\",\"user_id\":\"u\"}}}"), POSTED_INVALID, NULL, "channel"},
    {POST("{\"user_id\":\"u\",\"channel_id\":\"c\"}}}"), POSTED_INVALID, NULL, "no id"},
    {POST("{\"id\":7,\"user_id\":\"u\",\"channel_id\":\"c\"}}}"), POSTED_INVALID, NULL, "no id"},
    {POST("{\"id\":\"p\",\"channel_id\":\"c\"}}}"), POSTED_INVALID, NULL, "user_id"},
    {POST("\"no json\"}}"), POSTED_INVALID, NULL, "no post"},
    {POST("\"[]\"}}"), POSTED_INVALID, NULL, "no post"},
    {POST("null}}"), POSTED_INVALID, NULL, "no post"},
    {"{\"event\":\"posted\"}", POSTED_INVALID, NULL, "no post"},
    {"{\"event\":\"typing\",\"data\":{\"post\":{\"id\":\"p\",\"user_id\":\"u\",\"channel_id\":\"c\"}}}",
     POSTED_OTHER, NULL, NULL},
    {"{\"status\":\"OK\",\"seq_reply\":1}", POSTED_OTHER, NULL, NULL},
    {"[1]", POSTED_INVALID, NULL, "object"},
    {"{", POSTED_INVALID, NULL, "JSON"},
    {"", POSTED_INVALID, NULL, "JSON"},
};

static void test_frames(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        posted_event e;
        posted_verdict verdict = posted_event_read(bytes_str(ROWS[i].frame), &e);
        if (verdict != ROWS[i].verdict)
            fail_msg("%s: verdict %d", ROWS[i].frame, (int)verdict);
        if (verdict == POSTED_POST) {
            assert_string_equal(e.post_id, "p");
            assert_string_equal(e.user_id, "u");
            assert_string_equal(e.channel_id, ROWS[i].channel);
        }
        if (ROWS[i].error != NULL)
            assert_non_null(strstr(e.error, ROWS[i].error));
        else
            assert_string_equal(e.error, "");
        posted_event_free(&e);
    }
}

static void test_what_the_event_tells(void **state) {
    posted_event e;
    (void)state;
    static const char frame[] =
        POST("{\"id\":\"p\",\"user_id\":\"u\",\"channel_id\":\"c\"},\"channel_type\":\"O\","
             "\"channel_name\":\"town\",\"sender_name\":\"@ann\",\"team_id\":\"t\"}}");
    assert_int_equal(posted_event_read(bytes_str(frame), &e), POSTED_POST);
    assert_string_equal(e.channel_type, "O");
    assert_string_equal(e.channel_name, "town");
    assert_string_equal(e.sender_name, "@ann");
    assert_string_equal(e.team_id, "t");
    posted_event_free(&e);
}

static void test_kinds(void **state) {
    (void)state;
    assert_int_equal(posted_event_kind("D", CHAT_CHANNEL), CHAT_DIRECT);
    assert_int_equal(posted_event_kind(" p ", CHAT_CHANNEL), CHAT_GROUP);
    assert_int_equal(posted_event_kind("", CHAT_GROUP), CHAT_GROUP);
    assert_int_equal(posted_event_kind("  ", CHAT_DIRECT), CHAT_DIRECT);
    assert_int_equal(posted_event_kind("X", CHAT_DIRECT), CHAT_CHANNEL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_what_the_event_tells),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
