// SPDX-License-Identifier: Apache-2.0
// The plugin adapter of the chat interface on a real link, whose other end is a scripted shim. Included by its tests.
#ifndef OC_TESTS_CHAT_BENCH_H
#define OC_TESTS_CHAT_BENCH_H

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "chat/plugin_chat.h"
#include "nng_end.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { BENCH_LIMIT_MS = 20000, BENCH_CALLS_MAX = 64 };

typedef struct bench_call {
    uint64_t id;
    char *method, *params;
} bench_call;

// What the shim says to a method, in turn; the last one goes on. result NULL: an error.
typedef struct bench_script {
    const char *method, *result;
    int code;
    const char *error_id;
} bench_script;

typedef struct chat_bench {
    loop *l;
    link_t *shim, *core;
    chat *chat;
    bench_call calls[BENCH_CALLS_MAX];
    size_t call_count;
    const bench_script *scripts;
    size_t script_count, used[BENCH_CALLS_MAX];
    bool silent; // the shim does not answer
    // Takes a call in place of the scripts: true when it did.
    bool (*take)(struct chat_bench *b, uint64_t id, const char *method, const link_message *m);
    int answers; // of calls to the core
    char *answer;
    bool core_down;
} chat_bench;

#define bench_until(b, condition)                                                                            \
    do {                                                                                                     \
        int64_t limit = loop_now_ms((b)->l) + BENCH_LIMIT_MS;                                                \
        while (!(condition) && loop_now_ms((b)->l) < limit)                                                  \
            loop_step((b)->l, 20);                                                                           \
        assert_true(condition);                                                                              \
    } while (0)

#define BENCH_SCRIPT(b, rows)                                                                                \
    ((b)->scripts = (rows), (b)->script_count = sizeof(rows) / sizeof(rows)[0],                              \
     memset((b)->used, 0, sizeof(b)->used))

static inline void bench_answer(chat_bench *b, uint64_t id, const bench_script *s) {
    if (s->result != NULL) {
        link_answer(b->shim, id, bytes_str(s->result), bytes_of(NULL, 0));
        return;
    }
    cJSON *data = json_new_object();
    json_add_string(data, "id", s->error_id);
    link_answer_error(b->shim, id, s->code, "scripted", data);
    cJSON_Delete(data);
}

static inline void bench_play(chat_bench *b, uint64_t id, const char *method) {
    static const bench_script nothing = {.method = "", .result = "null"};
    const bench_script *chosen = &nothing;
    for (size_t i = 0; i < b->script_count; i++) {
        if (strcmp(b->scripts[i].method, method) != 0)
            continue;
        chosen = &b->scripts[i];
        if (b->used[i]++ == 0)
            break;
    }
    bench_answer(b, id, chosen);
}

static inline void bench_on_call(void *ctx, uint64_t id, const char *method, const link_message *m) {
    chat_bench *b = ctx;
    assert_true(b->call_count < BENCH_CALLS_MAX);
    bench_call *c = &b->calls[b->call_count++];
    char *text = cJSON_PrintUnformatted(m->json);
    *c = (bench_call){.id = id, .method = xstrdup(method), .params = xstrdup(text)};
    cJSON_free(text);
    if (b->take != NULL && b->take(b, id, method, m))
        return;
    if (id != 0 && !b->silent)
        bench_play(b, id, method);
}

static inline void bench_on_core_answer(void *ctx, const link_message *answer) {
    chat_bench *b = ctx;
    char *text = cJSON_PrintUnformatted(answer->error != NULL ? answer->error : answer->json);
    free(b->answer);
    b->answer = xstrdup(text);
    cJSON_free(text);
    b->answers++;
}

// The shim calls a hook; the answer lies in b->answer when b->answers has grown.
static inline void bench_hook(chat_bench *b, const char *hook, const char *params) {
    assert_int_equal(
        link_call(b->shim, hook, bytes_str(params), bytes_of(NULL, 0), 0, bench_on_core_answer, b, NULL),
        OC_OK);
}

static inline size_t bench_count(const chat_bench *b, const char *method) {
    size_t count = 0;
    for (size_t i = 0; i < b->call_count; i++)
        count += strcmp(b->calls[i].method, method) == 0;
    return count;
}

// Params of the last call of that method.
static inline const char *bench_params(const chat_bench *b, const char *method) {
    for (size_t i = b->call_count; i-- > 0;) {
        if (strcmp(b->calls[i].method, method) == 0)
            return b->calls[i].params;
    }
    return "no such call";
}

static inline void bench_no_log(void *ctx, log_level level, const char *message, const log_field *fields,
                                size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static inline void bench_on_down(void *ctx) {
    (void)ctx;
}

static int64_t BENCH_AHEAD_MS; // of the system's clock

static inline int64_t bench_mono_ms(void *ctx) {
    (void)ctx;
    return oc_clock_system()->mono_ms(NULL) + BENCH_AHEAD_MS;
}

static inline int64_t bench_wall_ms(void *ctx) {
    (void)ctx;
    return oc_clock_system()->wall_ms(NULL) + BENCH_AHEAD_MS;
}

static inline int bench_setup(void **state) {
    static const oc_clock clock = {bench_mono_ms, bench_wall_ms, NULL};
    chat_bench *b = xcalloc(1, sizeof *b);
    char name[17];
    random_hex(name, 8);
    char *url = xasprintf("abstract://test-chat-%s", name);
    BENCH_AHEAD_MS = 0;
    b->l = loop_create(&clock);
    log_set_sink(bench_no_log, NULL);
    assert_int_equal(link_listen(b->l, url, &b->shim), OC_OK);
    link_expect_peer(b->shim, getpid());
    link_on_call(b->shim, bench_on_call, b);
    link_on_down(b->shim, bench_on_down, b);
    assert_int_equal(link_dial(b->l, url, &b->core), OC_OK);
    b->chat = plugin_chat_create(b->l, b->core);
    free(url);
    *state = b;
    return 0;
}

// As at the end of the process: the link goes first.
static inline void bench_cut(chat_bench *b) {
    if (b->core_down)
        return;
    b->core_down = true;
    link_destroy(b->core);
}

static inline int bench_teardown(void **state) {
    chat_bench *b = *state;
    bench_cut(b);
    plugin_chat_destroy(b->chat);
    link_destroy(b->shim);
    loop_destroy(b->l);
    log_set_sink(NULL, NULL);
    for (size_t i = 0; i < b->call_count; i++) {
        free(b->calls[i].method);
        free(b->calls[i].params);
    }
    free(b->answer);
    free(b);
    return 0;
}

#endif
