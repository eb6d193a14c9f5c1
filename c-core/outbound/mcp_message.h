// SPDX-License-Identifier: Apache-2.0
// One message of the Model Context Protocol (JSON-RPC 2.0 over streamable HTTP, stateless): what is answered at once, and which tool
// is called. Pure. Source: modelcontextprotocol.io, revisions 2025-03-26 to 2025-11-25.
#ifndef OC_OUTBOUND_MCP_MESSAGE_H
#define OC_OUTBOUND_MCP_MESSAGE_H

#include "base/bytes.h"
#include "outbound/tool_table.h"

enum { MCP_BODY_MAX_BYTES = 256 << 10 };

typedef enum mcp_kind {
    MCP_REPLY,    // reply says it all
    MCP_ACCEPTED, // a notification: nothing is to be said
    MCP_CALL,     // the tool must be called with args; then mcp_result
} mcp_kind;

typedef struct mcp_message { // the caller frees it with mcp_message_free
    mcp_kind kind;
    cJSON *reply;
    cJSON *id;        // of MCP_CALL: text or number
    const tool *tool; // only those that read are there
    cJSON *args;
} mcp_message;

mcp_message mcp_read(bytes body);
void mcp_message_free(mcp_message *m);

typedef struct mcp_content { // borrowed
    bool failed;             // text says what failed and what to do
    const char *text;
    const char *image, *image_type; // base64, or NULL
} mcp_content;
// The answer to the call with this id; the caller owns it.
cJSON *mcp_result(const cJSON *id, const mcp_content *content);

#endif
