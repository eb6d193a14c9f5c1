// SPDX-License-Identifier: Apache-2.0
// Dialogs from their opening to what comes of a submission, and those that do not count.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "interactions/dialogs.h"

#include <stdio.h>

static loop *LOOP;
static buttons *ONE, *TWO; // two nodes, one store
static int SENT;
static char SEEN[512];
static enum { ACCEPT, FAULT, LATER } DOES;
static dialog_ticket *HELD_TICKET;

static void submitted(void *ctx, const dialog_submission *s, dialog_ticket *t) {
    (void)ctx;
    char *values = cJSON_PrintUnformatted(s->values);
    SENT++;
    snprintf(SEEN, sizeof SEEN, "%s|%s|%s|%s|%s%s", s->kind, s->account_id, s->by->username,
             json_text(s->data, "session"), values, s->cancelled ? "|cancelled" : "");
    free(values);
    HELD_TICKET = t;
    cJSON *errors = cJSON_Parse("{\"name\":\"Not that one.\"}");
    if (DOES == ACCEPT)
        dialogs_accept(t, "Thank you.");
    else if (DOES == FAULT)
        dialogs_fault(t, "Look again.", errors);
    cJSON_Delete(errors);
}

static buttons *node(void) {
    buttons *b = buttons_create(LOOP, &THE_CHAT);
    dialogs_register(b, &(dialog_kind){.name = "settings", .submitted = submitted});
    return b;
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    ONE = node();
    TWO = node();
    SENT = 0;
    DOES = ACCEPT;
    *SEEN = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    buttons_destroy(ONE);
    buttons_destroy(TWO);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static oc_err OPENED;

static void on_opened(void *ctx, oc_err err, const char *message) {
    (void)ctx, (void)message;
    OPENED = err;
}

static const button_option SIZES[] = {{"Small", "s"}, {"Large", "l"}};
static const dialog_element ELEMENTS[] = {
    {.type = DIALOG_TEXT,
     .name = "name",
     .label = "A name that is far too long for a label",
     .max_length = 5},
    {.type = DIALOG_TEXTAREA, .name = "why", .label = "Why", .optional = true},
    {.type = DIALOG_SELECT,
     .name = "size",
     .label = "Size",
     .initial = "xl",
     .options = SIZES,
     .option_count = 2},
    {.type = DIALOG_MULTISELECT,
     .name = "sizes",
     .label = "Sizes",
     .optional = true,
     .options = SIZES,
     .option_count = 2},
    {.type = DIALOG_BOOL, .name = "sure", .label = "Sure", .initial = "true", .optional = true},
};

static void open_dialog(buttons *b, const dialog_element *elements, size_t count, const char *title) {
    cJSON *data = cJSON_Parse("{\"session\":\"s1\"}");
    dialogs_open(b,
                 &(dialog){.kind = "settings",
                           .account_id = "default",
                           .bot_user_id = "bot",
                           .channel_id = "town",
                           .user_id = "alice",
                           .trigger_id = "t",
                           .title = title,
                           .elements = elements,
                           .count = count,
                           .data = data},
                 on_opened, NULL);
    cJSON_Delete(data);
}

static void open_it(void) {
    open_dialog(ONE, ELEMENTS, 5, "Settings");
    assert_int_equal(OPENED, OC_OK);
    assert_non_null(FAKE.dialog);
}

static int STATUS, ANSWERS;
static char ANSWER[1024];

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    ANSWERS++;
    STATUS = status;
    char *text = cJSON_PrintUnformatted(body);
    snprintf(ANSWER, sizeof ANSWER, "%s", text);
    free(text);
}

static void send_text(buttons *b, const char *user, const char *text) {
    STATUS = ANSWERS = 0;
    dialogs_http(b, user, bytes_str(text), on_answer, NULL);
}

static void send_state(buttons *b, const char *user, const char *state, const char *values) {
    char *text =
        xasprintf("{\"state\":\"%s\",\"channel_id\":\"elsewhere\",\"submission\":%s}", state, values);
    send_text(b, user, text);
    free(text);
}

static void send_values(buttons *b, const char *user, const char *values) {
    send_state(b, user, json_text(FAKE.dialog, "state"), values);
}

static const char GOOD[] = "{\"name\":\"Bob\",\"size\":\"l\",\"sizes\":[\"s\"],\"sure\":true,\"more\":1}";

static void test_form(void **state) {
    (void)state;
    open_it();
    const cJSON *elements = json_array(FAKE.dialog, "elements");
    const cJSON *name = cJSON_GetArrayItem(elements, 0), *size = cJSON_GetArrayItem(elements, 2);
    assert_true(strlen(json_text(name, "display_name")) <= 24);
    assert_int_equal(json_int(name, "max_length", 0), 5);
    assert_string_equal(json_text(size, "default"), ""); // none of the options: the server would refuse it
    assert_true(json_bool(cJSON_GetArrayItem(elements, 3), "multiselect", false));
}

static void test_forms_that_are_not_allowed(void **state) {
    (void)state;
    const dialog_element twice[] = {ELEMENTS[0], ELEMENTS[0]};
    const dialog_element none = {.type = DIALOG_SELECT, .name = "n", .label = "N"};
    const dialog_element unnamed = {.type = DIALOG_TEXT, .name = "", .label = "N"};
    dialog_element many[DIALOG_ELEMENTS_MAX + 1];
    char names[DIALOG_ELEMENTS_MAX + 1][16];
    for (int i = 0; i <= DIALOG_ELEMENTS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        many[i] = (dialog_element){.type = DIALOG_TEXT, .name = names[i], .label = "N"};
    }
    const struct {
        const dialog_element *elements;
        size_t count;
        const char *title;
        oc_err err;
    } rows[] = {
        {ELEMENTS, 1, "", OC_EINVAL},
        {twice, 2, "T", OC_EINVAL},
        {&none, 1, "T", OC_EINVAL},
        {&unnamed, 1, "T", OC_EINVAL},
        {many, DIALOG_ELEMENTS_MAX + 1, "T", OC_EINVAL},
        {many, DIALOG_ELEMENTS_MAX, "T", OC_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_dialog(ONE, rows[i].elements, rows[i].count, rows[i].title);
        if (OPENED != rows[i].err)
            fail_msg("row %zu: %d", i, OPENED);
    }
}

static void test_not_opened(void **state) {
    (void)state;
    FAKE.failure =
        (chat_error){.err = OC_EREMOTE, .http_status = 400, .id = "", .message = "trigger expired"};
    FAKE.fail_call = "open_dialog";
    FAKE.fail_next = 1;
    open_dialog(ONE, ELEMENTS, 5, "Settings");
    assert_int_equal(OPENED, OC_EREMOTE);
}

static void test_sent(void **state) {
    (void)state;
    open_it();
    send_values(TWO, "alice", GOOD);
    assert_int_equal(STATUS, 200);
    assert_string_equal(ANSWER, "{}");
    assert_string_equal(
        SEEN, "settings|default|alice|s1|{\"name\":\"Bob\",\"why\":\"\",\"size\":\"l\",\"sizes\":[\"s\"],"
              "\"sure\":true}");
    assert_int_equal(FAKE.ephemeral_count, 1);
    assert_string_equal(FAKE.ephemeral[0].message, "Thank you.");
    assert_string_equal(FAKE.ephemeral[0].channel_id, "town");
    send_values(ONE, "alice", GOOD);
    assert_non_null(strstr(ANSWER, "counts once only"));
    assert_int_equal(SENT, 1);
}

static void test_faults_by_element(void **state) {
    (void)state;
    static const struct {
        const char *values, *element;
    } rows[] = {
        {"{\"size\":\"l\"}", "name"},
        {"{\"name\":\"\",\"size\":\"l\"}", "name"},
        {"{\"name\":7,\"size\":\"l\"}", "name"},
        {"{\"name\":\"sixteen\",\"size\":\"l\"}", "name"},
        {"{\"name\":\"Bob\",\"size\":\"xl\"}", "size"},
        {"{\"name\":\"Bob\",\"size\":[\"l\"]}", "size"},
        {"{\"name\":\"Bob\",\"size\":\"l\",\"sizes\":[\"xl\"]}", "sizes"},
        {"{\"name\":\"Bob\",\"size\":\"l\",\"sizes\":[7]}", "sizes"},
        {"[]", "name"},
        {"null", "name"},
    };
    open_it();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        send_values(ONE, "alice", rows[i].values);
        cJSON *answer = cJSON_Parse(ANSWER);
        if (STATUS != 200 || json_string(json_get(answer, "errors"), rows[i].element) == NULL)
            fail_msg("%s: %d %s", rows[i].values, STATUS, ANSWER);
        cJSON_Delete(answer);
    }
    assert_int_equal(SENT, 0);
    send_values(ONE, "alice",
                "{\"name\":\"Bob\",\"size\":\"l\",\"sizes\":\"s,l\"}"); // what was wrong can be put right
    assert_int_equal(SENT, 1);
    assert_non_null(strstr(SEEN, "\"sizes\":[\"s\",\"l\"]"));
}

static void test_fault_of_the_handler(void **state) {
    (void)state;
    open_it();
    DOES = FAULT;
    send_values(ONE, "alice", GOOD);
    assert_string_equal(ANSWER, "{\"error\":\"Look again.\",\"errors\":{\"name\":\"Not that one.\"}}");
    DOES = ACCEPT;
    send_values(TWO, "alice", GOOD);
    assert_string_equal(ANSWER, "{}");
    assert_int_equal(SENT, 2);
}

static void test_cancelled(void **state) {
    (void)state;
    open_it();
    char *text = xasprintf("{\"state\":\"%s\",\"cancelled\":true}", json_text(FAKE.dialog, "state"));
    send_text(ONE, "alice", text);
    free(text);
    assert_non_null(strstr(SEEN, "|{}|cancelled"));
}

static void test_late(void **state) {
    (void)state;
    open_it();
    DOES = LATER;
    send_values(ONE, "alice", GOOD);
    fake_clock_pass(LOOP, 2500);
    assert_int_equal(ANSWERS, 1);
    dialogs_fault(HELD_TICKET, "It did not work.", NULL);
    assert_int_equal(ANSWERS, 1);
    assert_string_equal(FAKE.ephemeral[0].message, "It did not work.");
}

static void test_desk_ends_first(void **state) {
    (void)state;
    open_it();
    DOES = LATER;
    send_values(ONE, "alice", GOOD);
    buttons_destroy(ONE);
    ONE = NULL;
    assert_int_equal(STATUS, 503);
    dialogs_accept(HELD_TICKET, "Thank you.");
    assert_int_equal(FAKE.ephemeral_count, 0);
}

static void test_not_theirs(void **state) {
    (void)state;
    static const char *const people[] = {"carol", "bot2", "outsider1", "nobody"};
    open_it();
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        send_values(ONE, people[i], GOOD);
        if (STATUS != 403)
            fail_msg("%s: %d %s", people[i], STATUS, ANSWER);
    }
    assert_int_equal(SENT, 0);
}

static void test_forged(void **state) {
    (void)state;
    open_it();
    const char *real = json_text(FAKE.dialog, "state");
    char *copy = xstrdup(real);
    copy[0] = copy[0] == 'a' ? 'b' : 'a'; // another nonce
    send_state(ONE, "alice", copy, GOOD);
    assert_int_equal(STATUS, 403);
    free(copy);
    copy = xstrdup(real);
    copy[33] = copy[33] == '9' ? '8' : '9'; // another end
    send_state(ONE, "alice", copy, GOOD);
    assert_int_equal(STATUS, 403);
    free(copy);
    copy = xstrdup(real);
    copy[strlen(copy) - 1] = copy[strlen(copy) - 1] == '0' ? '1' : '0';
    send_state(ONE, "alice", copy, GOOD);
    assert_int_equal(STATUS, 403);
    free(copy);
    fake_clock_pass(LOOP, DIALOG_LIVES_MS + 1);
    send_values(ONE, "alice", GOOD);
    assert_non_null(strstr(ANSWER, "too old"));
    assert_int_equal(SENT, 0);
}

static void test_bodies(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "null",
        "[]",
        "{}",
        "7",
        "{\"state\":7}",
        "{\"state\":\"\"}",
        "{\"state\":\"x.y.z\"}",
        "{\"state\":\"...\"}",
        "{\"state\":\"0123456789abcdef0123456789abcdef\"}",
        "{\"state\":\"0123456789abcdef0123456789abcdef.12\"}",
        "{\"state\":\"0123456789abcdef0123456789abcdef.-1.00\"}",
        "{\"state\":\"0123456789abcdef0123456789abcdef.99999999999999999999999.00\"}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        send_text(ONE, "alice", rows[i]);
        if (STATUS != 400 || ANSWERS != 1)
            fail_msg("%s: %d %s", rows[i], STATUS, ANSWER);
    }
    send_text(ONE, "", "{}");
    assert_int_equal(STATUS, 401);
}

// A button's record is no dialog, and a dialog's no button.
static void test_button_record_is_no_dialog(void **state) {
    (void)state;
    open_it();
    cJSON *record = NULL;
    char *key = xasprintf("button.%.32s", json_text(FAKE.dialog, "state"));
    assert_int_equal(json_parse(bytes_str(json_text(FAKE.kv, key)), &record), OC_OK);
    cJSON_DeleteItemFromObjectCaseSensitive(record, "elements");
    char *text = cJSON_PrintUnformatted(record);
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, key);
    json_add_string(FAKE.kv, key, text);
    send_values(ONE, "alice", GOOD);
    assert_non_null(strstr(ANSWER, "do not count any more"));
    free(text);
    free(key);
    cJSON_Delete(record);
}

static void test_in_german(void **state) {
    (void)state;
    const dialog_element marked = {
        .type = DIALOG_TEXT, .name = "name", .label = words_marked(WORD_SETTINGS_SAVE)};
    dialogs_open(ONE,
                 &(dialog){.kind = "settings",
                           .account_id = "default",
                           .bot_user_id = "bot",
                           .channel_id = "town",
                           .user_id = "deutsch1",
                           .trigger_id = "t",
                           .title = words_marked(WORD_SETTINGS_TITLE),
                           .submit_label = words_marked(WORD_QUESTION_SUBMIT),
                           .elements = &marked,
                           .count = 1},
                 on_opened, NULL);
    assert_string_equal(json_text(FAKE.dialog, "title"), "Einstellungen");
    assert_string_equal(json_text(FAKE.dialog, "submit_label"), "Antworten");
    assert_string_equal(json_text(cJSON_GetArrayItem(json_array(FAKE.dialog, "elements"), 0), "display_name"),
                        "Speichern");
    send_values(ONE, "deutsch1", "{\"name\":\"\"}");
    assert_non_null(strstr(ANSWER, "\"name\":\"Bitte fülle das aus.\""));
    send_values(TWO, "deutsch1", "{\"name\":\"x\"}");
    send_values(TWO, "deutsch1", "{\"name\":\"x\"}");
    assert_non_null(strstr(ANSWER, "Das wurde schon gesendet."));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_in_german, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forms_that_are_not_allowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults_by_element, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fault_of_the_handler, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_desk_ends_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_theirs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bodies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_button_record_is_no_dialog, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
