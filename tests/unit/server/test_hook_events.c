// SPDX-License-Identifier: Apache-2.0
// The "has been" hooks: each is answered at once, and goes to the core where it may concern it.
#include "session_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const BEFORE_ALL = "{\"own_user_ids\":[\"bot\"],\"names\":[\"openclaw\"]}";

static void filter(void) {
    cJSON *words = cJSON_Parse(BEFORE_ALL),
          *channels = cJSON_Parse("{\"named\":\"named\",\"none\":\"none\"}");
    core_script.events.interest_set(core_script.ctx, words);
    core_script.events.interest_channels(core_script.ctx, channels);
    cJSON_Delete(words);
    cJSON_Delete(channels);
}

// The hook is answered without an error, whether the core hears of it or not.
static void hook(session_fixture *f, const char *name, const char *args) {
    (void)session_fixture_hook(f, name, args);
    netrpc_message m = fake_host_answer(f->host, f->hooks);
    assert_int_equal(m.error.len, 0);
}

static void test_an_edit_is_held(void **state) {
    session_fixture *f = *state;
    filter();
    hook(f, "MessageHasBeenUpdated",
         "[{},{\"id\":\"p\",\"channel_id\":\"named\",\"message\":\"openclaw?\",\"edit_at\":7},"
         "{\"id\":\"p\",\"channel_id\":\"named\",\"message\":\"?\"}]");
    assert_int_equal(core_script.post_count, 1);
    assert_string_equal(core_script.post_hook, "MessageHasBeenUpdated");
    cJSON *params = cJSON_Parse(core_script.post);
    assert_int_equal(cJSON_GetArraySize(params), 3);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 1), "message")->valuestring,
                        "openclaw?");
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(params, 2), "message")->valuestring, "?");
    cJSON_Delete(params);
}

static void test_edits_of_no_interest(void **state) {
    static const char *const rows[] = {
        "[{},{\"channel_id\":\"named\",\"message\":\"b\",\"edit_at\":7},{\"channel_id\":\"named\","
        "\"message\":\"a\"}]",
        "[{},{\"channel_id\":\"x\",\"message\":\"a\",\"is_pinned\":true},{\"channel_id\":\"x\",\"message\":"
        "\"a\"}]",
        "[{},{\"channel_id\":\"x\",\"user_id\":\"bot\",\"message\":\"b\",\"edit_at\":7},"
        "{\"channel_id\":\"x\",\"user_id\":\"bot\",\"message\":\"a\"}]",
        "[{},{\"channel_id\":\"x\",\"edit_at\":7},null]",
        "[{},null,null]",
        "[]",
    };
    session_fixture *f = *state;
    filter();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        hook(f, "MessageHasBeenUpdated", rows[i]);
    assert_int_equal(core_script.post_count, 0);
    assert_int_equal(core_script.call_count, 0);
}

// What is told: the hook, its first real argument, whether the core hears of it.
static void test_what_is_told_once(void **state) {
    static const struct {
        const char *hook, *args;
        bool told;
    } table[] = {
        {"MessageHasBeenDeleted", "[{},{\"channel_id\":\"named\",\"message\":\"openclaw\"}]", true},
        {"MessageHasBeenDeleted", "[{},{\"channel_id\":\"named\",\"message\":\"hello\"}]", false},
        {"MessageHasBeenDeleted", "[{},{\"channel_id\":\"x\",\"user_id\":\"bot\"}]", false},
        {"ReactionHasBeenAdded", "[{},{\"channel_id\":\"named\",\"user_id\":\"u\",\"emoji_name\":\"eyes\"}]",
         true},
        {"ReactionHasBeenRemoved", "[{},{\"user_id\":\"u\"}]", true},
        {"ReactionHasBeenAdded", "[{},{\"channel_id\":\"none\",\"user_id\":\"u\"}]", false},
        {"ReactionHasBeenAdded", "[{},{\"channel_id\":\"named\",\"user_id\":\"bot\"}]", false},
        {"UserHasJoinedChannel", "[{},{\"channel_id\":\"c\",\"user_id\":\"bot\"},{}]", true},
        {"UserHasJoinedChannel", "[{},{\"channel_id\":\"c\",\"user_id\":\"u\"},{}]", false},
        {"UserHasLeftChannel", "[{},{\"channel_id\":\"c\",\"user_id\":\"bot\"},null]", true},
        {"UserHasLeftTeam", "[{},{\"team_id\":\"t\",\"user_id\":\"bot\"},null]", true},
        {"UserHasLeftTeam", "[{},{\"team_id\":\"t\",\"user_id\":\"u\"},null]", false},
    };
    session_fixture *f = *state;
    filter();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t before = core_script.call_count;
        hook(f, table[i].hook, table[i].args);
        if (core_script.call_count - before != (table[i].told ? 1 : 0))
            fail_msg("row %zu: %s", i, table[i].args);
        if (!table[i].told)
            continue;
        assert_string_equal(core_script.calls[before].method, table[i].hook);
        if (i % 2 == 0)
            scripted_core_answer(before, "null", "", NULL);
        else
            scripted_core_fail(before, LINK_E_CLOSED); // lost: nothing follows from it
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_edit_is_held, session_fixture_setup_active,
                                        session_fixture_teardown),
        cmocka_unit_test_setup_teardown(test_edits_of_no_interest, session_fixture_setup_active,
                                        session_fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_told_once, session_fixture_setup_active,
                                        session_fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
