// SPDX-License-Identifier: Apache-2.0
// What is remembered of calls with a key: stories by table, then the bounds.
#include "api_memory.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW_MS = 1000, STEPS_MAX = 10 };

typedef enum what { END, ASK, RESULT, ERROR, LOST, LATER } what;

typedef struct step {
    what what;
    const char *key;      // ASK, RESULT, ERROR, LOST
    uint64_t incarnation; // ASK
    api_advice advice;    // ASK: what is expected
    const char *text;     // RESULT, ERROR: what the host said; ASK with API_KNOWN: what is remembered
    size_t askers;        // RESULT, ERROR, LOST: how many are to be answered
    int64_t ms;           // LATER
} step;

typedef struct story {
    const char *name;
    step steps[STEPS_MAX];
} story;

static const story STORIES[] = {
    {"the core died before the answer: the next one joins, and the one after it hears the result",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ASK, "k", 2, API_JOIN, NULL, 0, 0},
      {RESULT, "k", 0, API_SEND, "p1", 1, 0},
      {ASK, "k", 3, API_KNOWN, "p1", 0, 0}}},
    {"the core died behind the answer",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {RESULT, "k", 0, API_SEND, "p1", 1, 0},
      {ASK, "k", 2, API_KNOWN, "p1", 0, 0},
      {ASK, "k", 2, API_KNOWN, "p1", 0, 0}}},
    {"the same core asks again: joined, then from memory",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ASK, "k", 1, API_JOIN, NULL, 0, 0},
      {RESULT, "k", 0, API_SEND, "p1", 2, 0},
      {ASK, "k", 1, API_KNOWN, "p1", 0, 0}}},
    {"an error: the same core's next try is sent",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ERROR, "k", 0, API_SEND, "no", 1, 0},
      {ASK, "k", 1, API_SEND, NULL, 0, 0},
      {RESULT, "k", 0, API_SEND, "p1", 1, 0},
      {ASK, "k", 2, API_KNOWN, "p1", 0, 0}}},
    {"an error: another core hears it once, its next try is sent",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ERROR, "k", 0, API_SEND, "no", 1, 0},
      {ASK, "k", 2, API_KNOWN, "no", 0, 0},
      {ASK, "k", 2, API_SEND, NULL, 0, 0},
      {ERROR, "k", 0, API_SEND, "never", 1, 0},
      {ASK, "k", 3, API_KNOWN, "never", 0, 0}}},
    {"an error that the joined core has heard",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ASK, "k", 2, API_JOIN, NULL, 0, 0},
      {ERROR, "k", 0, API_SEND, "no", 1, 0},
      {ASK, "k", 2, API_SEND, NULL, 0, 0}}},
    {"nobody knows whether it was carried out: it is not kept",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ASK, "k", 2, API_JOIN, NULL, 0, 0},
      {LOST, "k", 0, API_SEND, NULL, 1, 0},
      {ASK, "k", 3, API_SEND, NULL, 0, 0}}},
    {"a minute after the answer it is forgotten, however often it was asked for",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {LATER, NULL, 0, API_SEND, NULL, 0, 10 * API_MEMORY_KEEP_MS},
      {ASK, "k", 2, API_JOIN, NULL, 0, 0},
      {RESULT, "k", 0, API_SEND, "p1", 1, 0},
      {LATER, NULL, 0, API_SEND, NULL, 0, API_MEMORY_KEEP_MS - 1},
      {ASK, "k", 3, API_KNOWN, "p1", 0, 0},
      {LATER, NULL, 0, API_SEND, NULL, 0, 1},
      {ASK, "k", 4, API_SEND, NULL, 0, 0}}},
    {"an error is forgotten after a minute, too",
     {{ASK, "k", 1, API_SEND, NULL, 0, 0},
      {ERROR, "k", 0, API_SEND, "no", 1, 0},
      {LATER, NULL, 0, API_SEND, NULL, 0, API_MEMORY_KEEP_MS},
      {ASK, "k", 2, API_SEND, NULL, 0, 0}}},
    {"keys are apart",
     {{ASK, "a", 1, API_SEND, NULL, 0, 0},
      {ASK, "b", 1, API_SEND, NULL, 0, 0},
      {RESULT, "b", 0, API_SEND, "pb", 1, 0},
      {RESULT, "a", 0, API_SEND, "pa", 1, 0},
      {ASK, "a", 2, API_KNOWN, "pa", 0, 0},
      {ASK, "b", 2, API_KNOWN, "pb", 0, 0},
      {ASK, "c", 2, API_SEND, NULL, 0, 0}}},
};

static void check_known(const api_remembered *c, const char *text) {
    api_result result = api_memory_result(c);
    assert_true(bytes_is(result.json, text));
    assert_true(bytes_is(result.tail, "tail"));
    assert_int_equal(result.refused, text[0] == 'n');
}

static void check_askers(const api_remembered *c, size_t wanted) {
    size_t count = 0;
    (void)api_memory_askers(c, &count);
    assert_int_equal(count, wanted);
}

static void play(const story *told) {
    api_memory *m = api_memory_create();
    api_remembered *calls[128] = {0}, *c = NULL; // by the key's letter
    int64_t now_ms = NOW_MS;
    for (const step *s = told->steps; s < told->steps + STEPS_MAX && s->what != END; s++) {
        api_remembered **mine = &calls[s->key != NULL ? (unsigned char)s->key[0] & 127 : 0];
        switch (s->what) {
        case ASK:
            assert_int_equal(api_memory_ask(m, "CreatePost", s->key, 7, s->incarnation, now_ms, &c),
                             s->advice);
            if (s->advice == API_KNOWN)
                check_known(c, s->text);
            *mine = c;
            break;
        case RESULT:
        case ERROR:
            check_askers(*mine, s->askers);
            assert_true(api_memory_keep(
                m, *mine, &(api_result){s->what == ERROR, bytes_str(s->text), bytes_str("tail")}, now_ms));
            break;
        case LOST:
            check_askers(*mine, s->askers);
            api_memory_forget(m, *mine);
            break;
        case LATER:
        case END:
            now_ms += s->ms;
            api_memory_expire(m, now_ms);
            break;
        }
    }
    api_memory_destroy(m);
}

static void test_stories(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof STORIES / sizeof STORIES[0]; i++) {
        print_message("  %s\n", STORIES[i].name);
        play(&STORIES[i]);
    }
}

static void test_methods_are_apart(void **state) {
    api_memory *m = api_memory_create();
    api_remembered *a = NULL, *b = NULL;
    (void)state;
    assert_int_equal(api_memory_ask(m, "CreatePost", "k", 1, 1, NOW_MS, &a), API_SEND);
    assert_int_equal(api_memory_ask(m, "UpdatePost", "k", 2, 1, NOW_MS, &b), API_SEND);
    assert_ptr_not_equal(a, b);
    api_memory_destroy(m);
}

static void test_those_who_wait(void **state) {
    api_memory *m = api_memory_create();
    api_remembered *c = NULL;
    size_t count = 0;
    (void)state;
    assert_int_equal(api_memory_ask(m, "CreatePost", "k", 1, 1, NOW_MS, &c), API_SEND);
    for (uint64_t id = 2; id <= API_MEMORY_ASKERS_MAX; id++)
        assert_int_equal(api_memory_ask(m, "CreatePost", "k", id, 1, NOW_MS, &c), API_JOIN);
    assert_int_equal(api_memory_ask(m, "CreatePost", "k", 99, 1, NOW_MS, &c), API_BUSY);
    const uint64_t *ids = api_memory_askers(c, &count);
    assert_int_equal(count, API_MEMORY_ASKERS_MAX);
    assert_int_equal(ids[0], 1);
    assert_int_equal(ids[count - 1], API_MEMORY_ASKERS_MAX);
    // Those of a dead core take no place.
    assert_int_equal(api_memory_ask(m, "CreatePost", "k", 100, 2, NOW_MS, &c), API_JOIN);
    ids = api_memory_askers(c, &count);
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 100);
    api_memory_destroy(m);
}

// Makes a call with the key "kNUMBER", and its result of that size.
static bool keep(api_memory *m, int number, size_t json_len, size_t tail_len) {
    char key[32];
    api_remembered *c = NULL;
    char *text = xcalloc(1, json_len + tail_len + 1);
    (void)snprintf(key, sizeof key, "k%d", number);
    assert_int_equal(api_memory_ask(m, "KVGet", key, 1, 1, NOW_MS, &c), API_SEND);
    bool kept = api_memory_keep(
        m, c, &(api_result){false, bytes_of(text, json_len), bytes_of(text + json_len, tail_len)}, NOW_MS);
    free(text);
    return kept;
}

static bool is_known(api_memory *m, int number) {
    char key[32];
    api_remembered *c = NULL;
    (void)snprintf(key, sizeof key, "k%d", number);
    bool known = api_memory_ask(m, "KVGet", key, 1, 2, NOW_MS, &c) == API_KNOWN;
    if (!known)
        api_memory_forget(m, c);
    return known;
}

static void test_the_oldest_go(void **state) {
    api_memory *m = api_memory_create();
    (void)state;
    for (int i = 0; i < API_MEMORY_CALLS_MAX; i++)
        assert_true(keep(m, i, 2, 0));
    assert_true(is_known(m, 0));
    assert_true(keep(m, API_MEMORY_CALLS_MAX, 2, 0));
    assert_false(is_known(m, 0));
    assert_true(is_known(m, 1));
    assert_true(is_known(m, API_MEMORY_CALLS_MAX));
    api_memory_destroy(m);
}

static void test_bytes(void **state) {
    static const struct {
        size_t json, tail;
        bool kept;
    } cases[] = {
        {0, 0, true},
        {API_MEMORY_RESULT_MAX_BYTES, 0, true},
        {0, API_MEMORY_RESULT_MAX_BYTES, true},
        {API_MEMORY_RESULT_MAX_BYTES + 1, 0, false},
        {1, API_MEMORY_RESULT_MAX_BYTES, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        api_memory *m = api_memory_create();
        assert_int_equal(keep(m, 0, cases[i].json, cases[i].tail), cases[i].kept);
        assert_int_equal(is_known(m, 0), cases[i].kept);
        api_memory_destroy(m);
    }
    // Sixteen of the longest are more than 16 MiB together with what describes them.
    enum { COUNT = API_MEMORY_MAX_BYTES / API_MEMORY_RESULT_MAX_BYTES };
    api_memory *m = api_memory_create();
    for (int i = 0; i < COUNT; i++)
        assert_true(keep(m, i, 100, API_MEMORY_RESULT_MAX_BYTES - 100));
    assert_false(is_known(m, 0));
    assert_true(is_known(m, 1));
    assert_true(is_known(m, COUNT - 1));
    api_memory_destroy(m);
}

static void test_a_long_key(void **state) {
    char a[API_KEY_MAX_BYTES + 1], b[API_KEY_MAX_BYTES + 1];
    api_memory *m = api_memory_create();
    api_remembered *c = NULL;
    (void)state;
    memset(a, 'x', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof b);
    b[sizeof b - 2] = 'y'; // the last byte counts
    assert_int_equal(api_memory_ask(m, "GetChannelByNameForTeamName", a, 1, 1, NOW_MS, &c), API_SEND);
    assert_int_equal(api_memory_ask(m, "GetChannelByNameForTeamName", b, 2, 1, NOW_MS, &c), API_SEND);
    assert_int_equal(api_memory_ask(m, "GetChannelByNameForTeamName", a, 3, 1, NOW_MS, &c), API_JOIN);
    api_memory_destroy(m);
    api_memory_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stories),        cmocka_unit_test(test_methods_are_apart),
        cmocka_unit_test(test_those_who_wait), cmocka_unit_test(test_the_oldest_go),
        cmocka_unit_test(test_bytes),          cmocka_unit_test(test_a_long_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
