// SPDX-License-Identifier: Apache-2.0
// External mode's listener with its accounts, before a Mattermost server that answers as told: what a callback comes to.
#ifndef OC_TESTS_REST_BENCH_H
#define OC_TESTS_REST_BENCH_H

#include "base/loop.h"
#include "chat/chat.h"
#include "chat/rest_front.h"
#include "config/account.h"

enum { REST_BENCH_ACCOUNTS_MAX = 4 };

typedef struct rest_bench rest_bench;

// What the Mattermost server answers; status 0: never.
typedef struct rest_bench_reply {
    int status;
    char *body; // taken, NULL: {}
} rest_bench_reply;
typedef rest_bench_reply rest_bench_serve_fn(void *ctx, const http_request *r);

typedef struct rest_bench_answer {
    int status; // 0: the connection ended without a word
    char *allow, *type, *body;
} rest_bench_answer;

// events and serve are those of every account.
rest_bench *rest_bench_create(const oc_clock *clock, rest_bench_serve_fn *serve, const chat_events *events,
                              void *ctx);
// The same with one account at work, whose events nobody hears, and without a log.
rest_bench *rest_bench_quiet(const oc_clock *clock, rest_bench_serve_fn *serve, void *ctx, chat **only);
void rest_bench_destroy(rest_bench *b); // also takes the log up again
loop *rest_bench_loop(const rest_bench *b);
rest_front_trust *rest_bench_trust(rest_bench *b); // can be set
// An account whose server is the bench's; at_work: as after its start, its bot being bot_id. The settings can be changed in
// prepare (NULL: they stay) before the account is made. Borrowed.
chat *rest_bench_add(rest_bench *b, const char *id, bool at_work, void (*prepare)(server_config *s));
// A slash command that stands.
void rest_bench_command(chat *c, const char *id, const char *team_id, const char *trigger, const char *token);
// What the server was asked, "GET /api/v4/…", in order; the same in a row once.
const cJSON *rest_bench_asked(const rest_bench *b);
void rest_bench_forget(rest_bench *b);

// count requests at once, as raw bytes; answers come in their order. Runs the loop.
void rest_bench_ask(rest_bench *b, size_t count, const char *const *requests, rest_bench_answer *answers);
void rest_bench_answer_free(rest_bench_answer *a);
// One request. type NULL: none; more: further header lines with their ends, or NULL. The caller frees it.
char *rest_bench_request(const char *method, const char *path, const char *type, const char *more,
                         const char *body);

#endif
