// SPDX-License-Identifier: Apache-2.0
// Files over REST, both ways, from a server that answers as told; and what the listener says to requests that are none.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/files.h"
#include "rest_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { FASTER = 100, LIMIT_STEPS = 5000 };

typedef struct scene {
    rest_bench *bench;
    chat *chat;
    int status;
    const char *body;
    buf got;  // what came of a file
    buf sent; // what the server got of one
    int ends;
    oc_err err;
    int http_status;
    char *file_id, *asked;
} scene;

// A clock that runs fast: the waits of the listener last a moment.
static int64_t fast_ms(void *ctx) {
    (void)ctx;
    return oc_clock_system()->mono_ms(NULL) * FASTER;
}

static int64_t wall_ms(void *ctx) {
    (void)ctx;
    return oc_clock_system()->wall_ms(NULL);
}

static const oc_clock FAST = {fast_ms, wall_ms, NULL};

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static rest_bench_reply serve(void *ctx, const http_request *r) {
    scene *s = ctx;
    free(s->asked);
    s->asked = xasprintf("%s %s?%s", r->method, r->path, r->query);
    buf_clear(&s->sent);
    assert_int_equal(buf_append(&s->sent, r->body.data, r->body.len), OC_OK);
    return (rest_bench_reply){.status = s->status, .body = s->body != NULL ? xstrdup(s->body) : NULL};
}

static int set_up_with(void **state, const oc_clock *clock) {
    static const chat_events events = {.post = NULL};
    scene *s = xcalloc(1, sizeof *s);
    log_set_sink(no_log, NULL);
    buf_init(&s->got, 1 << 20);
    buf_init(&s->sent, 1 << 20);
    s->bench = rest_bench_create(clock, serve, &events, s);
    s->chat = rest_bench_add(s->bench, "default", true, NULL);
    *state = s;
    return 0;
}

static int set_up(void **state) {
    return set_up_with(state, NULL);
}

static int set_up_fast(void **state) {
    return set_up_with(state, &FAST);
}

static int tear_down(void **state) {
    scene *s = *state;
    rest_bench_destroy(s->bench);
    log_set_sink(NULL, NULL);
    buf_free(&s->got);
    buf_free(&s->sent);
    free(s->file_id);
    free(s->asked);
    free(s);
    return 0;
}

static void until_ends(scene *s, int ends) {
    for (int i = 0; i < LIMIT_STEPS && s->ends < ends; i++)
        loop_step(rest_bench_loop(s->bench), 10);
    assert_int_equal(s->ends, ends);
}

// --- from the server ---

static void on_piece(void *ctx, bytes piece) {
    scene *s = ctx;
    assert_int_equal(buf_append(&s->got, piece.data, piece.len), OC_OK);
}

static void on_read(void *ctx, const chat_error *error) {
    scene *s = ctx;
    s->ends++;
    s->err = error->err;
    s->http_status = error->http_status;
}

static const chat_read_events READS = {.piece = on_piece, .done = on_read};

static oc_err read_file(scene *s, int status, const char *body, size_t max_bytes) {
    s->status = status;
    s->body = body;
    s->ends = 0;
    (void)chat_get_file(s->chat, "file", max_bytes, &READS, s);
    until_ends(s, 1);
    return s->err;
}

static void test_a_file_comes(void **state) {
    scene *s = *state;
    assert_int_equal(read_file(s, 200, "the content", 100), OC_OK);
    assert_string_equal(s->asked, "GET /api/v4/files/file?");
    assert_true(bytes_is(buf_bytes(&s->got), "the content"));
}

static void test_a_file_that_does_not_come(void **state) {
    scene *s = *state;
    assert_int_equal(read_file(s, 200, "the content", 10), OC_ELIMIT);
    assert_int_equal(read_file(s, 404, "{\"id\":\"x\",\"message\":\"none\"}", 100), OC_ENOTFOUND);
    assert_int_not_equal(read_file(s, 429, "{}", 100), OC_OK);
    assert_int_equal(s->http_status, 429);
    assert_int_not_equal(read_file(s, 500, "<html>", 100), OC_OK);
    assert_int_equal(s->http_status, 500);
}

static void test_too_many_files(void **state) {
    scene *s = *state;
    s->status = 0; // never
    for (int i = 0; i < CHAT_FILES_WAITING_MAX; i++)
        (void)chat_get_file(s->chat, "file", 100, &READS, s);
    chat_read *cancelled = chat_get_file(s->chat, "file", 100, &READS, s);
    chat_read_cancel(cancelled); // says nothing
    (void)chat_get_file(s->chat, "file", 100, &READS, s);
    until_ends(s, 1);
    assert_int_equal(s->err, OC_EBUSY);
    rest_chat_close(s->chat); // the others end
    assert_int_equal(s->ends, 1 + CHAT_FILES_WAITING_MAX);
    assert_int_equal(s->err, OC_ECLOSED);
}

// --- to the server ---

static void on_room(void *ctx, chat_upload *u) {
    static uint8_t piece[1000];
    scene *s = ctx;
    (void)s;
    size_t room = chat_upload_room_bytes(u);
    memset(piece, 'x', sizeof piece);
    if (room > 0)
        assert_int_equal(chat_upload_write(u, bytes_of(piece, room < sizeof piece ? room : sizeof piece)),
                         OC_OK);
}

static void on_uploaded(void *ctx, const chat_error *error, const chat_file *file) {
    scene *s = ctx;
    s->ends++;
    s->err = error->err;
    s->http_status = error->http_status;
    free(s->file_id);
    s->file_id = xstrdup(file->id != NULL ? file->id : "");
}

static oc_err upload(scene *s, int64_t size, int status, const char *body) {
    static const chat_upload_events events = {.room = on_room, .done = on_uploaded};
    s->status = status;
    s->body = body;
    s->ends = 0;
    (void)chat_upload_file(
        s->chat, &(chat_upload_info){.channel_id = "c", .name = "a b.txt", .size_bytes = size}, &events, s);
    until_ends(s, 1);
    return s->err;
}

static void test_a_file_goes(void **state) {
    scene *s = *state;
    assert_int_equal(upload(s, 30000, 201, "{\"file_infos\":[{\"id\":\"f1\"}]}"), OC_OK);
    assert_string_equal(s->file_id, "f1");
    assert_string_equal(s->asked, "POST /api/v4/files?channel_id=c&filename=a%20b.txt");
    assert_int_equal(s->sent.len, 30000);
}

static void test_a_file_that_does_not_go(void **state) {
    scene *s = *state;
    assert_int_equal(upload(s, 0, 201, NULL), OC_ELIMIT);
    assert_int_equal(upload(s, CHAT_FILE_MAX_BYTES + INT64_C(1), 201, NULL), OC_ELIMIT);
    assert_int_equal(upload(s, 10, 201, "{\"file_infos\":[]}"), OC_EREMOTE);
    assert_int_equal(upload(s, 10, 201, "<html>"), OC_EREMOTE);
    assert_int_not_equal(upload(s, 10, 413, "{\"message\":\"too large\"}"), OC_OK);
    assert_int_equal(s->http_status, 413);
    assert_int_not_equal(upload(s, 70000, 201, NULL), OC_OK); // the server ends it in the middle
}

// --- requests that are none ---

static void test_what_is_no_request(void **state) {
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"GARBAGE\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\n\r\n", 505},
        {"GET x HTTP/1.1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
        {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\nbad name: x\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nxx", 408}, // the rest does not come
        {"POST / HTT", 408},
    };
    scene *s = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rest_bench_answer answer;
        rest_bench_ask(s->bench, 1, &rows[i].request, &answer);
        if (answer.status != rows[i].status)
            fail_msg("row %zu: %d, not %d", i, answer.status, rows[i].status);
        rest_bench_answer_free(&answer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_a_file_comes),
        TEST(test_a_file_that_does_not_come),
        TEST(test_too_many_files),
        TEST(test_a_file_goes),
        TEST(test_a_file_that_does_not_go),
        cmocka_unit_test_setup_teardown(test_what_is_no_request, set_up_fast, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
