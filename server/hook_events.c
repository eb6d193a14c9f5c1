// SPDX-License-Identifier: Apache-2.0
// Hooks of the "has been" kind: the server waits for the answer and throws it away, so each is answered at once, and goes
// to the core if it may concern it.
#include "base/log.h"
#include "plugin_session_internal.h"

enum { EVENT_LIMIT_MS = 10000 }; // the core's time to say that it has it

static const gob_value *argument(const netrpc_message *m, const char *name) {
    const gob_value *value = gob_get(&m->body, name);
    return value != NULL && value->kind == GOB_STRUCT ? value : NULL;
}

static void done(plugin_session *s, const netrpc_message *m) {
    rpc_reply(s->hooks, m->method, m->seq, NULL, NULL, NULL);
}

// --- posts and edits: held until they have an outcome ---

static void hold(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    oc_err err = schema_args_to_json(call, &m->body, &s->json, &s->tail);
    if (err == OC_OK)
        err = core_link_post(s->core, call->name, buf_bytes(&s->json), buf_bytes(&s->tail));
    if (err != OC_OK)
        log_error("a post could not be taken", "hook", call->name, "error", oc_err_text(err));
    session_clear_scratch(s);
}

void hook_message_posted(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    const gob_value *post = argument(m, "B");
    if (post != NULL && interest_wants(s->interest, post))
        hold(s, call, m);
    done(s, m);
}

void hook_message_updated(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    const gob_value *now = argument(m, "B"), *before = argument(m, "C");
    if (now != NULL && before != NULL && interest_wants_edit(s->interest, now, before))
        hold(s, call, m);
    done(s, m);
}

// --- the rest: told once, to a core that is there or comes soon ---

static void on_told(void *ctx, const link_message *answer) {
    const schema_call *call = ctx;
    if (answer->error != NULL)
        log_debug("an event did not reach the core", "hook", call->name);
}

static void tell(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    oc_err err = schema_args_to_json(call, &m->body, &s->json, &s->tail);
    if (err == OC_OK)
        (void)core_link_call(s->core, call->name, buf_bytes(&s->json), buf_bytes(&s->tail), CORE_WAIT_MS,
                             EVENT_LIMIT_MS, on_told, (void *)(uintptr_t)call);
    else
        log_error("an event could not be taken", "hook", call->name, "error", oc_err_text(err));
    session_clear_scratch(s);
}

void hook_message_deleted(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    const gob_value *post = argument(m, "B");
    if (post != NULL && interest_wants(s->interest, post))
        tell(s, call, m);
    done(s, m);
}

void hook_reaction(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    const gob_value *reaction = argument(m, "B");
    if (reaction != NULL && interest_wants_reaction(s->interest, reaction))
        tell(s, call, m);
    done(s, m);
}

// Of our own bots only: what the core knows of their memberships is out of date.
void hook_membership(plugin_session *s, const schema_call *call, const netrpc_message *m) {
    const gob_value *member = argument(m, "B");
    const gob_value *user = member != NULL ? gob_get(member, "UserId") : NULL;
    if (user != NULL && user->kind == GOB_STRING && interest_is_own(s->interest, user->text))
        tell(s, call, m);
    done(s, m);
}
