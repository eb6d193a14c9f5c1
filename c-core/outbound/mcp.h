// SPDX-License-Identifier: Apache-2.0
// The tools over the Model Context Protocol, for gateways where a node connection is not wanted: POST /plugins/openclaw/mcp,
// or of external mode's listener …/mattermost/mcp/<account>. Nobody
// knows there who asks: whoever shows an account's secret (mcp.secret) may read the channels that the account lists (mcp.channels),
// and nothing else. The server takes the header Authorization away from plugins, so the secret comes in MCP_SECRET_HEADER.
#ifndef OC_OUTBOUND_MCP_H
#define OC_OUTBOUND_MCP_H

#include "chat/http.h"
#include "outbound/tools.h"

#define MCP_PATH CHAT_HTTP_MCP_PATH
#define MCP_SECRET_HEADER                                                                                    \
    CHAT_HTTP_MCP_SECRET // "Bearer <secret>"; Authorization counts, too, where it arrives

enum {
    MCP_OPEN_MAX = 32,             // calls at once
    MCP_REQUESTS_PER_MINUTE = 240, // of one account, whatever they ask
    MCP_WRONG_PER_MINUTE =
        30, // wrong secrets; then nobody who shows a wrong one is told so any more, but to wait
};

typedef struct mcp mcp;
// All are borrowed and must outlive it.
mcp *mcp_create(loop *l, tools *t, const accounts *all);
void mcp_destroy(mcp *m); // calls that are open are answered 503; NULL-safe

// Takes the request over and answers it, now or later, when its path is MCP_PATH; else false.
bool mcp_http(mcp *m, chat_http *r);

#endif
