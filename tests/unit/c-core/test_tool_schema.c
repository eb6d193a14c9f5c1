// SPDX-License-Identifier: Apache-2.0
// The table of tools, their schemas and the check of arguments, which come from a model.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "outbound/tool_table.h"

#include <stdlib.h>
#include <string.h>

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    tool_id tool;
    const char *args;
    const char *wrong; // part of the sentence; NULL: good
} ROWS[] = {
    {TOOL_SEND, "{}", NULL},
    {TOOL_SEND, "{\"text\":\"hello\",\"target\":\"@bob\",\"threadId\":\"" ID "\",\"topLevel\":true}", NULL},
    {TOOL_SEND, "{\"text\":null,\"media\":\"report.pdf\"}", NULL},
    {TOOL_SEND, "[]", "must be a JSON object"},
    {TOOL_SEND, "null", "must be a JSON object"},
    {TOOL_SEND, "\"text\"", "must be a JSON object"},
    {TOOL_SEND, "{\"text\":5}", "text must be a text"},
    {TOOL_SEND, "{\"text\":[\"a\"]}", "text must be a text"},
    {TOOL_SEND, "{\"text\":\"a\xff\"}", "not valid UTF-8"},
    {TOOL_SEND, "{\"text\":\"\xef\xbf\xbd\"}", NULL},
    {TOOL_SEND, "{\"texts\":\"a\"}", "It has: text, target"},
    {TOOL_SEND, "{\"text\":\"a\",\"text\":\"b\"}", "text is there twice"},
    {TOOL_SEND, "{\"threadId\":\"not an id\"}", "threadId must be an id"},
    {TOOL_SEND, "{\"threadId\":\"" ID "a\"}", "threadId must be an id"},
    {TOOL_SEND, "{\"topLevel\":\"true\"}", "topLevel must be true or false"},
    {TOOL_REACT, "{\"postId\":\"" ID "\",\"emoji\":\"eyes\"}", NULL},
    {TOOL_REACT, "{\"postId\":\"" ID "\"}", "emoji is missing"},
    {TOOL_REACT, "{\"postId\":\"" ID "\",\"emoji\":null}", "emoji is missing"},
    {TOOL_REACT, "{\"postId\":\"" ID "\",\"emoji\":\"\"}", "emoji must not be empty"},
    {TOOL_READ, "{\"limit\":200}", NULL},
    {TOOL_READ, "{\"limit\":0}", "limit must be a whole number from 1 to 200"},
    {TOOL_READ, "{\"limit\":201}", "limit must be a whole number"},
    {TOOL_READ, "{\"limit\":1.5}", "limit must be a whole number"},
    {TOOL_READ, "{\"limit\":1e300}", "limit must be a whole number"},
    {TOOL_READ, "{\"limit\":-1e300}", "limit must be a whole number"},
    {TOOL_READ, "{\"limit\":\"5\"}", "limit must be a whole number"},
    {TOOL_FILE, "{\"action\":\"fetch\"}", NULL},
    {TOOL_FILE, "{\"action\":\"steal\"}", "action must be one of: fetch, upload."},
    {TOOL_FILE, "{\"action\":7}", "action must be one of: fetch, upload."},
    {TOOL_FILE, "{}", "action is missing"},
};

static void test_arguments(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        cJSON *args = cJSON_Parse(ROWS[i].args);
        char *wrong = tool_check(tool_at(ROWS[i].tool), args);
        if ((wrong == NULL) != (ROWS[i].wrong == NULL) ||
            (wrong != NULL && strstr(wrong, ROWS[i].wrong) == NULL))
            fail_msg("%s: %s", ROWS[i].args, wrong != NULL ? wrong : "taken");
        free(wrong);
        cJSON_Delete(args);
    }
}

static void test_long_text(void **state) {
    (void)state;
    enum { MOST = 64 << 10 };
    char *text = xmalloc(MOST + 2);
    memset(text, 'a', MOST + 1);
    for (int more = 0; more < 2; more++) {
        text[MOST + more] = '\0';
        cJSON *args = json_new_object();
        json_add_string(args, "text", text);
        char *wrong = tool_check(tool_at(TOOL_SEND), args);
        assert_int_equal(wrong != NULL, more);
        free(wrong);
        cJSON_Delete(args);
        text[MOST + more] = 'a';
    }
    free(text);
}

// Names as the issue has them, each found again, each with a switch of its own.
static void test_table(void **state) {
    (void)state;
    static const char *const names[] = {"send",   "react", "read", "search",   "edit",
                                        "delete", "pin",   "file", "directory"};
    for (int i = 0; i < TOOL_COUNT; i++) {
        char *name = xasprintf("mattermost_%s", names[i]), *command = xasprintf("mattermost.%s", names[i]);
        assert_ptr_equal(tool_by_name(name), tool_at((tool_id)i));
        assert_ptr_equal(tool_by_command(command), tool_at((tool_id)i));
        assert_int_equal(tool_at((tool_id)i)->id, i);
        for (int k = 0; k < i; k++)
            assert_int_not_equal(tool_at((tool_id)i)->setting_offset, tool_at((tool_id)k)->setting_offset);
        free(name);
        free(command);
    }
    assert_null(tool_by_name("mattermost_"));
    assert_null(tool_by_command("mattermost_send"));
}

static void test_schema(void **state) {
    (void)state;
    cJSON *schema = tool_schema(tool_at(TOOL_REACT));
    cJSON *want = cJSON_Parse("{\"type\":\"object\",\"properties\":{"
                              "\"postId\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9]{26}$\"},"
                              "\"emoji\":{\"type\":\"string\",\"maxLength\":64},"
                              "\"remove\":{\"type\":\"boolean\"}},"
                              "\"required\":[\"postId\",\"emoji\"],\"additionalProperties\":false}");
    cJSON *property = NULL;
    cJSON_ArrayForEach(property, cJSON_GetObjectItem(schema, "properties")) {
        assert_true(strlen(json_text(property, "description")) > 10);
        cJSON_DeleteItemFromObject(property, "description");
    }
    assert_true(cJSON_Compare(schema, want, 1));
    cJSON_Delete(schema);
    cJSON_Delete(want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
