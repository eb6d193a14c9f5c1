// SPDX-License-Identifier: Apache-2.0
// /openclaw doctor: what is wrong with the installation, why, and what to do. One table of checks (doctor.c), each a pure
// function from facts to findings; what they need is gathered before. To add a check: a function, a line in the table, a row
// in its test.
#ifndef OC_ADMIN_DOCTOR_H
#define OC_ADMIN_DOCTOR_H

#include "account/account.h"
#include "chat/chat.h"

typedef struct doctor_facts { // borrowed
    const account *const *accounts;
    size_t account_count;
    bool has_rules;       // the settings can be used
    const char *problems; // why accounts have no bot: Markdown lines; NULL: all have one
    bool server_known;
    const chat_server_info *server;
} doctor_facts;

typedef enum doctor_level {
    DOCTOR_GOOD,
    DOCTOR_NOTE,  // works, but somebody should know
    DOCTOR_WRONG, // does not work, or is dangerous
} doctor_level;

typedef struct doctor_report doctor_report; // findings as they come
void doctor_say(doctor_report *r, doctor_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

typedef void doctor_check(const doctor_facts *f, doctor_report *r);

// The whole answer, Markdown; the caller frees it. Pure.
char *doctor_text(const doctor_facts *f);

typedef struct doctor_world {
    chat *chat;
    account *(*account)(void *ctx, size_t index); // those at work; NULL beyond the last one
    bool (*has_rules)(void *ctx);
    char *(*problems)(void *ctx); // the caller frees it; NULL: none
    void *ctx;
} doctor_world;
// Gathers the facts and tells the text (borrowed). fn comes exactly once, perhaps before this returns.
typedef void doctor_fn(void *ctx, const char *text);
void doctor_ask(const doctor_world *w, doctor_fn *fn, void *ctx);

#endif
