// SPDX-License-Identifier: Apache-2.0
#include "gateway/workspace.h"

#include "base/base64.h"
#include "base/json.h"
#include "words/words.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/percent.h"
#include "gateway/connect.h"
#include "net/fetch.h"

#include <stdlib.h>

enum { ROOT_TIMEOUT_MS = 10000, FILE_TIMEOUT_MS = 60000 };

struct workspace_query {
    gateway *gateway;
    char *agent_id, *session_key, *path;
    size_t max_bytes;
    workspace_root_fn *root_fn;
    workspace_file_fn *file_fn;
    void *ctx;
    open_request *request; // one of the two is under way
    fetch *fetch;
    buf content;
    char *type;
    char *why; // what the frame's refusal means, should HTTP not help
};

static void destroy(workspace_query *q) {
    buf_free(&q->content);
    free(q->agent_id);
    free(q->session_key);
    free(q->path);
    free(q->type);
    free(q->why);
    free(q);
}

static workspace_query *create(gateway *g, const char *agent_id, void *ctx) {
    workspace_query *q = xcalloc(1, sizeof *q);
    q->gateway = g;
    q->agent_id = xstrdup(*agent_id != '\0' ? agent_id : gateway_get_status(g).default_agent);
    q->ctx = ctx;
    return q;
}

static workspace_query *refused(workspace_query *q) {
    destroy(q);
    return NULL;
}

void workspace_cancel(workspace_query *q) {
    if (q == NULL)
        return;
    request_cancel(q->request);
    fetch_cancel(q->fetch);
    destroy(q);
}

// --- the folder -------------------------------------------------------------------------------------------------

static void on_agents(void *ctx, const request_reply *reply) {
    workspace_query *q = ctx;
    const cJSON *agent = NULL;
    const char *root = "";
    q->request = NULL;
    cJSON_ArrayForEach(agent, json_array(reply->payload, "agents")) {
        if (strcmp(json_text(agent, "id"), q->agent_id) == 0)
            root = json_text(agent, "workspace");
    }
    q->root_fn(q->ctx, root);
    destroy(q);
}

workspace_query *workspace_root(gateway *g, const char *agent_id, workspace_root_fn *fn, void *ctx) {
    workspace_query *q = create(g, agent_id, ctx);
    q->root_fn = fn;
    q->request = gateway_call(g, "agents.list", json_new_object(), ROOT_TIMEOUT_MS, on_agents, q);
    return q->request != NULL ? q : refused(q);
}

// --- a file -----------------------------------------------------------------------------------------------------

static void finish(workspace_query *q, oc_err err, const char *why) {
    workspace_file file = {.err = err,
                           .why = why,
                           .mime_type = q->type != NULL ? q->type : "",
                           .content = err == OC_OK ? &q->content : NULL};
    q->file_fn(q->ctx, &file);
    destroy(q);
}

static oc_err on_web_head(void *ctx, const fetch_head *head, char **why) {
    workspace_query *q = ctx;
    (void)why;
    q->type = xstrdup(head->type);
    return OC_OK;
}

static oc_err on_web_piece(void *ctx, bytes piece) {
    workspace_query *q = ctx;
    return buf_append(&q->content, piece.data, piece.len);
}

static void on_web_done(void *ctx, const fetch_result *result) {
    workspace_query *q = ctx;
    q->fetch = NULL;
    if (result->err == OC_OK) {
        finish(q, OC_OK, "");
        return;
    }
    char *why = words_in(WORDS_EN, result->why);
    log_info("The gateway's HTTP side gave no file", "why", why);
    free(why);
    finish(q, result->err, result->err == OC_ELIMIT ? result->why : q->why);
}

// Control UI's way to files of all kinds and sizes. False: there is no such way.
static bool ask_web(workspace_query *q) {
    static const fetch_events events = {.head = on_web_head, .piece = on_web_piece, .done = on_web_done};
    gateway_web web;
    if (*q->session_key == '\0' || !gateway_get_web(q->gateway, &web))
        return false;
    char *path = percent_encode(bytes_str(q->path)), *session = percent_encode(bytes_str(q->session_key)),
         *agent = percent_encode(bytes_str(q->agent_id));
    char *url = xasprintf("%s/__openclaw__/assistant-media?source=%s&sessionKey=%s&agentId=%s", web.url, path,
                          session, agent);
    fetch_options options = {.url = url,
                             .max_bytes = q->max_bytes,
                             .private_allowed = true, // the administrator named this host
                             .proxy = *web.proxy != '\0' ? web.proxy : NULL,
                             .ca_file = web.ca_file,
                             .ca_pem = web.ca_pem,
                             .bearer = web.token};
    q->fetch = fetch_start(web.net, &options, &events, q);
    free(web.url);
    free(url);
    free(path);
    free(session);
    free(agent);
    return true;
}

static void read_frame(workspace_query *q, const cJSON *file) {
    const char *content = json_string(file, "content"), *encoding = json_text(file, "encoding");
    oc_err err = OC_EMALFORMED;
    if (content != NULL && strcmp(encoding, "base64") == 0)
        err = base64_decode(bytes_str(content), &q->content);
    else if (content != NULL && strcmp(encoding, "utf8") == 0)
        err = buf_append_str(&q->content, content);
    q->type = xstrdup(json_text(file, "mimeType"));
    finish(q, err,
           err == OC_OK       ? ""
           : err == OC_ELIMIT ? "it is too large"
                              : "the gateway sent it in a form that is not known here");
}

static const struct refusal {
    const char *type;
    oc_err err;
    words_key why;
    bool web; // another way may help
} REFUSALS[] = {
    {"workspace_file_not_found", OC_ENOTFOUND, WORD_MEDIA_NO_SUCH_FILE, false},
    {"workspace_path_not_found", OC_ENOTFOUND, WORD_MEDIA_NO_SUCH_FILE, false},
    {"workspace_path_invalid", OC_EDENIED, WORD_MEDIA_NOT_IN_WORKSPACE, false},
    {"workspace_file_too_large", OC_ELIMIT, WORD_MEDIA_GATEWAY_LIMIT, true},
    {"workspace_file_unsupported", OC_ETYPE, WORD_MEDIA_GATEWAY_KIND, true},
};

static const struct refusal *refusal_of(const cJSON *error) {
    const char *type = json_text(json_get(error, "details"), "type");
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        if (strcmp(REFUSALS[i].type, type) == 0)
            return &REFUSALS[i];
    }
    return NULL;
}

static void on_refused(workspace_query *q, const cJSON *error) {
    const struct refusal *r = refusal_of(error);
    char *words = connect_quote(json_text(error, "message"));
    log_info("The gateway did not hand out a file", "why", words);
    if (r == NULL) {
        finish(q, OC_EREMOTE, words_marked(WORD_MEDIA_GATEWAY_REFUSED));
    } else {
        q->why = xstrdup(words_marked(r->why));
        if (!r->web || !ask_web(q))
            finish(q, r->err, words_marked(r->why));
    }
    free(words);
}

static void on_file(void *ctx, const request_reply *reply) {
    workspace_query *q = ctx;
    q->request = NULL;
    if (reply->err == OC_OK)
        read_frame(q, json_get(reply->payload, "file"));
    else if (reply->err == OC_EREMOTE)
        on_refused(q, reply->error);
    else if (reply->err == OC_ECLOSED)
        finish(q, OC_ECLOSED, words_marked(WORD_MEDIA_GATEWAY_AWAY));
    else
        finish(q, reply->err, words_marked(WORD_MEDIA_GATEWAY_SLOW));
}

workspace_query *workspace_read(gateway *g, const workspace_ask *ask, workspace_file_fn *fn, void *ctx) {
    workspace_query *q = create(g, ask->agent_id, ctx);
    cJSON *params = json_new_object();
    q->file_fn = fn;
    q->session_key = xstrdup(ask->session_key);
    q->path = xstrdup(ask->path);
    q->max_bytes = ask->max_bytes < WORKSPACE_FILE_MAX_BYTES ? ask->max_bytes : WORKSPACE_FILE_MAX_BYTES;
    buf_init(&q->content, q->max_bytes + 3); // the decoder reserves whole groups
    json_add_string(params, "agentId", q->agent_id);
    json_add_string(params, "path", q->path);
    q->request = gateway_call(g, "agents.workspace.get", params, FILE_TIMEOUT_MS, on_file, q);
    return q->request != NULL ? q : refused(q);
}
