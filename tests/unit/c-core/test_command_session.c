// SPDX-License-Identifier: Apache-2.0
// Commands about conversations: who may (every command × role × kind of channel), which session and which bot are meant, what
// the gateway is asked, what people are told.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"

#include <stdio.h>

// Ids as the configuration takes them. A user id with "admin" in front is a system administrator to the fake server.
#define STRANGER "strangerstrangerstrangerab"
#define LISTED "listedlistedlistedlistedab"
#define APPROVER "approverapproverapproverab"
#define OWNER "ownerownerownerownerowners"
#define ADMIN "adminadminadminadminadmina"

static config *rules_with(const char *policies) {
    config_problems problems;
    cJSON *settings = json_new_object();
    char *advanced = xasprintf("{%s, allowFrom: ['" LISTED "', '" OWNER "'], owners: ['" OWNER
                               "'], approvers: ['" APPROVER "']}",
                               policies);
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", advanced);
    config *c = config_from_settings(settings, &problems);
    if (c == NULL)
        fail_msg("these rules are refused: %s", advanced);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    free(advanced);
    return c;
}

// --- rights ---

// Expected values by hand: who may, in the order stranger, listed, approver, owner, administrator; the last two are listed
// nowhere but as such (the owner is listed, too). Direct messages by allowlist; channels by allowlist, open, disabled.
static const struct {
    const char *command, *direct, *listed, *open, *disabled;
} RIGHTS[] = {
    {"help", "yyyyy", "yyyyy", "yyyyy", "yyyyy"},
    {"why x", "----y", "----y", "----y", "----y"},
    {"status", "-y-yy", "-y-yy", "yyyyy", "----y"},
    {"model", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"model x", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"models", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"new", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"think", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"think high", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"stop", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"compact", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"verbose", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"reasoning", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"queue", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"settings", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"about", "yyyyy", "yyyyy", "yyyyy", "yyyyy"},
    {"doctor", "----y", "----y", "----y", "----y"},
    {"agents", "----y", "----y", "----y", "----y"},
    {"reload", "----y", "----y", "----y", "----y"},
    {"purge", "----y", "----y", "----y", "----y"},
    {"find x", "-y-yy", "-y-yy", "yyyyy", "----y"},
    {"skill", "-y-y-", "-y-y-", "yyyyy", "-----"},
    {"pairing list", "--y-y", "--y-y", "--y-y", "--y-y"},
    {"pairing approve ABCD2345", "--y-y", "--y-y", "--y-y", "--y-y"},
    {"pairing deny ABCD2345", "--y-y", "--y-y", "--y-y", "--y-y"},
    {"pairing remove x", "--y-y", "--y-y", "--y-y", "--y-y"},
    {"pairing export", "--y-y", "--y-y", "--y-y", "--y-y"},
    {"pairing import x", "--y-y", "--y-y", "--y-y", "--y-y"},
};
enum { RIGHT_COUNT = sizeof RIGHTS / sizeof *RIGHTS };

static bool was_refused(void) {
    return said("You may not use this command") || said("The bot is turned off in channels");
}

static void check_rights(const char *policies, const char *const *channels, size_t column) {
    static const char *const people[] = {STRANGER, LISTED, APPROVER, OWNER, ADMIN};
    start_bench(rules_with(policies));
    RUNS.status.state = GATEWAY_BACKOFF; // who may is told that it is away
    for (; *channels != NULL; channels++) {
        for (size_t i = 0; i < RIGHT_COUNT; i++) {
            const char *const columns[] = {RIGHTS[i].direct, RIGHTS[i].listed, RIGHTS[i].open,
                                           RIGHTS[i].disabled};
            for (size_t who = 0; who < 5; who++) {
                char *text = xasprintf("/openclaw %s", RIGHTS[i].command);
                give_at(people[who], *channels, "", text);
                fake_clock_pass(LOOP, 20000);
                assert_non_null(FAKE.command_answer);
                if (was_refused() != (columns[column][who] == '-'))
                    fail_msg("%s by %s in %s with %s: %s", text, people[who], *channels, policies,
                             FAKE.command_answer);
                free(text);
            }
        }
    }
    assert_int_equal(RUNS.call_count, 0);
    assert_int_equal(FAKE.post_count, 0);
    end_bench();
}

static void test_rights(void **state) {
    static const char *const direct[] = {"dm1", NULL}, *const channels[] = {"gm1", "priv1", "pub1", NULL};
    (void)state;
    check_rights("dmPolicy: 'allowlist', groupPolicy: 'allowlist'", direct, 0);
    check_rights("dmPolicy: 'allowlist', groupPolicy: 'allowlist'", channels, 1);
    check_rights("dmPolicy: 'allowlist', groupPolicy: 'open'", channels, 2);
    check_rights("dmPolicy: 'allowlist', groupPolicy: 'disabled'", channels, 3);
}

// Each row stands in the table of rights.
static void test_no_row_is_left_out(void **state) {
    const command_row *row;
    (void)state;
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
        if (strcmp(row->path, "approve") == 0) { // its desk looks at who may decide what
            assert_int_equal(row->right, COMMAND_FOR_EVERYBODY);
            continue;
        }
        bool found = false;
        for (size_t k = 0; k < RIGHT_COUNT; k++)
            found = found || strncmp(RIGHTS[k].command, row->path, strlen(row->path)) == 0;
        if (!found)
            fail_msg("%s has no line in the table of rights", row->path);
    }
}

// --- the place ---

static const char *asked_key(void) {
    return json_text(RUNS.calls[RUNS.call_count - 1].params, "key");
}

static void test_which_session_is_meant(void **state) {
    static const struct {
        const char *policies, *channel, *root, *key;
    } rows[] = {
        {"groupPolicy: 'open'", "dm1", "", "agent:main:mattermost:direct:" LISTED},
        {"groupPolicy: 'open'", "dm1", "root1", "agent:main:mattermost:direct:" LISTED},
        {"groupPolicy: 'open'", "pub1", "", "agent:main:mattermost:channel:pub1"},
        {"groupPolicy: 'open'", "pub1", "root1", "agent:main:mattermost:channel:pub1:thread:root1"},
        {"groupPolicy: 'open'", "priv1", "", "agent:main:mattermost:group:priv1"},
        {"groupPolicy: 'open', replyToMode: 'all'", "pub1", "", "agent:main:mattermost:channel:pub1"},
        {"groupPolicy: 'open', agent: 'helper'", "pub1", "", "agent:helper:mattermost:channel:pub1"},
        {"groupPolicy: 'open', replyToModeByChatType: {direct: 'all'}", "dm1", "root1",
         "agent:main:mattermost:direct:" LISTED ":thread:root1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_bench(rules_with(rows[i].policies));
        give_at(LISTED, rows[i].channel, rows[i].root, "/openclaw status");
        assert_int_equal(RUNS.call_count, 1);
        assert_string_equal(RUNS.calls[0].method, "sessions.describe");
        assert_string_equal(asked_key(), rows[i].key);
        fake_call_end(OC_OK, json_of("{\"session\":null}"), NULL);
        assert_true(said("Nothing was said yet"));
        end_bench();
    }
}

static config *two_bots(void) {
    config *c = rules_with("groupPolicy: 'open'");
    (void)add_account(c, LISTED, "work", "worker");
    c->accounts[1].group_policy = GROUP_OPEN;
    return c;
}

static void test_which_bot_is_meant(void **state) {
    (void)state;
    start_bench(two_bots());
    give_at(LISTED, "pub1", "", "/openclaw status");
    assert_string_equal(asked_key(), "agent:main:mattermost:channel:pub1");
    fake_call_end(OC_OK, NULL, NULL);
    give_at(LISTED, "pub1", "", "/openclaw status bot:worker");
    assert_string_equal(asked_key(), "agent:main:mattermost:work:channel:pub1");
    fake_call_end(OC_OK, NULL, NULL);
    give_at(LISTED, "pub1", "", "/openclaw model BOT:@Worker gpt");
    assert_string_equal(asked_key(), "agent:main:mattermost:work:channel:pub1");
    assert_string_equal(json_text(RUNS.calls[RUNS.call_count - 1].params, "model"), "gpt");
    fake_call_end(OC_OK, NULL, NULL);
    give_at(LISTED, "pub1", "", "/openclaw status bot:nobody");
    assert_true(said("no bot of that name"));
    participation_note(THREADS, "work", "root1"); // it has answered there
    give_at(LISTED, "pub1", "root1", "/openclaw status");
    assert_string_equal(asked_key(), "agent:main:mattermost:work:channel:pub1:thread:root1");
    fake_call_end(OC_OK, NULL, NULL);
    give_at(LISTED, "pub1out", "", "/openclaw status"); // no bot is a member
    assert_true(said("not a member"));
    give_at(LISTED, "pub1out", "", "/openclaw status bot:worker");
    assert_true(said("not a member"));
    end_bench();
}

// --- what is asked and told ---

static void test_the_model(void **state) {
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    give_at(LISTED, "dm1", "", "/openclaw model");
    fake_call_end(OC_OK, json_of("{\"session\":{\"modelProvider\":\"fa`ke\",\"model\":\"m-1\"}}"), NULL);
    assert_true(said("`fa'ke/m-1`"));
    give_at(LISTED, "dm1", "", "/openclaw model default");
    assert_string_equal(RUNS.calls[1].method, "sessions.patch");
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(RUNS.calls[1].params, "model")));
    fake_call_end(OC_OK, json_of("{\"resolved\":{\"modelProvider\":\"fake\",\"model\":\"m-1\"}}"), NULL);
    assert_true(said("usual model"));
    give_at(LISTED, "dm1", "", "/openclaw model nope/none");
    fake_call_end(OC_EREMOTE, NULL,
                  json_of("{\"code\":\"INVALID_REQUEST\",\"message\":\"Unknown\\nprovider `nope` @all\"}"));
    assert_true(said("The gateway refused: Unknown provider 'nope' @all"));
    // In a channel it concerns all.
    give_at(LISTED, "pub1", "root1", "/oc_model fake/m-2");
    fake_call_end(OC_OK, json_of("{\"resolved\":{\"modelProvider\":\"fake\",\"model\":\"m-2\"}}"), NULL);
    assert_string_equal(FAKE.command_answer, "");
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "chose the model `fake/m-2`"));
    assert_string_equal(FAKE.posts[0].root_id, "root1");
    assert_string_equal(FAKE.posts[0].user_id, "bot");
    give_at(LISTED, "dm1", "", "/openclaw model a b");
    assert_true(said("Write `/openclaw model [model]`"));
    assert_int_equal(RUNS.call_count, 4);
    end_bench();
}

static void test_models(void **state) {
    static const char list[] =
        "{\"models\":[{\"id\":\"m-1\",\"name\":\"One\",\"provider\":\"a\",\"tags\":[\"default\"]},"
        "{\"id\":\"m-2\",\"name\":\"Two\",\"provider\":\"b\",\"available\":false},7]}";
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    give_at(LISTED, "dm1", "", "/oc_models");
    fake_call_end(OC_OK, json_of(list), NULL);
    assert_true(said("- `a/m-1` `One` (default)") && said("- `b/m-2` `Two` (not available now)"));
    give_at(LISTED, "dm1", "", "/openclaw models b");
    fake_call_end(OC_OK, json_of(list), NULL);
    assert_true(!said("m-1") && said("m-2"));
    give_at(LISTED, "dm1", "", "/openclaw models zzz");
    fake_call_end(OC_OK, json_of(list), NULL);
    assert_true(said("no such model"));
    give_at(LISTED, "dm1", "", "/openclaw models");
    fake_call_end(OC_OK, json_of("{\"models\":\"odd\"}"), NULL);
    assert_true(said("no such model"));
    end_bench();
}

static void test_thinking(void **state) {
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    give_at(LISTED, "dm1", "", "/openclaw think");
    fake_call_end(OC_OK,
                  json_of("{\"session\":{\"thinkingDefault\":\"medium\",\"thinkingLevels\":[{\"id\":\"off\"},"
                          "{\"id\":\"high\"}]}}"),
                  NULL);
    assert_true(said("`medium` (the model's usual level)") && said("`off`, `high`"));
    give_at(LISTED, "dm1", "", "/oc_think high");
    assert_string_equal(json_text(RUNS.calls[1].params, "thinkingLevel"), "high");
    fake_call_end(OC_OK, json_of("{}"), NULL);
    assert_true(said("You set the thinking level of this conversation to `high`."));
    end_bench();
}

static void test_stop(void **state) {
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    STOPPED = 1;
    give_at(LISTED, "pub1", "", "/openclaw stop");
    assert_true(said("Stopped."));
    assert_int_equal(RUNS.call_count, 0);
    STOPPED = 0; // perhaps others have begun something
    give_at(LISTED, "pub1", "", "/openclaw stop");
    assert_string_equal(RUNS.calls[0].method, "chat.abort");
    assert_string_equal(json_text(RUNS.calls[0].params, "sessionKey"), "agent:main:mattermost:channel:pub1");
    fake_call_end(OC_OK, json_of("{\"ok\":true,\"aborted\":false}"), NULL);
    assert_true(said("not at work here"));
    end_bench();
}

static void test_without_control_connection(void **state) {
    static const char *const commands[] = {"/openclaw new", "/oc_new", "/openclaw compact"};
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        give_at(LISTED, "dm1", "", commands[i]);
        assert_true(said("This needs the gateway's control connection."));
    }
    assert_int_equal(RUNS.call_count, 0);
    end_bench();
}

static void test_away_and_silent(void **state) {
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    RUNS.status.state = GATEWAY_BACKOFF;
    RUNS.status.sentence = "It refused the connection.";
    give_at(LISTED, "dm1", "", "/openclaw model x");
    assert_true(said("not connected") && !said("refused"));
    give_at(ADMIN, "pub1", "", "/openclaw status");
    assert_true(said("It refused the connection.") && said("The plugin"));
    RUNS.status.state = GATEWAY_READY;
    RUNS.takes_calls = false;
    give_at(LISTED, "dm1", "", "/openclaw model x");
    assert_true(said("connection to the gateway broke"));
    RUNS.takes_calls = true;
    give_at(LISTED, "dm1", "", "/openclaw model");
    fake_call_end(OC_ETIMEOUT, NULL, NULL);
    assert_true(said("did not answer in time"));
    give_at(LISTED, "dm1", "", "/openclaw model"); // the gateway is removed, and its requests with it
    fake_clock_pass(LOOP, 5000);
    assert_true(said("connection to the gateway broke"));
    size_t before = FAKE.ephemeral_count;
    give_at(LISTED, "pub1", "root1", "/openclaw think low"); // a run is at work: it takes longer
    fake_clock_pass(LOOP, 1999);
    assert_true(said("The gateway is at it"));
    fake_call_end(OC_OK, json_of("{}"), NULL);
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "set the thinking level"));
    assert_int_equal(FAKE.ephemeral_count, before);
    give_at(LISTED, "pub1", "root1", "/openclaw think low");
    fake_clock_pass(LOOP, 10 * 60 * 1000); // nobody answers any more
    assert_int_equal(FAKE.ephemeral_count, before + 1);
    assert_string_equal(FAKE.ephemeral[before].user_id, LISTED);
    assert_non_null(strstr(FAKE.ephemeral[before].message, "connection to the gateway broke"));
    end_bench();
}

// What is answered to a command, what is told to everybody then, and what it then is.
static void test_display_settings(void **state) {
    static const struct {
        const char *text, *answer;
    } rows[] = {
        {"verbose", "Verbose is `default`"},
        {"verbose on", "You changed what is shown: growing answers here show which tools"},
        {"verbose", "Verbose is `on`"},
        {"verbose FULL", "with the text of commands"},
        {"verbose loud", "can be `on`, `off`, `full` or `default`"},
        {"verbose default", "what the bot's settings say"},
        {"reasoning", "Reasoning is `off`"},
        {"reasoning on", "never posted"},
        {"reasoning", "Reasoning is `on`"},
        {"reasoning stream", "never posted, only that it thinks"},
        {"reasoning off", "nothing of the agent's thinking"},
        {"queue", "Queue is `followup`"},
        {"queue collect debounce:2s cap:3 drop:old",
         "one message; a pause of 2000 ms ends a message; at most 3 wait, beyond that the oldest"},
        {"queue", "Queue is `collect`"},
        {"queue interrupt", "ends what the agent is doing; a pause of 2000 ms"},
        {"queue debounce:500ms", "500 ms"},
        {"queue steer", "is not there"},
        {"queue steer-backlog", "is not there"},
        {"queue drop:summarize", "cannot be summed up"},
        {"queue drop:all", "Write `/openclaw queue"},
        {"queue cap:0", "Write `/openclaw queue"},
        {"queue cap:21", "Write `/openclaw queue"},
        {"queue cap:-1", "Write `/openclaw queue"},
        {"queue debounce:61s", "Write `/openclaw queue"},
        {"queue debounce:2h", "Write `/openclaw queue"},
        {"queue debounce:", "Write `/openclaw queue"},
        {"queue nonsense", "Write `/openclaw queue"},
        {"queue collect collect collect collect collect collect collect", "Write `/openclaw queue"},
        {"queue default", "one after another."},
        {"queue", "Queue is `followup`: messages are answered one after another."},
    };
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("/openclaw %s", rows[i].text);
        give_at(LISTED, "dm1", "", text);
        fake_clock_pass(LOOP, 100);
        if (!said(rows[i].answer))
            fail_msg("%s: %s", text, FAKE.command_answer);
        free(text);
    }
    assert_int_equal(RUNS.call_count, 0);
    give_at(LISTED, "pub1", "root1", "/oc_verbose full");
    fake_clock_pass(LOOP, 100);
    assert_int_equal(FAKE.post_count, 1);
    assert_int_equal(
        talk_settings_get(TALK, "default", "agent:main:mattermost:channel:pub1:thread:root1").verbose,
        TALK_VERBOSE_FULL);
    assert_int_equal(talk_settings_get(TALK, "default", "agent:main:mattermost:channel:pub1").verbose,
                     TALK_VERBOSE_UNSET);
    end_bench();
}

static void test_administration(void **state) {
    static const char agents[] =
        "{\"defaultId\":\"main\",\"agents\":[{\"id\":\"main\",\"identity\":{\"name\":\"Claw\"}},"
        "{\"id\":\"helper\"},7]}";
    (void)state;
    start_bench(rules_with("groupPolicy: 'open', agent: 'helper'"));
    give_at(ADMIN, "dm1", "", "/openclaw agents");
    assert_string_equal(RUNS.calls[0].method, "agents.list");
    fake_call_end(OC_OK, json_of(agents), NULL);
    assert_true(said("here answers `helper`") && said("- `main` `Claw` (the gateway's default)") &&
                said("- `helper`"));
    give_at(ADMIN, "dm1out", "", "/openclaw agents");
    assert_true(said("where a bot is a member"));
    give_at(ADMIN, "dm1out", "", "/openclaw status");
    assert_true(said("**The plugin**"));
    give_at(ADMIN, "dm1", "", "/openclaw doctor");
    assert_string_equal(RUNS.calls[1].method, "agents.list");
    fake_call_end(OC_OK, json_of(agents), NULL);
    assert_true(said("**Gateway token** of `default`: the gateway accepts it") && said("`helper` answers"));
    give_at(ADMIN, "dm1", "", "/openclaw reload");
    assert_int_equal(RELOADED, 1);
    give_at(STRANGER, "dm1", "", "/openclaw about");
    assert_true(said("Apache License 2.0"));
    end_bench();
}

static void test_status_of_a_session(void **state) {
    static const char session[] = "{\"session\":{\"modelProvider\":\"fake\",\"model\":\"m\","
                                  "\"thinkingLevel\":\"high\",\"totalTokens\":500,"
                                  "\"contextTokens\":1000,\"estimatedCostUsd\":0.25,\"status\":\"done\"}}";
    (void)state;
    start_bench(rules_with("groupPolicy: 'open'"));
    give_at(LISTED, "dm1", "", "/oc_status");
    fake_call_end(OC_OK, json_of(session), NULL);
    assert_true(said("`fake/m`") && said("`high`") && said("500 of 1000 tokens (50 %)") && said("$0.2500"));
    assert_true(said("connected, OpenClaw 1") && !said("The plugin"));
    assert_false(FAKE.command_in_channel);
    end_bench();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_no_row_is_left_out),
        cmocka_unit_test(test_which_session_is_meant),
        cmocka_unit_test(test_which_bot_is_meant),
        cmocka_unit_test(test_the_model),
        cmocka_unit_test(test_models),
        cmocka_unit_test(test_thinking),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_without_control_connection),
        cmocka_unit_test(test_away_and_silent),
        cmocka_unit_test(test_display_settings),
        cmocka_unit_test(test_administration),
        cmocka_unit_test(test_status_of_a_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
