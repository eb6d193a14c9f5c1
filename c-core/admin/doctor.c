// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor.h"

#include "admin/doctor_judge.h"
#include "admin/doctor_private.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

enum { LOOK_EVERY_MS = 100 };

doctor *doctor_create(const doctor_world *w) {
    doctor *d = xcalloc(1, sizeof *d);
    d->world = *w;
    return d;
}

static void free_asking(asking *a) {
    for (size_t i = 0; i < a->facts.account_count; i++) {
        doctor_account *one = &a->facts.accounts[i];
        for (size_t p = 0; p < one->people_count; p++)
            free((char *)(uintptr_t)one->people[p].id);
        for (size_t p = 0; p < one->place_count; p++)
            free((char *)(uintptr_t)one->places[p].id);
        cJSON_Delete((cJSON *)(uintptr_t)one->agents);
        a->owner->world.release(a->held[i]);
    }
    loop_timer_cancel(&a->deadline);
    loop_timer_cancel(&a->look);
    free(a->facts.accounts);
    free(a->held);
    free(a->site_url);
    free(a->version);
    free(a->store_error);
    free(a->callback_error);
    free(a);
}

void doctor_destroy(doctor *d) {
    question *q = NULL, *next_question = NULL;
    asking *a = NULL, *next = NULL;
    if (d == NULL)
        return;
    DL_FOREACH_SAFE (d->questions, q, next_question)
        free(q); // a gateway that is gone has forgotten them
    DL_FOREACH_SAFE (d->askings, a, next)
        free_asking(a);
    free(d);
}

// --- the end: what is known now is judged ---

// Rules and connections as they are at this moment.
static void look_at_accounts(asking *a) {
    for (size_t i = 0; i < a->facts.account_count; i++) {
        const account *from = a->held[i];
        doctor_account *to = &a->facts.accounts[i];
        to->id = from->id;
        to->bot_username = from->bot_username != NULL ? from->bot_username : "";
        to->rules = from->config;
        to->has_gateway = from->gateway != NULL;
        to->has_control = from->control != NULL;
        to->has_node = from->node != NULL;
        to->first_with_gateway = from->gateway != NULL;
        for (size_t before = 0; before < i; before++)
            to->first_with_gateway = to->first_with_gateway && a->held[before]->gateway != from->gateway;
        if (to->has_gateway)
            to->gateway = gateway_get_status(from->gateway);
        if (to->has_control)
            to->control = control_get_status(from->control);
        if (to->has_node)
            to->node = node_get_status(from->node);
        if (to->rules != NULL && to->first_with_gateway)
            to->ca = doctor_ca_look(&to->rules->gateway);
    }
}

static void finish(asking *a) {
    doctor *d = a->owner;
    const doctor_world *w = &d->world;
    char folder[DOCTOR_FOLDER_BYTES];
    question *q = NULL;
    DL_DELETE(d->askings, a);
    DL_FOREACH (d->questions, q) {
        if (q->asking == a)
            q->asking = NULL; // too late for it
    }
    char *problems = w->problems(w->ctx);
    look_at_accounts(a);
    doctor_machine_look(&a->facts.machine, folder, loop_wall_ms(w->loop));
    a->facts.has_rules = w->has_rules(w->ctx);
    a->facts.problems = problems;
    a->facts.quiet = w->own == NULL;
    a->facts.way = chat_get_connection(w->chat);
    a->facts.store_error = a->store_error != NULL ? a->store_error : "";
    a->facts.callback_error = a->callback_error != NULL ? a->callback_error : "";
    if (w->own != NULL)
        w->own(w->own_ctx, &a->facts.own);
    doctor_report *report = doctor_judge(&a->facts);
    doctor_report_took(report, loop_wall_ms(w->loop), loop_now_ms(w->loop) - a->began_ms);
    a->fn(a->ctx, report);
    doctor_report_destroy(report);
    free(problems);
    free_asking(a);
}

static bool settles(const gateway *g) {
    switch (gateway_get_status(g).state) {
    case GATEWAY_CONNECTING:
    case GATEWAY_WAIT_CHALLENGE:
    case GATEWAY_WAIT_HELLO:
        return true;
    case GATEWAY_IDLE:
    case GATEWAY_READY:
    case GATEWAY_BACKOFF:
    case GATEWAY_PAIRING:
    case GATEWAY_HALTED:
        break;
    }
    return false;
}

static void on_look(void *ctx);

// A gateway that is being connected will be one thing or the other soon.
static void look(asking *a) {
    bool later = false;
    if (!a->all_asked)
        return;
    a->all_asked = false; // a question that ends at once must not end the asking under our feet
    for (size_t i = 0; i < a->facts.account_count; i++) {
        const gateway *g = a->held[i]->gateway;
        later = later || (g != NULL && settles(g));
        doctor_ask_gateway(a, i);
    }
    a->all_asked = true;
    if (!later && a->waiting == 0)
        finish(a);
    else if (later && !loop_timer_armed(&a->look))
        loop_timer_set(a->owner->world.loop, &a->look, LOOK_EVERY_MS, on_look, a);
}

static void on_look(void *ctx) {
    look(ctx);
}

static void on_deadline(void *ctx) {
    finish(ctx);
}

// --- questions ---

question *doctor_question(asking *a, doctor_account *of, doctor_answer *state) {
    question *q = xcalloc(1, sizeof *q);
    *q = (question){.owner = a->owner, .asking = a, .account = of, .state = state};
    *state = DOCTOR_WAITING;
    a->waiting++;
    DL_APPEND(a->owner->questions, q);
    return q;
}

void doctor_answered(question *q, doctor_answer answer) {
    asking *a = q->asking;
    if (a != NULL) {
        a->waiting--;
        if (answer != DOCTOR_WAITING)
            *q->state = answer;
    }
    DL_DELETE(q->owner->questions, q);
    free(q);
    if (a != NULL && a->waiting == 0)
        look(a);
}

void doctor_ask(doctor *d, doctor_fn *fn, void *ctx) {
    const doctor_world *w = &d->world;
    asking *a = xcalloc(1, sizeof *a);
    *a = (asking){.owner = d, .fn = fn, .ctx = ctx, .began_ms = loop_now_ms(w->loop)};
    DL_APPEND(d->askings, a);
    size_t count = 0;
    while (w->account(w->ctx, count) != NULL)
        count++;
    a->facts.accounts = xcalloc(count + 1, sizeof *a->facts.accounts);
    a->held = xcalloc(count + 1, sizeof(account *));
    a->facts.account_count = count;
    for (size_t i = 0; i < count; i++)
        a->held[i] = w->hold(w->account(w->ctx, i));
    loop_timer_set(w->loop, &a->deadline, w->within_ms > 0 ? w->within_ms : DOCTOR_WITHIN_MS, on_deadline, a);
    doctor_ask_server(a);
    for (size_t i = 0; i < count; i++)
        doctor_ask_account(a, i);
    a->all_asked = true;
    look(a);
}
