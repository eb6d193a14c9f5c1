// SPDX-License-Identifier: Apache-2.0
#include "admin/bench.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"

#include <stdlib.h>
#include <time.h>

enum { ECHO_MAX_BYTES = 32 << 20, CALLS_MAX = 100000, WARM_UP = 50, ANSWER_MAX_BYTES = 4096 };

void bench_small(const admin_http *a, chat_http *r) {
    char *text = xasprintf("hello %s", chat_http_user_id(r));
    (void)a;
    chat_http_answer(r, 200, "text/plain", NULL, bytes_str(text));
    free(text);
}

static void on_echo_body(void *ctx, chat_http *r, oc_err err, bytes body) {
    (void)ctx;
    if (err == OC_OK)
        chat_http_answer(r, 200, "application/octet-stream", NULL, body);
    else if (err == OC_ELIMIT)
        chat_http_answer_error(r, 413, "The body is larger than 32 MiB.");
    else
        chat_http_answer_error(r, 400, "The body did not come whole.");
}

void bench_echo(const admin_http *a, chat_http *r) {
    (void)a;
    chat_http_read(r, ECHO_MAX_BYTES, on_echo_body, NULL);
}

typedef struct series {
    chat *chat;
    chat_http *request;
    char *user_id;
    size_t count, done; // done counts the warm-up too
    int64_t started_ns;
    int64_t *took_ns;
} series;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double quantile_us(const series *s, double q) {
    return (double)s->took_ns[(size_t)(q * (double)(s->count - 1))] / 1000.0;
}

static void report(series *s) {
    buf text;
    qsort(s->took_ns, s->count, sizeof *s->took_ns, by_size);
    buf_init(&text, ANSWER_MAX_BYTES);
    if (buf_printf(
            &text,
            "{\"GetUser\":{\"n\":%zu,\"min_us\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f}}",
            s->count, quantile_us(s, 0), quantile_us(s, 0.5), quantile_us(s, 0.9),
            quantile_us(s, 0.99)) == OC_OK)
        chat_http_answer(s->request, 200, "application/json", NULL, buf_bytes(&text));
    else
        chat_http_answer_error(s->request, 500, "The figures do not fit.");
    buf_free(&text);
}

static void next(series *s);

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    series *s = ctx;
    (void)user;
    if (error->err == OC_OK && s->done >= WARM_UP)
        s->took_ns[s->done - WARM_UP] = now_ns() - s->started_ns;
    s->done++;
    if (error->err != OC_OK)
        chat_http_answer_error(s->request, 502, error->message);
    else if (s->done == s->count + WARM_UP)
        report(s);
    else {
        next(s);
        return;
    }
    free(s->user_id);
    free(s->took_ns);
    free(s);
}

static void next(series *s) {
    chat_forget_user(s->chat, s->user_id);
    s->started_ns = now_ns();
    chat_get_user(s->chat, s->user_id, on_user, s);
}

void bench_api(const admin_http *a, chat_http *r) {
    const char *n = strstr(chat_http_query(r), "n=");
    uint64_t count = 0;
    size_t len = n != NULL ? strcspn(n + 2, "&") : 0;
    if (n == NULL || parse_uint(bytes_of(n + 2, len), CALLS_MAX, &count) != OC_OK || count == 0) {
        chat_http_answer_error(r, 400, "n must be a number from 1 to 100000.");
        return;
    }
    series *s = xcalloc(1, sizeof *s);
    *s = (series){.chat = a->chat, .request = r, .count = (size_t)count};
    s->user_id = xstrdup(chat_http_user_id(r));
    s->took_ns = xcalloc(s->count, sizeof *s->took_ns);
    next(s);
}
