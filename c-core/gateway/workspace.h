// SPDX-License-Identifier: Apache-2.0
// Files in an agent's workspace, as its gateway hands them out (gateway-protocol notes §11).
#ifndef OC_GATEWAY_WORKSPACE_H
#define OC_GATEWAY_WORKSPACE_H

#include "base/buf.h"
#include "gateway/gateway.h"

enum { WORKSPACE_FILE_MAX_BYTES = 18 << 20 };

typedef struct workspace_query workspace_query;

// The folder on the gateway's machine; "" when the gateway does not tell. Borrowed.
typedef void workspace_root_fn(void *ctx, const char *root);

typedef struct workspace_file { // borrowed during the callback
    oc_err err;
    const char *why;       // a lower-case clause for people, marked text (words/words.h); "" on OC_OK
    const char *mime_type; // "" when unknown
    buf *content;          // may be emptied into another buffer; NULL unless OC_OK
} workspace_file;
typedef void workspace_file_fn(void *ctx, const workspace_file *file);

// Both call back exactly once, from the loop; NULL: too many requests are open. agent_id "": the gateway's default agent.
workspace_query *workspace_root(gateway *g, const char *agent_id, workspace_root_fn *fn, void *ctx);
// path is relative. In a frame the gateway hands out text to 256 KiB and images to 5 MiB; all else is asked for at its HTTP
// side, for which the session names the folder. max_bytes is at most WORKSPACE_FILE_MAX_BYTES.
typedef struct workspace_ask {
    const char *agent_id, *session_key, *path;
    size_t max_bytes;
} workspace_ask;
workspace_query *workspace_read(gateway *g, const workspace_ask *ask, workspace_file_fn *fn, void *ctx);
void workspace_cancel(workspace_query *q); // no callback any more; NULL-safe; not for use in the callback

#endif
