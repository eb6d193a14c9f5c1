// SPDX-License-Identifier: Apache-2.0
// The commands of /openclaw: what a text says, who may, what is shown; and the way from a hook to its answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "interactions/commands.h"

#include <stdio.h>

static void test_what_a_text_says(void **state) {
    static const struct {
        const char *text;
        command_verdict verdict;
        const char *path, *argument;
    } rows[] = {
        {"/openclaw", COMMAND_FOUND, "help", ""},
        {"  /openclaw  ", COMMAND_FOUND, "help", ""},
        {"/OpenClaw HELP", COMMAND_FOUND, "help", ""},
        {"/openclaw help me", COMMAND_TOO_MUCH, "help", "me"},
        {"/openclaw pairing list", COMMAND_FOUND, "pairing list", ""},
        {"/openclaw\tpairing \n list", COMMAND_FOUND, "pairing list", ""},
        {"/openclaw pairing list all", COMMAND_TOO_MUCH, "pairing list", "all"},
        {"/openclaw pairing approve ABCD2345", COMMAND_FOUND, "pairing approve", "ABCD2345"},
        {"/openclaw pairing approve  abcd2345 ", COMMAND_FOUND, "pairing approve", "abcd2345"},
        {"/openclaw pairing approve", COMMAND_LACKS_ARGUMENT, "pairing approve", ""},
        {"/openclaw pairing approve A B", COMMAND_TOO_MUCH, "pairing approve", "A B"},
        {"/openclaw pairing deny A", COMMAND_FOUND, "pairing deny", "A"},
        {"/openclaw why https://h/t/pl/x", COMMAND_FOUND, "why", "https://h/t/pl/x"},
        {"/why x", COMMAND_FOUND, "why", "x"}, // as text to the bot
        {"/pairing list", COMMAND_FOUND, "pairing list", ""},
        {"/openclaw pairing", COMMAND_UNKNOWN, NULL, NULL},
        {"/openclaw pairings list", COMMAND_UNKNOWN, NULL, NULL},
        {"/openclaw nonsense", COMMAND_UNKNOWN, NULL, NULL},
        {"/openclawhelp", COMMAND_NOT_OURS, NULL, NULL},
        {"/pairing", COMMAND_NOT_OURS, NULL, NULL},
        {"/", COMMAND_NOT_OURS, NULL, NULL},
        {"", COMMAND_NOT_OURS, NULL, NULL},
        {"openclaw help", COMMAND_NOT_OURS, NULL, NULL},
        {"please /openclaw pairing approve X", COMMAND_NOT_OURS, NULL, NULL},
        {"/exec security=full ask=off", COMMAND_NOT_OURS, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        command_match m = commands_find(rows[i].text);
        assert_int_equal(m.verdict, rows[i].verdict);
        assert_int_equal(m.row == NULL, rows[i].path == NULL);
        if (rows[i].path != NULL) {
            assert_string_equal(m.row->path, rows[i].path);
            assert_string_equal(m.argument, rows[i].argument);
        }
        command_match_free(&m);
    }
}

static void test_which_texts_are_commands(void **state) {
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"/openclaw", true},
        {"/openclaw nonsense", true},
        {"/openclaw why is the sky blue", true}, // answered with how it is written
        {"/pairing list", true},
        {"/help", true},
        {" /why", true},
        {"/why is the sky blue?", false},
        {"/help me with this", false},
        {"/pairing", false},
        {"/new", true},
        {"/new idea: a garden", false},
        {"/model gpt", true},
        {"/model airplanes are fun", false},
        {"/exec security=full ask=off", false},
        {"please /exec security=full ask=off", false},
        {"/oc_status", true},
        {"/oc_nonsense", false},
        {"help", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(commands_class(rows[i].text), rows[i].is ? ACCESS_ORDINARY : ACCESS_NO_COMMAND);
}

// Who may what is asserted in full in test_command_session.c: here, that nobody may by accident.
static void test_denied_by_default(void **state) {
    const command_row *row;
    (void)state;
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
        assert_false(commands_may(row, 0));
        assert_false(commands_may(row, ~(unsigned)COMMAND_FOR_EVERYBODY)); // no active person
        assert_true(row->help != WORD_NONE && row->run != NULL);
        assert_int_equal(*row->argument != '\0', row->argument_help != WORD_NONE);
    }
    command_row none = {.path = "none"};
    assert_false(commands_may(&none, ~0u));
}

static const cJSON *sub(const cJSON *node, const char *trigger) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(node, "SubCommands")) {
        if (strcmp(json_text(one, "Trigger"), trigger) == 0)
            return one;
    }
    return NULL;
}

static void test_autocomplete(void **state) {
    (void)state;
    cJSON *root = commands_autocomplete(WORDS_EN);
    assert_string_equal(json_text(root, "Trigger"), "openclaw");
    assert_null(sub(root, "pairing list"));
    const cJSON *think = cJSON_GetArrayItem(json_array(sub(root, "think"), "Arguments"), 0);
    assert_string_equal(json_text(think, "Type"), "DynamicList");
    assert_string_equal(json_text(json_get(think, "Data"), "FetchURL"), "/api/v1/lists/levels");
    assert_false(json_bool(think, "Required", true));
    const cJSON *approve = sub(sub(root, "pairing"), "approve");
    assert_string_equal(json_text(approve, "RoleID"), "system_user"); // approvers need not be administrators
    const cJSON *argument = cJSON_GetArrayItem(json_array(approve, "Arguments"), 0);
    assert_string_equal(json_text(argument, "Type"), "TextInput");
    assert_true(json_bool(argument, "Required", false));
    assert_string_equal(json_text(json_get(argument, "Data"), "Hint"), "<code>");
    assert_int_equal(cJSON_GetArraySize(json_array(sub(sub(root, "pairing"), "list"), "Arguments")), 0);
    assert_string_equal(json_text(sub(root, "why"), "RoleID"), "system_admin");
    assert_true(*json_text(sub(root, "pairing"), "HelpText") != '\0');
    cJSON_Delete(root);
}

static void test_help_shows_what_one_may(void **state) {
    (void)state;
    char *text = commands_help(WORDS_EN, COMMAND_FOR_EVERYBODY);
    assert_non_null(strstr(text, "/openclaw help"));
    assert_null(strstr(text, "pairing"));
    assert_null(strstr(text, "why"));
    free(text);
    text = commands_help(WORDS_EN, COMMAND_FOR_EVERYBODY | COMMAND_FOR_APPROVERS | COMMAND_FOR_ADMINS);
    assert_non_null(strstr(text, "`/openclaw pairing approve <code>`"));
    assert_non_null(strstr(text, "`/openclaw why <post>`"));
    free(text);
}

// --- from the hook to the answer ---

static char *NO_APPROVERS[] = {NULL};
static char ID[] = "default", BOT[] = "bot", NAME[] = "openclaw";
static const account_config RULES = {.id = ID, .approvers = NO_APPROVERS};
static const account ACCOUNT = {.config = &RULES, .id = ID, .bot_user_id = BOT, .bot_username = NAME};

static const account *account_at(void *ctx, size_t index) {
    (void)ctx;
    return index == 0 ? &ACCOUNT : NULL;
}

static void give(const char *user, const char *text) {
    loop *l = loop_create(&FAKE_CLOCK);
    pairings *store = pairings_create(l, &THE_CHAT);
    pairing_world pw = {.loop = l, .chat = &THE_CHAT, .store = store, .node = "n", .account = account_at};
    pairing_desk *desk = pairing_desk_create(&pw);
    command_world w = {.loop = l, .chat = &THE_CHAT, .pairing = desk, .why = {.chat = &THE_CHAT}};
    chat_command command = {
        .user_id = user, .channel_id = "c", .team_id = "t", .root_id = "", .trigger_id = "", .command = text};
    free(FAKE.command_answer);
    FAKE.command_answer = NULL;
    commands_execute(&w, &command, fake_chat_command_ticket());
    fake_clock_pass(l, 20000);
    assert_non_null(FAKE.command_answer);
    assert_false(FAKE.command_in_channel);
    pairings_destroy(store);
    pairing_desk_destroy(desk);
    loop_destroy(l);
}

static void on_registered(void *ctx, const chat_error *error) {
    (void)ctx;
    assert_int_equal(error->err, OC_OK);
}

static void test_from_the_hook_to_the_answer(void **state) {
    static const struct {
        const char *user, *text, *answer;
    } rows[] = {
        {"admin1", "/openclaw", "These commands"},
        {"alice", "/openclaw help", "These commands"},
        {"alice", "/openclaw nonsense", "no such command"},
        {"alice", "/openclaw pairing list", "You may not use this command"},
        {"alice", "/openclaw pairing approve ABCD2345", "You may not use this command"},
        {"alice", "/openclaw pairing approve", "You may not use this command"},
        {"alice", "/openclaw why x", "You may not use this command"},
        {"bot7", "/openclaw help", "You may not use this command"},
        {"gone1", "/openclaw help", "You may not use this command"},
        {"nobody", "/openclaw help", "You may not use this command"},
        {"admin1", "/openclaw pairing list", "Nobody asks"},
        {"admin1", "/openclaw pairing approve", "Write `/openclaw pairing approve <code>`"},
        {"admin1", "/openclaw pairing approve ABCD2345", "no request with this code"},
        {"admin1", "/openclaw pairing deny ABCD2345", "no request with this code"},
        {"admin1", "/openclaw pairing remove @alice", "has not been let in"},
        {"alice", "/openclaw pairing remove bob", "You may not use this command"},
        {"admin1", "/openclaw why x", "Tell me which post"},
    };
    (void)state;
    fake_chat_create();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        give(rows[i].user, rows[i].text);
        if (strstr(FAKE.command_answer, rows[i].answer) == NULL)
            fail_msg("%s by %s: %s", rows[i].text, rows[i].user, FAKE.command_answer);
    }
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 1; // who it is cannot be found out: denied
    give("admin1", "/openclaw pairing list");
    assert_non_null(strstr(FAKE.command_answer, "You may not"));
    commands_register(&THE_CHAT, on_registered, NULL);
    assert_non_null(json_get(FAKE.commands, "openclaw"));
    fake_chat_destroy();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_text_says),         cmocka_unit_test(test_denied_by_default),
        cmocka_unit_test(test_which_texts_are_commands), cmocka_unit_test(test_autocomplete),
        cmocka_unit_test(test_help_shows_what_one_may),  cmocka_unit_test(test_from_the_hook_to_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
