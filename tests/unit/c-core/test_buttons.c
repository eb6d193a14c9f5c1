// SPDX-License-Identifier: Apache-2.0
// Buttons and menus from their making to the answer of a click.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/button_bench.h"

// --- making ---

static void test_attachment(void **state) {
    (void)state;
    make(ONE, NULL, false);
    assert_int_equal(cJSON_GetArraySize(json_array(ATTACHMENT, "actions")), 3);
    assert_string_equal(json_text(ATTACHMENT, "text"), "Choose");
    assert_string_equal(json_text(action(0), "style"), "primary");
    assert_string_equal(json_text(action(1), "style"), "default"); // an unknown one
    assert_string_equal(json_text(action(2), "type"), "select");
    assert_int_equal(cJSON_GetArraySize(json_array(action(2), "options")), 2);
    for (int i = 0; i < 3; i++) { // letters and digits only, each its own
        const char *id = json_text(action(i), "id");
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789"), strlen(id));
        assert_true(*id != '\0');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(id, json_text(action(k), "id"));
    }
}

static void test_sets_that_are_not_allowed(void **state) {
    (void)state;
    char *long_value = xcalloc(1, BUTTON_VALUE_MAX_BYTES + 2);
    memset(long_value, 'x', BUTTON_VALUE_MAX_BYTES + 1);
    const button_action good = {.id = "a", .label = "A"}, twice[] = {good, good};
    const button_action unnamed = {.id = "a", .label = ""};
    const button_action too_long = {.id = "a", .label = "A", .value = long_value};
    const button_option same[] = {{"A", "v"}, {"B", "v"}}, empty[] = {{"A", ""}};
    const button_action same_values = {.id = "a", .label = "A", .options = same, .option_count = 2};
    const button_action no_value = {.id = "a", .label = "A", .options = empty, .option_count = 1};
    button_action *many = xcalloc(BUTTONS_MAX + 1, sizeof *many);
    char ids[BUTTONS_MAX + 1][16];
    for (int i = 0; i <= BUTTONS_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "%d", i);
        many[i] = (button_action){.id = ids[i], .label = "A"};
    }
    const char *users[BUTTON_USERS_MAX + 2] = {NULL};
    for (int i = 0; i <= BUTTON_USERS_MAX; i++)
        users[i] = "u";
    const struct {
        const button_action *actions;
        size_t count;
        const char *const *users;
        oc_err err;
    } rows[] = {
        {&good, 1, NULL, OC_OK},
        {&good, 0, NULL, OC_EINVAL},
        {twice, 2, NULL, OC_EINVAL},
        {&unnamed, 1, NULL, OC_EINVAL},
        {&too_long, 1, NULL, OC_EINVAL},
        {&same_values, 1, NULL, OC_EINVAL},
        {&no_value, 1, NULL, OC_EINVAL},
        {many, BUTTONS_MAX, NULL, OC_OK},
        {many, BUTTONS_MAX + 1, NULL, OC_EINVAL},
        {&good, 1, users, OC_EINVAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        button_set set = {.kind = "turn",
                          .account_id = "default",
                          .bot_user_id = "bot",
                          .channel_id = "town",
                          .actions = rows[i].actions,
                          .count = rows[i].count,
                          .user_ids = rows[i].users};
        buttons_make(ONE, &set, on_made, NULL);
        if (MADE != rows[i].err)
            fail_msg("row %zu: %d", i, MADE);
    }
    free(many);
    free(long_value);
}

static void test_store_away(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    FAKE.fail_call = "kv_compare_and_set";
    FAKE.fail_next = 99;
    buttons_make(ONE,
                 &(button_set){.kind = "turn",
                               .account_id = "default",
                               .bot_user_id = "bot",
                               .channel_id = "town",
                               .actions = ACTIONS,
                               .count = 3},
                 on_made, NULL);
    assert_int_not_equal(MADE, OC_OK);
    assert_null(ATTACHMENT);
}

// --- clicks that count ---

static void test_click(void **state) {
    (void)state;
    make_posted(NULL, false);
    click_on(ONE, "alice", 0);
    assert_int_equal(STATUS, 200);
    assert_string_equal(TEXT, "Noted.");
    assert_string_equal(SEEN, "yes-1|Yes|yes please|default|p1|alice|agent:main:x");
    assert_int_equal(cJSON_GetArraySize(attachments()), 2);
    const cJSON *ours = cJSON_GetArrayItem(attachments(), 1);
    assert_string_equal(json_text(ours, "text"), "Choose\n\n✓ **Yes** chosen by @alice");
    assert_null(json_get(ours, "actions"));
    assert_string_equal(json_text(fake_chat_post("p1")->props, "other"), "stays");
    assert_string_equal(json_text(cJSON_GetArrayItem(attachments(), 0), "text"), "another attachment");
    assert_int_equal(count_of(ONE, "taken"), 1);
}

static void test_menu(void **state) {
    (void)state;
    make_posted(NULL, false);
    cJSON *body = body_of(2, "p1", "town");
    json_add_string((cJSON *)(uintptr_t)json_get(body, "context"), "selected_option", "l");
    send_body(TWO, "alice", body);
    assert_string_equal(SEEN, "|Large|l|default|p1|alice|agent:main:x");
    assert_string_equal(TEXT, "Noted.");
}

static void test_menu_without_its_options(void **state) {
    (void)state;
    make_posted(NULL, false);
    click_on(ONE, "alice", 2); // none
    assert_int_equal(STATUS, 403);
    cJSON *body = body_of(2, "p1", "town");
    json_add_string((cJSON *)(uintptr_t)json_get(body, "context"), "selected_option", "xl");
    send_body(ONE, "alice", body);
    assert_int_equal(STATUS, 403);
    body = body_of(0, "p1", "town"); // a button is no menu
    json_add_string((cJSON *)(uintptr_t)json_get(body, "context"), "selected_option", "l");
    send_body(ONE, "alice", body);
    assert_int_equal(STATUS, 403);
    assert_int_equal(CLICKS, 0);
}

static void test_once(void **state) {
    (void)state;
    make_posted(NULL, false);
    click_on(ONE, "alice", 0);
    click_on(ONE, "alice", 1);
    assert_int_equal(STATUS, 200);
    assert_non_null(strstr(TEXT, "You have chosen **Yes** already"));
    click_on(ONE, "carol", 0);
    assert_non_null(strstr(TEXT, "@alice was faster"));
    assert_int_equal(CLICKS, 1);
    assert_int_equal(count_of(ONE, "used"), 2);
}

static void test_reusable(void **state) {
    (void)state;
    KEEP = true;
    make_posted(NULL, true);
    click_on(ONE, "alice", 0);
    click_on(TWO, "carol", 1);
    click_on(ONE, "alice", 0);
    assert_int_equal(CLICKS, 3);
    assert_non_null(json_get(cJSON_GetArrayItem(attachments(), 1), "actions"));
}

static void test_undone(void **state) {
    (void)state;
    make_posted(NULL, false);
    UNDO = true;
    click_on(ONE, "alice", 0);
    assert_string_equal(TEXT, "That failed.");
    UNDO = false;
    click_on(TWO, "alice", 0);
    assert_string_equal(TEXT, "Noted.");
    assert_int_equal(CLICKS, 2);
}

static void test_not_noted_post_is_found_out(void **state) {
    (void)state;
    make(ONE, NULL, false);
    post_it("p1");
    click_on(TWO, "alice", 0);
    assert_string_equal(TEXT, "Noted.");
    click_on(ONE, "carol", 0);
    assert_non_null(strstr(TEXT, "faster"));
}

static void test_late_answer(void **state) {
    (void)state;
    make_posted(NULL, false);
    LATER = true;
    click_on(ONE, "alice", 0);
    assert_int_equal(ANSWERS, 0);
    fake_clock_pass(LOOP, 2500);
    assert_int_equal(ANSWERS, 1);
    assert_int_equal(STATUS, 200);
    assert_string_equal(TEXT, "");
    buttons_answer(HELD_TICKET, &(button_result){.ephemeral_text = "At last."});
    assert_int_equal(ANSWERS, 1);
    assert_int_equal(FAKE.ephemeral_count, 1);
    assert_string_equal(FAKE.ephemeral[0].message, "At last.");
}

static void test_desk_ends_first(void **state) {
    (void)state;
    make_posted(NULL, false);
    LATER = true;
    click_on(ONE, "alice", 0);
    buttons_destroy(ONE);
    ONE = NULL;
    assert_int_equal(STATUS, 503);
    buttons_answer(HELD_TICKET, &(button_result){.ephemeral_text = "At last."});
    assert_int_equal(FAKE.ephemeral_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_attachment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sets_that_are_not_allowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_store_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_click, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_menu, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_menu_without_its_options, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reusable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_noted_post_is_found_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_desk_ends_first, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
