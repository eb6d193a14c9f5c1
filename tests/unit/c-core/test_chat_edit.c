// SPDX-License-Identifier: Apache-2.0
// What an edit makes of a post.
#include "chat/edit.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char PRESENT[] =
    "{\"id\":\"p\",\"create_at\":5,\"update_at\":6,\"user_id\":\"bot\",\"channel_id\":\"c\",\"root_id\":"
    "\"r\","
    "\"is_pinned\":true,\"has_reactions\":true,\"message\":\"old\",\"type\":\"\","
    "\"props\":{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"attachments\":[{\"text\":\"x\"}]},"
    "\"file_ids\":[\"f1\",\"f2\"],\"metadata\":{\"reactions\":[{}]},\"participants\":[{}],\"reply_count\":3}";

static const char BARE[] = "{\"id\":\"p\",\"message\":\"old\"}";

// What is sent, NULL: nothing would change. Keys that are not compared are those of the post's place.
static void test_edits(void **state) {
    static const struct {
        const char *present, *message, *props, *file_ids;
        const char *sent_message, *sent_props, *sent_files; // message NULL: nothing is sent
    } table[] = {
        {PRESENT, "new", NULL, NULL, "new",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"attachments\":[{\"text\":\"x\"}]}",
         "[\"f1\",\"f2\"]"},
        {PRESENT, NULL, "{\"kept\":2}", NULL, "old",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":2,\"attachments\":[{\"text\":\"x\"}]}",
         "[\"f1\",\"f2\"]"},
        {PRESENT, NULL, "{\"attachments\":null,\"more\":[]}", NULL, "old",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"more\":[]}", "[\"f1\",\"f2\"]"},
        {PRESENT, "", NULL, "[\"f3\"]", "",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"attachments\":[{\"text\":\"x\"}]}",
         "[\"f3\"]"},
        {PRESENT, NULL, NULL, "[]", "old",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"attachments\":[{\"text\":\"x\"}]}", "[]"},
        {PRESENT, NULL, NULL, NULL, NULL, NULL, NULL},
        {PRESENT, "old", "{\"kept\":1}", "[\"f1\",\"f2\"]", NULL, NULL, NULL},
        {PRESENT, "old", "{\"absent\":null}", NULL, NULL, NULL, NULL},
        {PRESENT, "old", NULL, "[\"f2\",\"f1\"]", "old",
         "{\"openclaw\":{\"turn\":\"t\",\"part\":1},\"kept\":1,\"attachments\":[{\"text\":\"x\"}]}",
         "[\"f2\",\"f1\"]"},
        {BARE, "new", NULL, NULL, "new", "{}", NULL},
        {BARE, NULL, "{}", "[]", NULL, NULL, NULL},
        {BARE, NULL, "{\"a\":{\"b\":1}}", NULL, "old", "{\"a\":{\"b\":1}}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        cJSON *present = cJSON_Parse(table[i].present);
        cJSON *props = table[i].props != NULL ? cJSON_Parse(table[i].props) : NULL;
        cJSON *files = table[i].file_ids != NULL ? cJSON_Parse(table[i].file_ids) : NULL;
        cJSON *sent = edit_apply(
            present,
            &(chat_edit){.post_id = "p", .message = table[i].message, .props = props, .file_ids = files});
        if ((sent == NULL) != (table[i].sent_message == NULL))
            fail_msg("row %zu", i);
        if (sent != NULL) {
            cJSON *want_props = cJSON_Parse(table[i].sent_props);
            cJSON *want_files = table[i].sent_files != NULL ? cJSON_Parse(table[i].sent_files) : NULL;
            assert_string_equal(json_text(sent, "message"), table[i].sent_message);
            if (!cJSON_Compare(json_get(sent, "props"), want_props, 1))
                fail_msg("row %zu: props %s", i, cJSON_PrintUnformatted(json_get(sent, "props")));
            if (want_files != NULL && !cJSON_Compare(json_get(sent, "file_ids"), want_files, 1))
                fail_msg("row %zu: files", i);
            if (want_files == NULL)
                assert_null(json_get(sent, "file_ids"));
            cJSON_Delete(want_props);
            cJSON_Delete(want_files);
        }
        cJSON_Delete(sent);
        cJSON_Delete(props);
        cJSON_Delete(files);
        cJSON_Delete(present);
    }
}

static void test_what_stays(void **state) {
    cJSON *present = cJSON_Parse(PRESENT);
    cJSON *sent = edit_apply(present, &(chat_edit){.post_id = "p", .message = "new"});
    (void)state;
    assert_true(json_bool(sent, "is_pinned", false));
    assert_true(json_bool(sent, "has_reactions", false));
    assert_string_equal(json_text(sent, "id"), "p");
    assert_string_equal(json_text(sent, "root_id"), "r");
    assert_int_equal(json_int(sent, "create_at", 0), 5);
    // The server would take metadata for new; the rest is large and of no use.
    assert_null(json_get(sent, "metadata"));
    assert_null(json_get(sent, "participants"));
    cJSON_Delete(sent);
    cJSON_Delete(present);
}

static void test_reactions_are_shown_again(void **state) {
    cJSON *hidden = cJSON_Parse("{\"id\":\"p\",\"message\":\"m\",\"is_pinned\":true,\"props\":{\"a\":1},"
                                "\"file_ids\":[\"f\"],\"metadata\":{}}");
    cJSON *want = cJSON_Parse("{\"id\":\"p\",\"message\":\"m\",\"is_pinned\":true,\"has_reactions\":true,"
                              "\"props\":{\"a\":1},\"file_ids\":[\"f\"]}");
    cJSON *sent = edit_show_reactions(hidden);
    (void)state;
    assert_true(cJSON_Compare(sent, want, 1));
    assert_null(edit_show_reactions(want));
    cJSON_Delete(sent);
    cJSON_Delete(want);
    cJSON_Delete(hidden);
}

static void test_pin(void **state) {
    static const struct {
        bool pinned;
        chat_pin pin;
        int sent; // -1: nothing
    } rows[] = {{false, CHAT_PIN_ON, 1},
                {true, CHAT_PIN_OFF, 0},
                {true, CHAT_PIN_ON, -1},
                {false, CHAT_PIN_OFF, -1},
                {true, CHAT_PIN_STAYS, -1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *present =
            cJSON_Parse("{\"id\":\"p\",\"message\":\"m\",\"file_ids\":[\"f\"],\"props\":{\"a\":1}}");
        json_add_bool(present, "is_pinned", rows[i].pinned);
        cJSON *sent = edit_apply(present, &(chat_edit){.post_id = "p", .pin = rows[i].pin});
        assert_int_equal(sent != NULL, rows[i].sent >= 0);
        if (sent != NULL) {
            assert_int_equal(json_bool(sent, "is_pinned", !rows[i].sent), rows[i].sent);
            assert_string_equal(json_text(sent, "message"), "m"); // the server would take it away
            assert_true(cJSON_Compare(json_get(sent, "file_ids"), json_get(present, "file_ids"), 1));
            assert_true(cJSON_Compare(json_get(sent, "props"), json_get(present, "props"), 1));
        }
        cJSON_Delete(sent);
        cJSON_Delete(present);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_what_stays),
        cmocka_unit_test(test_reactions_are_shown_again),
        cmocka_unit_test(test_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
