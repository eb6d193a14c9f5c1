// SPDX-License-Identifier: Apache-2.0
// The settings at work: the last good ones stay in force, problems and remarks reach the administrators once, and an
// account of another server is not run.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/settings.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

static loop *LOOP;
static notices *NOTICES;
static settings_reader *READER;
static const config *IN_FORCE;
static int APPLIED;

static void apply(void *ctx, const config *now) {
    (void)ctx;
    IN_FORCE = now;
    APPLIED++;
}

static void unreadable(void *ctx) {
    (void)ctx;
    fail_msg("the settings are readable");
}

static int set_up(void **state) {
    static const settings_events events = {.apply = apply, .unreadable = unreadable};
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    NOTICES = notices_create(LOOP, fake_chat_create(), "node");
    notices_set_bot(NOTICES, "bot");
    READER = settings_create(LOOP, &THE_CHAT, NOTICES, &events, NULL);
    IN_FORCE = NULL;
    APPLIED = 0;
    json_add_string(FAKE.settings, "gatewaytoken", "t");
    FAKE.info.site_url = "https://chat.example.com";
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    settings_destroy(READER);
    notices_destroy(NOTICES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void load(const char *advanced) {
    cJSON_DeleteItemFromObject(FAKE.settings, "advanced");
    json_add_string(FAKE.settings, "advanced", advanced);
    settings_load(READER);
    fake_clock_pass(LOOP, 1);
    settings_applied(READER);
}

static void test_an_account_of_another_server(void **state) {
    (void)state;
    load("baseUrl: https://other.example.com");
    assert_int_equal(APPLIED, 1);
    assert_non_null(strstr(config_default(IN_FORCE)->disabled_why, "external mode"));
    load("baseUrl: https://chat.example.com/api/v4/");
    assert_string_equal(config_default(IN_FORCE)->disabled_why, "");
    assert_int_equal(APPLIED, 2);
}

static void test_remarks_are_told_once(void **state) {
    (void)state;
    load("configWrites: true");
    assert_int_equal(FAKE.post_count, 2); // two administrators
    assert_non_null(strstr(FAKE.posts[0].message, "`configWrites`"));
    assert_non_null(strstr(FAKE.posts[0].message, "line 1"));
    load("configWrites: false");
    assert_int_equal(FAKE.post_count, 2);
    load("historyLimit: 3");
    assert_int_equal(FAKE.post_count, 4);
    assert_int_equal(config_default(IN_FORCE)->history_limit, 3);
}

static void test_the_last_good_ones_stay(void **state) {
    (void)state;
    load("historyLimit: 3");
    load("historyLimit: many\ndmpolicy: open");
    assert_int_equal(APPLIED, 2);
    assert_int_equal(config_default(IN_FORCE)->history_limit, 3);
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[0].message, "**Advanced, line 1, `historyLimit`** must be"));
    assert_non_null(strstr(FAKE.posts[0].message,
                           "**Advanced, line 2, `dmpolicy`** is not a known key. Did you mean "
                           "dmPolicy?"));
    load("historyLimit: 4");
    assert_int_equal(config_default(IN_FORCE)->history_limit, 4);
}

// A fresh installation reads what to fill in and where, once; a mistake later is a mistake.
static void test_nothing_is_filled_in_yet(void **state) {
    (void)state;
    cJSON_DeleteItemFromObject(FAKE.settings, "gatewaytoken");
    load("");
    load("");
    assert_int_equal(FAKE.post_count, 2);
    assert_non_null(strstr(FAKE.posts[0].message, "**Gateway token**"));
    assert_non_null(
        strstr(FAKE.posts[0].message, "https://chat.example.com/admin_console/plugins/plugin_openclaw"));
    json_add_string(FAKE.settings, "gatewaytoken", "t");
    load("");
    assert_int_equal(FAKE.post_count, 4);
    assert_non_null(strstr(FAKE.posts[2].message, "in order"));
    cJSON_DeleteItemFromObject(FAKE.settings, "gatewaytoken");
    load("");
    assert_int_equal(FAKE.post_count, 6);
    assert_non_null(strstr(FAKE.posts[4].message, "settings to correct"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_account_of_another_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_remarks_are_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_last_good_ones_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_filled_in_yet, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
