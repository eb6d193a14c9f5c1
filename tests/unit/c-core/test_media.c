// SPDX-License-Identifier: Apache-2.0
// The files of an answer on their way into Mattermost: a fake server takes them, a real web server on loopback gives some,
// and this file stands for the gateway's workspace.
#include "base/log.h"
#include "base/mem.h"
#include "gateway/workspace.h"
#include "net/net.h"
#include "reply/media.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

#include "fake_web.h"
#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"

enum { ROUNDS_MAX = 20000, QUERIES_MAX = 8 };

// What a test sees of a job.
typedef struct seen {
    media_job *job;
    int calls;
    size_t attached, failed;
    char *posts, *notes;
} seen;

static loop *LOOP;
static net *NET;
static chat *CHAT;
static media *MEDIA;
static fake_web *WEB;

// --- the workspace ----------------------------------------------------------------------------------------------

struct workspace_query {
    char *path;
    size_t max_bytes;
    workspace_file_fn *file_fn;
    workspace_root_fn *root_fn;
    void *ctx;
};
static workspace_query *OPEN[QUERIES_MAX];
static size_t OPEN_COUNT;
static bool FULL;

static workspace_query *open_query(workspace_query q) {
    if (FULL)
        return NULL;
    assert_true(OPEN_COUNT < QUERIES_MAX);
    workspace_query *kept = xmalloc(sizeof *kept);
    *kept = q;
    OPEN[OPEN_COUNT++] = kept;
    return kept;
}

workspace_query *workspace_root(gateway *g, const char *agent_id, workspace_root_fn *fn, void *ctx) {
    (void)g;
    return open_query((workspace_query){.path = xstrdup(agent_id), .root_fn = fn, .ctx = ctx});
}

workspace_query *workspace_read(gateway *g, const workspace_ask *ask, workspace_file_fn *fn, void *ctx) {
    (void)g;
    if (FULL)
        return NULL;
    assert_string_equal(ask->session_key, "agent:main:s");
    return open_query((workspace_query){
        .path = xstrdup(ask->path), .max_bytes = ask->max_bytes, .file_fn = fn, .ctx = ctx});
}

void workspace_cancel(workspace_query *q) {
    for (size_t i = 0; q != NULL && i < OPEN_COUNT; i++) {
        if (OPEN[i] == q)
            OPEN[i] = OPEN[--OPEN_COUNT];
    }
    if (q != NULL)
        free(q->path);
    free(q);
}

static workspace_query take_query(void) {
    assert_int_equal(OPEN_COUNT, 1);
    workspace_query *q = OPEN[0], copy = *q;
    OPEN_COUNT = 0;
    free(q);
    return copy;
}

static void give(const char *path, oc_err err, const char *content) {
    workspace_query q = take_query();
    buf kept;
    assert_string_equal(q.path, path);
    free(q.path);
    buf_init(&kept, 1000);
    if (err == OC_OK)
        assert_int_equal(buf_append_str(&kept, content), OC_OK);
    q.file_fn(q.ctx, &(workspace_file){.err = err,
                                       .why = err == OC_OK ? "" : content,
                                       .mime_type = "image/png",
                                       .content = err == OC_OK ? &kept : NULL});
    buf_free(&kept);
}

// --- the scene --------------------------------------------------------------------------------------------------

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static int set_up(void **state) {
    (void)state;
    log_set_sink(no_log, NULL);
    LOOP = loop_create(&FAKE_CLOCK);
    NET = net_create(LOOP);
    CHAT = fake_chat_create();
    MEDIA = media_create(LOOP, NET, CHAT);
    WEB = fake_web_create(LOOP);
    OPEN_COUNT = 0;
    FULL = false;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    media_destroy(MEDIA);
    assert_int_equal(OPEN_COUNT, 0);
    fake_chat_destroy();
    net_destroy(NET);
    fake_web_destroy(WEB);
    loop_destroy(LOOP);
    return 0;
}

static void step(void) {
    FAKE_NOW_MS++;
    loop_step(LOOP, 1);
    fake_chat_answer_all();
}

static void steps(int count) {
    for (int i = 0; i < count; i++)
        step();
}

static void on_result(void *ctx, const media_result *r) {
    seen *s = ctx;
    s->calls++;
    s->job = NULL;
    s->attached = r->attached;
    s->failed = r->failed;
    s->posts = cJSON_PrintUnformatted(r->posts);
    s->notes = words_in(WORDS_EN, r->notes);
}

static void start(seen *s, const char *payloads, bool private_allowed) {
    cJSON *json = NULL;
    assert_int_equal(json_parse(bytes_str(payloads), &json), OC_OK);
    *s = (seen){.calls = 0};
    s->job = media_start(MEDIA,
                         &(media_request){.agent_id = "main",
                                          .session_key = "agent:main:s",
                                          .bot_user_id = "bot",
                                          .channel_id = "ch",
                                          .payloads = json,
                                          .url_max_bytes = 1000,
                                          .private_allowed = private_allowed},
                         on_result, s);
    cJSON_Delete(json);
    assert_non_null(s->job);
    assert_int_equal(s->calls, 0);
}

static void until_query(void) {
    for (int i = 0; i < ROUNDS_MAX && OPEN_COUNT == 0; i++)
        step();
    assert_int_equal(OPEN_COUNT, 1);
}

static void until_done(seen *s) {
    for (int i = 0; i < ROUNDS_MAX && s->calls == 0; i++)
        step();
    assert_int_equal(s->calls, 1);
}

static void clear(seen *s) {
    free(s->posts);
    free(s->notes);
}

static void serve(const char *path, const char *answer) {
    fake_web_answer(WEB, path, bytes_str(answer), false);
}

static void start_url(seen *s, const char *path, bool private_allowed) {
    char *payloads = xasprintf("[{\"mediaUrl\":\"http://127.0.0.1:%d%s\"}]", fake_web_port(WEB), path);
    start(s, payloads, private_allowed);
    free(payloads);
}

// --- tests ------------------------------------------------------------------------------------------------------

static void a_file_of_the_workspace(void **state) {
    seen s;
    (void)state;
    start(&s, "[{\"text\":\"here\",\"mediaUrl\":\"out/chart\"}]", false);
    until_query();
    give("out/chart", OC_OK, "PNG");
    until_done(&s);
    assert_string_equal(s.posts, "[[\"file1\"]]");
    assert_string_equal(s.notes, "");
    assert_string_equal(FAKE.files[0].name, "chart.png");
    assert_string_equal(FAKE.files[0].user_id, "bot");
    assert_string_equal(FAKE.files[0].channel_id, "ch");
    assert_true(bytes_is(buf_bytes(&FAKE.files[0].content), "PNG"));
    clear(&s);
}

static void an_absolute_path_needs_the_folder(void **state) {
    seen s;
    (void)state;
    start(&s, "[{\"mediaUrls\":[\"/home/w/a.png\",\"/etc/passwd\"]}]", false);
    until_query();
    workspace_query q = take_query();
    assert_string_equal(q.path, "main");
    free(q.path);
    q.root_fn(q.ctx, "/home/w");
    until_query();
    give("a.png", OC_OK, "PNG");
    until_done(&s);
    assert_string_equal(s.posts, "[[\"file1\"]]");
    assert_string_equal(s.notes, "`passwd` could not be attached: it is not in the agent's workspace.");
    assert_int_equal(s.failed, 1);
    clear(&s);
}

static void what_stands_at_an_address(void **state) {
    seen s;
    (void)state;
    serve("/x", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
                "Content-Disposition: attachment; filename=\"../my report.pdf\"\r\n\r\n%PDF");
    start_url(&s, "/x", true);
    until_done(&s);
    assert_string_equal(s.posts, "[[\"file1\"]]");
    assert_string_equal(FAKE.files[0].name, "my report.pdf");
    clear(&s);
}

static void the_guard_holds(void **state) {
    seen s;
    (void)state;
    serve("/x.png", "HTTP/1.1 200 OK\r\n\r\nsecret");
    start_url(&s, "/x.png", false);
    until_done(&s);
    assert_string_equal(s.posts, "[]");
    assert_string_equal(s.notes, "`x.png` could not be attached: the address leads to the server itself.");
    assert_int_equal(fake_web_connections(WEB), 0);
    clear(&s);
}

static void what_cannot_be_had_becomes_a_line(void **state) {
    static const struct {
        const char *path, *answer, *why;
    } rows[] = {
        {"/page", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>", "it is a web page"},
        {"/none.png", "HTTP/1.1 404 Not Found\r\n\r\n", "127.0.0.1 answered with status 404"},
        {"/large", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n1", "it is larger than 1000 bytes"},
        {"/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        seen s;
        serve(rows[i].path, rows[i].answer);
        start_url(&s, rows[i].path, true);
        until_done(&s);
        char *line = xasprintf("`%s` could not be attached (%s): <http://127.0.0.1:%d%s>", rows[i].path + 1,
                               rows[i].why, fake_web_port(WEB), rows[i].path);
        assert_string_equal(s.notes,
                            rows[i].why != NULL ? line : "`empty` could not be attached: it is empty.");
        assert_string_equal(s.posts, "[]");
        free(line);
        clear(&s);
    }
}

static void each_failure_is_one_line_and_the_rest_goes_on(void **state) {
    seen s;
    (void)state;
    start(&s, "[{\"mediaUrls\":[\"../x\",\"gone.txt\",\"ok.txt\"]}]", false);
    until_query();
    give("gone.txt", OC_ENOTFOUND, "there is no such file in the agent's workspace");
    until_query();
    give("ok.txt", OC_OK, "text");
    until_done(&s);
    assert_string_equal(s.posts, "[[\"file1\"]]");
    assert_string_equal(s.notes,
                        "`x` could not be attached: it is not in the agent's workspace.\n"
                        "`gone.txt` could not be attached: there is no such file in the agent's workspace.");
    assert_int_equal(s.attached, 1);
    assert_int_equal(s.failed, 2);
    clear(&s);
}

static void many_files_are_several_posts(void **state) {
    seen s;
    buf payloads;
    (void)state;
    buf_init(&payloads, 10000);
    for (int i = 0; i < 23; i++)
        assert_int_equal(buf_printf(&payloads, "%s\"f%d\"", i == 0 ? "[{\"mediaUrls\":[" : ",", i), OC_OK);
    assert_int_equal(buf_append_str(&payloads, "]}]"), OC_OK);
    char *text = buf_take_str(&payloads);
    start(&s, text, false);
    free(text);
    for (int i = 0; i < 23; i++) {
        char path[16];
        (void)snprintf(path, sizeof path, "f%d", i);
        until_query();
        give(path, OC_OK, "x");
    }
    until_done(&s);
    cJSON *posts = NULL;
    assert_int_equal(json_parse(bytes_str(s.posts), &posts), OC_OK);
    assert_int_equal(cJSON_GetArraySize(posts), 3);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(posts, 0)), 10);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetArrayItem(posts, 2)), 3);
    assert_string_equal(cJSON_GetArrayItem(cJSON_GetArrayItem(posts, 1), 0)->valuestring, "file11");
    cJSON_Delete(posts);
    clear(&s);
}

static void goes_up_in_pieces(void **state) {
    seen s;
    (void)state;
    FAKE.upload_room_bytes = 2;
    start(&s, "[{\"mediaUrl\":\"a.txt\"}]", false);
    until_query();
    give("a.txt", OC_OK, "12345");
    until_done(&s);
    assert_true(bytes_is(buf_bytes(&FAKE.files[0].content), "12345"));
    clear(&s);
}

static void a_server_that_refuses(void **state) {
    static const struct {
        int status;
        const char *notes;
    } rows[] = {
        {413, "`a.txt` could not be attached: it is larger than the server takes."},
        {403, "`a.txt` could not be attached: the bot may not upload files here."},
        {500, "`a.txt` could not be attached: the server did not take it."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        seen s;
        FAKE.fail_next = 1;
        FAKE.fail_call = "upload_file";
        FAKE.failure =
            (chat_error){.err = OC_EREMOTE, .http_status = rows[i].status, .id = "", .message = ""};
        start(&s, "[{\"mediaUrl\":\"a.txt\"}]", false);
        until_query();
        give("a.txt", OC_OK, "12345");
        until_done(&s);
        assert_string_equal(s.notes, rows[i].notes);
        clear(&s);
    }
}

static void a_server_without_files(void **state) {
    seen s;
    (void)state;
    FAKE.info.file_attachments = false;
    start(&s, "[{\"mediaUrl\":\"a.txt\"}]", false);
    until_done(&s);
    assert_string_equal(s.notes, "The agent's files could not be attached: this server takes no files.");
    assert_int_equal(s.failed, 1);
    clear(&s);
}

static void the_servers_limit_counts(void **state) {
    seen s;
    (void)state;
    FAKE.info.max_file_size_bytes = 3;
    start(&s, "[{\"mediaUrl\":\"a.txt\"}]", false);
    until_query();
    assert_int_equal(OPEN[0]->max_bytes, 3);
    media_cancel(s.job);
}

static void nothing_to_do_is_told_too(void **state) {
    seen s;
    (void)state;
    start(&s, "[{\"text\":\"only\"}]", false);
    until_done(&s);
    assert_string_equal(s.posts, "[]");
    assert_string_equal(s.notes, "");
    clear(&s);
}

// Two jobs run, but only one holds a workspace's file; the third waits for an end.
static void jobs_take_turns(void **state) {
    seen a, b, c;
    (void)state;
    start(&a, "[{\"mediaUrls\":[\"a1\",\"a2\"]}]", false);
    start(&b, "[{\"mediaUrl\":\"b1\"}]", false);
    start(&c, "[{\"text\":\"none\"}]", false);
    until_query();
    steps(10);
    assert_int_equal(OPEN_COUNT, 1);
    assert_int_equal(c.calls, 0);
    give("a1", OC_OK, "x");
    until_query();
    give("b1", OC_OK, "x");
    until_done(&b);
    until_query();
    give("a2", OC_OK, "x");
    until_done(&a);
    until_done(&c);
    assert_int_equal(a.attached, 2);
    assert_int_equal(b.attached, 1);
    clear(&a);
    clear(&b);
    clear(&c);
}

static void a_slow_job_ends(void **state) {
    seen a, b;
    (void)state;
    start(&a, "[{\"mediaUrls\":[\"a1\",\"a2\"]}]", false);
    start(&b, "[{\"mediaUrl\":\"b1\"}]", false);
    until_query();
    fake_clock_pass(LOOP, MEDIA_JOB_LIMIT_MS - 2000);
    assert_int_equal(a.calls, 0);
    fake_clock_pass(LOOP, 2000);
    until_done(&a);
    assert_string_equal(a.notes, "`a1` could not be attached: it took too long.\n"
                                 "`a2` could not be attached: it took too long.");
    steps(10);
    if (b.calls == 0)
        media_cancel(b.job);
    clear(&a);
    if (b.calls > 0)
        clear(&b);
}

static void can_be_cancelled_at_each_step(void **state) {
    seen a, b;
    (void)state;
    start(&a, "[{\"mediaUrl\":\"a\"}]", false);
    media_cancel(a.job); // before it asks
    FAKE.hold = true;
    start(&a, "[{\"mediaUrl\":\"a\"}]", false);
    loop_step(LOOP, 1);
    media_cancel(a.job); // while the server is asked
    FAKE.hold = false;
    steps(3);
    start(&a, "[{\"mediaUrl\":\"a\"}]", false);
    start(&b, "[{\"mediaUrl\":\"b\"}]", false);
    until_query();
    media_cancel(a.job); // while it reads: the other one goes on
    until_query();
    give("b", OC_OK, "x");
    loop_step(LOOP, 1);
    media_cancel(b.job); // while it goes up
    steps(3);
    fake_web_answer(WEB, "/slow", bytes_str("HTTP/1.1 200 OK\r\n\r\n1"), true);
    start_url(&a, "/slow", true);
    steps(30);
    media_cancel(a.job); // while it comes
    steps(3);
    assert_int_equal(a.calls + b.calls, 0);
}

static void a_busy_gateway(void **state) {
    seen s;
    (void)state;
    FULL = true;
    start(&s, "[{\"mediaUrl\":\"a\"}]", false);
    until_done(&s);
    assert_string_equal(s.notes, "`a` could not be attached: the gateway is too busy.");
    clear(&s);
}

#define MEDIA_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MEDIA_TEST(a_file_of_the_workspace),
        MEDIA_TEST(an_absolute_path_needs_the_folder),
        MEDIA_TEST(what_stands_at_an_address),
        MEDIA_TEST(the_guard_holds),
        MEDIA_TEST(what_cannot_be_had_becomes_a_line),
        MEDIA_TEST(each_failure_is_one_line_and_the_rest_goes_on),
        MEDIA_TEST(many_files_are_several_posts),
        MEDIA_TEST(goes_up_in_pieces),
        MEDIA_TEST(a_server_that_refuses),
        MEDIA_TEST(a_server_without_files),
        MEDIA_TEST(the_servers_limit_counts),
        MEDIA_TEST(nothing_to_do_is_told_too),
        MEDIA_TEST(jobs_take_turns),
        MEDIA_TEST(a_slow_job_ends),
        MEDIA_TEST(can_be_cancelled_at_each_step),
        MEDIA_TEST(a_busy_gateway),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
