// SPDX-License-Identifier: Apache-2.0
// The model picker: its pages, whose they are, what a click does at the gateway, and what goes wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"

#include <stdio.h>

#define LISTED "listedlistedlistedlistedab"
#define OTHER "otherotherotherotherothera"

static buttons *BUTTONS;
static cJSON *PAGE; // the attachment that the person sees
static char TEXT[1024], FAILURE[512];

static void start(void) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced",
                    "{dmPolicy: 'allowlist', groupPolicy: 'open', allowFrom: ['" LISTED "']}");
    config *c = config_from_settings(settings, &problems);
    assert_non_null(c);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    start_bench(c);
    BUTTONS = buttons_create(LOOP, &THE_CHAT);
    WORLD.picker = model_picker_create(LOOP, BUTTONS, &WORLD.place);
}

static void end(void) {
    buttons_destroy(BUTTONS);
    model_picker_destroy(WORLD.picker);
    cJSON_Delete(PAGE);
    PAGE = NULL;
    end_bench();
}

static void on_page(void *ctx, const char *failure, const char *text, const cJSON *props) {
    (void)ctx;
    snprintf(FAILURE, sizeof FAILURE, "%s", failure != NULL ? failure : "");
    snprintf(TEXT, sizeof TEXT, "%s", text != NULL ? text : "");
    cJSON_Delete(PAGE);
    PAGE = cJSON_Duplicate(cJSON_GetArrayItem(json_array(props, "attachments"), 0), 1);
}

static picker_at AT;

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    (void)ctx;
    assert_int_equal(verdict, PLACE_FOUND);
    model_picker_open(WORLD.picker, p, &AT, on_page, NULL);
    place_free(p);
}

static void open_page(picker_page kind, char *provider) {
    AT = (picker_at){.page = kind, .provider = provider, .number = 1};
    place_find(&WORLD.place, &(place_request){.user_id = LISTED, .channel_id = "dm1", .root_id = ""},
               on_place, NULL);
}

static void gateway_says(const char *session, const char *models) {
    fake_call_end(OC_OK, json_of(session), NULL);
    if (models != NULL)
        fake_call_end(OC_OK, json_of(models), NULL);
}

static const char SESSION[] = "{\"session\":{\"modelProvider\":\"a\",\"model\":\"m-1\"}}";
static const char MODELS[] =
    "{\"models\":[{\"id\":\"m-1\",\"provider\":\"a\"},{\"id\":\"x/m-2\",\"provider\":\"a\"},"
    "{\"id\":\"m-3\",\"provider\":\"b\",\"available\":false},7]}";

static const cJSON *button(int number) {
    return cJSON_GetArrayItem(json_array(PAGE, "actions"), number);
}

static int STATUS;
static char ANSWER[512];

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    STATUS = status;
    snprintf(ANSWER, sizeof ANSWER, "%s", json_text(body, "ephemeral_text"));
}

static const char *SHOWN_IN = "ephemeralpost"; // the page's post

static void press(const char *user, int number) {
    cJSON *body = json_new_object();
    json_add_string(body, "post_id", SHOWN_IN);
    json_add_string(body, "channel_id", "dm1");
    json_add(body, "context",
             cJSON_Duplicate(json_get(json_get(button(number), "integration"), "context"), 1));
    char *text = cJSON_PrintUnformatted(body);
    *ANSWER = '\0';
    buttons_http(BUTTONS, user, bytes_str(text), on_answer, NULL);
    free(text);
    cJSON_Delete(body);
}

// What the person sees after the last change of the post.
static void look(void) {
    const fake_posted *p = &FAKE.ephemeral[FAKE.ephemeral_count - 1];
    snprintf(TEXT, sizeof TEXT, "%s", p->message);
    cJSON_Delete(PAGE);
    PAGE = cJSON_Duplicate(cJSON_GetArrayItem(json_array(p->props, "attachments"), 0), 1);
}

static void test_way_to_a_model(void **state) {
    (void)state;
    start();
    open_page(PICKER_SUMMARY, NULL);
    gateway_says(SESSION, MODELS);
    assert_string_equal(json_text(button(0), "name"), "Browse providers");
    assert_non_null(strstr(TEXT, "a/m"));
    press(LISTED, 0);
    gateway_says(SESSION, MODELS);
    look();
    assert_string_equal(json_text(button(0), "name"), "a (2)"); // b has none that can be used
    assert_null(button(1));
    press(LISTED, 0);
    gateway_says(SESSION, MODELS);
    look();
    assert_string_equal(json_text(button(0), "name"), "m-1 [current]");
    assert_string_equal(json_text(button(1), "name"), "x/m-2");
    assert_string_equal(json_text(button(2), "name"), "Back to providers");
    press(LISTED, 1);
    gateway_says(SESSION, MODELS);
    assert_string_equal(RUNS.calls[RUNS.call_count - 1].method, "sessions.patch");
    assert_string_equal(json_text(RUNS.calls[RUNS.call_count - 1].params, "model"), "a/x/m-2");
    gateway_says("{\"resolved\":{}}", NULL);
    look();
    assert_non_null(strstr(TEXT, "This conversation uses a/x/m"));
    assert_null(json_get(PAGE, "actions"));
    assert_int_equal(FAKE.post_count, 0); // nobody else saw any of it
    end();
}

// From outside each page is a post of its own.
static void test_pages_in_other_posts(void **state) {
    (void)state;
    start();
    open_page(PICKER_PROVIDERS, NULL);
    gateway_says(SESSION, MODELS);
    press(LISTED, 0);
    gateway_says(SESSION, MODELS);
    look();
    SHOWN_IN = "thenextpost";
    press(LISTED, 1);
    gateway_says(SESSION, MODELS);
    assert_string_equal(RUNS.calls[RUNS.call_count - 1].method, "sessions.patch");
    gateway_says("{\"resolved\":{}}", NULL);
    SHOWN_IN = "ephemeralpost";
    end();
}

static void fail_showing(void) {
    FAKE.fail_call = "send_ephemeral";
    FAKE.failure = (chat_error){.err = OC_EDENIED, .id = "", .message = "no"};
    FAKE.fail_next = 1;
}

static void test_what_cannot_be_shown_is_told(void **state) {
    char provider[] = "a";
    (void)state;
    start();
    open_page(PICKER_MODELS, provider);
    gateway_says(SESSION, MODELS);
    fail_showing();
    press(LISTED, 2); // back: a page of buttons
    gateway_says(SESSION, MODELS);
    assert_string_equal(ANSWER, "I cannot show more here. Please give the command again.");
    open_page(PICKER_MODELS, provider);
    gateway_says(SESSION, MODELS);
    fail_showing();
    press(LISTED, 1); // chosen: words alone
    gateway_says(SESSION, MODELS);
    gateway_says("{\"resolved\":{}}", NULL);
    assert_non_null(strstr(ANSWER, "This conversation uses a/x/m"));
    assert_non_null(strstr(ANSWER, "goes back"));
    end();
}

static void test_only_who_asked(void **state) {
    (void)state;
    start();
    open_page(PICKER_PROVIDERS, NULL);
    gateway_says(SESSION, MODELS);
    size_t calls = RUNS.call_count;
    press(OTHER, 0);
    assert_string_equal(ANSWER, "These buttons are not for you.");
    assert_int_equal(RUNS.call_count, calls);
    end();
}

static void test_gone_model(void **state) {
    char provider[] = "a";
    (void)state;
    start();
    open_page(PICKER_MODELS, provider);
    gateway_says(SESSION, MODELS);
    press(LISTED, 1);
    gateway_says(SESSION, "{\"models\":[{\"id\":\"m-1\",\"provider\":\"a\"}]}");
    assert_non_null(strstr(ANSWER, "not available any more"));
    press(LISTED, 0); // nothing was used up
    gateway_says(SESSION, MODELS);
    assert_string_equal(RUNS.calls[RUNS.call_count - 1].method, "sessions.patch");
    fake_call_end(OC_EREMOTE, NULL, json_of("{\"message\":\"no `such` thing\"}"));
    assert_non_null(strstr(ANSWER, "The gateway refused:"));
    end();
}

static void test_gateway_away(void **state) {
    (void)state;
    start();
    open_page(PICKER_SUMMARY, NULL);
    fake_call_end(OC_ETIMEOUT, NULL, NULL);
    assert_non_null(strstr(FAILURE, "does not answer"));
    open_page(PICKER_SUMMARY, NULL); // its requests are forgotten
    *FAILURE = '\0';
    fake_clock_pass(LOOP, 4000);
    assert_non_null(strstr(FAILURE, "does not answer"));
    RUNS.takes_calls = false;
    open_page(PICKER_SUMMARY, NULL);
    assert_non_null(strstr(FAILURE, "not there"));
    end();
}

static void test_unknown_provider_is_told(void **state) {
    char provider[] = "nope";
    (void)state;
    start();
    snprintf(FAILURE, sizeof FAILURE, "not called");
    open_page(PICKER_MODELS, provider);
    gateway_says(SESSION, MODELS);
    assert_string_equal(FAILURE, "");
    assert_string_equal(TEXT, "");
    assert_null(PAGE);
    end();
}

static void test_command(void **state) {
    (void)state;
    start();
    give_at(LISTED, "dm1", "", "/openclaw model");
    gateway_says(SESSION, MODELS);
    assert_true(said("Current: a/m"));
    give_at(LISTED, "dm1", "", "/openclaw models x/m"); // no provider: a part of a name
    gateway_says(SESSION, MODELS);
    fake_call_end(OC_OK, json_of(MODELS), NULL);
    assert_true(said("- `a/x/m-2`"));
    end();
}

static void test_values(void **state) {
    static const char *const good[] = {"summary", "providers", "list 3 open ai", "select a/b/c"};
    static const char *const bad[] = {
        "",         "list",      "list 0 a",  "list -1 a", "list 1 ", "list 99999999999 a",
        "select a", "select /a", "select a/", "x"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        picker_at at;
        assert_true(picker_read(good[i], &at));
        char *again = picker_value(&at);
        assert_string_equal(again, good[i]);
        free(again);
        picker_at_free(&at);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        picker_at at;
        if (picker_read(bad[i], &at))
            fail_msg("%s", bad[i]);
    }
}

static void test_many(void **state) {
    (void)state;
    cJSON *models = json_new_array();
    for (int i = 0; i < 100; i++) {
        cJSON *one = json_new_object();
        char *provider = xasprintf("p%02d", i);
        json_add_string(one, "provider", provider);
        json_add_string(one, "id", "m");
        json_push(models, one);
        free(provider);
    }
    picker_view *v =
        picker_view_of(WORDS_EN, models, "", &(picker_at){.page = PICKER_PROVIDERS, .number = 1});
    assert_int_equal(v->count, PICKER_PROVIDERS_MAX);
    assert_non_null(strstr(v->text, "76 more"));
    picker_view_free(v);
    char provider[] = "P00";
    v = picker_view_of(WORDS_EN, models, "",
                       &(picker_at){.page = PICKER_MODELS, .provider = provider, .number = 99});
    assert_int_equal(v->count, 2); // the last page is the first one
    picker_view_free(v);
    cJSON_Delete(models);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_way_to_a_model),
        cmocka_unit_test(test_pages_in_other_posts),
        cmocka_unit_test(test_what_cannot_be_shown_is_told),
        cmocka_unit_test(test_only_who_asked),
        cmocka_unit_test(test_gone_model),
        cmocka_unit_test(test_gateway_away),
        cmocka_unit_test(test_unknown_provider_is_told),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
