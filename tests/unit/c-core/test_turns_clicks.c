// SPDX-License-Identifier: Apache-2.0
// Buttons and menus that the agent writes into its answers, from the answer to the turn that a click becomes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

#include <stdio.h>

static char MALLORY[] = "mallorymallorymallorymallo";

static const char ANSWER[] =
    "Shall "
    "I?\n\n```presentation\n{\"blocks\":[{\"type\":\"buttons\",\"buttons\":[{\"label\":\"Yes\",\"value\":"
    "\"go:1\"},{\"label\":\"No\",\"value\":\"No\"}]},{\"type\":\"select\",\"placeholder\":\"Size\","
    "\"options\":[{"
    "\"label\":\"Small\",\"value\":\"s\"}]}]}\n```\n";

static void offer_buttons(void) {
    static char word[] = "inlineButtons";
    static char *list[] = {word, NULL};
    account_config *a = &RULES->accounts[0];
    free(a->capabilities);
    a->capabilities = xcalloc(2, sizeof *a->capabilities);
    a->capabilities[0] = xstrdup(list[0]);
}

static fake_posted *last_post(void) {
    return &FAKE.posts[FAKE.post_count - 1];
}

static const cJSON *action(const fake_posted *p, int number) {
    return cJSON_GetArrayItem(
        json_array(cJSON_GetArrayItem(json_array(p->props, "attachments"), 0), "actions"), number);
}

static int STATUS;
static char TEXT[512];

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    STATUS = status;
    snprintf(TEXT, sizeof TEXT, "%s%s", json_text(body, "ephemeral_text"), json_text(body, "error"));
}

static void click_on(const char *user, const fake_posted *p, int number, const char *option) {
    cJSON *body = json_new_object();
    json_add_string(body, "post_id", p->id);
    json_add_string(body, "channel_id", p->channel_id);
    cJSON *context = cJSON_Duplicate(json_get(json_get(action(p, number), "integration"), "context"), 1);
    if (option != NULL)
        json_add_string(context, "selected_option", option);
    json_add(body, "context", context);
    char *text = cJSON_PrintUnformatted(body);
    buttons_http(BUTTONS, user, bytes_str(text), on_answer, NULL);
    free(text);
    cJSON_Delete(body);
    settle();
}

static fake_posted *answered(const char *channel, const char *root) {
    offer_buttons();
    take_in("p1", channel, root, "@openclaw what now?", false);
    settle();
    fake_run_end(0, GATEWAY_RUN_OK, ANSWER, "");
    settle();
    return last_post();
}

static void test_offered_and_chosen(void **state) {
    (void)state;
    fake_posted *p = answered("town", "root");
    assert_non_null(strstr(RUNS.runs[0].system_prompt, "info word is presentation"));
    assert_string_equal(p->message, "Shall I?\n\n- Yes\n- No\n\nSize:\n- Small");
    assert_string_equal(json_text(action(p, 0), "name"), "Yes");
    assert_string_equal(json_text(action(p, 2), "type"), "select");
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
    click_on(ALICE, p, 0, NULL);
    assert_int_equal(STATUS, 200);
    assert_int_equal(RUNS.count, 2);
    assert_non_null(strstr(RUNS.runs[1].message, "(chose \"Yes\" under your message "));
    assert_non_null(strstr(RUNS.runs[1].message, "; value: go:1)"));
    assert_string_equal(RUNS.runs[1].session_key, RUNS.runs[0].session_key);
    assert_null(action(p, 0));
    fake_run_end(1, GATEWAY_RUN_OK, "Done.", "");
    settle();
    assert_string_equal(last_post()->message, "Done.");
    assert_string_equal(last_post()->root_id, "root");
}

static void test_menu_in_a_direct_message(void **state) {
    (void)state;
    fake_posted *p = answered("dm1", "");
    click_on(ALICE, p, 2, "s");
    assert_int_equal(RUNS.count, 2);
    assert_non_null(strstr(RUNS.runs[1].message, "(chose \"Small\" under your message "));
    assert_non_null(strstr(RUNS.runs[1].message, "value: s)"));
    assert_string_equal(RUNS.runs[1].session_key, RUNS.runs[0].session_key);
}

static void test_value_that_is_the_label(void **state) {
    (void)state;
    fake_posted *p = answered("town", "root");
    click_on(ALICE, p, 1, NULL);
    assert_null(strstr(RUNS.runs[1].message, "value:"));
}

static void test_once(void **state) {
    (void)state;
    fake_posted *p = answered("town", "root");
    fake_posted *copy =
        fake_chat_add_post("copy", "town", "bot", "root", "the same, as an older screen shows it");
    copy->props = cJSON_Duplicate(p->props, 1);
    click_on(ALICE, p, 0, NULL);
    char *id = copy->id;
    copy->id = p->id; // the click names the post
    click_on(ALICE, copy, 1, NULL);
    copy->id = id;
    assert_non_null(strstr(TEXT, "already"));
    assert_int_equal(RUNS.count, 2);
}

static void test_strangers(void **state) {
    (void)state;
    fake_posted *p = answered("town", "root");
    click_on(MALLORY, p, 0, NULL);
    assert_int_equal(RUNS.count, 1);
    assert_true(*TEXT != '\0');
    assert_non_null(action(p, 0)); // still there for who may
    click_on(ALICE, p, 0, NULL);
    assert_int_equal(RUNS.count, 2);
}

static void test_not_switched_on(void **state) {
    (void)state;
    take_in("p1", "town", "root", "@openclaw what now?", false);
    settle();
    assert_null(strstr(RUNS.runs[0].system_prompt, "presentation"));
    fake_run_end(0, GATEWAY_RUN_OK, ANSWER, "");
    settle();
    assert_non_null(strstr(last_post()->message, "```presentation"));
    assert_null(action(last_post(), 0));
}

static void test_from_the_gateway(void **state) {
    (void)state;
    cJSON *payloads =
        cJSON_Parse("[{\"text\":\"Hi\",\"presentation\":{\"title\":\"T\",\"blocks\":[{\"type\":\"buttons\","
                    "\"buttons\":[{\"label\":\"Go\",\"value\":\"g\",\"reusable\":true}]}]}}]");
    take_in("p1", "town", "root", "@openclaw what now?", false);
    settle();
    RUNS.runs[0].open = false;
    RUNS.runs[0].events.done(
        RUNS.runs[0].ctx,
        &(gateway_run_result){.outcome = GATEWAY_RUN_OK, .text = "Hi", .sentence = "", .payloads = payloads});
    settle();
    cJSON_Delete(payloads);
    fake_posted *p = last_post();
    assert_string_equal(p->message, "Hi\n\nT\n\n- Go");
    click_on(ALICE, p, 0, NULL);
    click_on(ALICE, p, 0, NULL); // it may be clicked again and again
    assert_non_null(action(p, 0));
    fake_run_end(1, GATEWAY_RUN_OK, "One.", "");
    settle();
    assert_int_equal(RUNS.count, 3);
}

static void test_hidden_while_it_grows(void **state) {
    (void)state;
    offer_buttons();
    take_in("p1", "town", "root", "@openclaw what now?", false);
    settle();
    RUNS.runs[0].events.text(RUNS.runs[0].ctx, "Shall I really do that?\n\n```presentation\n{\"blo");
    fake_clock_pass(LOOP, 3000);
    assert_string_equal(last_post()->message, "Shall I really do that?");
    fake_run_end(0, GATEWAY_RUN_OK, "Shall I really do that?\n\n```presentation\nbroken\n```", "");
    settle();
    assert_string_equal(last_post()->message, "Shall I really do that?\n\n```presentation\nbroken\n```");
}

static void test_store_away(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    offer_buttons();
    take_in("p1", "town", "root", "@openclaw what now?", false);
    settle();
    FAKE.fail_call = "kv_compare_and_set";
    FAKE.fail_next = 99;
    fake_run_end(0, GATEWAY_RUN_OK, ANSWER, "");
    settle();
    assert_string_equal(last_post()->message, "Shall I?\n\n- Yes\n- No\n\nSize:\n- Small");
    FAKE.fail_next = 0;
    assert_int_equal(outcome_told("p1"), REASON_ANSWERED);
}

// The core dies while the agent works on it: the next one goes on, once.
static void test_core_dies(void **state) {
    (void)state;
    fake_posted *p = answered("town", "root");
    click_on(ALICE, p, 0, NULL);
    assert_int_equal(RUNS.count, 2);
    fake_clock_pass(LOOP, 1000); // it is written down
    char *key = xstrdup(RUNS.runs[1].idempotency_key);
    end_core();
    start_core(RULES);
    settle();
    clicks_resume(CLICKS);
    settle();
    assert_int_equal(RUNS.count, 3);
    assert_string_equal(RUNS.runs[2].idempotency_key, key);
    assert_non_null(strstr(RUNS.runs[2].message, "(chose \"Yes\""));
    fake_run_end(2, GATEWAY_RUN_OK, "Done.", "");
    fake_clock_pass(LOOP, 40000); // the journal knows, and nothing is owed any more
    end_core();
    start_core(RULES);
    settle();
    clicks_resume(CLICKS);
    settle();
    assert_int_equal(RUNS.count, 3);
    free(key);
}

static void test_broken_debts(void **state) {
    static const char *const values[] = {"", "null", "[]", "{\"owed\":7}",
                                         "{\"owed\":[7,null,{},{\"account\":\"default\"}]}"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "clicks.node");
        json_add_string(FAKE.kv, "clicks.node", values[i]);
        end_core();
        start_core(RULES);
        clicks_resume(CLICKS);
        settle();
        assert_int_equal(RUNS.count, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_offered_and_chosen),
        TURN_TEST(test_menu_in_a_direct_message),
        TURN_TEST(test_value_that_is_the_label),
        TURN_TEST(test_once),
        TURN_TEST(test_strangers),
        TURN_TEST(test_not_switched_on),
        TURN_TEST(test_from_the_gateway),
        TURN_TEST(test_hidden_while_it_grows),
        TURN_TEST(test_store_away),
        TURN_TEST(test_core_dies),
        TURN_TEST(test_broken_debts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
