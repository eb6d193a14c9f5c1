// SPDX-License-Identifier: Apache-2.0
// The settings dialog: what it shows, what is sent of it, who may widen what, and what goes wrong.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/command_bench.h"
#include "interactions/dialogs.h"
#include "interactions/settings_form.h"

#include <stdio.h>

#define LISTED "listedlistedlistedlistedab"
#define OWNER "ownerownerownerownerowners"
#define ADMIN "adminadminadminadminadmina"

static buttons *BUTTONS;

static void start_with(const char *mode) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "permissionmode", mode);
    json_add_string(settings, "advanced",
                    "{dmPolicy: 'allowlist', groupPolicy: 'open', allowFrom: ['" LISTED "', '" OWNER
                    "'], owners: ['" OWNER "']}");
    config *c = config_from_settings(settings, &problems);
    assert_non_null(c);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    start_bench(c);
    BUTTONS = buttons_create(LOOP, &THE_CHAT);
    WORLD.settings = settings_dialog_create(LOOP, BUTTONS, &WORLD.place, TALK);
}

static void end(void) {
    buttons_destroy(BUTTONS);
    settings_dialog_destroy(WORLD.settings);
    end_bench();
}

static const char SESSION[] = "{\"session\":{\"modelProvider\":\"a\",\"model\":\"m-1\","
                              "\"modelOverrideSource\":null,\"thinkingDefault\":"
                              "\"medium\",\"thinkingLevels\":[{\"id\":\"off\",\"label\":\"off\"},{\"id\":"
                              "\"high\",\"label\":\"high\"}]}}";
static const char OVERRIDDEN[] =
    "{\"session\":{\"modelProvider\":\"c\",\"model\":\"gone\",\"modelOverrideSource\":\"user\","
    "\"thinkingLevel\":\"high\",\"thinkingLevels\":[{\"id\":\"off\"},{\"id\":\"high\"}]}}";
static const char MODELS[] =
    "{\"models\":[{\"id\":\"m-1\",\"provider\":\"a\"},{\"id\":\"x/m-2\",\"provider\":\"a\"},"
    "{\"id\":\"m-3\",\"provider\":\"b\",\"available\":false},{\"id\":\"with blank\",\"provider\":\"b\"},7]}";

static const fake_call *last_call(void) {
    assert_true(RUNS.call_count > 0);
    return &RUNS.calls[RUNS.call_count - 1];
}

static void gateway_says(const char *method, const char *payload) {
    assert_true(last_call()->open);
    assert_string_equal(last_call()->method, method);
    fake_call_end(OC_OK, json_of(payload), NULL);
}

static void open_as(const char *user, const char *channel, const char *root, const char *session) {
    cJSON_Delete(FAKE.dialog);
    FAKE.dialog = NULL;
    give_at(user, channel, root, "/openclaw settings");
    gateway_says("sessions.describe", session);
    gateway_says("models.list", MODELS);
    assert_non_null(FAKE.dialog);
    assert_string_equal(FAKE.command_answer, "");
}

static const cJSON *element(const char *name) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(FAKE.dialog, "elements")) {
        if (strcmp(json_text(one, "name"), name) == 0)
            return one;
    }
    return NULL;
}

// Values of a select's options, with blanks between.
static const char *options(const char *name) {
    static char text[4096];
    const cJSON *one = NULL;
    size_t used = 0;
    *text = '\0';
    cJSON_ArrayForEach(one, json_array(element(name), "options")) used += (size_t)snprintf(
        text + used, sizeof text - used, "%s%s", used > 0 ? " " : "", json_text(one, "value"));
    return text;
}

static char ANSWER[2048];
static int ANSWERS;

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    assert_int_equal(status, 200);
    ANSWERS++;
    char *text = cJSON_PrintUnformatted(body);
    snprintf(ANSWER, sizeof ANSWER, "%s", text);
    free(text);
}

static void submit(const char *user, const char *values) {
    char *text = xasprintf("{\"state\":\"%s\",\"channel_id\":\"x\",\"submission\":%s}",
                           json_text(FAKE.dialog, "state"), values);
    *ANSWER = '\0';
    ANSWERS = 0;
    dialogs_http(BUTTONS, user, bytes_str(text), on_answer, NULL);
    free(text);
}

static const char *last_ephemeral(void) {
    return FAKE.ephemeral_count > 0 ? FAKE.ephemeral[FAKE.ephemeral_count - 1].message : "";
}

static talk_setting stored(const char *conversation) {
    return talk_settings_own(TALK, "default", conversation);
}

static void test_what_it_shows(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    assert_string_equal(options("model"), "default a/m-1 a/x/m-2");
    assert_string_equal(options("thinking"), "default off high");
    assert_string_equal(options("verbose"), "default on full off");
    assert_string_equal(options("permission"), "default workspace guarded read-only");
    for (size_t i = 0; i < SETTINGS_FIELDS; i++)
        assert_string_equal(json_text(element(SETTINGS_NAMES[i]), "default"), "default");
    open_as(LISTED, "dm1", "", OVERRIDDEN); // the present model is there, though nobody offers it any more
    assert_string_equal(options("model"), "default c/gone a/m-1 a/x/m-2");
    assert_string_equal(json_text(element("model"), "default"), "c/gone");
    assert_string_equal(json_text(element("thinking"), "default"), "high");
    open_as(LISTED, "dm1", "", "{\"session\":null}"); // nothing was said yet
    assert_string_equal(options("thinking"), "default off low medium high");
    end();
    start_with("read-only"); // nothing to choose
    open_as(LISTED, "dm1", "", SESSION);
    assert_null(element("permission"));
    end();
}

static void test_only_what_was_changed(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    submit(LISTED, "{\"model\":\"default\",\"thinking\":\"default\",\"verbose\":\"default\"}");
    gateway_says("sessions.describe", SESSION);
    assert_string_equal(ANSWER, "{}");
    assert_string_equal(last_ephemeral(), "Nothing was changed.");
    open_as(LISTED, "dm1", "", OVERRIDDEN);
    submit(LISTED,
           "{\"model\":\"c/gone\",\"thinking\":\"default\",\"verbose\":\"full\",\"permission\":\"guarded\"}");
    gateway_says("sessions.describe", OVERRIDDEN);
    assert_string_equal(last_call()->method, "sessions.patch");
    assert_null(cJSON_GetObjectItemCaseSensitive(last_call()->params, "model"));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(last_call()->params, "thinkingLevel")));
    gateway_says("sessions.patch", "{}");
    fake_clock_pass(LOOP, 100);
    assert_string_equal(ANSWER, "{}");
    assert_non_null(strstr(last_ephemeral(),
                           "You changed the settings of this conversation: the model's usual "
                           "thinking level, tools shown full, permission mode guarded."));
    assert_int_equal(FAKE.post_count, 0);
    talk_setting set = stored("agent:main:mattermost:direct:" LISTED);
    assert_int_equal(set.verbose, TALK_VERBOSE_FULL);
    assert_int_equal(set.permission, TALK_PERMISSION_GUARDED);
    open_as(LISTED, "dm1", "", SESSION); // what somebody else has set meanwhile is left alone
    submit(LISTED,
           "{\"model\":\"default\",\"thinking\":\"high\",\"verbose\":\"full\",\"permission\":\"guarded\"}");
    gateway_says("sessions.describe", OVERRIDDEN);
    fake_clock_pass(LOOP, 100);
    assert_string_equal(last_ephemeral(), "Nothing was changed.");
    end();
}

static void test_everybody_is_told(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "pub1", "root1", SESSION);
    submit(LISTED, "{\"model\":\"a/x/m-2\",\"thinking\":\"off\"}");
    gateway_says("sessions.describe", SESSION);
    assert_string_equal(json_text(last_call()->params, "key"),
                        "agent:main:mattermost:channel:pub1:thread:root1");
    assert_string_equal(json_text(last_call()->params, "model"), "a/x/m-2");
    gateway_says("sessions.patch", "{}");
    assert_string_equal(json_text(last_call()->params, "thinkingLevel"), "off");
    gateway_says("sessions.patch", "{}");
    assert_int_equal(FAKE.post_count, 1);
    assert_non_null(strstr(FAKE.posts[0].message, "changed the settings of this conversation: model a/x/m"));
    assert_non_null(strstr(FAKE.posts[0].message, "thinking level off."));
    assert_string_equal(FAKE.posts[0].root_id, "root1");
    assert_string_equal(ANSWER, "{}");
    assert_int_equal(FAKE.ephemeral_count, 0);
    end();
}

// One thing works, another does not: both are told, and sending it again sets only the rest.
static void test_failures_by_field(void **state) {
    static const char values[] = "{\"model\":\"a/x/m-2\",\"thinking\":\"high\",\"verbose\":\"on\"}";
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    submit(LISTED, values);
    gateway_says("sessions.describe", SESSION);
    gateway_says("sessions.patch", "{}");
    fake_call_end(OC_EREMOTE, NULL, json_of("{\"message\":\"no such level\"}"));
    fake_clock_pass(LOOP, 100);
    assert_non_null(
        strstr(ANSWER, "\"errors\":{\"thinking\":\"Thinking level: The gateway refused: no such"));
    assert_non_null(strstr(ANSWER, "Changed: model a/x/m"));
    assert_non_null(strstr(ANSWER, "tools shown on"));
    size_t calls = RUNS.call_count;
    submit(LISTED, values);
    gateway_says(
        "sessions.describe",
        "{\"session\":{\"modelProvider\":\"a\",\"model\":\"x/m-2\",\"modelOverrideSource\":\"user\"}}");
    assert_string_equal(json_text(last_call()->params, "thinkingLevel"), "high");
    gateway_says("sessions.patch", "{}");
    fake_clock_pass(LOOP, 100);
    assert_int_equal(RUNS.call_count, calls + 2);
    assert_string_equal(ANSWER, "{}");
    assert_string_equal(last_ephemeral(),
                        "You changed the settings of this conversation: thinking level high.");
    end();
}

static void test_gateway_goes_away(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    submit(LISTED, "{\"model\":\"a/x/m-2\",\"thinking\":\"high\"}");
    gateway_says("sessions.describe", SESSION);
    fake_call_end(OC_ECLOSED, NULL, NULL);
    assert_non_null(strstr(ANSWER, "\"model\":\"Model: The gateway did not answer. Whether it was changed"));
    assert_non_null(strstr(ANSWER, "\"thinking\":\"Thinking level: The gateway is not there"));
    RUNS.status.state = GATEWAY_BACKOFF;
    submit(LISTED, "{\"model\":\"a/x/m-2\",\"thinking\":\"high\"}");
    assert_non_null(strstr(ANSWER, "Nothing was changed. The gateway is not there"));
    RUNS.status.state = GATEWAY_READY;
    submit(LISTED, "{\"verbose\":\"on\"}"); // the gateway is removed
    fake_clock_pass(LOOP, 10000);
    assert_non_null(strstr(last_ephemeral(), "Nothing was changed. The gateway is not there"));
    end();
}

// A change waits for a run that is at work: the dialog closes, and all of what came of it is told.
static void test_late(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    submit(LISTED, "{\"model\":\"a/x/m-2\",\"thinking\":\"high\"}");
    gateway_says("sessions.describe", SESSION);
    fake_clock_pass(LOOP, 30000);
    assert_int_equal(ANSWERS, 1);
    gateway_says("sessions.patch", "{}");
    fake_call_end(OC_EREMOTE, NULL, json_of("{\"message\":\"no such level\"}"));
    assert_int_equal(ANSWERS, 1);
    assert_non_null(strstr(last_ephemeral(), "Changed: model a/x/m"));
    assert_non_null(strstr(last_ephemeral(), "- Thinking level: The gateway refused: no such level"));
    end();
}

static void on_put(void *ctx, bool good) {
    (void)ctx;
    assert_true(good);
}

static void set_mode(const char *conversation, talk_permission mode) {
    talk_setting s = TALK_SETTING_NONE;
    s.permission = mode;
    talk_settings_put(TALK, "default", conversation, &s, on_put, NULL);
    fake_clock_pass(LOOP, 100);
}

// Who may choose what, by hand.
static void test_modes(void **state) {
    static const char channel[] = "agent:main:mattermost:channel:pub1";
    static const struct {
        const char *user, *channel, *root, *options, *preset;
    } rows[] = {
        {LISTED, "pub1", "", "guarded read-only", "guarded"},
        {OWNER, "pub1", "", "default workspace guarded read-only", "guarded"},
        {ADMIN, "pub1", "", "default workspace guarded read-only", "guarded"},
        {LISTED, "pub1", "root1", "default guarded read-only", "default"}, // as the channel has it
        {OWNER, "pub1", "root1", "default workspace guarded read-only", "default"},
        {LISTED, "pub2", "", "default workspace guarded read-only", "default"},
        {LISTED, "dm1", "", "default workspace guarded read-only", "default"},
    };
    (void)state;
    start_with("workspace");
    set_mode(channel, TALK_PERMISSION_GUARDED);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_as(rows[i].user, rows[i].channel, rows[i].root, SESSION);
        assert_string_equal(options("permission"), rows[i].options);
        assert_string_equal(json_text(element("permission"), "default"), rows[i].preset);
    }
    end();
}

// Somebody narrows it after the dialog was opened.
static void test_widening_is_judged_again(void **state) {
    static const char channel[] = "agent:main:mattermost:channel:pub1";
    (void)state;
    start_with("workspace");
    open_as(LISTED, "pub1", "", SESSION);
    set_mode(channel, TALK_PERMISSION_READ_ONLY);
    submit(LISTED, "{\"permission\":\"guarded\",\"verbose\":\"on\"}");
    gateway_says("sessions.describe", SESSION);
    fake_clock_pass(LOOP, 100);
    assert_non_null(strstr(ANSWER, "\"permission\":\"Permission mode: Only an owner"));
    assert_int_equal(stored(channel).permission, TALK_PERMISSION_READ_ONLY);
    assert_int_equal(stored(channel).verbose, TALK_VERBOSE_ON);
    open_as(OWNER, "pub1", "", SESSION);
    submit(OWNER, "{\"permission\":\"default\"}");
    gateway_says("sessions.describe", SESSION);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(stored(channel).permission, TALK_PERMISSION_UNSET);
    assert_int_equal(stored(channel).verbose, TALK_VERBOSE_ON);
    end();
}

static void test_who_may_no_more(void **state) {
    (void)state;
    start_with("workspace");
    open_as(LISTED, "dm1", "", SESSION);
    RULES->accounts[0].dm_policy = DM_DISABLED;
    size_t calls = RUNS.call_count;
    submit(LISTED, "{\"model\":\"a/x/m-2\"}");
    assert_int_equal(RUNS.call_count, calls);
    assert_non_null(strstr(last_ephemeral(), "Direct messages to the bot are turned off."));
    end();
}

static void test_not_opened(void **state) {
    (void)state;
    start_with("workspace");
    RUNS.status.state = GATEWAY_BACKOFF;
    give_at(LISTED, "dm1", "", "/openclaw settings");
    assert_true(said("not connected"));
    RUNS.status.state = GATEWAY_READY;
    give_at(LISTED, "dm1", "", "/oc_settings");
    fake_call_end(OC_ETIMEOUT, NULL, NULL);
    assert_true(said("did not answer in time"));
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 400, .id = "", .message = "expired"};
    FAKE.fail_call = "open_dialog";
    FAKE.fail_next = 1;
    give_at(LISTED, "dm1", "", "/openclaw settings");
    gateway_says("sessions.describe", SESSION);
    gateway_says("models.list", "{\"models\":\"odd\"}");
    assert_true(said("could not be opened"));
    const chat_command typed = {.user_id = LISTED,
                                .channel_id = "dm1",
                                .team_id = "team",
                                .root_id = "",
                                .trigger_id = "",
                                .command = "/settings"};
    commands_execute(&WORLD, &typed, fake_chat_command_ticket());
    assert_true(said("`/openclaw settings`"));
    end();
}

static void test_many_models(void **state) {
    (void)state;
    cJSON *models = json_new_array(), *now = NULL;
    for (int i = 0; i < 300; i++) {
        cJSON *one = json_new_object();
        char *id = xasprintf("m%d", i);
        json_add_string(one, "provider", "p");
        json_add_string(one, "id", id);
        json_push(models, one);
        free(id);
    }
    cJSON *described = json_of(OVERRIDDEN);
    const cJSON *session = json_get(described, "session");
    talk_setting none = TALK_SETTING_NONE;
    settings_modes modes = settings_modes_of(&none, &none, PERMISSION_FULL, true);
    now = settings_now(session, &none, &modes);
    settings_form *f = settings_form_make(WORDS_EN, session, models, now, &modes);
    size_t count = 0;
    const dialog_element *e = settings_form_elements(f, &count);
    assert_int_equal(count, SETTINGS_FIELDS);
    assert_int_equal(e[0].option_count, BUTTON_OPTIONS_MAX);
    assert_string_equal(e[0].options[1].value, "c/gone");
    assert_non_null(strstr(e[0].help, "202 more models"));
    settings_form_free(f);
    cJSON_Delete(now);
    cJSON_Delete(described);
    cJSON_Delete(models);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_shows),
        cmocka_unit_test(test_only_what_was_changed),
        cmocka_unit_test(test_everybody_is_told),
        cmocka_unit_test(test_failures_by_field),
        cmocka_unit_test(test_gateway_goes_away),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_widening_is_judged_again),
        cmocka_unit_test(test_who_may_no_more),
        cmocka_unit_test(test_not_opened),
        cmocka_unit_test(test_many_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
