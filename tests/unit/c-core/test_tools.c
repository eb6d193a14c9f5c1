// SPDX-License-Identifier: Apache-2.0
// What the agent's tools do, from a call to what stands in the server.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/tool_bench.h"

// --- what they do ---

static const fake_posted *last_post(void) {
    return &FAKE.posts[FAKE.post_count - 1];
}

static void test_send(void **state) {
    (void)state;
    with_rules(WRITE);
    call(IN_TOWN ":thread:" POST_TOWN, "mattermost_send", "{\"text\":\"hello @all\"}");
    wants("", "\"postIds\":[\"reply9\"]");
    wants("", "\"threadId\":\"" POST_TOWN "\"");
    assert_string_equal(last_post()->channel_id, TOWN);
    assert_string_equal(last_post()->root_id, POST_TOWN);
    assert_string_equal(last_post()->user_id, BOT);
    assert_null(strstr(last_post()->message, "@all")); // defused
    assert_true(strncmp(last_post()->turn, "tool-", 5) == 0);
    assert_int_equal(last_post()->part, 0);

    call(IN_TOWN ":thread:" POST_TOWN, "mattermost_send", "{\"text\":\"out\",\"topLevel\":true}");
    assert_string_equal(last_post()->root_id, "");
    call(DIRECT, "mattermost_send", S("#town"));
    assert_string_equal(last_post()->root_id, "");
    call(DIRECT, "mattermost_send", "{\"threadId\":\"" POST_OPS "\",\"text\":\"in ops\"}");
    assert_string_equal(last_post()->root_id, POST_OPS);
    assert_string_equal(last_post()->channel_id, OPS);
    call(DIRECT, "mattermost_send", S("@bob"));
    assert_string_equal(last_post()->channel_id, "dmbobbobbobbobbobbobbobbob");
}

static void test_long_text(void **state) {
    (void)state;
    with_rules("textChunkLimit: 100\n");
    char *text = xmalloc(301), *args = NULL;
    memset(text, 'a', 300);
    for (int i = 49; i < 300; i += 50)
        text[i] = ' ';
    text[300] = '\0';
    args = xasprintf("{\"text\":\"%s\"}", text);
    call(DIRECT, "mattermost_send", args);
    wants("", "\"reply9\",\"reply10\"");
    free(args);
    free(text);
}

// The same call is done once, within this process and across processes.
static void test_once(void **state) {
    (void)state;
    with_rules(WRITE);
    FAKE.remembers = true; // the shim does
    call_as(DIRECT, "mattermost_send", "{\"text\":\"once\"}", "key-1");
    char *first = xstrdup(ANSWER.text);
    assert_int_equal(FAKE.post_count, 9);
    call_as(DIRECT, "mattermost_send", "{\"text\":\"once\"}", "key-1");
    assert_string_equal(ANSWER.text, first);
    assert_int_equal(FAKE.post_count, 9);
    tools_destroy(TOOLS); // another process
    TOOLS = tools_create(
        &(tools_parts){.loop = LOOP, .chat = &THE_CHAT, .accounts = ACCOUNTS, .resolver = RESOLVER});
    call_as(DIRECT, "mattermost_send", "{\"text\":\"once\"}", "key-1");
    assert_string_equal(ANSWER.text, first);
    assert_int_equal(FAKE.post_count, 9);
    call_as(DIRECT, "mattermost_send", "{\"text\":\"once\"}", "key-2");
    assert_int_equal(FAKE.post_count, 10);
    free(first);
}

static void test_changes(void **state) {
    (void)state;
    with_rules(WRITE);
    call(DIRECT, "mattermost_react", E(POST_DM));
    wants("", "\"added\":true");
    assert_true(fake_chat_has_reaction(POST_DM, BOT, "eyes"));
    call(DIRECT, "mattermost_react", "{\"postId\":\"" POST_DM "\",\"emoji\":\":eyes:\",\"remove\":true}");
    wants("", "\"removed\":true");
    assert_false(fake_chat_has_reaction(POST_DM, BOT, "eyes"));
    call(DIRECT, "mattermost_edit", "{\"postId\":\"" OWN "\",\"text\":\"better @here\"}");
    assert_true(strncmp(fake_chat_post(OWN)->message, "better", 6) == 0);
    assert_null(strstr(fake_chat_post(OWN)->message, "@here"));
    call(DIRECT, "mattermost_pin", P(POST_DM));
    assert_true(fake_chat_post(POST_DM)->pinned);
    call(DIRECT, "mattermost_pin", "{\"postId\":\"" POST_DM "\",\"remove\":true}");
    assert_false(fake_chat_post(POST_DM)->pinned);
    call(DIRECT, "mattermost_delete", P(OWN));
    assert_true(fake_chat_post(OWN)->deleted);
    call(DIRECT, "mattermost_delete", P(OWN));
    assert_string_equal(ANSWER.code, "NOT_FOUND");
}

// The server would take others' posts along.
static void test_delete_thread(void **state) {
    (void)state;
    with_rules("");
    fake_chat_add_post("replyreplyreplyreplyreplyr", TOWN, BOT, OWN_TOWN, "the bot's own");
    fake_posted *other = fake_chat_add_post("otherotherotherotherothero", TOWN, BOB, OWN_TOWN, "bob's");
    call(IN_TOWN, "mattermost_delete", P(OWN_TOWN));
    wants("NOT_ALLOWED", "Others have answered");
    assert_false(fake_chat_post(OWN_TOWN)->deleted);
    other->deleted = true;
    call(IN_TOWN, "mattermost_delete", P(OWN_TOWN));
    assert_true(fake_chat_post(OWN_TOWN)->deleted);
}

static void test_read(void **state) {
    (void)state;
    with_rules(READ);
    call(DIRECT, "mattermost_read", "{\"limit\":2}");
    cJSON *result = cJSON_Parse(ANSWER.text);
    const cJSON *posts = json_array(result, "posts");
    assert_int_equal(cJSON_GetArraySize(posts), 2);
    assert_true(json_bool(result, "hasMore", false));
    assert_string_equal(json_text(cJSON_GetArrayItem(posts, 0), "id"), NOTICE); // newest first
    assert_true(json_bool(cJSON_GetArrayItem(posts, 0), "you", false));
    assert_string_equal(json_text(result, "channelId"), DM_ANN);
    cJSON_Delete(result);

    call(DIRECT, "mattermost_read", "{\"before\":\"" OWN "\"}");
    result = cJSON_Parse(ANSWER.text);
    posts = json_array(result, "posts");
    assert_int_equal(cJSON_GetArraySize(posts), 1);
    assert_string_equal(json_text(cJSON_GetArrayItem(posts, 0), "user"), "ann");
    assert_string_equal(json_text(cJSON_GetArrayItem(posts, 0), "text"), "plan of ann");
    assert_string_equal(
        json_text(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(posts, 0), "files"), 0), ""), "");
    assert_false(json_bool(result, "hasMore", true));
    cJSON_Delete(result);

    call(DIRECT, "mattermost_read", "{\"after\":\"" POST_DM "\",\"limit\":1}");
    result = cJSON_Parse(ANSWER.text);
    posts = json_array(result, "posts");
    assert_int_equal(cJSON_GetArraySize(posts), 1);
    assert_string_equal(json_text(cJSON_GetArrayItem(posts, 0), "id"), OWN); // the next one
    assert_true(json_bool(result, "hasMore", false));
    cJSON_Delete(result);
    call(DIRECT, "mattermost_read", "{\"after\":\"" POST_DM "\",\"before\":\"" OWN "\"}");
    assert_string_equal(ANSWER.code, "INVALID_ARGUMENTS");
}

static void reads(const char *args, const char *first, int count, bool more) {
    call(IN_TOWN, "mattermost_read", args);
    cJSON *result = cJSON_Parse(ANSWER.text);
    const cJSON *posts = json_array(result, "posts");
    if (cJSON_GetArraySize(posts) != count || json_bool(result, "hasMore", !more) != more ||
        (count > 0 && strcmp(json_text(cJSON_GetArrayItem(posts, 0), "id"), first) != 0))
        fail_msg("%s: %s", args, ANSWER.text);
    cJSON_Delete(result);
}

#define R1 "reponereponereponereponere"
#define R2 "reptworeptworeptworeptwore"
#define THREAD "\"threadId\":\"" POST_TOWN "\""

static void test_read_thread(void **state) {
    (void)state;
    with_rules(ALL);
    fake_chat_add_post(R1, TOWN, ANN, POST_TOWN, "one");
    fake_chat_add_post(R2, TOWN, BOB, POST_TOWN, "two");
    reads("{" THREAD "}", R2, 3, false);
    reads("{\"threadId\":\"" R1 "\"}", R2, 3, false); // any post of it
    reads("{" THREAD ",\"limit\":2}", R2, 2, true);
    reads("{" THREAD ",\"before\":\"" R1 "\"}", POST_TOWN, 1, false);
    reads("{" THREAD ",\"after\":\"" POST_TOWN "\",\"limit\":1}", R1, 1, true);
    reads("{" THREAD ",\"after\":\"" NOTHING "\"}", "", 0, false);
    reads("{" THREAD ",\"before\":\"" NOTHING "\"}", "", 0, false);
}

// contextVisibility holds for what the tools read, too.
static void test_context_visibility(void **state) {
    (void)state;
    with_rules("contextVisibility: allowlist\ngroupPolicy: allowlist\ngroupAllowFrom: [" ANN "]\n" READ);
    call(DIRECT, "mattermost_read", T("#ops"));
    wants("", "plan of ops");
    call(DIRECT, "mattermost_read", T("#town"));
    wants("", "\"hiddenByContextVisibility\":1");
    assert_null(strstr(ANSWER.text, "plan of the town"));
}

static void test_search(void **state) {
    (void)state;
    with_rules(READ);
    call(DIRECT, "mattermost_search", "{\"query\":\"plan\"}"); // ann is not in #boss
    wants("", "plan of ops");
    wants("", "plan of the town");
    wants("", "plan of ann");
    assert_null(strstr(ANSWER.text, "boss"));
    call(DIRECT, "mattermost_search", "{\"query\":\"plan\",\"target\":\"#ops\"}");
    wants("", "plan of ops");
    assert_null(strstr(ANSWER.text, "plan of the town"));
    call(DIRECT, "mattermost_search", "{\"query\":\"plan\",\"target\":\"#boss\"}");
    assert_string_equal(ANSWER.code, "NOT_FOUND");
    call(IN_TOWN, "mattermost_search", "{\"query\":\"plan\"}"); // in the bot's name, who sees all of them
    wants("", "plan of the town");
    assert_null(strstr(ANSWER.text, "ops"));
    assert_null(strstr(ANSWER.text, "boss"));
    assert_null(strstr(ANSWER.text, "ann\""));
    call(IN_OPS, "mattermost_search", "{\"query\":\"plan\"}");
    wants("", "plan of ops");
    wants("", "plan of the town");
    assert_null(strstr(ANSWER.text, "plan of ann"));
}

static void test_search_at_home(void **state) {
    (void)state;
    with_rules(ALL); // nothing elsewhere
    call(DIRECT, "mattermost_search", "{\"query\":\"plan\"}");
    wants("", "plan of ann");
    assert_null(strstr(ANSWER.text, "plan of ops"));
    call(IN_OPS, "mattermost_search", "{\"query\":\"plan\"}");
    wants("", "plan of ops");
    assert_null(strstr(ANSWER.text, "plan of the town"));
}

static void test_file(void **state) {
    (void)state;
    with_rules(READ);
    call(DIRECT, "mattermost_file", F(FILE_DM));
    wants("", "\"text\":\"what is written there\"");
    wants("", "\"name\":\"notes.txt\"");
    call(DIRECT, "mattermost_file", "{\"action\":\"fetch\",\"fileId\":\"" FILE_DM "\",\"offset\":8}");
    wants("", "\"text\":\"written there\"");
    fake_chat_add_file("filebinfilebinfilebinfileb", "x.bin", "application/octet-stream",
                       bytes_of("a\0b", 3));
    cJSON_ReplaceItemInArray(fake_chat_post(POST_DM)->file_ids, 0,
                             json_new_string("filebinfilebinfilebinfileb"));
    call(DIRECT, "mattermost_file", F("filebinfilebinfilebinfileb"));
    assert_string_equal(ANSWER.code, "NOT_READABLE");
}

static void test_image(void **state) {
    (void)state;
    with_rules("");
    fake_chat_add_file("imageimageimageimageimagei", "x.png", "image/png", bytes_of("\x89PNG", 4));
    cJSON_ReplaceItemInArray(fake_chat_post(POST_DM)->file_ids, 0,
                             json_new_string("imageimageimageimageimagei"));
    call(DIRECT, "mattermost_file", F("imageimageimageimageimagei"));
    wants("", "\"type\":\"image/png\"");
    assert_string_equal(ANSWER.image, "iVBORw==");
}

static void test_directory(void **state) {
    (void)state;
    with_rules("");
    call(DIRECT, "mattermost_directory", "{\"kind\":\"channels\"}");
    wants("", "channel:" OPS);
    assert_null(strstr(ANSWER.text, BOSS));
    call(IN_TOWN, "mattermost_directory", "{\"kind\":\"channels\"}");
    wants("", "channel:" NEWS);
    assert_null(strstr(ANSWER.text, OPS)); // private
    assert_null(strstr(ANSWER.text, FAR)); // another team
    call(IN_TOWN, "mattermost_directory", "{\"kind\":\"teams\"}");
    wants("", "acme");
    assert_null(strstr(ANSWER.text, "beta"));
    call(IN_TOWN, "mattermost_directory", "{\"kind\":\"users\",\"query\":\"bob\"}");
    wants("", "user:" BOB);
    call(IN_LOBBY, "mattermost_directory", "{\"kind\":\"users\"}");
    assert_string_equal(ANSWER.code, "NOT_ALLOWED"); // a guest is there
}

// --- limits, ends, failures ---

static void test_limit(void **state) {
    (void)state;
    with_rules("actions: {perMinute: 2, messages: true}\n");
    FAKE_NOW_MS = 60000 * 1000;
    for (int i = 0; i < 2; i++) {
        call(DIRECT, "mattermost_read", "{}");
        assert_string_equal(ANSWER.code, "");
    }
    call(DIRECT, "mattermost_read", "{}");
    assert_string_equal(ANSWER.code, "LIMIT");
    call(IN_TOWN, "mattermost_read", "{}"); // another conversation
    assert_string_equal(ANSWER.code, "");
    fake_clock_pass(LOOP, 60000);
    call(DIRECT, "mattermost_read", "{}");
    assert_string_equal(ANSWER.code, "");
}

static void test_cancelled(void **state) {
    (void)state;
    with_rules("");
    tool_run_forget(call_keyed(DIRECT, "mattermost_send", "{\"text\":\"too late\"}", ""));
    fake_clock_pass(LOOP, 300);
    assert_int_equal(ANSWER.count, 0);
    assert_int_equal(FAKE.post_count, 8); // nobody waits, so nothing is done
}

static void test_account_gone(void **state) {
    (void)state;
    with_rules(WRITE);
    config *none = rules_of("enabled: false\n");
    (void)call_keyed(DIRECT, "mattermost_send", "{\"text\":\"a\"}", "");
    FAKE.hold = true;
    loop_step(LOOP, 0);
    accounts_apply(ACCOUNTS, none);
    config_destroy(RULES);
    RULES = none;
    FAKE.hold = false;
    fake_chat_answer_all();
    fake_clock_pass(LOOP, 300);
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(FAKE.post_count, 8);
}

// Each call of the server fails once: an answer comes, nothing is left over, and nothing is allowed by it.
static void test_failures(void **state) {
    static const struct {
        const char *session, *tool, *args;
    } rows[] = {
        {DIRECT, "mattermost_send", S("#ops")},
        {DIRECT, "mattermost_send", S("@bob")},
        {IN_TOWN, "mattermost_read", T("#news")},
        {DIRECT, "mattermost_react", E(POST_OPS)},
        {DIRECT, "mattermost_edit", X(OWN)},
        {DIRECT, "mattermost_delete", P(OWN)},
        {DIRECT, "mattermost_pin", P(POST_DM)},
        {DIRECT, "mattermost_file", F(FILE_DM)},
        {IN_TOWN, "mattermost_search", "{\"query\":\"plan\"}"},
        {IN_TOWN, "mattermost_directory", "{\"kind\":\"users\"}"},
    };
    with_rules(WRITE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool failed = true;
        for (int skip = 0; failed && skip < 60; skip++) {
            tear_down(state);
            set_up(state);
            with_rules(WRITE "dmChannelRetry: {maxRetries: 0}\n");
            FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "broken"};
            FAKE.fail_skip = skip;
            FAKE.fail_next = 1;
            (void)call_keyed(rows[i].session, rows[i].tool, rows[i].args, "key");
            for (int k = 0; k < 10; k++) {
                fake_clock_pass(LOOP, 100);
                fake_chat_answer_all();
            }
            assert_int_equal(ANSWER.count, 1);
            failed = FAKE.fail_next == 0;
            if (!failed && *ANSWER.code != '\0')
                fail_msg("%s %s: %s %s", rows[i].tool, rows[i].args, ANSWER.code, ANSWER.text);
        }
        assert_false(failed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_send, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_delete_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_context_visibility, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search_at_home, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_directory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_account_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
