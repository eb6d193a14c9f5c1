// SPDX-License-Identifier: Apache-2.0
// /openclaw find: what is shown of people and channels, to whom, and how.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"

#include <stdio.h>

#define ANN "annannannannannannannannan"
#define BOB "bobbobbobbobbobbobbobbobbo"
#define DM "dmdmdmdmdmdmdmdmdmdmdmdmdm"

// The bot of the bench has the id "bot".
static const char PEOPLE[] =
    "{\"users\":[{\"id\":\"bot\",\"username\":\"openclaw\",\"is_bot\":true},"
    "{\"id\":\"" ANN "\",\"username\":\"ann\",\"first_name\":\"Ann\",\"last_name\":\"`@all`\"},"
    "{\"id\":\"" BOB "\",\"username\":\"bob\"}],"
    "\"teams\":[{\"id\":\"t\",\"name\":\"acme\",\"members\":[\"bot\",\"" ANN "\",\"" BOB "\"]}],"
    "\"channels\":["
    "{\"id\":\"c1\",\"team_id\":\"t\",\"name\":\"bobs-place\",\"display_name\":\"Bob's\\nPlace\",\"type\":"
    "\"O\","
    "\"members\":[\"bot\"]},"
    "{\"id\":\"c2\",\"team_id\":\"t\",\"name\":\"annex\",\"display_name\":\"\",\"type\":\"P\",\"members\":"
    "[\"bot\",\"" ANN "\"]},"
    "{\"id\":\"" DM "\",\"name\":\"bot__" ANN "\",\"type\":\"D\",\"members\":[\"bot\",\"" ANN "\",\"" BOB
    "\"]}]}";

static int set_up(void **state) {
    config_problems problems;
    cJSON *settings = json_new_object();
    (void)state;
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", "dmPolicy: open\nallowFrom: ['*']\n");
    config *rules = config_from_settings(settings, &problems);
    assert_non_null(rules);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    start_bench(rules);
    FAKE.world = cJSON_Parse(PEOPLE);
    assert_non_null(FAKE.world);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    end_bench();
    return 0;
}

static void test_what_is_shown(void **state) {
    static const struct {
        const char *user, *text, *answer;
    } rows[] = {
        {ANN, "find bob", "* `@bob`: `user:" BOB "`\n* `acme/#bobs-place` `Bob's Place`: `channel:c1`"},
        {ANN, "find ann", "* `@ann` `Ann  @all `: `user:" ANN "`\n* `acme/#annex` (private): `channel:c2`"},
        {BOB, "find ann", "* `@ann` `Ann  @all `: `user:" ANN "`"}, // not in the private channel
        {ANN, "find @bob", "* `@bob`: `user:" BOB "`"},
        {ANN, "find #bob", "* `acme/#bobs-place` `Bob's Place`: `channel:c1`"},
        {ANN, "find zed", "Nobody and no channel of that name is known to both you and the bot."},
        {ANN, "find @zed", "Nobody and no channel of that name is known to both you and the bot."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("/openclaw %s", rows[i].text);
        give_at(rows[i].user, DM, "", text);
        fake_clock_pass(LOOP, 1000);
        assert_non_null(FAKE.command_answer);
        assert_string_equal(FAKE.command_answer, rows[i].answer);
        free(text);
    }
}

static void test_many(void **state) {
    cJSON *users = cJSON_GetObjectItemCaseSensitive(FAKE.world, "users");
    cJSON *members = cJSON_GetObjectItemCaseSensitive(world_find("teams", "id", "t"), "members");
    (void)state;
    for (int i = 0; i < 15; i++) {
        char name[16];
        snprintf(name, sizeof name, "many%02d", i);
        cJSON *user = json_new_object();
        json_add_string(user, "id", name);
        json_add_string(user, "username", name);
        json_push(users, user);
        json_push(members, json_new_string(name));
    }
    give_at(ANN, DM, "", "/openclaw find @many");
    fake_clock_pass(LOOP, 1000);
    assert_true(said("`@many09`"));
    assert_false(said("`@many10`"));
    assert_true(said("and others: write more of the name"));
}

static void test_failure(void **state) {
    (void)state;
    FAKE.fail_call = "teams_of_user";
    FAKE.fail_next = 1;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
    give_at(ANN, DM, "", "/openclaw find bob");
    fake_clock_pass(LOOP, 1000);
    assert_true(said("broken"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failure, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
