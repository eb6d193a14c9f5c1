// SPDX-License-Identifier: Apache-2.0
// What a post itself tells about its author, the words of the reasons, and what holds in every situation at all.
// The rules case by case: test_access_table.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "inbound/post_facts.h"

#include <string.h>

static void test_facts_of_a_post(void **state) {
    static const struct {
        const char *props, *user, *type;
        bool own, system, webhook, program;
    } rows[] = {
        {"{}", "alice", "", false, false, false, false},
        {"{}", "bot", "", true, false, false, false},
        {"{}", "alice", "system_join_channel", false, true, false, false},
        {"{}", "alice", "me", false, false, false, false},
        {"{}", "alice", "custom_zoom", false, false, false, false},
        {"{\"from_webhook\":\"true\"}", "alice", "slack_attachment", false, false, true, false},
        {"{\"from_webhook\":true}", "alice", "", false, false, true, false},
        {"{\"from_webhook\":\"false\"}", "alice", "", false, false, false, false},
        {"{\"from_webhook\":false}", "alice", "", false, false, false, false},
        {"{\"override_username\":\"admin\"}", "alice", "", false, false, true, false},
        {"{\"override_username\":\"\"}", "alice", "", false, false, false, false},
        {"{\"webhook_display_name\":\"admin\"}", "alice", "", false, false, true, false},
        {"{\"from_bot\":\"true\"}", "alice", "", false, false, false, true},
        {"{\"from_plugin\":\"true\"}", "alice", "", false, false, false, true},
        {"{\"from_oauth_app\":\"true\"}", "alice", "", false, false, false, true},
        {"{\"from_bot\":17}", "alice", "", false, false, false, false},
        {"[]", "alice", "", false, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_facts f = {0};
        cJSON *props = NULL;
        assert_int_equal(json_parse(bytes_str(rows[i].props), &props), OC_OK);
        chat_post post = {.user_id = rows[i].user, .type = rows[i].type, .message = "", .props = props};
        post_facts_read(&post, "bot", &f);
        assert_int_equal(f.own_post, rows[i].own);
        assert_int_equal(f.system_post, rows[i].system);
        assert_int_equal(f.from_webhook, rows[i].webhook);
        assert_int_equal(f.from_program, rows[i].program);
        assert_false(f.deleted);
        assert_string_equal(f.sender_id, rows[i].user);
        cJSON_Delete(props);
    }
}

static void test_a_deleted_post(void **state) {
    access_facts f = {0};
    (void)state;
    chat_post post = {.user_id = "alice", .type = "", .message = "", .delete_at_ms = 1};
    post_facts_read(&post, "bot", &f);
    assert_true(f.deleted);
}

static void test_every_reason_has_its_words(void **state) {
    (void)state;
    for (int r = 0; r < REASON_COUNT; r++) {
        assert_true(strlen(outcome_of((outcome_reason)r)) > 0);
        assert_true(strlen(outcome_reason_name((outcome_reason)r)) > 0);
        assert_true(strlen(words_text(WORDS_EN, outcome_sentence((outcome_reason)r))) > 10);
        assert_non_null(outcome_setting((outcome_reason)r));
        for (int other = 0; other < r; other++)
            assert_string_not_equal(outcome_reason_name((outcome_reason)r),
                                    outcome_reason_name((outcome_reason)other));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_of_a_post),
        cmocka_unit_test(test_a_deleted_post),
        cmocka_unit_test(test_every_reason_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
