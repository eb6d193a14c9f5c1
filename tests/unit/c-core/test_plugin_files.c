// SPDX-License-Identifier: Apache-2.0
// Files through the plugin adapter: pieces, turns, limits, and ends at each stage.
#include "chat_bench.h"

#include <stdio.h>

enum { CHUNK = 50000 };

// --- the shim's side ---

static struct {
    size_t file_bytes, sent; // GetFile's content: byte i is i % 251
    link_body *out;
    bool lies;       // the content is a byte longer than was said
    bool stops;      // in the middle
    size_t received; // of UploadData
    link_body *in;
    bool hold_credit, refuse, cut_short;
    uint64_t upload_id;
    bool cancelled;
    chat_bench *bench;
} SHIM;

static void pump(void *ctx, link_body *body) {
    size_t all = SHIM.file_bytes + (SHIM.lies ? 1 : 0);
    (void)ctx;
    while (SHIM.sent < all && link_body_room_bytes(body) > 0) {
        uint8_t piece[CHUNK];
        size_t len = all - SHIM.sent < CHUNK ? all - SHIM.sent : CHUNK;
        len = len < link_body_room_bytes(body) ? len : link_body_room_bytes(body);
        for (size_t i = 0; i < len; i++)
            piece[i] = (uint8_t)((SHIM.sent + i) % 251);
        assert_int_equal(link_body_write(body, bytes_of(piece, len)), OC_OK);
        SHIM.sent += len;
        if (SHIM.stops) {
            link_body_cancel(body);
            SHIM.out = NULL;
            return;
        }
    }
    if (SHIM.sent == all) {
        SHIM.out = NULL;
        link_body_end(body);
    }
}

static void on_out_cancelled(void *ctx, link_body *body) {
    (void)ctx, (void)body;
    SHIM.out = NULL;
    SHIM.cancelled = true;
}

static void give_file(chat_bench *b, uint64_t id) {
    static const link_body_events events = {.room = pump, .cancelled = on_out_cancelled};
    SHIM.sent = 0;
    SHIM.out = link_body_send(b->shim);
    link_body_on(SHIM.out, &events, NULL);
    char *result = xasprintf("{\"size\":%zu,\"$body\":%d}", SHIM.file_bytes, (int)link_body_id(SHIM.out));
    link_answer(b->shim, id, bytes_str(result), bytes_of(NULL, 0));
    free(result);
    pump(NULL, SHIM.out);
}

static void on_in_data(void *ctx, link_body *body, bytes piece) {
    (void)ctx;
    for (size_t i = 0; i < piece.len; i++)
        assert_int_equal(piece.data[i], (SHIM.received + i) % 251);
    SHIM.received += piece.len;
    if (!SHIM.hold_credit)
        link_body_consumed(body, piece.len);
}

static void on_in_end(void *ctx, link_body *body) {
    chat_bench *b = ctx;
    (void)body;
    SHIM.in = NULL;
    link_answer(b->shim, SHIM.upload_id,
                bytes_str(SHIM.cut_short ? "null" : "{\"id\":\"made\",\"name\":\"a.txt\",\"size\":5}"),
                bytes_of(NULL, 0));
}

static void on_in_cancelled(void *ctx, link_body *body) {
    chat_bench *b = ctx;
    (void)body;
    SHIM.in = NULL;
    SHIM.cancelled = true;
    link_answer_error(b->shim, SHIM.upload_id, 500, "unexpected end", NULL);
}

static void take_upload(chat_bench *b, uint64_t id, const link_message *m) {
    static const link_body_events events = {
        .data = on_in_data, .end = on_in_end, .cancelled = on_in_cancelled};
    if (SHIM.refuse) {
        link_answer_error(b->shim, id, 413, "too large", NULL);
        return;
    }
    assert_non_null(m->body);
    SHIM.received = 0;
    SHIM.in = m->body;
    SHIM.upload_id = id;
    link_body_on(m->body, &events, b);
}

static bool take(chat_bench *b, uint64_t id, const char *method, const link_message *m) {
    if (strcmp(method, "GetFile") == 0)
        give_file(b, id);
    else if (strcmp(method, "UploadData") == 0)
        take_upload(b, id, m);
    else
        return false;
    return true;
}

static int setup(void **state) {
    memset(&SHIM, 0, sizeof SHIM);
    if (bench_setup(state) != 0)
        return 1;
    ((chat_bench *)*state)->take = take;
    return 0;
}

// --- reading ---

typedef struct got {
    size_t bytes;
    int ends;
    oc_err err;
    chat_read *cancel_at_piece; // when it is this one
    int order;                  // of the ends
} got;

static int ENDS;

static void on_piece(void *ctx, bytes piece) {
    got *g = ctx;
    for (size_t i = 0; i < piece.len; i++)
        assert_int_equal(piece.data[i], (g->bytes + i) % 251);
    g->bytes += piece.len;
    if (g->cancel_at_piece != NULL)
        chat_read_cancel(g->cancel_at_piece);
}

static void on_done(void *ctx, const chat_error *error) {
    got *g = ctx;
    g->ends++;
    g->err = error->err;
    g->order = ++ENDS;
}

static const chat_read_events READ = {on_piece, on_done};

static void said(chat_bench *b, size_t size) {
    static bench_script script[1];
    static char text[64];
    snprintf(text, sizeof text, "{\"id\":\"f\",\"size\":%zu}", size);
    script[0] = (bench_script){"GetFileInfo", text, 0, NULL};
    BENCH_SCRIPT(b, script);
    SHIM.file_bytes = size;
}

static void test_read_sizes(void **state) {
    static const size_t sizes[] = {0, 1, CHUNK, LINK_BODY_CREDIT_BYTES, LINK_BODY_CREDIT_BYTES + 1, 5 << 20};
    chat_bench *b = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        got g = {0};
        said(b, sizes[i]);
        (void)chat_get_file(b->chat, "f", 5 << 20, &READ, &g);
        assert_int_equal(g.ends, 0);
        bench_until(b, g.ends == 1);
        assert_int_equal(g.err, OC_OK);
        assert_int_equal(g.bytes, sizes[i]);
    }
}

static void test_read_limits(void **state) {
    chat_bench *b = *state;
    got g = {0};
    said(b, 1001);
    (void)chat_get_file(b->chat, "f", 1000, &READ, &g);
    bench_until(b, g.ends == 1);
    assert_int_equal(g.err, OC_ELIMIT);
    assert_int_equal(bench_count(b, "GetFile"), 0); // it was not even asked for
    SHIM.file_bytes = 2000;                         // it has grown meanwhile
    static const bench_script small[] = {{"GetFileInfo", "{\"size\":5}", 0, NULL}};
    BENCH_SCRIPT(b, small);
    (void)chat_get_file(b->chat, "f", 1000, &READ, &g);
    bench_until(b, g.ends == 2);
    assert_int_equal(g.err, OC_ELIMIT);
    assert_int_equal(g.bytes, 0);
    said(b, 900);
    SHIM.lies = true;
    (void)chat_get_file(b->chat, "f", 1000, &READ, &g);
    bench_until(b, g.ends == 3);
    assert_int_equal(g.err, OC_ELIMIT);
}

static void test_read_failures(void **state) {
    static const bench_script missing[] = {{"GetFileInfo", NULL, 404, "app.file_info.get.app_error"}};
    chat_bench *b = *state;
    got g = {0};
    BENCH_SCRIPT(b, missing);
    (void)chat_get_file(b->chat, "f", 1000, &READ, &g);
    bench_until(b, g.ends == 1);
    assert_int_equal(g.err, OC_ENOTFOUND);
    said(b, 900000);
    SHIM.stops = true;
    (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &g);
    bench_until(b, g.ends == 2);
    assert_int_equal(g.err, OC_ECLOSED);
    b->take = NULL; // no body in the answer
    (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &g);
    bench_until(b, g.ends == 3);
    assert_int_equal(g.err, OC_EREMOTE);
}

static void test_reads_take_turns(void **state) {
    chat_bench *b = *state;
    got g[3] = {{0}};
    said(b, 700000);
    ENDS = 0;
    for (int i = 0; i < 3; i++)
        (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &g[i]);
    bench_until(b, g[0].bytes > 0);
    assert_int_equal(bench_count(b, "GetFile"), 1);
    bench_until(b, g[2].ends == 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(g[i].bytes, 700000);
        assert_int_equal(g[i].order, i + 1);
    }
}

static void test_read_cancelled(void **state) {
    chat_bench *b = *state;
    got first = {0}, waiting = {0}, asking = {0}, last = {0};
    said(b, 900000);
    first.cancel_at_piece = chat_get_file(b->chat, "f", 1 << 20, &READ, &first);
    chat_read_cancel(chat_get_file(b->chat, "f", 1 << 20, &READ, &waiting));
    chat_read_cancel(NULL);
    bench_until(b, SHIM.cancelled);
    b->silent = true;
    chat_read *r = chat_get_file(b->chat, "f", 1 << 20, &READ, &asking);
    bench_until(b, bench_count(b, "GetFileInfo") == 2);
    chat_read_cancel(r);
    b->silent = false;
    (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &last);
    bench_play(b, b->calls[b->call_count - 1].id, "GetFileInfo");
    bench_until(b, last.ends == 1);
    assert_int_equal(last.err, OC_OK);
    assert_int_equal(first.ends + waiting.ends + asking.ends, 0);
}

static void test_reads_at_the_end(void **state) {
    chat_bench *b = *state;
    got g[2] = {{0}};
    said(b, 900000);
    b->silent = true;
    (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &g[0]);
    (void)chat_get_file(b->chat, "f", 1 << 20, &READ, &g[1]);
    bench_until(b, bench_count(b, "GetFileInfo") == 1);
    bench_cut(b);
    assert_int_equal(g[0].ends, 1);
    assert_int_equal(g[0].err, OC_ECLOSED);
}

static void test_too_many_reads(void **state) {
    chat_bench *b = *state;
    static got g[CHAT_FILES_WAITING_MAX + 1];
    memset(g, 0, sizeof g);
    b->silent = true;
    for (size_t i = 0; i <= CHAT_FILES_WAITING_MAX; i++)
        (void)chat_get_file(b->chat, "f", 10, &READ, &g[i]);
    bench_until(b, g[CHAT_FILES_WAITING_MAX].ends == 1);
    assert_int_equal(g[CHAT_FILES_WAITING_MAX].err, OC_EBUSY);
    assert_int_equal(g[CHAT_FILES_WAITING_MAX - 1].ends, 0);
}

// --- uploads ---

typedef struct sent {
    size_t size, written, step; // step: what is written at most for each room
    int rooms, ends, order;
    oc_err err;
    char id[16];
} sent;

static void on_room(void *ctx, chat_upload *u) {
    sent *s = ctx;
    s->rooms++;
    for (size_t room = chat_upload_room_bytes(u); room > 0; room = chat_upload_room_bytes(u)) {
        static uint8_t piece[LINK_PIECE_BYTES + 1];
        size_t len = s->step != 0 && s->step < room ? s->step : room;
        for (size_t i = 0; i < len; i++)
            piece[i] = (uint8_t)((s->written + i) % 251);
        assert_int_equal(chat_upload_write(u, bytes_of(piece, room + 1)), OC_EBUSY);
        assert_int_equal(chat_upload_write(u, bytes_of(piece, len)), OC_OK);
        s->written += len;
    }
}

static void on_uploaded(void *ctx, const chat_error *error, const chat_file *file) {
    sent *s = ctx;
    s->ends++;
    s->err = error->err;
    s->order = ++ENDS;
    snprintf(s->id, sizeof s->id, "%s", file->id);
}

static const chat_upload_events UPLOAD = {on_room, on_uploaded};
static const bench_script SESSION[] = {
    {"CreateUploadSession", "{\"id\":\"s1\",\"type\":\"attachment\",\"path\":\"p\"}", 0, NULL}};

static chat_upload *upload(chat_bench *b, sent *s) {
    return chat_upload_file(b->chat, &(chat_upload_info){"bot", "chan", "a.txt", (int64_t)s->size}, &UPLOAD,
                            s);
}

static void test_upload_sizes(void **state) {
    static const size_t sizes[] = {1, LINK_PIECE_BYTES, LINK_BODY_CREDIT_BYTES, LINK_BODY_CREDIT_BYTES + 1,
                                   3 << 20};
    chat_bench *b = *state;
    BENCH_SCRIPT(b, SESSION);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        sent s = {.size = sizes[i], .step = i == 1 ? 1000 : 0};
        (void)upload(b, &s);
        assert_int_equal(s.ends + s.rooms, 0);
        bench_until(b, s.ends == 1);
        assert_int_equal(s.err, OC_OK);
        assert_string_equal(s.id, "made");
        assert_int_equal(SHIM.received, sizes[i]);
        cJSON *session = cJSON_Parse(bench_params(b, "CreateUploadSession"));
        const cJSON *fields = cJSON_GetArrayItem(session, 0);
        assert_int_equal(strlen(json_text(fields, "id")), 26);
        assert_string_equal(json_text(fields, "type"), "attachment");
        assert_string_equal(json_text(fields, "user_id"), "nouser");
        assert_string_equal(json_text(fields, "channel_id"), "chan");
        assert_string_equal(json_text(fields, "filename"), "a.txt");
        assert_int_equal(json_int(fields, "file_size", 0), sizes[i]);
        cJSON_Delete(session);
        assert_non_null(strstr(bench_params(b, "UploadData"), "\"path\":\"p\""));
    }
}

static void test_upload_failures(void **state) {
    static const bench_script refused[] = {{"CreateUploadSession", NULL, 413, "too large"}};
    chat_bench *b = *state;
    sent s = {.size = 0};
    (void)upload(b, &s);
    bench_until(b, s.ends == 1);
    assert_int_equal(s.err, OC_ELIMIT);
    s.size = CHAT_FILE_MAX_BYTES + 1;
    (void)upload(b, &s);
    bench_until(b, s.ends == 2);
    assert_int_equal(s.err, OC_ELIMIT);
    BENCH_SCRIPT(b, refused);
    s.size = 900000;
    (void)upload(b, &s);
    bench_until(b, s.ends == 3);
    assert_int_equal(s.err, OC_EREMOTE);
    assert_int_equal(bench_count(b, "UploadData"), 0);
    BENCH_SCRIPT(b, SESSION);
    SHIM.refuse = true; // while the owner writes: the body is stopped
    (void)upload(b, &s);
    bench_until(b, s.ends == 4);
    assert_int_equal(s.err, OC_EREMOTE);
    SHIM.refuse = false;
    SHIM.cut_short = true; // the server waits for more
    s.written = 0;
    (void)upload(b, &s);
    bench_until(b, s.ends == 5);
    assert_int_equal(s.err, OC_EREMOTE);
    assert_string_equal(s.id, "");
}

static void test_uploads_take_turns_and_are_cancelled(void **state) {
    chat_bench *b = *state;
    sent s[4] = {{.size = 900000}, {.size = 10}, {.size = 10}, {.size = 20}};
    BENCH_SCRIPT(b, SESSION);
    SHIM.hold_credit = true;
    chat_upload *first = upload(b, &s[0]), *waits = upload(b, &s[1]);
    (void)upload(b, &s[2]);
    bench_until(b, s[0].written == LINK_BODY_CREDIT_BYTES);
    assert_int_equal(bench_count(b, "CreateUploadSession"), 1);
    chat_upload_cancel(waits);
    chat_upload_cancel(first);
    chat_upload_cancel(NULL);
    SHIM.hold_credit = false;
    bench_until(b, s[2].ends == 1);
    assert_true(SHIM.cancelled);
    assert_int_equal(s[2].err, OC_OK);
    assert_int_equal(SHIM.received, 10);
    assert_int_equal(s[0].ends + s[1].ends, 0);
    b->silent = true; // while the session is being made
    chat_upload *opening = upload(b, &s[3]);
    bench_until(b, bench_count(b, "CreateUploadSession") == 3);
    chat_upload_cancel(opening);
    b->silent = false;
    bench_play(b, b->calls[b->call_count - 1].id, "CreateUploadSession");
    sent last = {.size = 30};
    (void)upload(b, &last);
    bench_until(b, last.ends == 1);
    assert_int_equal(s[3].ends, 0);
    assert_int_equal(bench_count(b, "UploadData"), 3);
}

static bool take_and_keep_silent(chat_bench *b, uint64_t id, const char *method, const link_message *m) {
    static const link_body_events events = {0};
    (void)b, (void)id;
    if (m->body != NULL)
        link_body_on(m->body, &events, NULL);
    return strcmp(method, "UploadData") == 0 || strcmp(method, "GetFile") == 0;
}

// The first answer comes late, so that the second call's limit is behind the file's.
static void answer_late(chat_bench *b, const char *method) {
    b->silent = true;
    bench_until(b, bench_count(b, method) == 1);
    BENCH_AHEAD_MS += 5000;
    b->silent = false;
    b->take = take_and_keep_silent;
    bench_play(b, b->calls[b->call_count - 1].id, method);
}

static void pass_the_files_limit(chat_bench *b) {
    BENCH_AHEAD_MS += CHAT_FILE_LIMIT_MS - 2500;
    for (int i = 0; i < 20; i++)
        loop_step(b->l, 1);
}

// What is cancelled stays until its call's own end, also when its limit would pass before.
static void test_a_cancelled_upload_outlives_its_limit(void **state) {
    chat_bench *b = *state;
    sent s = {.size = 900000}, next = {.size = 10};
    BENCH_SCRIPT(b, SESSION);
    chat_upload *u = upload(b, &s);
    answer_late(b, "CreateUploadSession");
    bench_until(b, bench_count(b, "UploadData") == 1);
    chat_upload_cancel(u);
    (void)upload(b, &next);
    pass_the_files_limit(b);
    assert_int_equal(bench_count(b, "CreateUploadSession"), 1);
    BENCH_AHEAD_MS += 20000;
    bench_until(b, bench_count(b, "CreateUploadSession") == 2);
    bench_cut(b); // what is told now goes to our own variables
    assert_int_equal(s.ends, 0);
}

static void test_a_cancelled_read_outlives_its_limit(void **state) {
    chat_bench *b = *state;
    got g = {0}, next = {0};
    said(b, 900);
    chat_read *r = chat_get_file(b->chat, "f", 1000, &READ, &g);
    answer_late(b, "GetFileInfo");
    bench_until(b, bench_count(b, "GetFile") == 1);
    chat_read_cancel(r);
    (void)chat_get_file(b->chat, "f", 1000, &READ, &next);
    pass_the_files_limit(b);
    assert_int_equal(bench_count(b, "GetFileInfo"), 1);
    BENCH_AHEAD_MS += 20000;
    bench_until(b, bench_count(b, "GetFileInfo") == 2);
    bench_cut(b); // what is told now goes to our own variables
    assert_int_equal(g.ends, 0);
}

static void test_uploads_at_the_end(void **state) {
    chat_bench *b = *state;
    sent s[2] = {{.size = 900000}, {.size = 10}};
    BENCH_SCRIPT(b, SESSION);
    SHIM.hold_credit = true;
    (void)upload(b, &s[0]);
    (void)upload(b, &s[1]);
    bench_until(b, s[0].written == LINK_BODY_CREDIT_BYTES);
    bench_cut(b);
    assert_int_equal(s[0].ends, 1);
    assert_int_equal(s[0].err, OC_ECLOSED);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, bench_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_a_cancelled_upload_outlives_its_limit),
        WITH(test_a_cancelled_read_outlives_its_limit),
        WITH(test_read_sizes),
        WITH(test_read_limits),
        WITH(test_read_failures),
        WITH(test_reads_take_turns),
        WITH(test_read_cancelled),
        WITH(test_reads_at_the_end),
        WITH(test_too_many_reads),
        WITH(test_upload_sizes),
        WITH(test_upload_failures),
        WITH(test_uploads_take_turns_and_are_cancelled),
        WITH(test_uploads_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
