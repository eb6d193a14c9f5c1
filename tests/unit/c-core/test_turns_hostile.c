// SPDX-License-Identifier: Apache-2.0
// Posts that nobody would write, and a server that fails at every single call in turn: one clear outcome each, and nothing
// stays open.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/turn_bench.h"

enum { CALLS_MAX = 40, LONG_MS = 15 * 60 * 1000 };

static chat_post post_by(const char *user_id, const char *channel, const char *root, const char *message) {
    return (chat_post){.id = "p1",
                       .channel_id = channel,
                       .user_id = user_id,
                       .root_id = root,
                       .message = message,
                       .type = "",
                       .pending_post_id = "",
                       .create_at_ms = FAKE_NOW_MS};
}

static void take_post(const chat_post *post) {
    turns_take(TURNS, post, fake_chat_ticket(post->id));
}

// Runs are answered as they come, until nothing happens any more.
static outcome_reason see_it_through(void) {
    for (int64_t passed = 0; passed < LONG_MS && turns_open(TURNS) > 0; passed += 1000) {
        for (size_t i = 0; i < RUNS.count; i++) {
            if (RUNS.runs[i].open)
                fake_run_end(i, GATEWAY_RUN_OK, "an answer", "");
        }
        fake_clock_pass(LOOP, 1000);
    }
    assert_int_equal(turns_open(TURNS), 0);
    for (int64_t passed = 0; passed < LONG_MS && !fake_chat_has_outcome("p1"); passed += 1000)
        fake_clock_pass(LOOP, 1000); // the journal is written
    return outcome_told("p1");
}

static void again_from_the_start(void **state) {
    tear_down(state);
    set_up(state);
}

// --- failures ---

static const struct {
    const char *user, *channel, *root, *message;
} PLACES[] = {
    {ALICE, "dm1", "", "hi"},
    {ALICE, "town", "", "@openclaw hi"},
    {ALICE, "town", "root", "@openclaw hi"},
    {ALICE, "gm1", "root", "@openclaw hi"},
};

static void write_something_before(void) {
    fake_chat_add_post("root", "town", "bob", "", "the beginning");
    fake_chat_add_post("x", "town", "nobody", "root", "in the thread");
    fake_chat_add_post("y", "town", "carol", "", "beside");
    FAKE.posts[2].file_ids = cJSON_Parse("[\"f1\",\"gone\"]");
}

static void test_each_call_fails_once(void **state) {
    static const chat_error kinds[] = {
        {.err = OC_ECLOSED, .id = "", .message = "cut"},
        {.err = OC_EREMOTE, .http_status = 500, .id = "app.error", .message = "broken"},
    };
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            for (int call = 0; call < CALLS_MAX; call++) {
                const chat_post post =
                    post_by(PLACES[i].user, PLACES[i].channel, PLACES[i].root, PLACES[i].message);
                again_from_the_start(state);
                write_something_before();
                FAKE.failure = kinds[kind];
                FAKE.fail_skip = call;
                FAKE.fail_next = 1;
                take_post(&post);
                assert_int_equal(see_it_through(), REASON_ANSWERED);
                assert_int_equal(RUNS.count, 1);
            }
        }
    }
}

static void test_everything_is_gone_from_some_call_on(void **state) {
    static const chat_error gone = {.err = OC_ENOTFOUND, .http_status = 404, .id = "", .message = "gone"};
    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        for (int call = 0; call < CALLS_MAX; call++) {
            const chat_post post =
                post_by(PLACES[i].user, PLACES[i].channel, PLACES[i].root, PLACES[i].message);
            again_from_the_start(state);
            write_something_before();
            FAKE.failure = gone;
            FAKE.fail_skip = call;
            FAKE.fail_next = 1000000;
            take_post(&post);
            outcome_reason r = see_it_through();
            assert_true(r == REASON_ANSWERED || r == REASON_NOT_POSTED || r == REASON_FACTS_UNKNOWN ||
                        r == REASON_NOT_MEMBER);
        }
    }
    FAKE.fail_next = 0;
}

static void test_people_who_are_not_there(void **state) {
    static const struct {
        const char *user;
        outcome_reason reason;
    } rows[] = {{"nobody", REASON_FACTS_UNKNOWN}, {"gone", REASON_DEACTIVATED}, {"bot7", REASON_FROM_BOT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const chat_post post = post_by(rows[i].user, "town", "", "@openclaw hi");
        again_from_the_start(state);
        take_post(&post);
        assert_int_equal(see_it_through(), rows[i].reason);
        assert_int_equal(RUNS.count, 0);
    }
}

// --- texts ---

static char *repeated(const char *what, size_t count, const char *end) {
    buf out;
    buf_init(&out, 4 << 20);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(buf_append_str(&out, what), OC_OK);
    assert_int_equal(buf_append_str(&out, end), OC_OK);
    return buf_take_str(&out);
}

static void test_texts_nobody_would_write(void **state) {
    char *texts[] = {
        repeated("A", 200000, ""),
        repeated("@openclaw ", 10000, ""),
        repeated("@somebody ", 10000, "@openclaw"),
        repeated("\xE2\x80\xAE\xE2\x80\x8D", 20000, "@openclaw x"),
        repeated("\n", 20000, "@openclaw x"),
        repeated("`", 20000, "@openclaw x"),
        repeated("```\n", 8000, "@openclaw x"),
        repeated("/new\n", 8000, "@openclaw x"),
        repeated("\xFF\xC0", 20000, "@openclaw x"),
        repeated("@", 20000, "openclaw"),
        repeated("a\n", 20000, ""),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const chat_post direct = post_by(ALICE, "dm1", "", texts[i]),
                        open = post_by(ALICE, "town", "", texts[i]);
        again_from_the_start(state);
        take_post(&direct);
        bool nothing = i == 1; // but mentions
        assert_int_equal(see_it_through(), nothing ? REASON_EMPTY_BODY : REASON_ANSWERED);
        assert_true(nothing || strlen(RUNS.runs[0].message) < 1 << 20);
        again_from_the_start(state);
        take_post(&open);
        outcome_reason r = see_it_through();
        assert_true(r == REASON_ANSWERED || r == REASON_NO_MENTION || nothing);
        free(texts[i]);
    }
}

static void test_props_nobody_would_set(void **state) {
    static const char *const props[] = {
        "{\"attachments\":{}}",
        "{\"attachments\":[[[[]]]]}",
        "{\"attachments\":[{\"fields\":[{\"value\":1e308},{\"value\":[1]},null]}]}",
        "{\"message\":7,\"openclaw\":\"x\",\"override_username\":9}",
        "{\"openclaw\":{\"turn\":\"p1\",\"part\":0}}",
    };
    for (size_t i = 0; i < sizeof props / sizeof *props; i++) {
        chat_post post = post_by(ALICE, "town", "", "@openclaw hi");
        cJSON *json = cJSON_Parse(props[i]);
        assert_non_null(json);
        again_from_the_start(state);
        post.props = json;
        post.type = "me";
        take_post(&post);
        assert_int_equal(see_it_through(), REASON_ANSWERED);
        cJSON_Delete(json);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TURN_TEST(test_each_call_fails_once),     TURN_TEST(test_everything_is_gone_from_some_call_on),
        TURN_TEST(test_people_who_are_not_there), TURN_TEST(test_texts_nobody_would_write),
        TURN_TEST(test_props_nobody_would_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
