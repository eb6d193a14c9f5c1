// SPDX-License-Identifier: Apache-2.0
// What administrators are told about the control connection and the agents' tools.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "admin/beside_watch.h"
#include "admin/words.h"

static loop *LOOP;
static notices *NOTICES;
static beside_watch *WATCH;
static account_listener LISTENER;
static void *LISTENER_CTX;

// The accounts are not needed: what they would tell is told here.
void accounts_listen(accounts *s, const account_listener *l, void *ctx) {
    (void)s;
    LISTENER = *l;
    LISTENER_CTX = ctx;
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    (void)fake_chat_create();
    NOTICES = notices_create(LOOP, &THE_CHAT, "node");
    notices_set_bot(NOTICES, "bot");
    WATCH = beside_watch_create(NULL, NOTICES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    beside_watch_destroy(WATCH);
    notices_destroy(NOTICES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static char PLACES[2]; // stand for a control and a node: they are only known by their place

static void control_is(gateway_state s, const char *sentence, const char *command) {
    const gateway_status status = {
        .state = s, .code = "CODE", .sentence = sentence, .command = command, .server_version = "1"};
    LISTENER.control_status(LISTENER_CTX, (gateway_control *)(void *)&PLACES[0], &status);
    fake_clock_pass(LOOP, 61000);
}

static void node_is(node_state s, const char *sentence, const char *command) {
    const node_status status = {
        .state = s, .sentence = sentence, .command = command, .missing = "mattermost.send"};
    LISTENER.node_status(LISTENER_CTX, (gateway_node *)(void *)&PLACES[1], &status);
    fake_clock_pass(LOOP, 61000);
}

static const char *last_told(void) {
    return FAKE.post_count > 0 ? FAKE.posts[FAKE.post_count - 1].message : "";
}

static void test_what_needs_somebody_is_told(void **state) {
    (void)state;
    control_is(GATEWAY_CONNECTING, "", "");
    control_is(GATEWAY_BACKOFF, "It is away.", "");
    node_is(NODE_CONNECTING, "", "");
    assert_int_equal(FAKE.post_count, 0);
    control_is(GATEWAY_PAIRING, "It must be approved.", "openclaw devices approve 1");
    assert_non_null(strstr(last_told(), "approve the control connection"));
    assert_non_null(strstr(last_told(), "openclaw devices approve 1"));
    node_is(NODE_UNAPPROVED, "Tools are missing.", "openclaw nodes pending");
    assert_non_null(strstr(last_told(), "openclaw devices approve 1"));
    assert_non_null(strstr(last_told(), "Tools are missing."));
    control_is(GATEWAY_READY, "", "");
    assert_null(strstr(last_told(), "openclaw devices approve 1"));
    assert_non_null(strstr(last_told(), "Tools are missing."));
    node_is(NODE_READY, "", "");
    assert_string_equal(last_told(), words_text(WORDS_EN, WORD_ADMIN_BESIDE_WELL));
}

static void test_what_is_granted_no_longer(void **state) {
    (void)state;
    control_is(GATEWAY_HALTED, "Not granted.", "");
    assert_non_null(strstr(last_told(), "Not granted."));
    LISTENER.gone(LISTENER_CTX, NULL, (gateway_control *)(void *)&PLACES[0], NULL);
    fake_clock_pass(LOOP, 61000);
    assert_string_equal(last_told(), words_text(WORDS_EN, WORD_ADMIN_BESIDE_WELL));
}

static void test_the_end_tells_nothing(void **state) {
    (void)state;
    control_is(GATEWAY_HALTED, "Not granted.", "");
    size_t told = FAKE.post_count;
    beside_watch_stop(WATCH);
    LISTENER.gone(LISTENER_CTX, NULL, (gateway_control *)(void *)&PLACES[0], NULL);
    fake_clock_pass(LOOP, 61000);
    assert_int_equal(FAKE.post_count, told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_needs_somebody_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_granted_no_longer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_end_tells_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
