// SPDX-License-Identifier: Apache-2.0
// Target texts beyond the vectors: our additions, limits; sessions and threads of a message where the vectors are silent.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "outbound/dm_retry.h"
#include "outbound/route.h"
#include "outbound/send_params.h"
#include "outbound/target.h"

#include <stdlib.h>
#include <string.h>

#define ID "abcdefghijklmnopqrstuvwxyz"

static void test_additions(void **state) {
    static const struct {
        const char *text;
        target_kind kind;
        const char *name, *team;
    } rows[] = {
        {"group:" ID, TARGET_CHANNEL, ID, ""},
        {" Group: " ID " ", TARGET_CHANNEL, ID, ""},
        {"group:town", TARGET_CHANNEL_NAME, "town", ""},
        {"acme/#town", TARGET_CHANNEL_NAME, "town", "acme"},
        {"acme/~town", TARGET_CHANNEL_NAME, "town", "acme"},
        {" acme /# town ", TARGET_CHANNEL_NAME, "town", "acme"},
        {"channel:acme/#town", TARGET_CHANNEL_NAME, "town", "acme"},
        {"/#town", TARGET_CHANNEL_NAME, "/#town", ""},
        {"a/b/#town", TARGET_CHANNEL_NAME, "a/b/#town", ""}, // no team's name holds a slash
        {"https://x/#y", TARGET_CHANNEL_NAME, "https://x/#y", ""},
        {"acme/town", TARGET_CHANNEL_NAME, "acme/town", ""},
        {"~town", TARGET_CHANNEL_NAME, "~town", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        target t;
        const char *sentence = NULL;
        assert_int_equal(target_parse(rows[i].text, &t, &sentence), OC_OK);
        assert_int_equal(t.kind, rows[i].kind);
        assert_string_equal(t.text, rows[i].name);
        assert_string_equal(t.team, rows[i].team);
        assert_string_equal(sentence, "");
    }
}

static void test_limits(void **state) {
    char text[TARGET_MAX_BYTES + 3];
    target t;
    const char *sentence = "";
    (void)state;
    memset(text, 'a', sizeof text);
    text[TARGET_MAX_BYTES] = '\0';
    assert_int_equal(target_parse(text, &t, &sentence), OC_OK);
    assert_int_equal(strlen(t.text), TARGET_MAX_BYTES);
    text[TARGET_MAX_BYTES] = 'a';
    text[TARGET_MAX_BYTES + 1] = '\0';
    assert_int_equal(target_parse(text, &t, &sentence), OC_EINVAL);
    assert_non_null(strstr(sentence, "too long"));
    assert_int_equal(target_parse("acme/#", &t, &sentence), OC_EINVAL);
    assert_int_equal(target_parse("group:", &t, &sentence), OC_EINVAL);
}

static void test_chat_kinds(void **state) {
    static const struct {
        const char *text;
        bool says;
        chat_kind kind;
    } rows[] = {{"user:x", true, CHAT_DIRECT},    {"MATTERMOST:x", true, CHAT_DIRECT},
                {"@x", true, CHAT_DIRECT},        {"channel:x", true, CHAT_CHANNEL},
                {"group:x", true, CHAT_GROUP},    {"#x", false, CHAT_CHANNEL},
                {"acme/#x", false, CHAT_CHANNEL}, {ID, false, CHAT_CHANNEL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        chat_kind kind = CHAT_CHANNEL;
        assert_int_equal(target_chat_kind(rows[i].text, &kind), rows[i].says);
        assert_int_equal(kind, rows[i].kind);
    }
}

static void test_retry_delays(void **state) {
    const dm_channel_retry small = {
        .max_retries = 3, .initial_delay_ms = 20000, .max_delay_ms = 10000, .timeout_ms = 5000};
    const dm_channel_retry odd = {.max_retries = 9, .initial_delay_ms = 333, .max_delay_ms = 1000};
    (void)state;
    assert_int_equal(dm_retry_delay_ms(&small, 1, 0.5), 20000); // never below the initial delay
    assert_int_equal(dm_retry_delay_ms(&odd, 1, 0.5), 500);     // 499.5, rounded up
    assert_int_equal(dm_retry_delay_ms(&odd, 2, 0), 666);
    assert_int_equal(dm_retry_delay_ms(&odd, 9, 0.9), 1000);
}

static void test_exact_recipient(void **state) {
    static const struct {
        const char *target, *resolved;
        bool exact;
    } rows[] = {{"user:" ID, "", true}, {"@bob", "", false},        {"user:bob", "", false},
                {ID, "user", true},     {"channel:" ID, "", false}, {ID, "", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        outbound_route route;
        outbound_place place = {.target = rows[i].target,
                                .resolved_kind = rows[i].resolved,
                                .current_session_key = "",
                                .thread_id = "",
                                .reply_to_id = "",
                                .names = {.agent = "", .account = "default", .name = ""}};
        assert_true(outbound_route_of(&place, &route));
        assert_int_equal(route.exact, rows[i].exact);
        outbound_route_free(&route);
    }
    outbound_route none;
    assert_false(outbound_route_of(&(outbound_place){.target = " user: ", .resolved_kind = ""}, &none));
}

// A session of another group whose id begins alike is not that group.
static void test_current_session(void **state) {
    outbound_place place = {.target = "channel:abc",
                            .resolved_kind = "",
                            .current_session_key = "agent:main:mattermost:group:abcd",
                            .thread_id = "",
                            .reply_to_id = "",
                            .names = {.agent = "", .account = "default", .name = ""}};
    outbound_route route;
    (void)state;
    assert_true(outbound_route_of(&place, &route));
    assert_int_equal(route.kind, CHAT_CHANNEL);
    outbound_route_free(&route);
    place.current_session_key = "agent:main:mattermost:group:abc:thread:r";
    assert_true(outbound_route_of(&place, &route));
    assert_int_equal(route.kind, CHAT_GROUP);
    outbound_route_free(&route);
}

static void test_threads(void **state) {
    static const struct {
        thread_ask ask;
        const char *root;
    } rows[] = {
        {{"c", "", "channel:c", "R", "M", REPLY_FIRST, true, false}, ""},
        {{"c", "", "channel:c", "R", "M", REPLY_OFF, false, false}, ""},
        {{"c", "", "channel:c", "R", "M", REPLY_ALL, true, false}, "R"},
        {{"c", "M", "channel:c", "R", "M", REPLY_ALL, false, true}, ""},
        {{"other", "", "channel:c", "R", "M", REPLY_ALL, false, false}, ""},
        {{"c", "M", "channel:c", "", "M", REPLY_ALL, false, false}, "M"},
        {{"", "", "", "R", "M", REPLY_ALL, false, false}, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(outbound_thread(&rows[i].ask), rows[i].root);
}

static void test_emoji(void **state) {
    static const char *const rows[][2] = {
        {"\U0001f44d\ufe0f", "thumbsup"},
        {"\U0001f64f\U0001f3ff", "pray_dark_skin_tone"},
        {"\U0001f44d\U0001f3fb\U0001f3ff", "\U0001f44d\U0001f3fb\U0001f3ff"}, // two tones are none
        {"\U0001f44d!", "\U0001f44d!"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *name = emoji_name_of(rows[i][0]);
        assert_string_equal(name, rows[i][1]);
        free(name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_additions),       cmocka_unit_test(test_limits),
        cmocka_unit_test(test_chat_kinds),      cmocka_unit_test(test_retry_delays),
        cmocka_unit_test(test_exact_recipient), cmocka_unit_test(test_current_session),
        cmocka_unit_test(test_threads),         cmocka_unit_test(test_emoji),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
