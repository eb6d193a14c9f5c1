// SPDX-License-Identifier: Apache-2.0
// Which files belong to an answer, and which entries are refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "reply/media_plan.h"

#include <stdlib.h>

static cJSON *parse(const char *text) {
    cJSON *json = NULL;
    assert_int_equal(json_parse(bytes_str(text), &json), OC_OK);
    return json;
}

static const char OUTSIDE[] = "it is not in the agent's workspace";

static const struct row {
    const char *entry;
    media_kind kind;
    const char *source, *name; // or why
} ROWS[] = {
    {"out/chart.png", MEDIA_WORKSPACE, "out/chart.png", "chart.png"},
    {"./chart.png", MEDIA_WORKSPACE, "chart.png", "chart.png"},
    {" a//b/../c.txt", MEDIA_WORKSPACE, "a/c.txt", "c.txt"},
    {"a/b/../../c", MEDIA_WORKSPACE, "c", "c"},
    {"with blank.pdf", MEDIA_WORKSPACE, "with blank.pdf", "with blank.pdf"},
    {"/srv/agent/desk/x/y.png", MEDIA_WORKSPACE, "x/y.png", "y.png"},
    {"/srv/agent/./desk//x.png", MEDIA_WORKSPACE, "x.png", "x.png"},
    {"file:///srv/agent/desk/a%20b.png", MEDIA_WORKSPACE, "a b.png", "a b.png"},
    {"file://localhost/srv/agent/desk/a.png", MEDIA_WORKSPACE, "a.png", "a.png"},
    {"https://example.com/a/b.png?x=/y.jpg", MEDIA_URL, "https://example.com/a/b.png?x=/y.jpg", "b.png"},
    {"https://example.com/b%C3%BC%2Fc.png#x/y", MEDIA_URL, "https://example.com/b%C3%BC%2Fc.png#x/y",
     "c.png"},
    {"https://example.com?x=/a.png", MEDIA_URL, "https://example.com?x=/a.png", ""},
    {"HTTP://example.com", MEDIA_URL, "HTTP://example.com", ""},
    {"http://127.0.0.1/x", MEDIA_URL, "http://127.0.0.1/x", "x"}, // the guard judges it
    {"../secret", MEDIA_REFUSED, OUTSIDE, "secret"},
    {"a/../../b", MEDIA_REFUSED, OUTSIDE, "b"},
    {"/etc/passwd", MEDIA_REFUSED, OUTSIDE, "passwd"},
    {"/srv/agent/desktop/x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"/srv/agent/desk/../../x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"/srv/agent/desk", MEDIA_REFUSED, OUTSIDE, "desk"},
    {"/../srv/agent/desk/x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"~/x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"C:\\Users\\x.txt", MEDIA_REFUSED, OUTSIDE, "x.txt"},
    {"c:/Users/x.txt", MEDIA_REFUSED, OUTSIDE, "x.txt"},
    {"\\\\host\\share\\x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"file:///etc/passwd", MEDIA_REFUSED, OUTSIDE, "passwd"},
    {"file:///srv/agent/desk/%2e%2e/%2e%2e/x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"file://host/srv/agent/desk/x", MEDIA_REFUSED, OUTSIDE, "x"},
    {"file:///srv/agent/desk/a%00b", MEDIA_WORKSPACE, "a%00b", "a%00b"},
    {"ftp://example.com/x", MEDIA_REFUSED, NULL, "x"},
    {"data:text/plain,hello", MEDIA_REFUSED, NULL, NULL},
    {"a\nb", MEDIA_REFUSED, "its path is malformed", "ab"},
    {".", MEDIA_REFUSED, "its path is malformed", ""},
};

static void knows_what_an_entry_means(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        cJSON *payloads = json_new_array(), *payload = json_new_object();
        json_add_string(payload, "mediaUrl", ROWS[i].entry);
        json_push(payloads, payload);
        media_plan *p = media_plan_make(payloads, "/srv/agent/desk/");
        assert_int_equal(p->count, 1);
        const media_item *item = &p->items[0];
        if (item->kind != ROWS[i].kind)
            fail_msg("%s: kind %d (%s)", ROWS[i].entry, item->kind, item->source);
        if (ROWS[i].source != NULL)
            assert_string_equal(item->kind == MEDIA_REFUSED ? words_text(WORDS_EN, item->why) : item->source,
                                ROWS[i].source);
        if (ROWS[i].name != NULL)
            assert_string_equal(item->name, ROWS[i].name);
        media_plan_free(p);
        cJSON_Delete(payloads);
    }
}

static void reads_all_payloads_once(void **state) {
    (void)state;
    cJSON *payloads =
        parse("[{\"text\":\"a\",\"mediaUrl\":\"a.png\",\"mediaUrls\":[\"a.png\",\"b.png\",3,\"\"]},"
              "{\"text\":\"t\",\"mediaUrl\":null},"
              "{\"mediaUrl\":\"err.png\",\"isError\":true},"
              "{\"mediaUrl\":\"./b.png\"},{\"mediaUrls\":[\"c.png\"]}]");
    media_plan *p = media_plan_make(payloads, "");
    assert_int_equal(p->count, 3);
    assert_string_equal(p->items[0].source, "a.png");
    assert_string_equal(p->items[1].source, "b.png");
    assert_string_equal(p->items[2].source, "c.png");
    assert_true(media_wanted(payloads));
    assert_false(media_needs_root(payloads));
    media_plan_free(p);
    cJSON_Delete(payloads);
}

static void without_media_nothing_is_wanted(void **state) {
    (void)state;
    static const char *const rows[] = {"[]",
                                       "[{\"text\":\"x\"}]",
                                       "[{\"mediaUrl\":\"  \"}]",
                                       "{}",
                                       "null",
                                       "[{\"mediaUrl\":\"/x\",\"isError\":true}]"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *payloads = parse(rows[i]);
        assert_false(media_wanted(payloads));
        assert_false(media_needs_root(payloads));
        cJSON_Delete(payloads);
    }
    assert_false(media_wanted(NULL));
}

static void absolute_paths_need_the_root(void **state) {
    (void)state;
    static const char *const rows[] = {"[{\"mediaUrl\":\"/x\"}]", "[{\"mediaUrls\":[\"a\",\"file:///x\"]}]"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *payloads = parse(rows[i]);
        assert_true(media_needs_root(payloads));
        media_plan *p = media_plan_make(payloads, ""); // unknown
        assert_int_equal(p->items[p->count - 1].kind, MEDIA_REFUSED);
        media_plan_free(p);
        cJSON_Delete(payloads);
    }
}

static void has_a_maximum(void **state) {
    (void)state;
    cJSON *payloads = json_new_array(), *payload = json_new_object(),
          *urls = json_add_array(payload, "mediaUrls");
    json_push(payloads, payload);
    for (int i = 0; i < MEDIA_ITEMS_MAX + 3; i++) {
        char *name = xasprintf("f%d.png", i);
        json_push(urls, json_new_string(name));
        free(name);
    }
    media_plan *p = media_plan_make(payloads, "");
    assert_int_equal(p->count, MEDIA_ITEMS_MAX);
    assert_int_equal(p->left_out, 3);
    media_plan_free(p);
    cJSON_Delete(payloads);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_an_entry_means),
        cmocka_unit_test(reads_all_payloads_once),
        cmocka_unit_test(without_media_nothing_is_wanted),
        cmocka_unit_test(absolute_paths_need_the_root),
        cmocka_unit_test(has_a_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
