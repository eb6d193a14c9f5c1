// SPDX-License-Identifier: Apache-2.0
#include "outbound/mcp.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "outbound/mcp_message.h"
#include "outbound/tool_limits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utlist.h>

enum { ANSWER_MAX_BYTES = 4 << 20 };
static const char WRONG[] =
    "wrong secret"; // what the wrong ones are counted under: no account's id has a blank

typedef struct mcp_call { // a request that waits for its body or its tool
    mcp *owner;
    chat_http *request;
    char *account_id;
    tool_run *run;
    cJSON *id;
    struct mcp_call *prev, *next;
} mcp_call;

struct mcp {
    loop *loop;
    tools *tools;
    const accounts *all;
    tool_limits *limits;
    mcp_call *open;
    size_t open_count;
};

mcp *mcp_create(loop *l, tools *t, const accounts *all) {
    mcp *m = xcalloc(1, sizeof *m);
    m->loop = l;
    m->tools = t;
    m->all = all;
    m->limits = tool_limits_create();
    return m;
}

static void forget(mcp_call *c) {
    DL_DELETE(c->owner->open, c);
    c->owner->open_count--;
    cJSON_Delete(c->id);
    free(c->account_id);
    free(c);
}

void mcp_destroy(mcp *m) {
    if (m == NULL)
        return;
    while (m->open != NULL) {
        if (m->open->run != NULL)
            tool_run_forget(m->open->run);
        chat_http_answer_error(m->open->request, 503, "The bot ends. Try again in a moment.");
        forget(m->open);
    }
    tool_limits_destroy(m->limits);
    free(m);
}

// --- answers ---

static void answer_json(chat_http *r, const cJSON *reply) {
    buf text;
    buf_init(&text, ANSWER_MAX_BYTES);
    if (json_print(reply, &text) == OC_OK)
        chat_http_answer(r, 200, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(r, 500, "The answer is too long.");
    buf_free(&text);
}

static void on_done(void *ctx, const tool_result *result) {
    mcp_call *c = ctx;
    char *text =
        *result->code != '\0' ? xasprintf("%s: %s", result->code, result->text) : xstrdup(result->text);
    cJSON *reply = mcp_result(c->id, &(mcp_content){.failed = *result->code != '\0',
                                                    .text = text,
                                                    .image = result->image,
                                                    .image_type = result->image_type});
    answer_json(c->request, reply);
    cJSON_Delete(reply);
    free(text);
    forget(c);
}

static void carry_out(mcp_call *c, mcp_message *message) {
    account *a = accounts_find(c->owner->all, c->account_id);
    if (a == NULL) { // removed while the body came
        chat_http_answer_error(c->request, 503, "The account does not run any more.");
        forget(c);
        return;
    }
    c->id = message->id;
    message->id = NULL;
    c->run = tools_call(
        c->owner->tools,
        &(tool_call){
            .tool = message->tool, .args = message->args, .session_key = "", .idempotency_key = "", .mcp = a},
        on_done, c);
}

static void on_body(void *ctx, chat_http *r, oc_err err, bytes body) {
    mcp_call *c = ctx;
    if (err != OC_OK) {
        if (err == OC_ELIMIT)
            chat_http_answer_error(r, 413, "The request is too long.");
        else
            chat_http_answer_error(r, 400, "The request broke off.");
        forget(c);
        return;
    }
    mcp_message message = mcp_read(body);
    if (message.kind == MCP_CALL) {
        carry_out(c, &message);
    } else {
        if (message.kind == MCP_REPLY)
            answer_json(r, message.reply);
        else
            chat_http_answer(r, 202, "application/json", NULL, bytes_of(NULL, 0));
        forget(c);
    }
    mcp_message_free(&message);
}

// --- who asks ---

static const char *shown_secret(const chat_http *r) {
    static const char scheme[] = "Bearer ";
    const char *header = chat_http_header(r, MCP_SECRET_HEADER);
    if (*header == '\0')
        header = chat_http_header(r, "Authorization");
    return strncasecmp(header, scheme, strlen(scheme)) == 0 ? header + strlen(scheme) : "";
}

// All are compared, so that the time tells nothing.
static const account *whose_secret(const mcp *m, const char *shown, bool *served) {
    const account *found = NULL;
    secret *s = secret_create(shown);
    for (size_t i = 0; i < accounts_count(m->all); i++) {
        const account *a = accounts_at(m->all, i);
        if (a->config == NULL || secret_empty(a->config->tools.mcp_secret))
            continue;
        *served = true;
        if (secret_equal(s, a->config->tools.mcp_secret))
            found = a;
    }
    secret_destroy(s);
    return found;
}

static void refuse_secret(mcp *m, chat_http *r) {
    if (!tool_limits_take(m->limits, WRONG, MCP_WRONG_PER_MINUTE, 0, loop_wall_ms(m->loop))) {
        chat_http_answer_error(r, 429, "Too many wrong secrets. Wait a minute.");
        return;
    }
    log_warn("a request over MCP showed no right secret", "path", MCP_PATH);
    chat_http_answer_error(r, 401,
                           "The secret is missing or wrong: the header " MCP_SECRET_HEADER
                           " must be Bearer and the value of the setting mcp.secret.");
}

static void take(mcp *m, chat_http *r, const account *a) {
    if (m->open_count >= MCP_OPEN_MAX) {
        chat_http_answer_error(r, 503, "Too many requests are open. Try again in a moment.");
        return;
    }
    if (!tool_limits_take(m->limits, a->id, MCP_REQUESTS_PER_MINUTE, 0, loop_wall_ms(m->loop))) {
        chat_http_answer_error(r, 429, "Too many requests. Wait a minute.");
        return;
    }
    mcp_call *c = xcalloc(1, sizeof *c);
    c->owner = m;
    c->request = r;
    c->account_id = xstrdup(a->id);
    DL_APPEND(m->open, c);
    m->open_count++;
    chat_http_read(r, MCP_BODY_MAX_BYTES, on_body, c);
}

static void refuse_method(chat_http *r) {
    cJSON *header = json_new_object();
    json_add_string(header, "Allow", "POST");
    chat_http_answer(r, 405, "application/json", header,
                     bytes_str("{\"error\":\"Only POST is understood here.\"}"));
    cJSON_Delete(header);
}

bool mcp_http(mcp *m, chat_http *r) {
    bool served = false;
    if (strcmp(chat_http_path(r), MCP_PATH) != 0)
        return false;
    const account *a = whose_secret(m, shown_secret(r), &served);
    if (!served)
        chat_http_answer_error(r, 404, "There is nothing at this address.");
    else if (*chat_http_header(r, "Origin") != '\0') // a browser: no page may use it
        chat_http_answer_error(r, 403, "This address is not for browsers.");
    else if (a == NULL)
        refuse_secret(m, r);
    else if (strcmp(chat_http_method(r), "POST") != 0)
        refuse_method(r);
    else
        take(m, r, a);
    return true;
}
