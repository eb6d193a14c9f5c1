// SPDX-License-Identifier: Apache-2.0
// Pairings carried from one installation to another: what one says is what the other takes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"
#include "interactions/pairing_carry.h"

#include <stdio.h>

#define ADMIN "adminadminadminadminadmina"
#define APPROVER "approverapproverapproverab"
#define ANN "annannannannannannannannan"
#define BEN "benbenbenbenbenbenbenbenbe"
#define ROBOT "botbotbotbotbotbotbotbotbo"
#define NOBODY "nobodynobodynobodynobodyno"

static config *rules(void) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", "accounts: {work: {approvers: ['" APPROVER "']}, default: {}}");
    config *c = config_from_settings(settings, &problems);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    assert_non_null(c);
    return c;
}

static int set_up(void **state) {
    (void)state;
    start_bench(rules());
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    end_bench();
    return 0;
}

static void give(const char *user, const char *text) {
    give_at(user, "dm1", "", text);
    fake_clock_pass(LOOP, 1000);
    assert_non_null(FAKE.command_answer);
}

static void flag(void *ctx, oc_err err, bool approved) {
    assert_int_equal(err, OC_OK);
    *(bool *)ctx = approved;
}

static bool is_in(const char *account_id, const char *user) {
    bool in = false;
    pairings_is_approved(STORE, account_id, user, flag, &in);
    fake_clock_pass(LOOP, 100);
    return in;
}

static void test_there_and_back(void **state) {
    (void)state;
    give(ADMIN, "/openclaw pairing import work " ANN " " BEN);
    assert_true(said("2 let in"));
    assert_true(is_in("work", ANN));
    assert_true(is_in("work", BEN));
    assert_false(is_in("default", ANN));
    give(ADMIN, "/openclaw pairing export");
    assert_true(said("```\n/openclaw pairing import work " ANN " " BEN "\n```"));
    give(ADMIN, "/openclaw pairing remove " ANN);
    assert_false(is_in("work", ANN));
    give(ADMIN, "/openclaw pairing import work " ANN " " BEN); // the very line of the export
    assert_true(said("1 let in, 1 were in already"));
    assert_true(is_in("work", ANN));
}

static void test_only_active_people(void **state) {
    (void)state;
    give(ADMIN, "/openclaw pairing import work " ANN " " ROBOT " " NOBODY);
    assert_true(said("1 let in, 0 were in already, 2 left out"));
    assert_false(is_in("work", ROBOT));
    assert_false(is_in("work", NOBODY));
}

static void test_who_may_where(void **state) {
    (void)state;
    give(APPROVER, "/openclaw pairing import default " ANN); // approves for the other account
    assert_true(said("Nobody was let in"));
    assert_false(is_in("default", ANN));
    give(APPROVER, "/openclaw pairing import work " ANN);
    assert_true(is_in("work", ANN));
    give(ADMIN, "/openclaw pairing import default " BEN);
    give(APPROVER, "/openclaw pairing export");
    assert_true(said(ANN));
    assert_false(said(BEN));
    give(ANN, "/openclaw pairing export");
    assert_true(said("You may not use this command"));
}

static void test_what_is_no_list(void **state) {
    static const char *const rows[] = {"work", "work name", ("work " ANN " name"), (ANN " work"),
                                       ("elsewhere " ANN)};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("/openclaw pairing import %s", rows[i]);
        give(ADMIN, text);
        free(text);
        if (!said("Nobody was let in"))
            fail_msg("%s: %s", rows[i], FAKE.command_answer);
    }
    assert_false(is_in("work", ANN));
    give(ADMIN, "/openclaw pairing export");
    assert_true(said("nobody on this page"));
}

// An answer and a command have their lengths: more people make more of them, and nobody is left out.
static void test_many(void **state) {
    enum { MANY = 450 };
    (void)state;
    for (int i = 0; i < MANY; i += 50) {
        buf text;
        buf_init(&text, 4096);
        assert_int_equal(buf_append_str(&text, "/openclaw pairing import work"), OC_OK);
        for (int j = i; j < i + 50; j++)
            assert_int_equal(buf_printf(&text, " person%020d", j), OC_OK);
        char *line = buf_take_str(&text);
        give(ADMIN, line);
        free(line);
        assert_true(said("50 let in"));
    }
    give(ADMIN, "/openclaw pairing export");
    assert_true(said("person00000000000000000000 ") && said("person00000000000000000399\n"));
    assert_false(said("person00000000000000000400"));
    assert_true(said("/openclaw pairing export 2"));
    assert_true(
        said(" person00000000000000000099\n/openclaw pairing import work person00000000000000000100 "));
    give(ADMIN, "/openclaw pairing export 2");
    assert_true(said("import work person00000000000000000400 ") && said("person00000000000000000449\n"));
    give(ADMIN, "/openclaw pairing export 3");
    assert_true(said("nobody on this page"));
}

#define CARRY_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CARRY_TEST(test_there_and_back), CARRY_TEST(test_only_active_people),
        CARRY_TEST(test_who_may_where),  CARRY_TEST(test_what_is_no_list),
        CARRY_TEST(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
