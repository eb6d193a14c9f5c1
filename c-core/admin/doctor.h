// SPDX-License-Identifier: Apache-2.0
// What is wrong with the installation, why, and what to do: /openclaw doctor, openclaw-mattermost --doctor, GET /api/v1/doctor.
// Facts are gathered (doctor.c, doctor_facts.h), judged by a table of pure checks (doctor_judge.h) and shown (doctor_report.h).
#ifndef OC_ADMIN_DOCTOR_H
#define OC_ADMIN_DOCTOR_H

#include "admin/doctor_facts.h"
#include "base/loop.h"

typedef struct doctor doctor;

typedef struct doctor_world { // copied; what it points to must outlive the doctor
    loop *loop;
    chat *chat;
    account *(*account)(void *ctx, size_t index); // those at work; NULL beyond the last one
    account *(*hold)(account *a);                 // account.h
    void (*release)(account *a);
    bool (*has_rules)(void *ctx);
    char *(*problems)(void *ctx); // the caller frees it; NULL: none
    void *ctx;
    // What the process counts; NULL: it serves nobody (doctor_facts.quiet).
    void (*own)(void *own_ctx, doctor_own *out);
    void *own_ctx;
    int64_t within_ms; // 0: DOCTOR_WITHIN_MS
} doctor_world;

enum { DOCTOR_WITHIN_MS = 4500 };

doctor *doctor_create(const doctor_world *w);
// After the chat's and the gateways' calls have ended. Who waits is told nothing any more. NULL-safe.
void doctor_destroy(doctor *d);

// Asks everybody side by side and tells what was found (borrowed) within DOCTOR_WITHIN_MS; what did not answer by then stands in it
// as unknown. fn comes exactly once, perhaps before this returns. Gateways that are just being connected are waited for.
typedef void doctor_fn(void *ctx, const doctor_report *report);
void doctor_ask(doctor *d, doctor_fn *fn, void *ctx);

#endif
