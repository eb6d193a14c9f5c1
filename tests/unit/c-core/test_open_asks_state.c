// SPDX-License-Identifier: Apache-2.0
// What waits for people: who posts it, who decides, and the stored form. Expected values by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/open_asks_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1000000 };

static open_asks_state empty(void) {
    bool damaged = true;
    open_asks_state s = open_asks_read(bytes_of(NULL, 0), &damaged);
    assert_false(damaged);
    assert_int_equal(s.count, 0);
    return s;
}

static open_ask ask(const char *id, const char *node) {
    open_ask a = {.kind = "question", .account = "default", .expires_ms = NOW + 900000};
    snprintf(a.id, sizeof a.id, "%s", id);
    snprintf(a.node, sizeof a.node, "%s", node);
    return a;
}

// node asks for what "n1" has claimed at NOW.
static void test_who_posts(void **state) {
    static const struct {
        const char *node;
        bool restarted, posted;
        int64_t later_ms;
        ask_claim expected;
    } rows[] = {
        {"n1", false, false, 0, ASK_OTHERS}, // this very process is at it
        {"n1", true, false, 0, ASK_TAKEN_OVER},
        {"n2", false, false, 0, ASK_OTHERS},
        {"n2", true, false, 0, ASK_OTHERS},
        {"n2", false, false, ASK_CLAIM_MS - 1, ASK_OTHERS},
        {"n2", false, false, ASK_CLAIM_MS, ASK_TAKEN_OVER},
        {"n1", true, true, 0, ASK_STANDS},
        {"n2", false, true, ASK_CLAIM_MS, ASK_STANDS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_asks_state s = empty();
        open_ask first = ask("a", "n1"), second = ask("a", rows[i].node);
        assert_int_equal(open_asks_claim(&s, &first, false, NOW), ASK_MINE);
        if (rows[i].posted)
            assert_true(open_asks_set_posted(&s, "question", "a"));
        assert_int_equal(open_asks_claim(&s, &second, rows[i].restarted, NOW + rows[i].later_ms),
                         rows[i].expected);
        assert_int_equal(s.count, 1);
        if (rows[i].expected == ASK_TAKEN_OVER)
            assert_string_equal(s.items[0].node, rows[i].node);
        open_asks_clear(&s);
    }
}

static void test_who_decides(void **state) {
    (void)state;
    open_asks_state s = empty();
    open_ask a = ask("a", "n1");
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "once", NOW), ASK_UNKNOWN);
    open_asks_claim(&s, &a, false, NOW);
    assert_int_equal(open_asks_decide(&s, "approval", "a", "u1", "ann", "once", NOW), ASK_UNKNOWN);
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "once", NOW), ASK_DECIDES);
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "once", NOW),
                     ASK_DECIDES); // made once more
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "deny", NOW),
                     ASK_BUSY); // two clicks of one moment
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "once", NOW + 1),
                     ASK_BUSY); // a second click
    assert_int_equal(open_asks_decide(&s, "question", "a", "u2", "bob", "deny", NOW + 1), ASK_BUSY);
    assert_false(open_asks_undecide(&s, "question", "a", "u2"));
    assert_true(open_asks_undecide(&s, "question", "a", "u1"));
    assert_int_equal(open_asks_decide(&s, "question", "a", "u2", "bob", "deny", NOW + 2), ASK_DECIDES);
    // Whoever decided and was never heard of again stands in nobody's way.
    assert_int_equal(open_asks_decide(&s, "question", "a", "u1", "ann", "once", NOW + 2 + ASK_DECIDING_MS),
                     ASK_DECIDES);
    assert_string_equal(s.items[0].by_name, "ann");
    open_asks_clear(&s);
}

static void test_taking_and_keeping(void **state) {
    (void)state;
    open_asks_state s = empty();
    buf out;
    bool damaged = true;
    const ask_post post = {.id = "p1", .nonce = "n", .channel_id = "c1", .at_ms = NOW},
                   plain = {.id = "p2", .nonce = ""};
    for (int i = 0; i < 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "a%d", i);
        open_ask a = ask(id, "n1");
        open_asks_claim(&s, &a, false, NOW);
        buf_init(&out, ASK_VALUE_MAX_BYTES); // stored and read between each
        assert_int_equal(open_asks_write(&s, &out), OC_OK);
        open_asks_clear(&s);
        s = open_asks_read(buf_bytes(&out), &damaged);
        assert_false(damaged);
        buf_free(&out);
    }
    assert_true(open_asks_add_post(&s, "question", "a1", &post));
    assert_true(open_asks_add_post(&s, "question", "a1", &post)); // once
    assert_true(open_asks_add_post(&s, "question", "a1", &plain));
    assert_false(open_asks_add_post(&s, "question", "a9", &post));
    open_asks_decide(&s, "question", "a1", "u1", "ann", "once", NOW);
    buf_init(&out, ASK_VALUE_MAX_BYTES);
    assert_int_equal(open_asks_write(&s, &out), OC_OK);
    open_asks_state again = open_asks_read(buf_bytes(&out), &damaged);
    open_ask taken;
    assert_false(damaged);
    assert_true(open_asks_take(&again, "question", "a1", NOW, &taken));
    assert_false(open_asks_take(&again, "question", "a1", NOW, NULL));
    assert_int_equal(again.count, 2);
    assert_string_equal(again.items[1].id, "a2");
    assert_int_equal(taken.post_count, 2);
    assert_string_equal(taken.posts[0].nonce, "n");
    assert_string_equal(taken.posts[0].channel_id, "c1");
    assert_int_equal(taken.posts[0].at_ms, NOW);
    assert_string_equal(taken.by_name, "ann");
    assert_string_equal(taken.choice, "once");
    assert_int_equal(taken.expires_ms, NOW + 900000);
    buf_free(&out);
    open_asks_clear(&s);
    open_asks_clear(&again);
}

static ask_deciding say(open_asks_state *s, const char *user, const char *post, int64_t now_ms) {
    return open_asks_decide_said(s, "question", "a", user, user, "word", post, now_ms);
}

// Stored and read again.
static void keep(open_asks_state *s) {
    bool damaged = true;
    buf out;
    buf_init(&out, ASK_VALUE_MAX_BYTES);
    assert_int_equal(open_asks_write(s, &out), OC_OK);
    open_asks_clear(s);
    *s = open_asks_read(buf_bytes(&out), &damaged);
    assert_false(damaged);
    buf_free(&out);
}

static void test_what_is_written(void **state) {
    (void)state;
    open_asks_state s = empty();
    open_ask a = ask("a", "n1"), taken;
    open_asks_claim(&s, &a, false, NOW);
    assert_int_equal(say(&s, "u1", "p1", NOW), ASK_DECIDES);
    keep(&s);
    assert_int_equal(say(&s, "u2", "p2", NOW + 1), ASK_BUSY);
    assert_int_equal(say(&s, "u1", "p3", NOW + 1), ASK_BUSY); // the same person, another post
    assert_int_equal(say(&s, "u1", "p1", NOW + 1), ASK_DECIDES);
    assert_false(open_asks_unsay(&s, ""));
    assert_false(open_asks_unsay(&s, "p2"));
    assert_true(open_asks_unsay(&s, "p1"));
    assert_string_equal(s.items[0].by_id, "");
    assert_int_equal(say(&s, "u2", "p2", NOW + 1), ASK_DECIDES);
    // Somebody who clicks after its time is not taken for the one who wrote.
    assert_int_equal(open_asks_decide(&s, "question", "a", "u3", "eve", "w", NOW + 1 + ASK_DECIDING_MS),
                     ASK_DECIDES);
    assert_string_equal(s.items[0].said, "");
    assert_true(open_asks_undecide(&s, "question", "a", "u3"));
    assert_int_equal(say(&s, "u2", "p2", NOW + 2), ASK_DECIDES);
    assert_true(open_asks_take(&s, "question", "a", NOW, &taken));
    assert_string_equal(taken.said, "p2");
    keep(&s);
    assert_null(open_asks_find(&s, "question", "a"));
    assert_non_null(open_asks_find(&s, ASK_SAID, "p2"));
    assert_true(open_asks_unsay(&s, "p2"));
    assert_int_equal(s.count, 0);
    open_asks_clear(&s);
}

static void test_what_was_written_is_forgotten(void **state) {
    (void)state;
    open_asks_state s = empty();
    for (int i = 0; i < ASKS_MAX; i++) {
        open_ask a = ask("a", "n1");
        char post[16];
        snprintf(post, sizeof post, "p%d", i);
        open_asks_claim(&s, &a, false, NOW);
        say(&s, "u1", post, NOW);
        assert_true(open_asks_take(&s, "question", "a", NOW, NULL));
        keep(&s);
    }
    assert_int_equal(s.count, ASKS_MAX);
    open_ask a = ask("a", "n1"); // what waits for people comes first
    assert_int_equal(open_asks_claim(&s, &a, false, NOW), ASK_MINE);
    assert_null(open_asks_find(&s, ASK_SAID, "p0"));
    assert_non_null(open_asks_find(&s, ASK_SAID, "p1"));
    assert_true(open_asks_take(&s, "question", "a", NOW + ASK_SAID_MS, NULL));
    assert_int_equal(s.count, 0);
    open_asks_clear(&s);
}

static void test_full(void **state) {
    (void)state;
    open_asks_state s = empty();
    buf out;
    bool damaged = false;
    for (int i = 0; i < ASKS_MAX + 1; i++) {
        char id[16];
        snprintf(id, sizeof id, "a%d", i);
        open_ask a = ask(id, "n1");
        assert_int_equal(open_asks_claim(&s, &a, false, NOW), i < ASKS_MAX ? ASK_MINE : ASK_FULL);
        buf_init(&out, ASK_VALUE_MAX_BYTES);
        assert_int_equal(open_asks_write(&s, &out), OC_OK);
        open_asks_clear(&s);
        s = open_asks_read(buf_bytes(&out), &damaged);
        assert_false(damaged);
        buf_free(&out);
    }
    open_asks_clear(&s);
}

static void test_damaged(void **state) {
    static const struct {
        const char *value;
        bool damaged;
        size_t count;
    } rows[] = {
        {"{\"v\":1,\"asks\":[]}", false, 0},
        {"{\"v\":1}", false, 0},
        {"{\"v\":2,\"asks\":[]}", true, 0},
        {"null", true, 0},
        {"[]", true, 0},
        {"rubbish", true, 0},
        {"{\"v\":1,\"asks\":[7,{\"kind\":\"question\",\"id\":\"a\",\"posts\":[[],[1],[\"p\"],\"x\"]}]}", true,
         1},
        {"{\"v\":1,\"asks\":[{\"kind\":\"\",\"id\":\"a\"},{\"kind\":\"k\"}]}", true, 0},
        {"{\"v\":1,\"asks\":[{\"kind\":\"k\",\"id\":\"a\"},{\"kind\":\"k\",\"id\":\"a\"}]}", true, 1},
        {"{\"v\":1,\"asks\":[{\"kind\":\"much too long for a kind\",\"id\":\"a\"}]}", true, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool damaged = false;
        open_asks_state s = open_asks_read(bytes_str(rows[i].value), &damaged);
        assert_int_equal(damaged, rows[i].damaged);
        assert_int_equal(s.count, rows[i].count);
        open_ask more = ask("more", "n1"); // there is room in any case
        assert_int_equal(open_asks_claim(&s, &more, false, NOW), ASK_MINE);
        open_asks_clear(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_posts),
        cmocka_unit_test(test_who_decides),
        cmocka_unit_test(test_taking_and_keeping),
        cmocka_unit_test(test_what_is_written),
        cmocka_unit_test(test_what_was_written_is_forgotten),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
