// SPDX-License-Identifier: Apache-2.0
// A body of MCP from whoever has the secret: a reply, nothing, or a call of a tool that reads.
#include "base/json.h"
#include "base/mem.h"
#include "outbound/mcp_message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition) {
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mcp_message m = mcp_read(bytes_of(data, size));
    must((m.reply != NULL) == (m.kind == MCP_REPLY));
    if (m.kind == MCP_REPLY) {
        must(strcmp(json_text(m.reply, "jsonrpc"), "2.0") == 0 && cJSON_HasObjectItem(m.reply, "id"));
        must((json_get(m.reply, "result") != NULL) != (json_get(m.reply, "error") != NULL));
    }
    if (m.kind == MCP_CALL) {
        must(m.tool != NULL && !m.tool->writes && (cJSON_IsString(m.id) || cJSON_IsNumber(m.id)));
        char *wrong = tool_check(m.tool, m.args);
        cJSON *reply =
            mcp_result(m.id, &(mcp_content){.failed = wrong != NULL, .text = wrong != NULL ? wrong : "{}"});
        must(json_get(reply, "result") != NULL);
        cJSON_Delete(reply);
        free(wrong);
    }
    mcp_message_free(&m);
    return 0;
}
