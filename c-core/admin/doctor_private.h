// SPDX-License-Identifier: Apache-2.0
// What the files that gather facts share. Not for others.
#ifndef OC_ADMIN_DOCTOR_PRIVATE_H
#define OC_ADMIN_DOCTOR_PRIVATE_H

#include "admin/doctor.h"
#include "admin/doctor_machine.h"

typedef struct asking { // somebody asked; answers are awaited
    doctor *owner;
    doctor_fn *fn;
    void *ctx;
    int64_t began_ms;
    doctor_facts facts;
    account **held; // as many as facts.accounts
    char *site_url, *version, *store_error, *callback_error;
    size_t waiting;
    bool all_asked;
    loop_timer deadline, look;
    struct asking *prev, *next;
} asking;

typedef struct question { // to one of those who are asked
    doctor *owner;
    asking *asking; // NULL: it was judged without the answer
    doctor_account *account;
    doctor_answer *state;
    doctor_place *place;
    char key[40]; // in the store
    struct question *prev, *next;
} question;

struct doctor {
    doctor_world world;
    asking *askings;
    question *questions;
};

// Counts as waiting until doctor_answered, which frees it and may end the asking. DOCTOR_WAITING leaves the state to another question.
question *doctor_question(asking *a, doctor_account *of, doctor_answer *state);
void doctor_answered(question *q, doctor_answer answer);
static inline doctor_answer doctor_answer_of(oc_err err) {
    return err == OC_OK ? DOCTOR_ANSWERED : DOCTOR_FAILED;
}

void doctor_ask_server(asking *a);                // doctor_ask_server.c: the server, the store, the way back
void doctor_ask_account(asking *a, size_t index); // doctor_ask_account.c: bot, people, places
void doctor_ask_gateway(
    asking *a, size_t index); // once the gateway is connected; does nothing before, and the second time

#endif
