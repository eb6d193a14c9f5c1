// SPDX-License-Identifier: Apache-2.0
#include "outbound/tools_node.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

typedef struct invocation { // a call of a gateway that is being carried out
    tools_node *owner;
    node_call *call; // NULL: nobody waits any more
    tool_run *run;
    struct invocation *prev, *next;
} invocation;

struct tools_node {
    tools *tools;
    accounts *all;
    invocation *open;
    size_t open_count;
};

// --- what is offered ---

static bool wanted_at(const tools_node *n, const gateway_node *node, const tool *t) {
    for (size_t i = 0; i < accounts_count(n->all); i++) {
        const account *a = accounts_at(n->all, i);
        if (a->node == node && a->config != NULL && tool_is_on(t, &a->config->tools))
            return true;
    }
    return false;
}

static void offer(const tools_node *n, gateway_node *node) {
    node_tool list[TOOL_COUNT];
    cJSON *schemas[TOOL_COUNT];
    size_t count = 0;
    for (int i = 0; i < TOOL_COUNT; i++) {
        const tool *t = tool_at((tool_id)i);
        if (!wanted_at(n, node, t))
            continue;
        schemas[count] = tool_schema(t);
        list[count] = (node_tool){.name = t->name,
                                  .command = t->command,
                                  .description = t->description,
                                  .parameters = schemas[count]};
        count++;
    }
    node_set_tools(node, list, count);
    for (size_t i = 0; i < count; i++)
        cJSON_Delete(schemas[i]);
}

void tools_node_refresh(tools_node *n) {
    for (size_t i = 0; i < accounts_count(n->all); i++) {
        const account *a = accounts_at(n->all, i);
        if (a->node != NULL)
            offer(n, a->node);
    }
}

static void on_added(void *ctx, gateway_node *node) {
    offer(ctx, node);
}

char *tools_node_commands(void) {
    buf text;
    oc_err err = OC_OK;
    buf_init(&text, 1024);
    for (int i = 0; i < TOOL_COUNT && err == OC_OK; i++)
        err = buf_printf(&text, "%s\"%s\"", i == 0 ? "[" : ", ", tool_at((tool_id)i)->command);
    if (err == OC_OK)
        err = buf_append_byte(&text, ']');
    if (err != OC_OK)
        log_error("the list of commands is cut", "error", oc_err_text(err));
    return buf_take_str(&text);
}

// --- calls ---

static const gateway *gateway_of(const tools_node *n, const gateway_node *node) {
    for (size_t i = 0; i < accounts_count(n->all); i++) {
        if (accounts_at(n->all, i)->node == node)
            return accounts_at(n->all, i)->gateway;
    }
    return NULL;
}

static void forget(invocation *v) {
    DL_DELETE(v->owner->open, v);
    v->owner->open_count--;
    free(v);
}

static void on_done(void *ctx, const tool_result *result) {
    invocation *v = ctx;
    if (*result->code != '\0')
        node_refuse(v->call, result->code, result->text);
    else if (result->image != NULL)
        node_answer_image(v->call, result->text, result->image, result->image_type);
    else
        node_answer(v->call, result->text);
    forget(v);
}

static void on_invoked(void *ctx, gateway_node *node, node_call *c, const node_invocation *call) {
    tools_node *n = ctx;
    const tool *t = tool_by_command(call->command);
    if (t == NULL) {
        node_refuse(c, "UNKNOWN_TOOL", "There is no such tool here.");
        return;
    }
    if (n->open_count == TOOLS_RUNS_MAX) {
        node_refuse(c, "BUSY", "Too many tools are at work. Nothing was done. Try again in a moment.");
        return;
    }
    invocation *v = xcalloc(1, sizeof *v);
    v->owner = n;
    v->call = c;
    DL_APPEND(n->open, v);
    n->open_count++;
    node_call_set_context(c, v);
    v->run = tools_call(n->tools,
                        &(tool_call){.tool = t,
                                     .args = call->params,
                                     .gateway = gateway_of(n, node),
                                     .session_key = call->session_key,
                                     .idempotency_key = call->idempotency_key},
                        on_done, v);
}

static void on_cancelled(void *ctx, gateway_node *node, node_call *c) {
    invocation *v = node_call_context(c);
    (void)ctx, (void)node;
    if (v == NULL)
        return;
    tool_run_forget(v->run);
    forget(v);
}

tools_node *tools_node_create(tools *t, accounts *all) {
    static const account_listener listener = {
        .node_added = on_added, .invoked = on_invoked, .cancelled = on_cancelled};
    tools_node *n = xcalloc(1, sizeof *n);
    n->tools = t;
    n->all = all;
    accounts_listen(all, &listener, n);
    return n;
}

void tools_node_destroy(tools_node *n) {
    if (n == NULL)
        return;
    while (n->open != NULL) {
        tool_run_forget(n->open->run);
        node_call_set_context(n->open->call, NULL); // its end finds nobody
        forget(n->open);
    }
    free(n);
}
