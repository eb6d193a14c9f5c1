// SPDX-License-Identifier: Apache-2.0
// Messages of MCP: what is answered, what is a call, what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "outbound/mcp_message.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *body;
    mcp_kind kind;
    const char *reply; // part of it
} ROWS[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\"}"
     "}",
     MCP_REPLY, "\"protocolVersion\":\"2025-06-18\""},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"1999-01-01\"}"
     "}",
     MCP_REPLY, "\"protocolVersion\":\"2025-11-25\""},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}", MCP_REPLY,
     "\"capabilities\":{\"tools\":{}}"},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", MCP_ACCEPTED, NULL},
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", MCP_ACCEPTED, NULL}, // an answer to nothing
    {"{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\"}", MCP_REPLY, "\"id\":\"a\",\"result\":{}"},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}", MCP_REPLY, "\"name\":\"mattermost_read\""},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/"
     "call\",\"params\":{\"name\":\"mattermost_read\",\"arguments\":{}}}",
     MCP_CALL, NULL},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"mattermost_read\"}}",
     MCP_CALL, NULL},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"mattermost_send\"}}",
     MCP_REPLY, "-32602"},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":7}", MCP_REPLY, "-32602"},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"resources/list\"}", MCP_REPLY, "-32601"},
    {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", MCP_REPLY, "-32600"},
    {"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", MCP_REPLY, "-32600"},
    {"{\"id\":1,\"method\":\"ping\"}", MCP_REPLY, "-32600"},
    {"{\"jsonrpc\":\"2.0\"}", MCP_REPLY, "-32600"},
    {"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", MCP_REPLY, "-32600"},
    {"7", MCP_REPLY, "-32600"},
    {"", MCP_REPLY, "-32700"},
    {"{\"jsonrpc\":", MCP_REPLY, "-32700"},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        mcp_message m = mcp_read(bytes_str(ROWS[i].body));
        char *text = m.reply != NULL ? cJSON_PrintUnformatted(m.reply) : xstrdup("");
        if (m.kind != ROWS[i].kind || (m.reply != NULL) != (m.kind == MCP_REPLY) ||
            (ROWS[i].reply != NULL && strstr(text, ROWS[i].reply) == NULL))
            fail_msg("%s: kind %d, %s", ROWS[i].body, (int)m.kind, text);
        assert_int_equal(m.kind == MCP_CALL, m.tool != NULL && m.args != NULL && m.id != NULL);
        free(text);
        mcp_message_free(&m);
    }
}

// Only what reads is offered.
static void test_list(void **state) {
    (void)state;
    mcp_message m = mcp_read(bytes_str("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}"));
    const cJSON *list = json_array(json_get(m.reply, "result"), "tools"), *one = NULL;
    assert_int_equal(cJSON_GetArraySize(list), 4);
    cJSON_ArrayForEach(one, list) {
        const tool *t = tool_by_name(json_text(one, "name"));
        assert_non_null(t);
        assert_false(t->writes);
        assert_string_equal(json_text(json_get(one, "inputSchema"), "type"), "object");
    }
    mcp_message_free(&m);
}

static void test_result(void **state) {
    (void)state;
    cJSON *id = json_new_int(5);
    cJSON *reply = mcp_result(id, &(mcp_content){.failed = true, .text = "no"});
    char *text = cJSON_PrintUnformatted(reply);
    assert_string_equal(
        text, "{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"no\"}],"
              "\"isError\":true}}");
    free(text);
    cJSON_Delete(reply);
    reply = mcp_result(id, &(mcp_content){.text = "{}", .image = "AAAA", .image_type = "image/png"});
    text = cJSON_PrintUnformatted(reply);
    assert_non_null(strstr(text, "{\"type\":\"image\",\"data\":\"AAAA\",\"mimeType\":\"image/png\"}"));
    free(text);
    cJSON_Delete(reply);
    cJSON_Delete(id);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
