// SPDX-License-Identifier: Apache-2.0
// The agent's tools at work: a call is checked, authorised (authorise.h), counted and carried out. Whoever brings calls
// (tools_node.h, mcp.h) gets one short answer for each. Nothing here blocks.
#ifndef OC_OUTBOUND_TOOLS_H
#define OC_OUTBOUND_TOOLS_H

#include "account/accounts.h"
#include "delivery/second_look.h"
#include "outbound/authorise.h"
#include "outbound/resolve.h"
#include "reply/media.h"
#include "store/pairings.h"
#include "store/participation.h"

typedef struct tools tools;

enum {
    TOOLS_RUNS_MAX = 200,               // at once; further ones are refused
    TOOLS_BYTES_PER_MINUTE = 4 << 20,   // of texts in and results out, of one conversation
    TOOLS_RESULT_MAX_BYTES = 512 << 10, // of one answer, but for an image
    TOOLS_IMAGE_MAX_BYTES = 2 << 20,
    TOOLS_REPEAT_MS = 600000, // so long a call that comes again is answered with what it was answered before
};

typedef struct tools_parts { // all borrowed; must outlive the tools
    loop *loop;
    chat *chat;
    const accounts *accounts;
    resolver *resolver;
    media *media;           // may be NULL in tests: no uploads
    participation *threads; // may be NULL in tests
    pairings *paired;       // may be NULL in tests: nobody is
    second_looks *looks;    // hear of edits; may be NULL in tests
} tools_parts;
tools *tools_create(const tools_parts *parts);
void tools_destroy(tools *t); // calls end without an answer; NULL-safe

typedef struct tool_call { // copied, but for the table's row
    const tool *tool;
    const cJSON *args; // from a model: anything
    // From a gateway: whose rights count is told by the session. "" for none.
    const gateway *gateway;
    const char *session_key;
    const char *idempotency_key; // the same for a repeated call, "" for none
    // Or over MCP: the account whose secret was shown.
    account *mcp;
} tool_call;

typedef struct tool_result { // borrowed during the callback
    const char *code;        // "": done; else a machine word: "NOT_ALLOWED", "INVALID_ARGUMENTS" …
    const char *text;        // JSON of what was done or found; else what failed and what to do
    const char *image;       // base64, or NULL
    const char *image_type;  // "image/png"
} tool_result;
typedef void tool_done_fn(void *ctx, const tool_result *result);

typedef struct tool_run tool_run;
// fn comes exactly once and never from inside this call.
tool_run *tools_call(tools *t, const tool_call *call, tool_done_fn *fn, void *ctx);
void tool_run_forget(tool_run *r); // fn does not come; what it has begun goes on

#endif
