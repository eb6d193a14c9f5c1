// SPDX-License-Identifier: Apache-2.0
#include "gateway/run.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "gateway/followed.h"
#include "gateway/recovery.h"
#include "gateway/run_read.h"

#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

enum {
    RUN_LIMIT_MS = 3600 * 1000, // from the first sending to the end
    WAIT_MS = 25000,            // agent.wait at the gateway
    WAIT_TIMEOUT_MS = 40000,
    KNOCK_MS = 1000, // whether the gateway still holds the result of a run that has ended
    LOOK_PAUSE_MS = 3000,
    ANEW_PAUSE_MS = 100,
    FETCH_PAUSE_MS = 500,   // a run that has just ended is reported as in flight for a moment
    SILENCE_MAX_MS = 60000, // a connection may be dead so long before it counts as cut
    FETCHES_MAX = 20,
    RETRIES_MAX = 4,
    KEY_MAX_BYTES = 512
};

// Keys of runs that this plugin starts, on whichever of its nodes (turn/turn_run.c).
static const char RUN_KEY_PREFIX[] = "mm-";

typedef enum run_state {
    RUN_WAITING,   // not sent yet: the connection is not READY, or the session had to be asked anew
    RUN_PREPARING, // the session's permission mode is being set and read back
    RUN_SENT,      // the agent request is out
    RUN_ACCEPTED,  // the gateway has it; text comes as chat events, the result as second answer
    RUN_CUT,       // the connection was lost after sending; goes on when there is a new one
    RUN_LOOKING,   // chat.history is asked what became of it
    RUN_FOLLOWING, // agent.wait for our run id, or for the one under which the gateway went on
    RUN_FETCHING,  // it has ended: the same agent request again brings the stored result
    RUN_PAUSING,   // a timer leads on to `after`
} run_state;

struct gateway_run {
    runs *owner;
    char *key, *session_key, *message, *extra_system_prompt, *mode;
    cJSON *attachments;    // until the gateway has taken them
    bool attachments_gone; // it has
    gateway_run_events events;
    void *ctx;
    run_state state, after;
    open_request *request;
    session_wait *wait;
    loop_timer pause, limit;
    char *follow_id; // whose events and end are ours: the key, or another id after a restart of the gateway
    char *boot_id;   // of the gateway that it was sent to; NULL before
    bool by_earlier; // if at all by an earlier process, so that boot_id may be younger than the sending
    bool accepted;
    bool renewed;     // the gateway had used the first key up without running it
    bool sent_before; // this request is not the first one with its key
    bool doubted;     // a refusal of such a request was looked into once
    bool knocked;     // its end is known as words alone: the gateway was asked for the whole result
    unsigned retries, fetches;
    int64_t alive_ms;      // when the connection that carried it last stood
    int64_t idle_since_ms; // when looks first found the session idle, 0 when not
    char *so_far;          // streamed text
    run_answer answer;     // known end while the full result is fetched
    UT_hash_handle hh;     // by follow_id
    gateway_run *prev, *next;
};

struct runs {
    runs_parts parts;
    gateway_run *all;
    gateway_run *by_id;
    size_t count;
    bool closing; // nothing new is taken
    followed followed;
};

static void go(gateway_run *r, run_state next);

// --- the end --------------------------------------------------------------------------------------------------

static void remove_run(gateway_run *r) {
    if (strcmp(r->follow_id, r->key) != 0)
        followed_add(&r->owner->followed, r->follow_id);
    request_cancel(r->request);
    session_wait_cancel(r->wait);
    loop_timer_cancel(&r->pause);
    loop_timer_cancel(&r->limit);
    HASH_DEL(r->owner->by_id, r);
    DL_DELETE(r->owner->all, r);
    r->owner->count--;
}

static void free_run(gateway_run *r) {
    char *texts[] = {r->key,  r->session_key, r->message, r->extra_system_prompt,
                     r->mode, r->follow_id,   r->boot_id, r->so_far};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    cJSON_Delete(r->attachments);
    run_answer_free(&r->answer);
    free(r);
}

static void finish(gateway_run *r, gateway_run_outcome outcome, const char *text, const char *said,
                   const cJSON *payloads) {
    char *sentence = words_in(WORDS_EN, said);
    gateway_run_result result = {outcome, text, sentence, said, payloads};
    remove_run(r);
    metric_count(METRIC_RUNS, gateway_run_outcome_name(outcome), 1);
    r->events.done(r->ctx, &result);
    free(sentence);
    free_run(r);
}

static void finish_with(gateway_run *r, const run_answer *a) {
    finish(r, a->outcome, a->text, a->sentence, a->payloads);
}

static void lose(gateway_run *r, const char *sentence) {
    finish(r, GATEWAY_RUN_LOST, r->so_far != NULL ? r->so_far : "", sentence, NULL);
}

static void on_limit(void *ctx) {
    lose(ctx, words_marked(WORD_GATEWAY_RUN_HOUR));
}

// --- steps ----------------------------------------------------------------------------------------------------

static int64_t now(const gateway_run *r) {
    return loop_now_ms(r->owner->parts.loop);
}

static bool same_boot(const gateway_run *r) {
    return r->boot_id != NULL && *r->boot_id != '\0' &&
           strcmp(r->boot_id, connection_boot_id(r->owner->parts.connection)) == 0;
}

static void on_pause_over(void *ctx) {
    gateway_run *r = ctx;
    go(r, r->after);
}

static void pause_before(gateway_run *r, run_state after, int64_t pause_ms) {
    r->state = RUN_PAUSING;
    r->after = after;
    loop_timer_set(r->owner->parts.loop, &r->pause, pause_ms, on_pause_over, r);
}

static void start_request(gateway_run *r, const char *method, cJSON *params, int64_t timeout_ms,
                          int64_t second_ms, request_fn *fn) {
    request_options options = {.method = method,
                               .params = params,
                               .timeout_ms = timeout_ms,
                               .second_ms = second_ms,
                               .fn = fn,
                               .ctx = r};
    r->request = requests_start(r->owner->parts.requests, &options);
    if (r->request == NULL) // too many are open: this one's turn comes
        pause_before(r, r->state, LOOK_PAUSE_MS);
}

static void follow(gateway_run *r, const char *run_id) {
    if (strcmp(r->follow_id, run_id) == 0)
        return;
    HASH_DEL(r->owner->by_id, r);
    free(r->follow_id);
    r->follow_id = xstrdup(run_id);
    HASH_ADD_KEYPTR(hh, r->owner->by_id, r->follow_id, strlen(r->follow_id), r);
}

// An error that says nothing about the run itself. OC_ECLOSED waits for runs_on_lost to move on.
static void step_failed(gateway_run *r, const request_reply *reply, run_state again) {
    if (reply->err == OC_ECLOSED)
        r->state = RUN_CUT;
    else
        pause_before(r, again, LOOK_PAUSE_MS);
}

static void on_session(void *ctx, const session_verdict *verdict) {
    gateway_run *r = ctx;
    r->wait = NULL;
    if (verdict->err == OC_OK)
        go(r, RUN_SENT);
    else if (verdict->err == OC_EDENIED)
        finish(r, GATEWAY_RUN_REFUSED, "", verdict->reason, NULL);
    else if (connection_status(r->owner->parts.connection).state == GATEWAY_READY)
        pause_before(r, RUN_PREPARING, ANEW_PAUSE_MS); // that was the connection before this one
    else
        r->state = r->boot_id != NULL ? RUN_CUT : RUN_WAITING;
}

static void prepare(gateway_run *r) {
    r->wait = session_prepare_start(r->owner->parts.sessions, r->session_key, r->mode, on_session, r);
    if (r->wait == NULL)
        pause_before(r, RUN_PREPARING, LOOK_PAUSE_MS);
}

static void on_agent(void *ctx, const request_reply *reply);

static void add_content(const gateway_run *r, cJSON *params) {
    static const char LOST[] = "\n\n[The images of this message were lost when the gateway was interrupted.]";
    char *with_note = r->attachments_gone ? xasprintf("%s%s", r->message, LOST) : NULL;
    json_add_string(params, "message", with_note != NULL ? with_note : r->message);
    free(with_note);
    if (r->attachments != NULL) // by reference: the run outlives its requests
        json_add(params, "attachments", cJSON_CreateArrayReference(r->attachments->child));
}

static void send_agent(gateway_run *r) {
    cJSON *params = json_new_object();
    add_content(r, params);
    json_add_string(params, "sessionKey", r->session_key);
    json_add_string(params, "idempotencyKey", r->key);
    json_add_bool(params, "deliver", false);
    json_add_bool(params, "disableMessageTool", true);
    if (*r->extra_system_prompt != '\0')
        json_add_string(params, "extraSystemPrompt", r->extra_system_prompt);
    if (!loop_timer_armed(&r->limit))
        loop_timer_set(r->owner->parts.loop, &r->limit, RUN_LIMIT_MS, on_limit, r);
    r->sent_before = r->boot_id != NULL && !r->renewed;
    r->by_earlier = false;
    free(r->boot_id);
    r->boot_id = xstrdup(connection_boot_id(r->owner->parts.connection));
    r->alive_ms = now(r);
    start_request(r, "agent", params, REQUEST_TIMEOUT_MS, RUN_LIMIT_MS, on_agent);
}

static void retry_later(gateway_run *r, const run_answer *a) {
    if (r->retries++ < RETRIES_MAX)
        pause_before(r, RUN_PREPARING, a->retry_ms << (r->retries - 1));
    else
        finish(r, GATEWAY_RUN_ERROR, "", a->sentence, NULL);
}

static void on_accepted(gateway_run *r) {
    bool first = !r->accepted;
    r->accepted = true;
    r->attachments_gone = r->attachments_gone || r->attachments != NULL;
    cJSON_Delete(r->attachments); // large; the request that refers to them has been sent
    r->attachments = NULL;
    if (first && r->events.accepted != NULL)
        r->events.accepted(r->ctx); // may cancel r
}

// A request before this one got through: no other answer comes to this one.
static void on_in_flight(gateway_run *r) {
    go(r, RUN_FOLLOWING);
    on_accepted(r);
}

static void on_agent_end(gateway_run *r, const request_reply *reply) {
    run_answer a;
    run_read_answer(reply->err == OC_OK, reply->payload, reply->error, &a);
    bool fetched = r->state == RUN_FETCHING;
    bool refused = a.kind == RUN_ANSWER_END && reply->err == OC_EREMOTE && reply->payload == NULL;
    if (refused && r->sent_before && !r->doubted) {
        r->doubted = true; // perhaps the gateway has the message from before: the history knows
        go(r, RUN_LOOKING);
    } else if (a.kind == RUN_ANSWER_END)
        finish_with(r, &a);
    else if (a.kind == RUN_ANSWER_RETRY)
        retry_later(r, &a);
    else if (!fetched)
        on_in_flight(r);
    else if (r->fetches++ < FETCHES_MAX)
        pause_before(r, RUN_FETCHING, FETCH_PAUSE_MS);
    else
        finish_with(r, &r->answer);
    run_answer_free(&a);
}

static void on_agent(void *ctx, const request_reply *reply) {
    gateway_run *r = ctx;
    if (reply->accepted) {
        r->state = RUN_ACCEPTED;
        on_accepted(r);
        return;
    }
    r->request = NULL;
    if (reply->err == OC_OK || reply->err == OC_EREMOTE)
        on_agent_end(r, reply);
    else if (reply->err == OC_ECLOSED)
        r->state = RUN_CUT;
    else if (reply->err == OC_ELIMIT)
        finish(r, GATEWAY_RUN_ERROR, "", words_marked(WORD_GATEWAY_MESSAGE_LONG), NULL);
    else if (r->state == RUN_FETCHING)
        finish_with(r, &r->answer);
    else if (r->retries++ < RETRIES_MAX)
        pause_before(r, RUN_PREPARING, LOOK_PAUSE_MS); // the idempotency key makes sending again safe
    else
        finish(r, GATEWAY_RUN_ERROR, "", words_marked(WORD_GATEWAY_MESSAGE_SLOW), NULL);
}

static void repeat(gateway_run *r, bool renew) {
    if (renew) {
        char *key = xasprintf("%s%s", r->key, RECOVERY_RENEWED);
        free(r->key);
        r->key = key;
        r->renewed = true;
    }
    follow(r, r->key);
    r->accepted = false;
    go(r, RUN_PREPARING);
}

// Of a run that has ended: the same request would bring the whole result, files included, instead of beginning it again.
static bool may_be_held(const gateway_run *r) {
    return strcmp(r->follow_id, r->key) == 0 && same_boot(r) && now(r) - r->alive_ms < RECOVERY_STORED_MS;
}

// The history has words alone. A gateway that answers agent.wait for the run holds its result as well.
static void take(gateway_run *r, const char *text) {
    if (r->knocked || !may_be_held(r)) {
        finish(r, GATEWAY_RUN_OK, text, "", NULL);
        return;
    }
    r->knocked = true;
    go(r, RUN_FOLLOWING);
}

static void on_history(void *ctx, const request_reply *reply) {
    gateway_run *r = ctx;
    recovery_facts facts = {
        .key = r->key, .same_boot = same_boot(r), .accepted = r->accepted, .renewed = r->renewed};
    recovery found;
    r->request = NULL;
    if (reply->err != OC_OK) {
        step_failed(r, reply, RUN_LOOKING);
        return;
    }
    facts.idle_ms = r->idle_since_ms != 0 ? now(r) - r->idle_since_ms : 0;
    recovery_decide(reply->payload, &facts, &found);
    if (found.active)
        r->idle_since_ms = 0;
    else if (r->idle_since_ms == 0)
        r->idle_since_ms = now(r);
    switch (found.step) {
    case RECOVERY_FOLLOW:
        follow(r, found.run_id);
        go(r, RUN_FOLLOWING);
        break;
    case RECOVERY_TAKE:
        take(r, found.text);
        break;
    case RECOVERY_LOOK:
        pause_before(r, RUN_LOOKING, LOOK_PAUSE_MS);
        break;
    case RECOVERY_REPEAT:
        repeat(r, found.renew);
        break;
    case RECOVERY_LOST:
        lose(r, words_marked(WORD_GATEWAY_RUN_INTERRUPTED));
        break;
    }
    free(found.text);
}

static void look(gateway_run *r) {
    cJSON *params = json_new_object();
    json_add_string(params, "sessionKey", r->session_key);
    json_add_int(params, "limit", RECOVERY_HISTORY_ROWS);
    start_request(r, "chat.history", params, REQUEST_TIMEOUT_MS, 0, on_history);
}

static void on_waited(void *ctx, const request_reply *reply) {
    gateway_run *r = ctx;
    r->request = NULL;
    if (reply->err != OC_OK) {
        step_failed(r, reply, RUN_LOOKING);
        return;
    }
    run_answer_free(&r->answer);
    if (!run_read_wait(reply->payload, &r->answer)) {
        go(r, RUN_LOOKING); // it runs still, or nobody knows it
    } else if (may_be_held(r)) {
        go(r, RUN_FETCHING); // the full result, with all payloads
    } else {
        finish_with(r, &r->answer);
    }
}

static void wait_for_end(gateway_run *r) {
    cJSON *params = json_new_object();
    json_add_string(params, "runId", r->follow_id);
    json_add_int(params, "timeoutMs", r->knocked ? KNOCK_MS : WAIT_MS);
    if (same_boot(r) && r->accepted && !r->knocked)
        r->alive_ms = now(r); // from now on we hear of its end at once
    start_request(r, "agent.wait", params, WAIT_TIMEOUT_MS, 0, on_waited);
}

// After a cut: what is asked first on the new connection.
static run_state resume(const gateway_run *r) {
    bool recent = now(r) - r->alive_ms < RECOVERY_STORED_MS;
    if (r->boot_id == NULL)
        return RUN_PREPARING;
    if (same_boot(r) && !r->accepted && recent && !r->by_earlier)
        return RUN_PREPARING; // the same key: nothing runs twice
    return same_boot(r) && r->accepted && recent ? RUN_FOLLOWING : RUN_LOOKING;
}

// The one function in which a run moves on by a step of ours.
static void go(gateway_run *r, run_state next) {
    r->state = next;
    switch (next) {
    case RUN_PREPARING:
        prepare(r);
        break;
    case RUN_SENT:
    case RUN_FETCHING:
        send_agent(r);
        break;
    case RUN_LOOKING:
        look(r);
        break;
    case RUN_FOLLOWING:
        wait_for_end(r);
        break;
    case RUN_WAITING:
    case RUN_ACCEPTED:
    case RUN_CUT:
    case RUN_PAUSING:
        break; // somebody else's move
    }
}

// --- what comes in --------------------------------------------------------------------------------------------

bool runs_wants(const runs *s, const frame_head *head) {
    gateway_run *r = NULL;
    if (!bytes_is(head->event, "chat") &&
        !(bytes_is(head->event, "agent") && run_activity_wants(head->stream)))
        return false;
    if (head->run_id.data == NULL)
        return true; // not where it should be: the parser finds out
    HASH_FIND(hh, s->by_id, head->run_id.data, head->run_id.len, r);
    return r != NULL;
}

bool runs_own(const runs *s, const char *run_id) {
    gateway_run *r = NULL;
    HASH_FIND_STR(s->by_id, run_id, r);
    return r != NULL || strncmp(run_id, RUN_KEY_PREFIX, strlen(RUN_KEY_PREFIX)) == 0 ||
           followed_has(&s->followed, run_id);
}

bool runs_open_in(const runs *s, const char *session_key) {
    const gateway_run *r = NULL;
    DL_FOREACH (s->all, r) {
        if (strcmp(r->session_key, session_key) == 0 && r->state != RUN_WAITING)
            return true;
    }
    return false;
}

static void on_text(gateway_run *r, const cJSON *payload) {
    char *text = run_message_text(json_get(payload, "message"));
    if (text == NULL || (r->so_far != NULL && strcmp(r->so_far, text) == 0)) {
        free(text);
        return;
    }
    free(r->so_far);
    r->so_far = text;
    if (r->events.text != NULL)
        r->events.text(r->ctx, r->so_far);
}

static void on_agent_event(gateway_run *r, const cJSON *payload) {
    gateway_activity activity;
    if (r->events.activity != NULL && run_read_activity(payload, &activity))
        r->events.activity(r->ctx, &activity);
}

void runs_on_event(runs *s, const char *name, const cJSON *payload) {
    gateway_run *r = NULL;
    run_answer a = {0};
    const char *run_id = json_text(payload, "runId");
    HASH_FIND_STR(s->by_id, run_id, r);
    if (r == NULL)
        return;
    r->alive_ms = now(r);
    if (strcmp(name, "agent") == 0)
        on_agent_event(r, payload);
    else if (strcmp(name, "chat") != 0)
        return;
    else if (strcmp(json_text(payload, "state"), "delta") == 0)
        on_text(r, payload);
    else if (strcmp(r->follow_id, r->key) != 0 && run_read_chat_end(payload, &a))
        finish_with(r, &a); // our own runs end with the answer to their request, which has the payloads
    run_answer_free(&a);
}

void runs_on_ready(runs *s) {
    gateway_run *r = NULL, *next = NULL;
    DL_FOREACH_SAFE (s->all, r, next) {
        if (r->state == RUN_WAITING || r->state == RUN_CUT)
            go(r, resume(r));
    }
}

void runs_on_lost(runs *s) {
    gateway_run *r = NULL;
    DL_FOREACH (s->all, r) {
        if (r->state == RUN_PREPARING)
            continue; // hears of it from its session
        loop_timer_cancel(&r->pause);
        // Its end would have been heard until the silence before the cut was noticed.
        if (r->alive_ms < now(r) - SILENCE_MAX_MS)
            r->alive_ms = now(r) - SILENCE_MAX_MS;
        r->state = r->boot_id != NULL ? RUN_CUT : RUN_WAITING;
        r->idle_since_ms = 0;
    }
}

static gateway_run *find_begun(const runs *s) {
    gateway_run *r = NULL;
    DL_FOREACH (s->all, r) {
        if (r->boot_id != NULL)
            return r;
    }
    return NULL;
}

void runs_on_other_gateway(runs *s) {
    // A callback may end other runs: the list is looked through anew each time.
    for (gateway_run *r = find_begun(s); r != NULL; r = find_begun(s))
        lose(r, "The settings were changed to another gateway before the answer was there.");
}

// --- life -----------------------------------------------------------------------------------------------------

runs *runs_create(const runs_parts *parts) {
    runs *s = xcalloc(1, sizeof *s);
    s->parts = *parts;
    return s;
}

void runs_destroy(runs *s) {
    if (s == NULL)
        return;
    s->closing = true;
    while (s->all != NULL)
        lose(s->all, "The plugin is stopping.");
    followed_clear(&s->followed);
    free(s);
}

size_t runs_open(const runs *s) {
    return s->count;
}

gateway_run *runs_start(runs *s, const gateway_run_request *request, const gateway_run_events *events,
                        void *ctx) {
    if (s->closing || s->count >= RUNS_MAX || strlen(request->idempotency_key) > KEY_MAX_BYTES) {
        cJSON_Delete(request->attachments);
        return NULL;
    }
    gateway_run *r = xcalloc(1, sizeof *r);
    r->owner = s;
    r->events = *events;
    r->ctx = ctx;
    r->key = xstrdup(request->idempotency_key);
    r->follow_id = xstrdup(request->idempotency_key);
    r->session_key = xstrdup(request->session_key);
    r->message = xstrdup(request->message);
    r->extra_system_prompt = xstrdup(request->extra_system_prompt);
    r->mode = xstrdup(request->permission_mode);
    r->attachments = request->attachments;
    DL_APPEND(s->all, r);
    HASH_ADD_KEYPTR(hh, s->by_id, r->follow_id, strlen(r->follow_id), r);
    s->count++;
    if (request->earlier_boot_id != NULL) {
        r->boot_id = xstrdup(request->earlier_boot_id);
        r->by_earlier = true;
        r->alive_ms = now(r) - request->earlier_ms;
        loop_timer_set(s->parts.loop, &r->limit, RUN_LIMIT_MS, on_limit, r);
    }
    if (connection_status(s->parts.connection).state == GATEWAY_READY)
        go(r, resume(r));
    return r;
}

void gateway_run_cancel(gateway_run *r, bool abort) {
    if (r == NULL)
        return;
    if (abort && r->boot_id != NULL) {
        cJSON *params = json_new_object();
        json_add_string(params, "sessionKey", r->session_key);
        json_add_string(params, "runId", r->follow_id);
        // Nobody waits for the answer; a gateway that is away has the run's end to decide itself.
        (void)requests_start(
            r->owner->parts.requests,
            &(request_options){.method = "chat.abort", .params = params, .timeout_ms = REQUEST_TIMEOUT_MS});
    }
    remove_run(r);
    free_run(r);
}
