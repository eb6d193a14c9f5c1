// SPDX-License-Identifier: Apache-2.0
#include "gateway_runs.h"

#include "base/json.h"
#include "base/mem.h"
#include "files.h"
#include "gateway.h"
#include "ledger.h"
#include "speaks.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

enum { REMEMBER_MS = 300000, STILL_IN_FLIGHT_MS = 250, ROWS_KEPT = 400, LONG_LINES = 900, DELTA_MS = 700 };

typedef enum run_kind { RUN_ANSWERS, RUN_FAILS, RUN_SAYS_NOTHING } run_kind;

typedef struct waiter {
    int connection, number;
    char *request;
    struct waiter *prev, *next;
} waiter;

typedef struct session session;
typedef struct run {
    char *id, *message, *text;
    session *session;
    int connection; // that asked, -1: gone
    char *request;
    run_kind kind;
    bool running, ended;
    int job; // 0: a client asked
    int64_t ends_ms, ended_ms;
    waiter *waiters;
    UT_hash_handle hh;
    struct run *prev, *next; // its session's queue
} run;

struct session {
    char *key, *mode;
    cJSON *rows;
    run *queue;        // the first one runs
    char *interrupted; // message of the turn that a crash broke off
    int interrupted_job;
    int64_t used_ms;
    UT_hash_handle hh;
};

typedef struct note { // what a timer needs to find its run again
    int boot;
    char *id;
    int number;
} note;

static session *sessions;
static run *runs;
static int waiters_made, continuations;

static void begin_next(session *s);

static session *session_of(const char *key, bool make) {
    session *s = NULL;
    HASH_FIND_STR(sessions, key, s);
    if (s == NULL && make) {
        s = xcalloc(1, sizeof *s);
        s->key = xstrdup(key);
        s->rows = json_new_array();
        HASH_ADD_KEYPTR(hh, sessions, s->key, strlen(s->key), s);
    }
    return s;
}

const char *gateway_session_mode(const char *key) {
    const session *s = session_of(key, false);
    return s != NULL ? s->mode : NULL;
}

void gateway_session_set_mode(const char *key, const char *mode) {
    session *s = session_of(key, true);
    free(s->mode);
    s->mode = xstrdup(mode);
}

// --- rows ---

// Its clock is nobody else's.
static int64_t clock_ms(void) {
    return 1750000000000 + world_now_ms();
}

static void add_row(session *s, cJSON *row) {
    cJSON *own = cJSON_GetObjectItem(row, "__openclaw");
    if (own == NULL)
        own = json_add_object(row, "__openclaw");
    json_add_int(own, "recordTimestampMs", clock_ms());
    json_add_int(row, "timestamp", clock_ms());
    s->used_ms = clock_ms();
    json_push(s->rows, row);
    while (cJSON_GetArraySize(s->rows) > ROWS_KEPT)
        cJSON_DeleteItemFromArray(s->rows, 0);
}

// A job's prompt has the agent's role and an id of its own.
static void add_prompt_row(session *s, const char *run_id) {
    cJSON *row = json_new_object();
    char *key = xasprintf("prompt-%s:user", run_id);
    json_add_string(row, "role", "assistant");
    json_add_string(row, "content", "do the job");
    json_add_string(row, "idempotencyKey", key);
    free(key);
    add_row(s, row);
}

static void add_user_row(session *s, const char *run_id, const char *text) {
    cJSON *row = json_new_object();
    char *key = xasprintf("%s:user", run_id);
    json_add_string(row, "role", "user");
    json_add_string(row, "content", text);
    json_add_string(row, "idempotencyKey", key);
    free(key);
    add_row(s, row);
}

static cJSON *message_of(const char *text) {
    cJSON *m = json_new_object(), *block = json_new_object();
    json_add_string(m, "role", "assistant");
    json_add_string(block, "type", "text");
    json_add_string(block, "text", text);
    json_push(json_add_array(m, "content"), block);
    return m;
}

// --- answers about runs ---

static cJSON *status_payload(const char *id, const char *status) {
    cJSON *p = json_new_object();
    json_add_string(p, "runId", id);
    json_add_string(p, "status", status);
    return p;
}

// Some answers name files. Those that cannot be had become a line for people, and the answer stays whole.
static void add_media(cJSON *payload, const run *r) {
    int number = ledger_number_in(r->message);
    if (files_has(number)) {
        char *path = files_path(number);
        json_add_string(payload, "mediaUrl", path);
        free(path);
    } else if (number % 4 == 0) {
        json_add_string(payload, "mediaUrl", number % 8 == 0 ? "../beside/the/workspace.png" : "picture.png");
    }
    ledger_answer_told(r->message, files_has(number));
}

static void respond_result(const run *r, int connection, const char *request) {
    if (r->kind == RUN_FAILS) {
        cJSON *error = json_new_object();
        json_add_string(error, "code", "UNAVAILABLE");
        json_add_string(error, "message", "model provider failed");
        gateway_respond(connection, request, false, status_payload(r->id, "error"), error);
        return;
    }
    cJSON *p = status_payload(r->id, "ok");
    json_add_string(p, "summary", "completed");
    cJSON *payloads = json_add_array(json_add_object(p, "result"), "payloads");
    if (r->kind == RUN_ANSWERS) {
        cJSON *payload = json_new_object();
        json_add_string(payload, "text", r->text);
        add_media(payload, r);
        json_push(payloads, payload);
    }
    gateway_respond(connection, request, true, p, NULL);
}

static void respond_wait(const run *r, int connection, const char *request) {
    cJSON *p = status_payload(r->id, r->kind == RUN_FAILS ? "error" : "ok");
    if (r->kind == RUN_ANSWERS) {
        json_add_string(json_add_object(p, "terminalReply"), "text", r->text);
        ledger_answer_told(r->message, false);
    }
    if (r->kind == RUN_FAILS)
        json_add_string(p, "error", "model provider failed");
    gateway_respond(connection, request, true, p, NULL);
}

static void chat_event(const run *r, const char *state, const char *text) {
    cJSON *p = json_new_object();
    json_add_string(p, "runId", r->id);
    json_add_string(p, "sessionKey", r->session->key);
    json_add_string(p, "state", state);
    if (text != NULL)
        json_add(p, "message", message_of(text));
    gateway_broadcast("chat", p);
}

// --- runs ---

static run *find(const char *id) {
    run *r = NULL;
    HASH_FIND_STR(runs, id, r);
    return r;
}

static void free_waiter(run *r, waiter *w) {
    DL_DELETE(r->waiters, w);
    free(w->request);
    free(w);
}

static void free_run(run *r) {
    if (!r->ended)
        DL_DELETE(r->session->queue, r);
    while (r->waiters != NULL)
        free_waiter(r, r->waiters);
    HASH_DEL(runs, r);
    free(r->id);
    free(r->message);
    free(r->text);
    free(r->request);
    free(r);
}

static run *known(const char *id) {
    run *r = find(id);
    if (r != NULL && r->ended && world_now_ms() - r->ended_ms > REMEMBER_MS) {
        free_run(r);
        r = NULL;
    }
    return r;
}

bool gateway_run_known(const char *run_id) {
    return known(run_id) != NULL;
}

static void remind(int64_t delay_ms, world_fn *fn, const char *id, int number) {
    note *n = xmalloc(sizeof *n);
    *n = (note){.boot = gateway_boot(), .id = xstrdup(id), .number = number};
    world_after(delay_ms, fn, n);
}

static run *remembered(note *n, int *number) {
    run *r = n->boot == gateway_boot() ? find(n->id) : NULL;
    if (number != NULL)
        *number = n->number;
    free(n->id);
    free(n);
    return r;
}

static void end_run(run *r) {
    session *s = r->session;
    DL_DELETE(s->queue, r);
    r->running = false;
    r->ended = true;
    r->ended_ms = world_now_ms();
    if (r->kind == RUN_ANSWERS) {
        cJSON *row = message_of(r->text);
        json_add_string(row, "stopReason", "stop");
        json_add_string(json_add_object(row, "__openclaw"), "runId", r->id);
        add_row(s, row);
    }
    if (r->job > 0)
        speaks_done(r->job);
    else
        ledger_run_ended(r->message, r->id, r->kind == RUN_ANSWERS);
    chat_event(r, r->kind == RUN_FAILS ? "error" : "final", r->kind == RUN_ANSWERS ? r->text : NULL);
    if (r->connection >= 0)
        respond_result(r, r->connection, r->request);
    while (r->waiters != NULL) {
        respond_wait(r, r->waiters->connection, r->waiters->request);
        free_waiter(r, r->waiters);
    }
    begin_next(s);
}

static void on_end(void *ctx) {
    run *r = remembered(ctx, NULL);
    if (r != NULL && r->running)
        end_run(r);
}

// What the agent says while it works: whole lines of its answer, or words that come to nothing.
static char *so_far(const run *r, int step) {
    const char *end = r->text;
    if (r->kind != RUN_ANSWERS || step == 0)
        return xasprintf("[preview] thinking aloud, step %d", step);
    for (int lines = 0; lines < step * step && end != NULL; lines++)
        end = strchr(end + 1, '\n');
    return end != NULL ? xstrndup(r->text, (size_t)(end - r->text)) : xstrdup(r->text);
}

static void on_delta(void *ctx) {
    int step = 0;
    run *r = remembered(ctx, &step);
    if (r == NULL || !r->running)
        return;
    char *text = so_far(r, step);
    chat_event(r, "delta", text);
    free(text);
    remind(DELTA_MS, on_delta, r->id, step + 1);
}

static void begin_next(session *s) {
    run *r = s->queue;
    if (r == NULL || r->running)
        return;
    r->running = true;
    if (r->job > 0) {
        add_prompt_row(s, r->id);
        r->text = speaks_text(r->job);
        remind(between(100, 3000), on_end, r->id, 0);
        return;
    }
    add_user_row(s, r->id, r->message);
    ledger_run_begun(r->message, r->id, s->key);
    int64_t takes = chance(50) ? between(8000, 30000) : between(100, 4000);
    if (r->kind == RUN_ANSWERS)
        r->text = ledger_answer(r->message, chance(10) ? LONG_LINES : (int)between(1, 3));
    remind(DELTA_MS, on_delta, r->id, 0);
    remind(takes, on_end, r->id, 0);
}

static run *add_run(session *s, const char *id, const char *message) {
    run *r = xcalloc(1, sizeof *r);
    r->id = xstrdup(id);
    r->message = xstrdup(message);
    r->session = s;
    r->connection = -1;
    HASH_ADD_KEYPTR(hh, runs, r->id, strlen(r->id), r);
    DL_APPEND(s->queue, r);
    return r;
}

// Scheduled: it begins when the gateway is up, and again when a crash lost it in the queue.
typedef struct job {
    char *key;
    int number;
} job;
static int jobs_made;

static void begin_job(void *ctx) {
    job *j = ctx;
    char id[32];
    if (!gateway_listens()) {
        world_after(1000, begin_job, j);
        return;
    }
    snprintf(id, sizeof id, "job-%d", ++jobs_made);
    session *s = session_of(j->key, true);
    run *r = add_run(s, id, "a job");
    r->kind = RUN_ANSWERS;
    r->job = j->number;
    free(j->key);
    free(j);
    begin_next(s);
}

void gateway_job(const char *session_key, int number) {
    job *j = xcalloc(1, sizeof *j);
    *j = (job){.key = xstrdup(session_key), .number = number};
    begin_job(j);
}

cJSON *gateway_sessions(void) {
    cJSON *p = json_new_object(), *list = json_add_array(p, "sessions");
    json_add_int(p, "ts", clock_ms());
    for (const session *s = sessions; s != NULL; s = s->hh.next) {
        cJSON *one = json_new_object();
        json_add_string(one, "key", s->key);
        json_add_int(one, "updatedAt", s->used_ms);
        json_push(list, one);
    }
    return p;
}

void gateway_agent(int connection, const char *id, const cJSON *params, bool smooth) {
    const char *key = json_text(params, "idempotencyKey");
    run *r = known(key);
    if (r != NULL && r->ended && world_now_ms() - r->ended_ms >= STILL_IN_FLIGHT_MS) {
        respond_result(r, connection, id);
        return;
    }
    if (r != NULL) {
        gateway_respond(connection, id, true, status_payload(key, "in_flight"), NULL);
        return;
    }
    r = add_run(session_of(json_text(params, "sessionKey"), true), key, json_text(params, "message"));
    r->connection = connection;
    r->request = xstrdup(id);
    r->kind = !smooth && chance(15) ? RUN_FAILS : !smooth && chance(10) ? RUN_SAYS_NOTHING : RUN_ANSWERS;
    ledger_run_taken(r->message, r->id, r->session->key);
    gateway_respond(connection, id, true, status_payload(key, "accepted"), NULL);
    begin_next(r->session);
}

static void on_wait_over(void *ctx) {
    int number = 0;
    run *r = remembered(ctx, &number);
    waiter *w = NULL;
    if (r == NULL)
        return;
    DL_SEARCH_SCALAR(r->waiters, w, number, number);
    if (w == NULL)
        return;
    gateway_respond(w->connection, w->request, true, status_payload(r->id, "timeout"), NULL);
    free_waiter(r, w);
}

void gateway_wait(int connection, const char *id, const cJSON *params) {
    const char *run_id = json_text(params, "runId");
    run *r = known(run_id);
    if (r == NULL) {
        gateway_respond(connection, id, true, status_payload(run_id, "timeout"), NULL);
    } else if (r->ended) {
        respond_wait(r, connection, id);
    } else {
        waiter *w = xcalloc(1, sizeof *w);
        *w = (waiter){.connection = connection, .number = ++waiters_made, .request = xstrdup(id)};
        DL_APPEND(r->waiters, w);
        remind(json_int(params, "timeoutMs", 30000), on_wait_over, run_id, w->number);
    }
}

cJSON *gateway_history(const char *session_key, int rows) {
    const session *s = session_of(session_key, false);
    cJSON *p = json_new_object(), *list = json_add_array(p, "messages"),
          *info = json_add_object(p, "sessionInfo");
    cJSON *active = json_add_array(info, "activeRunIds");
    int count = s != NULL ? cJSON_GetArraySize(s->rows) : 0, at = 0;
    const cJSON *row = NULL, *all = s != NULL ? s->rows : NULL;
    cJSON_ArrayForEach(row, all) {
        if (at++ < count - rows)
            continue;
        json_push(list, cJSON_Duplicate(row, true));
        if (strcmp(json_text(row, "role"), "user") == 0)
            ledger_answer_told(json_text(row, "content"), false);
    }
    if (s != NULL && s->queue != NULL)
        json_push(active, json_new_string(s->queue->id));
    json_add_bool(p, "hasMore", count > rows);
    json_add_bool(info, "hasActiveRun", cJSON_GetArraySize(active) > 0);
    return p;
}

bool gateway_abort(const char *run_id) {
    run *r = find(run_id);
    if (r == NULL || r->ended)
        return false;
    r->kind = RUN_SAYS_NOTHING;
    ledger_run_aborted(r->message);
    if (r->running)
        end_run(r);
    return true;
}

void gateway_runs_client_gone(int connection) {
    for (run *r = runs; r != NULL; r = r->hh.next) {
        waiter *w = NULL, *next = NULL;
        if (r->connection == connection)
            r->connection = -1;
        DL_FOREACH_SAFE (r->waiters, w, next)
            if (w->connection == connection)
                free_waiter(r, w);
    }
}

bool gateway_runs_open(void) {
    for (const session *s = sessions; s != NULL; s = s->hh.next)
        if (s->queue != NULL || s->interrupted != NULL)
            return true;
    return false;
}

// --- restarts ---

void gateway_runs_crash(void) {
    run *r = NULL, *next = NULL;
    for (session *s = sessions; s != NULL; s = s->hh.next) {
        if (s->queue != NULL && s->queue->running) {
            free(s->interrupted);
            s->interrupted = xstrdup(s->queue->message);
            s->interrupted_job = s->queue->job;
            if (s->queue->job == 0)
                ledger_run_interrupted(s->queue->message);
        }
    }
    HASH_ITER (hh, runs, r, next)
        free_run(r);
}

static void go_on(void *ctx) {
    note *n = ctx;
    session *s = session_of(n->id, false);
    if (s != NULL && s->interrupted != NULL && n->boot == gateway_boot()) {
        char id[32];
        snprintf(id, sizeof id, "continued-%d", ++continuations);
        run *r = add_run(s, id, s->interrupted);
        DL_DELETE(s->queue, r);
        DL_PREPEND(s->queue, r);
        r->kind = RUN_ANSWERS;
        r->running = true;
        r->job = s->interrupted_job;
        r->text = r->job > 0 ? speaks_text(r->job) : ledger_answer(r->message, 1);
        add_user_row(s, id, "[System] Your previous turn was interrupted by a gateway restart.");
        if (r->job == 0)
            ledger_run_begun(r->message, id, s->key);
        remind(between(500, 5000), on_end, id, 0);
        free(s->interrupted);
        s->interrupted = NULL;
    }
    free(n->id);
    free(n);
}

void gateway_runs_boot(void) {
    for (session *s = sessions; s != NULL; s = s->hh.next)
        if (s->interrupted != NULL) {
            note *n = xmalloc(sizeof *n);
            *n = (note){.boot = gateway_boot(), .id = xstrdup(s->key)};
            world_after(between(100, 3000), go_on, n);
        }
}

void gateway_runs_end(void) {
    session *s = NULL, *next = NULL;
    while (runs != NULL)
        free_run(runs);
    HASH_ITER (hh, sessions, s, next) {
        HASH_DEL(sessions, s);
        free(s->key);
        free(s->mode);
        free(s->interrupted);
        cJSON_Delete(s->rows);
        free(s);
    }
}
