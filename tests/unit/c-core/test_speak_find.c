// SPDX-License-Identifier: Apache-2.0
// The pure parts of messages that agents begin: what a history holds of them, what is posted, limits, what is kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "outbound/flood.h"
#include "outbound/speak_find.h"
#include "outbound/spoken.h"
#include "reply/media_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Rows as gateway 2026.9.6 gives them.
#define PROMPT(run, at)                                                                                      \
    "{\"role\":\"assistant\",\"content\":\"do the job\",\"idempotencyKey\":\"" run                           \
    ":user\",\"timestamp\":" at "}"
#define ASKED(run, at)                                                                                       \
    "{\"role\":\"user\",\"content\":\"a question\",\"idempotencyKey\":\"" run ":user\",\"timestamp\":" at "}"
#define GOES_ON(run, at)                                                                                     \
    "{\"role\":\"user\",\"content\":\"[System] Your previous turn was "                                      \
    "interrupted\",\"idempotencyKey\":\"" run ":user\",\"timestamp\":" at "}"
#define SAID(run, text, stop, at)                                                                            \
    "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"" text "\"}],\"stopReason\":\"" stop \
    "\",\"timestamp\":1,\"__openclaw\":{\"runId\":\"" run "\",\"recordTimestampMs\":" at "}}"
#define BETWEEN(run, text, at)                                                                               \
    "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"" text                               \
    "\"}],\"openclawStreamFallback\":true,\"__openclaw\":{\"runId\":\"" run "\",\"recordTimestampMs\":" at   \
    "}}"

static const struct {
    const char *name, *rows, *active;
    int64_t since_ms;
    const char *found; // "run=text@at;…", a run of ours with !
} HISTORIES[] = {
    {"nothing", "", "", 0, ""},
    {"a cron job: its prompt is no answer", PROMPT("p1", "10") "," SAID("c1", "echo", "stop", "20"), "", 0,
     "c1=echo@20;"},
    {"before", SAID("c1", "old", "stop", "19") "," SAID("c2", "new", "stop", "20"), "", 20, "c2=new@20;"},
    {"ours", ASKED("mm-p", "10") "," SAID("mm-p", "answer", "stop", "20"), "", 0, ""},
    {"ours of another account", ASKED("mm-p:work", "10") "," SAID("mm-p:work", "answer", "stop", "20"), "", 0,
     ""},
    {"another client's", ASKED("web", "10") "," SAID("web", "answer", "stop", "20"), "", 0, "web=answer@20;"},
    {"a heartbeat without a prompt", SAID("h", "look at this", "stop", "20"), "", 0, "h=look at this@20;"},
    {"words between tools belong to it",
     BETWEEN("c1", "first", "10") "," SAID("c1", "", "toolUse", "11") "," SAID("c1", "last", "stop", "12"),
     "", 0, "c1=first\n\nlast@12;"},
    {"not ended", BETWEEN("c1", "first", "10") "," SAID("c1", "", "toolUse", "11"), "", 0, ""},
    {"only words between", BETWEEN("c1", "first", "10"), "", 0, ""},
    {"failed", SAID("c1", "LLM request failed", "error", "10"), "", 0, ""},
    {"cut at the model's limit", SAID("c1", "long", "length", "10"), "", 0, "c1=long@10;"},
    {"runs still", SAID("c1", "half", "stop", "10"), "\"c1\"", 0, ""},
    {"two runs, one in the other",
     PROMPT("p", "1") "," SAID("c1", "", "toolUse", "2") "," SAID("c2", "b", "stop",
                                                                  "3") "," SAID("c1", "a", "stop", "4"),
     "", 0, "c1=a@4;c2=b@3;"},
    {"the gateway goes on with ours",
     ASKED("mm-p", "1") "," GOES_ON("g", "2") "," SAID("g", "answer", "stop", "3"), "", 0, "g=answer@3!;"},
    {"… twice",
     ASKED("mm-p", "1") "," GOES_ON("g", "2") "," GOES_ON("h", "3") "," SAID("h", "answer", "stop", "4"), "",
     0, "h=answer@4!;"},
    {"the gateway goes on with a job",
     ASKED("mm-p", "1") "," SAID("mm-p", "x", "stop", "2") "," PROMPT("p", "3") "," GOES_ON(
         "g", "4") "," SAID("g", "job", "stop", "5"),
     "", 0, "g=job@5;"},
    {"a row without a run", "{\"role\":\"assistant\",\"content\":\"injected\",\"stopReason\":\"stop\"}", "",
     0, ""},
    {"a tool's result", "{\"role\":\"toolResult\",\"content\":\"x\",\"__openclaw\":{\"runId\":\"c1\"}}", "",
     0, ""},
    {"no rows at all", "1,null,\"x\",[],{}", "", 0, ""},
};

static void test_find(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof HISTORIES / sizeof *HISTORIES; i++) {
        cJSON *history = NULL;
        buf text;
        buf_init(&text, 4096);
        char *json = xasprintf("{\"messages\":[%s],\"sessionInfo\":{\"activeRunIds\":[%s]}}",
                               HISTORIES[i].rows, HISTORIES[i].active);
        assert_int_equal(json_parse(bytes_of(json, strlen(json)), &history), OC_OK);
        spoken_finals found = speak_find(history, HISTORIES[i].since_ms);
        assert_true(found.reaches_back);
        for (size_t k = 0; k < found.count; k++)
            assert_int_equal(buf_printf(&text, "%s=%s@%d%s;", found.items[k].run_id, found.items[k].text,
                                        (int)found.items[k].at_ms, found.items[k].ours ? "!" : ""),
                             OC_OK);
        char *got = buf_take_str(&text);
        if (strcmp(got != NULL ? got : "", HISTORIES[i].found) != 0)
            fail_msg("%s: %s", HISTORIES[i].name, got);
        free(got);
        spoken_finals_free(&found);
        cJSON_Delete(history);
        free(json);
    }
}

static void test_reaches_back(void **state) {
    static const struct {
        const char *more;
        int64_t since_ms;
        bool reaches;
    } rows[] = {{"false", 5, true}, {"true", 10, true}, {"true", 11, true}, {"true", 9, false}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        cJSON *history = NULL;
        char *json =
            xasprintf("{\"hasMore\":%s,\"messages\":[" SAID("c", "x", "stop", "10") "]}", rows[i].more);
        assert_int_equal(json_parse(bytes_of(json, strlen(json)), &history), OC_OK);
        spoken_finals found = speak_find(history, rows[i].since_ms);
        assert_int_equal(found.reaches_back, rows[i].reaches);
        spoken_finals_free(&found);
        cJSON_Delete(history);
        free(json);
    }
}

static void test_words(void **state) {
    static const struct {
        const char *said, *words;
    } rows[] = {
        {"hello", "hello"},
        {"NO_REPLY", NULL},
        {"no_reply.", NULL},
        {"HEARTBEAT_OK", NULL},
        {"HEARTBEAT_OK!", NULL},
        {"", NULL},
        {" \n", NULL},
        {"Disk is full.\n\nHEARTBEAT_OK", "Disk is full."},
        {"say HEARTBEAT_OK when well", "say HEARTBEAT_OK when well"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *words = speak_words(rows[i].said);
        if (rows[i].words == NULL)
            assert_null(words);
        else
            assert_string_equal(words, rows[i].words);
        free(words);
    }
}

static void test_media_lines(void **state) {
    static const struct {
        const char *text, *kept, *named;
    } rows[] = {
        {"plain", "plain", ""},
        {"a\nMEDIA:note.txt", "a", "note.txt;"},
        {"MEDIA: note.txt \nb", "b", "note.txt;"},
        {"a\n  media:`my file.png`\nMEDIA:https://x/y.png\nb\n", "a\nb", "my file.png;https://x/y.png;"},
        {"MEDIA:", "MEDIA:", ""},
        {"the MEDIA:x word", "the MEDIA:x word", ""},
        {"```\nMEDIA:x\n```", "```\nMEDIA:x\n```", ""},
        {"MEDIA:x", "", "x;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *payloads = NULL;
        const cJSON *one = NULL;
        char named[200] = "", *kept = media_lines_take(rows[i].text, &payloads);
        cJSON_ArrayForEach(one, payloads)
            snprintf(named + strlen(named), sizeof named - strlen(named), "%s;", json_text(one, "mediaUrl"));
        assert_string_equal(kept, rows[i].kept);
        assert_string_equal(named, rows[i].named);
        cJSON_Delete(payloads);
        free(kept);
    }
}

static void test_flood(void **state) {
    flood *f = flood_create();
    int held = 0;
    (void)state;
    assert_int_equal(flood_take(f, "a", 2, 100, &held), FLOOD_POST);
    assert_int_equal(flood_take(f, "a", 2, 200, &held), FLOOD_POST);
    assert_int_equal(flood_take(f, "b", 2, 200, &held), FLOOD_POST);
    assert_int_equal(flood_take(f, "a", 2, 300, &held), FLOOD_TELL);
    assert_int_equal(flood_take(f, "a", 2, 99 + FLOOD_WINDOW_MS, &held), FLOOD_DROP);
    assert_int_equal(held, 2);
    assert_int_equal(flood_take(f, "a", 2, 100 + FLOOD_WINDOW_MS, &held), FLOOD_POST);
    assert_int_equal(flood_take(f, "b", 1, 101 + FLOOD_WINDOW_MS, &held), FLOOD_TELL);
    flood_destroy(f);
}

static void test_kept(void **state) {
    char a[SPOKEN_ID_BYTES], b[SPOKEN_ID_BYTES], c[SPOKEN_ID_BYTES];
    bool damaged = true;
    buf out;
    (void)state;
    spoken_id("key", "run", a);
    spoken_id("key", "run2", b);
    spoken_id("keyr", "un", c);
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, c);
    spoken *s = spoken_create();
    spoken_move(s, 100);
    spoken_put(s, a, 150);
    spoken_put(s, b, 200);
    spoken_put(s, c, 99); // older than that: dealt with anyway
    assert_int_equal(spoken_count(s), 2);
    buf_init(&out, SPOKEN_VALUE_MAX_BYTES);
    assert_int_equal(spoken_write(s, &out), OC_OK);
    spoken *back = spoken_read(buf_bytes(&out), &damaged);
    assert_false(damaged);
    assert_int_equal(spoken_since(back), 100);
    assert_true(spoken_has(back, a) && spoken_has(back, b));
    spoken_move(back, 50); // never back
    assert_int_equal(spoken_since(back), 100);
    spoken_move(back, 160);
    assert_false(spoken_has(back, a));
    assert_true(spoken_has(back, b));
    spoken_merge(back, s); // what is older than 160 does not come back
    assert_int_equal(spoken_count(back), 1);
    spoken_merge(s, back);
    assert_int_equal(spoken_since(s), 160);
    buf_free(&out);
    spoken_destroy(back);
    spoken_destroy(s);
}

static void test_damaged(void **state) {
    static const char *const values[] = {
        "", "x", "[]", "{\"v\":2,\"since\":1}", "{\"v\":1}", "{\"v\":1,\"since\":-1}"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        bool damaged = false;
        spoken *s = spoken_read(bytes_str(values[i]), &damaged);
        assert_true(damaged);
        assert_int_equal(spoken_since(s), 0);
        spoken_destroy(s);
    }
    bool damaged = true;
    spoken *s = spoken_read(
        bytes_str("{\"v\":1,\"since\":5,\"done\":{\"0123456789abcdef0\":6,\"a\":\"x\",\"b\":1e300,\"c\":7}}"),
        &damaged);
    assert_false(damaged);
    assert_int_equal(spoken_count(s), 1);
    assert_true(spoken_has(s, "c"));
    spoken_destroy(s);
}

static void test_bounded(void **state) {
    char id[SPOKEN_ID_BYTES];
    buf out;
    (void)state;
    spoken *s = spoken_create();
    for (int i = 0; i < SPOKEN_DONE_MAX + 10; i++) {
        snprintf(id, sizeof id, "%016x", i);
        spoken_put(s, id, 1795441026187 + i);
    }
    assert_int_equal(spoken_count(s), SPOKEN_DONE_MAX);
    assert_true(spoken_has(s, id));
    assert_false(spoken_has(s, "0000000000000000"));
    buf_init(&out, SPOKEN_VALUE_MAX_BYTES);
    assert_int_equal(spoken_write(s, &out), OC_OK);
    buf_free(&out);
    spoken_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),        cmocka_unit_test(test_reaches_back), cmocka_unit_test(test_words),
        cmocka_unit_test(test_media_lines), cmocka_unit_test(test_flood),        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_damaged),     cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
