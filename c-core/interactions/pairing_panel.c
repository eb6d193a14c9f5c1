// SPDX-License-Identifier: Apache-2.0
// Pending pairings for the status panel: as data instead of words.
#include "base/json.h"
#include "base/mem.h"
#include "interactions/pairing_private.h"
#include "interactions/pairing_words.h"

#include <stdlib.h>
#include <string.h>

enum { PANEL_REQUESTS_MAX = 100 }; // shown; more are only counted

typedef struct panel_job {
    pairing_desk *desk;
    person by;
    size_t index; // of the account whose turn it is
    cJSON *list;
    int64_t more;
    cJSON *what; // to be decided; NULL: this is a list
    bool approve;
    admin_json_fn *fn;
    void *ctx;
} panel_job;

static panel_job *job_begin(pairing_desk *d, admin_json_fn *fn, void *ctx) {
    panel_job *job = xcalloc(1, sizeof *job);
    job->desk = d;
    job->fn = fn;
    job->ctx = ctx;
    return job;
}

static void job_end(panel_job *job, int status, cJSON *body) {
    job->fn(job->ctx, status, body);
    cJSON_Delete(body);
    cJSON_Delete(job->list);
    cJSON_Delete(job->what);
    free(job);
}

static void job_refuse(panel_job *job, int status, const char *result, const char *sentence) {
    cJSON *body = json_new_object();
    json_add_string(body, "result", result);
    char *said = words_in(job->by.lang, sentence);
    json_add_string(body, "error", said);
    free(said);
    job_end(job, status, body);
}

// --- the list ---

static void add_request(panel_job *job, const account *a, const pairing_request *r) {
    if (cJSON_GetArraySize(job->list) >= PANEL_REQUESTS_MAX) {
        job->more++;
        return;
    }
    cJSON *item = json_new_object();
    json_add_string(item, "account", a->id);
    json_add_string(item, "bot_username", a->bot_username);
    json_add_string(item, "key", r->key);
    json_add_string(item, "code", r->code);
    json_add_string(item, "user_id", r->user_id);
    json_add_string(item, "username", r->name);
    json_add_int(item, "asked_ms", r->created_ms);
    json_add_int(item, "ends_ms", r->created_ms + PAIRING_LIVES_MS);
    json_push(job->list, item);
}

static void list_next(panel_job *job);

static void on_state(void *ctx, oc_err err, const pairing_state *state) {
    panel_job *job = ctx;
    int64_t now_ms = loop_wall_ms(job->desk->world.loop);
    const account *a = job->desk->world.account(job->desk->world.ctx, job->index++);
    if (err != OC_OK) {
        char *text = words_pairing_store(err);
        job_refuse(job, 503, "store", text);
        free(text);
        return;
    }
    for (size_t i = 0; a != NULL && i < pairing_count(state); i++) {
        if (pairing_is_live(pairing_at(state, i), now_ms))
            add_request(job, a, pairing_at(state, i));
    }
    list_next(job);
}

static void list_next(panel_job *job) {
    const account *a = job->desk->world.account(job->desk->world.ctx, job->index);
    while (a != NULL && !desk_may_decide(a, &job->by))
        a = job->desk->world.account(job->desk->world.ctx, ++job->index);
    if (a != NULL) {
        pairings_change(job->desk->world.store, a->id, NULL, on_state, job);
        return;
    }
    cJSON *body = json_new_object();
    json_add(body, "pairings", job->list);
    job->list = NULL;
    json_add_int(body, "more", job->more);
    job_end(job, 200, body);
}

static void on_lister(void *ctx, const person *p) {
    panel_job *job = ctx;
    job->by = *p;
    list_next(job);
}

static void list_requests(void *desk, const char *user_id, admin_json_fn *fn, void *ctx) {
    pairing_desk *d = desk;
    panel_job *job = job_begin(d, fn, ctx);
    job->list = json_new_array();
    person_look(d->world.chat, user_id, on_lister, job);
}

// --- a decision ---

static const struct verdict_answer {
    int status;
    const char *result;
} ANSWERS[] = {
    [PAIRING_DECIDED] = {200, "decided"}, [PAIRING_EARLIER] = {409, "earlier"},
    [PAIRING_EXPIRED] = {410, "expired"}, [PAIRING_UNKNOWN] = {404, "unknown"},
    [PAIRING_FULL] = {409, "full"},
};

static void on_decided(void *ctx, oc_err err, pairing_verdict verdict, const pairing_request *r) {
    panel_job *job = ctx;
    char *text = words_pairing_verdict(err, verdict, r, job->approve);
    if (err != OC_OK) {
        job_refuse(job, 503, "store", text);
    } else if (verdict != PAIRING_DECIDED) {
        job_refuse(job, ANSWERS[verdict].status, ANSWERS[verdict].result, text);
    } else {
        cJSON *body = json_new_object();
        json_add_string(body, "result", ANSWERS[verdict].result);
        json_add_bool(body, "approved", job->approve);
        char *said = words_in(job->by.lang, text);
        json_add_string(body, "text", said);
        free(said);
        job_end(job, 200, body);
    }
    free(text);
}

static void on_decider(void *ctx, const person *p) {
    panel_job *job = ctx;
    job->by = *p;
    const account *a = desk_account(job->desk, json_text(job->what, "account"));
    if (a == NULL || !desk_may_decide(a, p))
        job_refuse(job, a == NULL ? 404 : 403, a == NULL ? "unknown" : "right",
                   words_marked(WORD_PAIRING_NOT_YOURS));
    else
        desk_decide(job->desk, a, json_text(job->what, "key"), job->approve, p, on_decided, job);
}

static void decide(void *desk, const char *user_id, const cJSON *body, admin_json_fn *fn, void *ctx) {
    pairing_desk *d = desk;
    panel_job *job = job_begin(d, fn, ctx);
    if (!cJSON_IsBool(json_get(body, "approve")) || strlen(json_text(body, "key")) + 1 != PAIRING_KEY_BYTES) {
        job_refuse(job, 400, "malformed", "The request must name account, key and approve.");
        return;
    }
    job->what = cJSON_Duplicate(body, true);
    job->approve = json_bool(body, "approve", false);
    person_look(d->world.chat, user_id, on_decider, job);
}

admin_panel pairing_desk_panel(pairing_desk *d) {
    return (admin_panel){.pairings = list_requests, .decide = decide, .ctx = d};
}
