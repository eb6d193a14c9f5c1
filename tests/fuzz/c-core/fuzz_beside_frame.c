// SPDX-License-Identifier: Apache-2.0
// Frames of a hostile or broken gateway on the control, node and run connections: approvals, calls, questions, ends of foreign
// runs. First byte: which connection; then a frame a line.
#include "base/log.h"
#include "fake_transport.h"
#include "gateway/control_parts.h"
#include "gateway/gateway_parts.h"
#include "gateway/node_parts.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct state {
    int waiting; // calls, questions, approvals that were told and have not ended
    gateway_control *control;
    gateway *gateway;
} state;

static void must(bool it) {
    if (!it)
        abort();
}

static void on_status(void *ctx, const gateway_status *s) {
    (void)ctx;
    must(s->code != NULL && s->sentence != NULL);
}

static void on_node_status(void *ctx, const node_status *s) {
    (void)ctx;
    must(s->sentence != NULL && s->missing != NULL && s->taken <= s->offered);
}

static void on_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void ignore(void *ctx, resolve_outcome outcome, const char *sentence) {
    (void)ctx, (void)outcome;
    must(sentence != NULL);
}

static void on_approval(void *ctx, const gateway_approval *a) {
    state *s = ctx;
    s->waiting++;
    must(*a->id != '\0' && *a->command != '\0' && a->allowed[APPROVAL_DENY] && a->expires_in_ms >= 0);
    must(strlen(a->cwd) + strlen(a->host) + strlen(a->session_key) + strlen(a->warning) < 1000000);
    if (s->waiting % 2 == 0)
        approvals_decide(control_approvals(s->control), a->id, APPROVAL_DENY, ignore, NULL);
}

static void on_approval_closed(void *ctx, const gateway_approval *a, approval_end end, const char *by) {
    (void)a, (void)end;
    must(--((state *)ctx)->waiting >= 0 && by != NULL);
}

static void on_listed(void *ctx) {
    (void)ctx;
}

static void on_question(void *ctx, const gateway_question *q) {
    state *s = ctx;
    s->waiting++;
    must(q->item_count > 0 && q->item_count <= QUESTION_ITEMS_MAX);
    for (size_t i = 0; i < q->item_count; i++) {
        must(*q->items[i].id != '\0' && *q->items[i].text != '\0');
        for (size_t k = 0; k < q->items[i].option_count; k++)
            must(*q->items[i].options[k].label != '\0' && q->items[i].options[k].description != NULL);
    }
    if (s->waiting % 2 == 0)
        questions_cancel(gateway_questions(s->gateway), q->id, ignore, NULL);
}

static void on_question_closed(void *ctx, const gateway_question *q, question_end end, const cJSON *answers) {
    (void)q, (void)answers, (void)end;
    must(--((state *)ctx)->waiting >= 0);
}

static bool wants_session(void *ctx, bytes key) {
    (void)ctx;
    return key.len % 2 == 1;
}

static void on_final(void *ctx, const gateway_final *f) {
    (void)ctx;
    must(*f->text != '\0' && strlen(f->session_key) % 2 == 1 && *f->run_id != '\0');
}

static void on_invoked(void *ctx, node_call *c, const node_invocation *call) {
    state *s = ctx;
    must(cJSON_IsObject(call->params) && *call->id != '\0' && call->timeout_ms > 0);
    s->waiting++;
    if (s->waiting % 3 == 0) {
        s->waiting--;
        node_answer(c, call->session_key);
    } else if (s->waiting % 3 == 1 && *call->idempotency_key != '\0') {
        s->waiting--;
        node_refuse(c, "NO", call->idempotency_key);
    }
}

static void on_cancelled(void *ctx, node_call *c) {
    (void)c;
    must(--((state *)ctx)->waiting >= 0);
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static cJSON *answer(void *ctx, const char *method, const cJSON *params, cJSON **error) {
    (void)ctx, (void)params, (void)error;
    return strcmp(method, "node.pluginTools.update") == 0 ? cJSON_Parse("{\"tools\":[{\"name\":\"t\"}]}")
                                                          : NULL;
}

typedef struct parties {
    fake_world *world;
    gateway_control *control;
    gateway_node *node;
    gateway *gateway;
} parties;

static void feed(const parties *p, const uint8_t *data, size_t size) {
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t n = end != NULL ? (size_t)(end - data) : size;
        bytes text = bytes_of(data, n);
        if (fake_world_connected(p->world)) {
            if (p->control != NULL)
                control_on_frame(p->control, text);
            else if (p->node != NULL)
                node_on_frame(p->node, text);
            else
                gateway_on_frame(p->gateway, text);
        }
        fake_world_steps(p->world, 6);
        data += end != NULL ? n + 1 : n;
        size -= end != NULL ? n + 1 : n;
    }
}

static void set_up(parties *p, state *s, unsigned kind, const gateway_settings *settings,
                   const gateway_identity *identity) {
    static const control_events of_control = {
        .status = on_status,
        .device_token = on_token,
        .approvals = {.requested = on_approval, .closed = on_approval_closed, .listed = on_listed}};
    static const node_events of_node = {
        .status = on_node_status, .device_token = on_token, .invoked = on_invoked, .cancelled = on_cancelled};
    static const gateway_events of_run = {
        .status = on_status,
        .device_token = on_token,
        .questions = {.requested = on_question, .closed = on_question_closed, .listed = on_listed},
        .wants_session = wants_session,
        .final = on_final};
    loop *l = fake_world_loop(p->world);
    transport t = fake_world_transport(p->world);
    if (kind == 0) {
        p->control = s->control = control_create_on(l, &t, &of_control, s);
        control_follow(p->control, true);
        control_configure(p->control, settings, identity, NULL);
    } else if (kind == 1) {
        const node_tool tool = {.name = "t", .command = "c", .description = "d"};
        p->node = node_create_on(l, &t, &of_node, s);
        node_set_tools(p->node, &tool, 1);
        node_follow(p->node, true);
        node_configure(p->node, settings, identity, NULL);
    } else {
        p->gateway = s->gateway = gateway_create_on(l, &t, &of_run, s);
        gateway_configure(p->gateway, settings, identity, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {7};
    static gateway_identity *identity = NULL;
    static secret *token = NULL;
    state s = {0};
    parties p = {0};
    if (identity == NULL) {
        identity = gateway_identity_from_seed(seed);
        token = secret_create("good-token");
        log_set_sink(no_log, NULL);
    }
    if (size == 0)
        return 0;
    p.world = fake_world_create();
    fake_gateway_set(fake_world_gateway(p.world))->answer = answer;
    set_up(&p, &s, data[0] % 3, &(gateway_settings){.url = "ws://x", .token = token, .version = "1"},
           identity);
    fake_world_steps(p.world, 20);
    feed(&p, data + 1, size - 1);
    control_destroy(p.control);
    node_destroy(p.node);
    gateway_destroy(p.gateway);
    fake_world_destroy(p.world);
    return 0;
}
