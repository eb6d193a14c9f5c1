// SPDX-License-Identifier: Apache-2.0
// The frame scanner on frames as the real gateway sent them, and on bad ones.
#include "gateway/frame_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#define DELTA_HEAD                                                                                           \
    "{\"type\":\"event\",\"event\":\"chat\",\"payload\":{\"runId\":\"43ed4251-abab-48cb-9115-"               \
    "75bad55ecc51\","                                                                                        \
    "\"sessionKey\":\"agent:main:mattermost:channel:agentchan\",\"agentId\":\"main\",\"seq\":3,\"state\":"   \
    "\"delta\","

static const struct {
    const char *text;
    oc_err err;
    frame_type type;
    const char *id, *event, *session, *run; // NULL: absent
    bool escaped;
} rows[] = {
    // from transcripts
    {DELTA_HEAD
     "\"deltaText\":\"echo: agent\",\"message\":{\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
     "\"text\":\"echo: agent\"}],\"timestamp\":1795407084835}},\"seq\":7}",
     OC_OK, FRAME_EVENT, NULL, "chat", "agent:main:mattermost:channel:agentchan",
     "43ed4251-abab-48cb-9115-75bad55ecc51", false},
    {"{\"type\":\"event\",\"event\":\"agent\",\"payload\":{\"runId\":\"r\",\"stream\":\"assistant\",\"data\":"
     "{\"text\":\"a\","
     "\"sessionKey\":\"no\"},\"sessionKey\":\"yes\",\"agentId\":\"main\"},\"seq\":6}",
     OC_OK, FRAME_EVENT, NULL, "agent", "yes", "r", false},
    {"{\"type\":\"res\",\"id\":\"A2\",\"ok\":true,\"payload\":{\"runId\":\"x\",\"status\":\"accepted\"}}",
     OC_OK, FRAME_RESPONSE, "A2", NULL, NULL, NULL, false},
    {"{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"ts\":1795407084835},\"seq\":2}", OC_OK,
     FRAME_EVENT, NULL, "tick", NULL, NULL, false},
    {"{\"type\":\"event\",\"event\":\"health\",\"payload\":{\"a\":[{\"sessionKey\":\"no\"}]},"
     "\"stateVersion\":{\"health\":6}}",
     OC_OK, FRAME_EVENT, NULL, "health", NULL, NULL, false},
    // any order of keys
    {"{\"payload\":{\"sessionKey\":\"s\",\"x\":[1,{\"y\":null}],\"runId\":\"r\"},\"seq\":1,\"event\":"
     "\"chat\",\"type\":\"event\"}",
     OC_OK, FRAME_EVENT, NULL, "chat", "s", "r", false},
    {"{\"ok\":true,\"payload\":{},\"id\":\"B1\",\"type\":\"res\"}", OC_OK, FRAME_RESPONSE, "B1", NULL, NULL,
     NULL, false},
    {" { \"type\" : \"event\" , \"event\" : \"x\" } ", OC_OK, FRAME_EVENT, NULL, "x", NULL, NULL, false},
    // escapes: told, not decoded
    {"{\"type\":\"event\",\"event\":\"ch\\u0061t\"}", OC_OK, FRAME_EVENT, NULL, "ch\\u0061t", NULL, NULL,
     true},
    {"{\"t\\u0079pe\":\"event\"}", OC_OK, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, true},
    {"{\"type\":\"event\",\"event\":\"chat\",\"payload\":{\"text\":\"a\\\"b\\\\\",\"runId\":\"r\","
     "\"sessionKey\":\"s\"}}",
     OC_OK, FRAME_EVENT, NULL, "chat", "s", "r", false},
    // members of another kind
    {"{\"type\":5,\"id\":7,\"event\":null,\"payload\":\"text\"}", OC_OK, FRAME_UNKNOWN, NULL, NULL, NULL,
     NULL, false},
    {"{\"type\":\"event\",\"event\":\"chat\",\"payload\":{\"runId\":{},\"sessionKey\":[\"s\"]}}", OC_OK,
     FRAME_EVENT, NULL, "chat", NULL, NULL, false},
    // a member that occurs twice: the first counts, as with the parser
    {"{\"type\":\"event\",\"event\":\"a\",\"event\":\"b\",\"payload\":{\"runId\":\"r\",\"runId\":\"x\"},"
     "\"payload\":{\"runId\":\"y\"},\"type\":\"res\"}",
     OC_OK, FRAME_EVENT, NULL, "a", NULL, "r", false},
    {"{\"type\":\"event\",\"payload\":{},\"payload\":{\"runId\":\"a\"}}", OC_OK, FRAME_EVENT, NULL, NULL,
     NULL, NULL, false},
    {"{}", OC_OK, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"type\":\"odd\",\"n\":-1.5e+10,\"b\":false}", OC_OK, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    // what is known is enough: the rest is the parser's
    {DELTA_HEAD "\"deltaText\":", OC_OK, FRAME_EVENT, NULL, "chat", "agent:main:mattermost:channel:agentchan",
     "43ed4251-abab-48cb-9115-75bad55ecc51", false},
    // not objects, or broken
    {"", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"[]", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"null", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\"", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\":}", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\":1,}", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\":1}x", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\":\"\\\"}", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
    {"{\"a\":[[}", OC_EMALFORMED, FRAME_UNKNOWN, NULL, NULL, NULL, NULL, false},
};

static void assert_slice(bytes slice, const char *wanted) {
    assert_int_equal(slice.data == NULL, wanted == NULL);
    if (wanted != NULL)
        assert_true(bytes_is(slice, wanted));
}

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        frame_head head;
        // In memory of exactly its size, so that a sanitizer sees a read beyond it.
        size_t n = strlen(rows[i].text);
        char *copy = malloc(n > 0 ? n : 1);
        memcpy(copy, rows[i].text, n);
        oc_err err = frame_scan(bytes_of(copy, n), &head);
        if (err != rows[i].err)
            print_message("row %zu: %s\n", i, rows[i].text);
        assert_int_equal(err, rows[i].err);
        if (err == OC_OK) {
            assert_int_equal(head.type, rows[i].type);
            assert_slice(head.id, rows[i].id);
            assert_slice(head.event, rows[i].event);
            assert_slice(head.session_key, rows[i].session);
            assert_slice(head.run_id, rows[i].run);
            assert_int_equal(head.escaped, rows[i].escaped);
        }
        free(copy);
    }
}

// Every cut of a real frame: no crash, and never a wrong answer.
static void test_cuts(void **state) {
    const char *text = rows[1].text;
    (void)state;
    for (size_t n = 0; n < strlen(text); n++) {
        frame_head head;
        char *copy = malloc(n > 0 ? n : 1);
        memcpy(copy, text, n);
        oc_err err = frame_scan(bytes_of(copy, n), &head);
        if (err == OC_OK)
            assert_slice(head.session_key, "yes");
        free(copy);
    }
}

static void test_depth(void **state) {
    enum { DEEP = 100000 };
    frame_head head;
    char *text = malloc(DEEP + 16);
    (void)state;
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEEP);
    assert_int_equal(frame_scan(bytes_of(text, 5 + DEEP), &head), OC_ELIMIT);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_cuts),
                                       cmocka_unit_test(test_depth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
