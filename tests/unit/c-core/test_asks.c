// SPDX-License-Identifier: Apache-2.0
// Posts that wait for people: made once among two nodes and across restarts, decided by one, closed everywhere.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "interactions/asks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct node {
    buttons *buttons;
    open_asks *store;
    asks *asks;
} node;
static loop *LOOP;
static node ONE, TWO; // share one store

static void start(node *n, const char *name) {
    n->buttons = buttons_create(LOOP, &THE_CHAT);
    n->store = open_asks_create(LOOP, &THE_CHAT);
    n->asks = asks_create(&(asks_world){
        .loop = LOOP, .chat = &THE_CHAT, .buttons = n->buttons, .store = n->store, .node = name});
}

static void stop(node *n) {
    open_asks_destroy(n->store);
    asks_destroy(n->asks);
    buttons_destroy(n->buttons);
    *n = (node){0};
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    start(&ONE, "n1");
    start(&TWO, "n2");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    stop(&ONE);
    stop(&TWO);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void settle(void) {
    fake_clock_pass(LOOP, 3000);
}

static const button_option CHOICES[] = {{"First", "0"}, {"Second", "1"}};
static const button_action ACTIONS[] = {
    {.id = "yes", .label = "Yes", .value = "1"},
    {.id = "menu", .label = "Choose", .options = CHOICES, .option_count = 2}};
static const ask_place PLACES[] = {
    {.channel_id = "town", .root_id = "root1", .user_id = "", .text = "**Which?**", .with_buttons = true},
    {.channel_id = "", .root_id = "", .user_id = "carol", .text = "A notice", .with_buttons = false},
};

static void ask(node *n, const char *id, bool earlier) {
    ask_request r = {.kind = "question",
                     .id = id,
                     .account_id = "default",
                     .bot_user_id = "bot",
                     .places = PLACES,
                     .place_count = 2,
                     .actions = ACTIONS,
                     .action_count = 2,
                     .lives_ms = 900000,
                     .earlier = earlier};
    asks_open(n->asks, &r);
}

static size_t stored(void) {
    bool damaged = false;
    const char *value = json_text(FAKE.kv, "open_asks");
    open_asks_state s = open_asks_read(bytes_str(value), &damaged);
    size_t count = s.count;
    assert_false(damaged);
    open_asks_clear(&s);
    return count;
}

static const cJSON *attachment(size_t post) {
    return cJSON_GetArrayItem(json_array(FAKE.posts[post].props, "attachments"), 0);
}

// --- closing ---

static int CLOSED, FREED;
static char CLOSED_BY[64];

static char *on_close(void *ctx, const char *by, const char *word) {
    (void)ctx;
    CLOSED++;
    snprintf(CLOSED_BY, sizeof CLOSED_BY, "%s/%s", by, word);
    return xstrdup("over");
}

static char *on_close_silently(void *ctx, const char *by, const char *word) {
    (void)ctx, (void)by, (void)word;
    return NULL;
}

static void on_free(void *ctx) {
    (void)ctx;
    FREED++;
}

static void close_by(node *n, const char *id) {
    asks_close(n->asks, "question", id, on_close, on_free, NULL);
}

static void test_posted_once_and_closed_everywhere(void **state) {
    (void)state;
    CLOSED = FREED = 0;
    ask(&ONE, "q1", false);
    ask(&ONE, "q1", false);
    ask(&TWO, "q1", false);
    settle();
    assert_int_equal(FAKE.post_count, 2);
    assert_string_equal(FAKE.posts[0].channel_id, "town");
    assert_string_equal(FAKE.posts[0].root_id, "root1");
    assert_string_equal(FAKE.posts[0].turn, "question.q1");
    assert_int_equal(cJSON_GetArraySize(json_array(attachment(0), "actions")), 2);
    assert_null(attachment(1));
    assert_int_equal(FAKE.posts[1].part, 1);
    assert_int_equal(stored(), 1);
    close_by(&ONE, "q1");
    close_by(&TWO, "q1");
    settle();
    assert_int_equal(CLOSED, 1);
    assert_int_equal(FREED, 2);
    assert_string_equal(CLOSED_BY, "/");
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(json_text(attachment(i), "text"), "over");
        assert_null(json_get(attachment(i), "actions"));
        assert_string_equal(json_text(json_get(FAKE.posts[i].props, "openclaw"), "turn"), "question.q1");
    }
    assert_string_equal(FAKE.posts[0].message, "**Which?**");
    assert_int_equal(stored(), 0);
}

static void test_found_after_a_restart(void **state) {
    (void)state;
    ask(&ONE, "q1", false);
    settle();
    stop(&ONE);
    start(&ONE, "n1");
    ask(&ONE, "q1", true);
    settle();
    assert_int_equal(FAKE.post_count, 2);
    close_by(&ONE, "q1");
    settle();
    assert_string_equal(json_text(attachment(1), "text"), "over");
}

// It died between the posts and noting them.
static void test_found_by_its_marker(void **state) {
    (void)state;
    ask(&ONE, "q1", false);
    settle();
    bool damaged = false;
    open_asks_state s = open_asks_read(bytes_str(json_text(FAKE.kv, "open_asks")), &damaged);
    s.items[0].posted = false;
    s.items[0].post_count = 0;
    buf out;
    buf_init(&out, ASK_VALUE_MAX_BYTES);
    assert_int_equal(open_asks_write(&s, &out), OC_OK);
    char *text = buf_take_str(&out);
    cJSON_ReplaceItemInObjectCaseSensitive(FAKE.kv, "open_asks", cJSON_CreateString(text));
    free(text);
    open_asks_clear(&s);
    stop(&ONE);
    start(&ONE, "n1");
    ask(&ONE, "q1", true);
    settle();
    assert_int_equal(FAKE.post_count, 2);
    close_by(&ONE, "q1");
    settle();
    assert_string_equal(json_text(attachment(0), "text"), "over");
    assert_string_equal(json_text(attachment(1), "text"), "over");
}

// The first post fails for now, so that ONE is in the middle of it.
static void ask_slowly(void) {
    FAKE.fail_next = 1;
    FAKE.fail_posts_only = true;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "slow"};
    ask(&ONE, "q1", false);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(stored(), 1);
}

// The node that had claimed it died before it posted anything.
static void test_taken_over(void **state) {
    (void)state;
    ask_slowly();
    stop(&ONE);
    ask(&TWO, "q1", false);
    settle();
    assert_int_equal(FAKE.post_count, 0); // it may be alive
    fake_clock_pass(LOOP, 70000);
    assert_int_equal(FAKE.post_count, 2);
    start(&ONE, "n1");
}

static void test_closed_while_it_is_posted(void **state) {
    (void)state;
    CLOSED = FREED = 0;
    ask_slowly();
    close_by(&ONE, "q1");
    assert_int_equal(CLOSED, 0); // what stands is not known yet
    settle();
    assert_int_equal(CLOSED, 1);
    assert_int_equal(FAKE.post_count, 1); // the one that was under way
    assert_string_equal(json_text(attachment(0), "text"), "over");
    assert_int_equal(stored(), 0);
    close_by(&ONE, "q1"); // nothing is there any more
    settle();
    assert_int_equal(CLOSED, 1);
    assert_int_equal(FREED, 2);
}

static void test_closed_by_another_node_while_it_is_posted(void **state) {
    (void)state;
    CLOSED = FREED = 0;
    ask_slowly();
    close_by(&TWO, "q1");
    settle();
    assert_int_equal(FAKE.post_count, 2);
    for (size_t i = 0; i < FAKE.post_count; i++)
        assert_string_equal(json_text(attachment(i), "text"), "✗ This is not open any more.");
    assert_int_equal(stored(), 0);
}

static void test_left_as_it_is(void **state) {
    (void)state;
    ask(&ONE, "q1", false);
    settle();
    asks_close(ONE.asks, "question", "q1", on_close_silently, NULL, NULL);
    settle();
    assert_int_equal(FAKE.edits, 0);
    assert_int_equal(stored(), 0);
}

// --- deciding ---

static oc_err DECIDED[4];
static size_t DECISIONS;

static void on_decided(void *ctx, oc_err err) {
    (void)ctx;
    DECIDED[DECISIONS++] = err;
}

static void test_one_decides(void **state) {
    person ann = {.id = "ann", .username = "ann", .human = true},
           bob = {.id = "bob", .username = "bob", .human = true};
    (void)state;
    CLOSED = FREED = 0;
    DECISIONS = 0;
    ask(&ONE, "q1", false);
    settle();
    asks_decide(ONE.asks, "question", "q1", &ann, "once", on_decided, NULL);
    asks_decide(TWO.asks, "question", "q1", &bob, "deny", on_decided, NULL);
    asks_decide(TWO.asks, "question", "q2", &bob, "deny", on_decided, NULL);
    settle();
    assert_int_equal(DECISIONS, 3);
    assert_int_equal(DECIDED[0], OC_OK);
    assert_int_equal(DECIDED[1], OC_EBUSY);
    assert_int_equal(DECIDED[2], OC_ENOTFOUND);
    asks_undecide(ONE.asks, "question", "q1", "ann");
    settle();
    asks_decide(TWO.asks, "question", "q1", &bob, "deny", on_decided, NULL);
    settle();
    assert_int_equal(DECIDED[3], OC_OK);
    close_by(&ONE, "q1"); // any node says who it was
    settle();
    assert_string_equal(CLOSED_BY, "bob/deny");
}

// --- trouble ---

static void test_the_server_fails_for_a_while(void **state) {
    (void)state;
    FAKE.fail_next = 2;
    FAKE.fail_posts_only = true;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "slow"};
    ask(&ONE, "q1", false);
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(FAKE.post_count, 2);
    assert_int_equal(stored(), 1);
}

static void test_nowhere_to_post(void **state) {
    (void)state;
    FAKE.fail_next = 100;
    FAKE.fail_posts_only = true;
    FAKE.failure = (chat_error){.err = OC_EDENIED, .http_status = 403, .id = "", .message = "no"};
    ask(&ONE, "q1", false);
    settle();
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(stored(), 0); // somebody else may have more luck
}

static void test_the_store_is_away(void **state) {
    (void)state;
    FAKE.fail_next = 9;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "slow"};
    ask(&ONE, "q1", false);
    fake_clock_pass(LOOP, 60000);
    assert_int_equal(FAKE.post_count, 2);
}

static void test_ids_that_are_too_long(void **state) {
    char id[ASK_ID_BYTES + 1];
    (void)state;
    CLOSED = FREED = 0;
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    ask(&ONE, id, false);
    close_by(&ONE, id);
    settle();
    assert_int_equal(FAKE.post_count, 0);
    assert_int_equal(CLOSED, 0);
    assert_int_equal(FREED, 1);
}

// --- what is stored ---

static size_t SEEN;
static bool SEEN_ALL;

static void on_each(void *ctx, oc_err err, const open_ask *one) {
    (void)ctx;
    assert_int_equal(err, OC_OK);
    if (one == NULL)
        SEEN_ALL = true;
    else
        SEEN++;
}

static void test_each(void **state) {
    (void)state;
    SEEN = 0;
    SEEN_ALL = false;
    ask(&ONE, "q1", false);
    ask(&ONE, "q2", false);
    settle();
    asks_each(TWO.asks, "question", on_each, NULL);
    asks_each(TWO.asks, "approval", on_each, NULL);
    settle();
    assert_int_equal(SEEN, 2);
    assert_true(SEEN_ALL);
}

// Marked text is posted in the language of who reads the place, and closed in the one that the post has.
static char *on_close_marked(void *ctx, const char *by, const char *word) {
    (void)ctx, (void)by, (void)word;
    return xstrdup(words_marked(WORD_APPROVAL_CLOSED));
}

static void test_each_reader_in_their_language(void **state) {
    (void)state;
    const char *text = words_marked(WORD_APPROVAL_NONE);
    const button_action deny = {.id = "deny", .label = words_marked(WORD_APPROVAL_DENY)};
    const ask_place places[] = {
        {.channel_id = "town", .root_id = "", .user_id = "deutsch1", .text = text, .with_buttons = true},
        {.channel_id = "",
         .root_id = "",
         .user_id = "deutsch1",
         .reader_id = "deutsch1",
         .text = text,
         .with_buttons = true},
    };
    const ask_request r = {.kind = "question",
                           .id = "q1",
                           .account_id = "default",
                           .bot_user_id = "bot",
                           .places = places,
                           .place_count = 2,
                           .actions = &deny,
                           .action_count = 1,
                           .lives_ms = 900000};
    FAKE.info.locale = "fr";
    asks_open(ONE.asks, &r);
    settle();
    assert_string_equal(FAKE.posts[0].message, "Rien n'attend votre approbation.");
    assert_string_equal(FAKE.posts[1].message, "Nichts wartet auf deine Freigabe.");
    const cJSON *button = cJSON_GetArrayItem(json_array(attachment(1), "actions"), 0);
    assert_string_equal(json_text(button, "name"), "Ablehnen");
    FAKE.info.locale = "ja"; // what stands stays in its language
    asks_close(TWO.asks, "question", "q1", on_close_marked, NULL, NULL);
    settle();
    assert_string_equal(json_text(attachment(0), "text"), "✗ Ceci n'est plus ouvert.");
    assert_string_equal(json_text(attachment(1), "text"), "✗ Das ist nicht mehr offen.");
}

#define ASKS_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        ASKS_TEST(test_posted_once_and_closed_everywhere),
        ASKS_TEST(test_found_after_a_restart),
        ASKS_TEST(test_found_by_its_marker),
        ASKS_TEST(test_taken_over),
        ASKS_TEST(test_closed_while_it_is_posted),
        ASKS_TEST(test_closed_by_another_node_while_it_is_posted),
        ASKS_TEST(test_left_as_it_is),
        ASKS_TEST(test_one_decides),
        ASKS_TEST(test_the_server_fails_for_a_while),
        ASKS_TEST(test_nowhere_to_post),
        ASKS_TEST(test_the_store_is_away),
        ASKS_TEST(test_ids_that_are_too_long),
        ASKS_TEST(test_each),
        ASKS_TEST(test_each_reader_in_their_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
