// SPDX-License-Identifier: Apache-2.0
// Slash commands of their own: which are registered at the server and when, skills, and the lists that clients fetch.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"
#include "interactions/command_lists.h"
#include "interactions/command_native.h"
#include "chat/views.h"

#define LISTED "listedlistedlistedlistedab"

static native_commands *NATIVE;
static chat_post SAID;
static int ASKED;
static bool TAKES;

static config *rules_with(const char *more) {
    config_problems problems;
    cJSON *settings = json_new_object();
    char *advanced = xasprintf("{allowFrom: ['" LISTED "'], groupPolicy: 'open'%s}", more);
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", advanced);
    config *c = config_from_settings(settings, &problems);
    assert_non_null(c);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    free(advanced);
    return c;
}

static bool bench_ask(void *ctx, const chat_post *said, const char *account_id, const char *suffix) {
    (void)ctx;
    ASKED++;
    assert_string_equal(account_id, "default");
    assert_string_equal(suffix, "skill");
    chat_post_free(&SAID);
    SAID = chat_post_dup(said);
    return TAKES;
}

static void start(const char *more) {
    start_bench(rules_with(more));
    WORLD.ask = bench_ask;
    ASKED = 0;
    TAKES = true;
    NATIVE = native_create(&WORLD);
}

static void stop(void) {
    native_destroy(NATIVE);
    end_bench();
    chat_post_free(&SAID);
    SAID = (chat_post){0};
}

static bool has(const char *trigger) {
    return json_get(FAKE.commands, trigger) != NULL;
}

static void refresh(void) {
    native_refresh(NATIVE);
    fake_clock_pass(LOOP, 100);
}

#define SKILLS                                                                                               \
    "{\"commands\":[{\"name\":\"help\",\"source\":\"native\"},{\"name\":\"GitHub\",\"source\":\"skill\","    \
    "\"description\":\"Works with issues\"},{\"name\":\"a b\",\"source\":\"skill\"},"                        \
    "{\"name\":\"status\",\"source\":\"skill\"},{\"name\":\"\",\"source\":\"skill\"},7]}"

static void test_only_where_wanted(void **state) {
    static const char *const off[] = {"", ", commands: {native: 'auto'}", ", commands: {native: false}",
                                      ", commands: {nativeSkills: true}"};
    (void)state;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        start(off[i]);
        refresh();
        assert_true(has("openclaw"));
        assert_int_equal(cJSON_GetArraySize(FAKE.commands), 1);
        assert_int_equal(RUNS.call_count, 0);
        stop();
    }
    static const char *const triggers[] = {
        "oc_status",    "oc_model",   "oc_models", "oc_new",     "oc_help",    "oc_think", "oc_queue",
        "oc_reasoning", "oc_verbose", "oc_stop",   "oc_compact", "oc_approve", "oc_skill"};
    start(", commands: {native: true}");
    refresh();
    for (size_t i = 0; i < sizeof triggers / sizeof *triggers; i++)
        assert_true(has(triggers[i]));
    assert_false(has("oc_pairing") || has("oc_doctor") || has("oc_reload"));
    assert_int_equal(RUNS.call_count, 0); // no skills are wanted
    RULES->accounts[0].native_commands = NO;
    refresh();
    assert_int_equal(cJSON_GetArraySize(FAKE.commands), 1);
    stop();
}

static void test_skills_are_commands(void **state) {
    (void)state;
    start(", commands: {native: true, nativeSkills: true}");
    refresh();
    assert_string_equal(RUNS.calls[0].method, "commands.list");
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    fake_clock_pass(LOOP, 100);
    assert_true(has("oc_github") && has("oc_a_b"));
    assert_string_equal(json_text(FAKE.commands, "oc_github"), "[args]");
    assert_string_equal(json_text(FAKE.commands, "oc_status"), ""); // the command's, not the skill's
    refresh();                                                      // soon again: known
    assert_int_equal(RUNS.call_count, 1);
    fake_clock_pass(LOOP, 6 * 60 * 1000);
    refresh();
    fake_call_end(OC_EREMOTE, NULL, json_of("{\"message\":\"busy\"}"));
    assert_true(has("oc_github")); // stays
    fake_clock_pass(LOOP, 6 * 60 * 1000);
    refresh();
    fake_call_end(OC_OK, json_of("{\"commands\":[]}"), NULL);
    fake_clock_pass(LOOP, 100);
    assert_false(has("oc_github"));
    assert_true(has("oc_status"));
    stop();
}

static void test_registering_is_tried_again(void **state) {
    (void)state;
    start("");
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 2;
    refresh();
    assert_false(has("openclaw"));
    fake_clock_pass(LOOP, 10000);
    assert_true(has("openclaw"));
    stop();
}

static void give_native(const char *user, const char *channel, const char *root, const char *text) {
    const chat_command command = {.user_id = user,
                                  .channel_id = channel,
                                  .team_id = "team",
                                  .root_id = root,
                                  .trigger_id = "trigger",
                                  .command = text};
    free(FAKE.command_answer);
    FAKE.command_answer = NULL;
    native_execute(NATIVE, &command, fake_chat_command_ticket());
}

static void test_a_skill_is_asked_for(void **state) {
    (void)state;
    start(", commands: {native: true, nativeSkills: true}");
    refresh();
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    fake_clock_pass(LOOP, 100);
    give_native(LISTED, "pub1", "root1", "/oc_github list `all` issues /exec ask=off");
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(ASKED, 1);
    assert_string_equal(SAID.message, "Use the skill \"GitHub\" for this:\nlist `all` issues /exec ask=off");
    assert_string_equal(SAID.user_id, LISTED);
    assert_string_equal(SAID.root_id, "root1");
    assert_string_equal(SAID.id, FAKE.posts[0].id);
    assert_string_equal(FAKE.posts[0].message,
                        "`" LISTED "` asks for the skill `GitHub`: `list 'all' issues /exec ask=off`");
    assert_string_equal(FAKE.command_answer, "");
    give_native(LISTED, "pub1", "", "/openclaw skill nonsense x");
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    assert_true(said("no such skill") && said("`GitHub`: `Works with issues`"));
    give_native(LISTED, "pub1", "", "/openclaw skill");
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    assert_true(said("Skills of this agent") && !said("`help`"));
    give_native("guest", "dm1", "", "/oc_github x");
    fake_clock_pass(LOOP, 100);
    assert_true(said("may not talk to the bot yet"));
    TAKES = false;
    give_native(LISTED, "pub1", "", "/openclaw skill github");
    fake_call_end(OC_OK, json_of(SKILLS), NULL);
    fake_clock_pass(LOOP, 100);
    assert_true(said("not at work any more"));
    stop();
}

// --- lists ---

static void must_list(const char *name, const char *payload, const char *expected) {
    cJSON *json = json_of(payload), *items = command_lists_items(WORDS_EN, name, json);
    char *text = cJSON_PrintUnformatted(items);
    assert_string_equal(text, expected);
    cJSON_free(text);
    cJSON_Delete(items);
    cJSON_Delete(json);
}

static void test_lists(void **state) {
    static const char models[] =
        "{\"models\":[{\"id\":\"m-1\",\"name\":\"One\",\"provider\":\"a\"},{\"id\":\"m-2\","
        "\"provider\":\"a\",\"available\":false},{\"id\":\"x y\",\"provider\":\"b\"},null,[]]}";
    (void)state;
    must_list("models", models,
              "[{\"Item\":\"default\",\"Hint\":\"\",\"HelpText\":\"The agent's usual model\"},"
              "{\"Item\":\"a/m-1\",\"Hint\":\"\",\"HelpText\":\"One\"}]");
    must_list("providers", models,
              "[{\"Item\":\"a\",\"Hint\":\"\",\"HelpText\":\"The models of this provider\"},"
              "{\"Item\":\"b\",\"Hint\":\"\",\"HelpText\":\"The models of this provider\"}]");
    must_list("levels", "{\"session\":{\"thinkingLevels\":[{\"id\":\"off\",\"label\":\"Off\"}]}}",
              "[{\"Item\":\"default\",\"Hint\":\"\",\"HelpText\":\"The model's usual level\"},"
              "{\"Item\":\"off\",\"Hint\":\"\",\"HelpText\":\"Off\"}]");
    must_list("levels", "{\"session\":null}",
              "[{\"Item\":\"default\",\"Hint\":\"\",\"HelpText\":\"The model's usual level\"},"
              "{\"Item\":\"off\",\"Hint\":\"\",\"HelpText\":\"If the model knows it\"},"
              "{\"Item\":\"low\",\"Hint\":\"\",\"HelpText\":\"If the model knows it\"},"
              "{\"Item\":\"medium\",\"Hint\":\"\",\"HelpText\":\"If the model knows it\"},"
              "{\"Item\":\"high\",\"Hint\":\"\",\"HelpText\":\"If the model knows it\"}]");
    must_list("skills", SKILLS,
              "[{\"Item\":\"GitHub\",\"Hint\":\"\",\"HelpText\":\"Works with issues\"},"
              "{\"Item\":\"status\",\"Hint\":\"\",\"HelpText\":\"\"}]");
    must_list("skills", "{\"commands\":\"odd\"}", "[]");
    must_list("models", "[]",
              "[{\"Item\":\"default\",\"Hint\":\"\",\"HelpText\":\"The agent's usual model\"}]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_where_wanted),
        cmocka_unit_test(test_skills_are_commands),
        cmocka_unit_test(test_registering_is_tried_again),
        cmocka_unit_test(test_a_skill_is_asked_for),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
