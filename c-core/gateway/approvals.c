// SPDX-License-Identifier: Apache-2.0
#include "gateway/approvals.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "words/words.h"
#include "gateway/ask_read.h"
#include "gateway/resolves.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { GRACE_MS = 5000 }; // after its time, for the gateway's own word

typedef struct entry {
    gateway_approval a; // the first one: an approval is known by it
    approvals *owner;
    arena memory;
    int64_t until_ms; // monotonic
    unsigned seen;    // the connect at which it was heard of last
    loop_timer over;
    struct entry *prev, *next;
} entry;

struct approvals {
    loop *loop;
    requests *requests;
    resolves *resolves;
    approvals_events events;
    void *ctx;
    entry *all;
    size_t count;
    unsigned connects;
    int lists_open;
    open_request *lists[APPROVAL_KINDS];
};

static const struct {
    const char *list, *requested, *resolved;
} words[APPROVAL_KINDS] = {
    [APPROVAL_EXEC] = {"exec.approval.list", "exec.approval.requested", "exec.approval.resolved"},
    [APPROVAL_PLUGIN] = {"plugin.approval.list", "plugin.approval.requested", "plugin.approval.resolved"},
};

approvals *approvals_create(loop *l, requests *r, const approvals_events *events, void *ctx) {
    approvals *s = xcalloc(1, sizeof *s);
    *s = (approvals){.loop = l, .requests = r, .events = *events, .ctx = ctx};
    s->resolves = resolves_create(l, r);
    return s;
}

static void free_entry(entry *e) {
    loop_timer_cancel(&e->over);
    arena_free(&e->memory);
    free(e);
}

static void cancel_lists(approvals *s) {
    for (int k = 0; k < APPROVAL_KINDS; k++) {
        request_cancel(s->lists[k]);
        s->lists[k] = NULL;
    }
    s->lists_open = 0;
}

void approvals_destroy(approvals *s) {
    if (s == NULL)
        return;
    resolves_destroy(s->resolves);
    cancel_lists(s);
    while (s->all != NULL) {
        entry *e = s->all;
        DL_DELETE(s->all, e);
        free_entry(e);
    }
    free(s);
}

static entry *entry_of(const approvals *s, const char *id) {
    entry *e = NULL;
    DL_FOREACH (s->all, e) {
        if (strcmp(e->a.id, id) == 0)
            return e;
    }
    return NULL;
}

static const gateway_approval *as_of_now(entry *e) {
    int64_t left = e != NULL ? e->until_ms - loop_now_ms(e->owner->loop) : 0;
    if (e == NULL)
        return NULL;
    e->a.expires_in_ms = left > 0 ? left : 0;
    return &e->a;
}

const gateway_approval *approvals_find(const approvals *s, const char *id) {
    return as_of_now(entry_of(s, id));
}

const gateway_approval *approvals_at(const approvals *s, size_t index) {
    entry *e = s->all;
    while (e != NULL && index-- > 0)
        e = e->next;
    return as_of_now(e);
}

bool approvals_known(const approvals *s) {
    return s->connects > 0 && s->lists_open == 0;
}

// --- coming and going ---

static void close_entry(entry *e, approval_end end, const char *by) {
    approvals *s = e->owner;
    DL_DELETE(s->all, e);
    s->count--;
    s->events.closed(s->ctx, as_of_now(e), end, by);
    free_entry(e);
}

static void on_over(void *ctx) {
    close_entry(ctx, APPROVAL_EXPIRED, "");
}

static void take(approvals *s, const cJSON *record, approval_kind kind, bool listed) {
    entry *e = entry_of(s, json_text(record, "id"));
    if (e != NULL) {
        e->seen = s->connects;
        return;
    }
    if (s->count >= APPROVALS_MAX) {
        log_warn("too many approvals wait at the gateway: one is left to other approvers");
        return;
    }
    e = xcalloc(1, sizeof *e);
    e->owner = s;
    arena_init(&e->memory, ASK_MAX_BYTES);
    oc_err err = approval_read(record, kind, &e->memory, &e->a);
    if (err != OC_OK) {
        log_warn("an approval of the gateway cannot be shown and is left to other approvers", "kind",
                 approval_kind_name(kind), "reason", oc_err_text(err));
        free_entry(e);
        return;
    }
    int64_t left = ask_time_left_ms(e->a.created_ms, e->a.expires_ms, loop_wall_ms(s->loop), !listed);
    e->a.listed = listed;
    e->seen = s->connects;
    e->until_ms = loop_now_ms(s->loop) + left;
    loop_timer_set(s->loop, &e->over, left + GRACE_MS, on_over, e);
    DL_APPEND(s->all, e);
    s->count++;
    s->events.requested(s->ctx, as_of_now(e));
}

bool approvals_wants(bytes event_name) {
    for (int k = 0; k < APPROVAL_KINDS; k++) {
        if (bytes_is(event_name, words[k].requested) || bytes_is(event_name, words[k].resolved))
            return true;
    }
    return false;
}

void approvals_on_event(approvals *s, const char *name, const cJSON *payload) {
    for (int k = 0; k < APPROVAL_KINDS; k++) {
        entry *e = NULL;
        const char *by = "";
        if (strcmp(name, words[k].requested) == 0)
            take(s, payload, (approval_kind)k, false);
        if (strcmp(name, words[k].resolved) == 0)
            e = entry_of(s, json_text(payload, "id"));
        if (e == NULL || e->a.kind != (approval_kind)k)
            continue;
        bool over = loop_now_ms(s->loop) >= e->until_ms - GRACE_MS;
        approval_end end = approval_read_end(payload, over, &by);
        close_entry(e, end, by);
    }
}

// --- after a connect ---

static void close_unseen(approvals *s, approval_kind kind) {
    entry *e = NULL, *next = NULL;
    DL_FOREACH_SAFE (s->all, e, next) {
        if (e->a.kind == kind && e->seen != s->connects)
            close_entry(e, e->until_ms <= loop_now_ms(s->loop) ? APPROVAL_EXPIRED : APPROVAL_GONE, "");
    }
}

static void on_list(approvals *s, const request_reply *reply, approval_kind kind) {
    const cJSON *record = NULL;
    s->lists[kind] = NULL;
    if (reply->err == OC_OK && cJSON_IsArray(reply->payload)) {
        cJSON_ArrayForEach(record, reply->payload) take(s, record, kind, true);
        close_unseen(s, kind);
    } else if (reply->err != OC_ECLOSED) {
        log_warn("the gateway does not tell which approvals wait", "kind", approval_kind_name(kind));
    }
    if (--s->lists_open == 0 && reply->err != OC_ECLOSED)
        s->events.listed(s->ctx);
}

static void on_exec_list(void *ctx, const request_reply *reply) {
    on_list(ctx, reply, APPROVAL_EXEC);
}

static void on_plugin_list(void *ctx, const request_reply *reply) {
    on_list(ctx, reply, APPROVAL_PLUGIN);
}

void approvals_on_ready(approvals *s) {
    static request_fn *const fns[] = {[APPROVAL_EXEC] = on_exec_list, [APPROVAL_PLUGIN] = on_plugin_list};
    cancel_lists(s);
    s->connects++;
    for (int k = 0; k < APPROVAL_KINDS; k++) {
        s->lists[k] = requests_start(s->requests, &(request_options){.method = words[k].list,
                                                                     .params = json_new_object(),
                                                                     .timeout_ms = REQUEST_TIMEOUT_MS,
                                                                     .fn = fns[k],
                                                                     .ctx = s});
        s->lists_open += s->lists[k] != NULL;
    }
}

// --- deciding ---

void approvals_decide(approvals *s, const char *id, approval_decision d, resolve_fn *fn, void *ctx) {
    const entry *e = entry_of(s, id);
    if (e == NULL) {
        resolves_end(s->resolves, RESOLVE_TOO_LATE, "It has been decided already, or its time is over.", fn,
                     ctx);
        return;
    }
    // The gateway takes a decision that it did not offer for a denial.
    if (d >= APPROVAL_DECISIONS || !e->a.allowed[d]) {
        resolves_end(s->resolves, RESOLVE_REFUSED, words_marked(WORD_GATEWAY_RESOLVE_NOT_OFFERED), fn, ctx);
        return;
    }
    cJSON *params = json_new_object();
    json_add_string(params, "id", e->a.id);
    json_add_string(params, "kind", approval_kind_name(e->a.kind));
    json_add_string(params, "decision", approval_decision_name(d));
    resolves_start(s->resolves, "approval.resolve", params, fn, ctx);
}
