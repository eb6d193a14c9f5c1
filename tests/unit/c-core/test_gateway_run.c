// SPDX-License-Identifier: Apache-2.0
// The lives of runs against the fake gateway in memory: streaming, failures, cuts and restarts, permission modes.
#include "base/log.h"
#include "base/mem.h"
#include "fake_transport.h"
#include "gateway/gateway_parts.h"
#include "gateway/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

typedef struct run_seen {
    int accepted, texts, done;
    gateway_run_outcome outcome;
    char *text, *sentence, *streamed;
    int payloads;
} run_seen;

typedef struct bench {
    fake_world *world;
    fake_gateway *fake;
    gateway *gateway;
    gateway_identity *identity;
    secret *token;
} bench;

static void on_status(void *ctx, const gateway_status *status) {
    (void)ctx, (void)status;
}

static void on_device_token(void *ctx, const char *token, const char *url) {
    (void)ctx, (void)token, (void)url;
}

static void on_accepted(void *ctx) {
    ((run_seen *)ctx)->accepted++;
}

static void on_text(void *ctx, const char *so_far) {
    run_seen *s = ctx;
    s->texts++;
    free(s->streamed);
    s->streamed = strdup(so_far);
}

static void on_done(void *ctx, const gateway_run_result *result) {
    run_seen *s = ctx;
    s->done++;
    s->outcome = result->outcome;
    free(s->text);
    free(s->sentence);
    s->text = strdup(result->text);
    s->sentence = strdup(result->sentence);
    s->payloads = result->payloads != NULL ? cJSON_GetArraySize(result->payloads) : -1;
}

static const gateway_run_events run_events = {.accepted = on_accepted, .text = on_text, .done = on_done};
static const char session[] = "agent:main:mattermost:direct:u1";

static void configure(bench *b, const char *url) {
    gateway_configure(b->gateway, &(gateway_settings){.url = url, .token = b->token, .version = "1"},
                      b->identity, NULL);
    fake_world_settle(b->world);
}

static void set_up(bench *b, bool manual) {
    static const gateway_events events = {.status = on_status, .device_token = on_device_token};
    static const uint8_t seed[IDENTITY_SEED_BYTES] = {9};
    *b = (bench){.world = fake_world_create(), .identity = gateway_identity_from_seed(seed)};
    transport t = fake_world_transport(b->world);
    b->fake = fake_world_gateway(b->world);
    fake_gateway_set(b->fake)->manual = manual;
    b->token = secret_create("good-token");
    b->gateway = gateway_create_on(fake_world_loop(b->world), &t, &events, NULL);
    configure(b, "ws://gateway");
}

static void tear_down(bench *b) {
    gateway_destroy(b->gateway);
    fake_world_destroy(b->world);
    gateway_identity_destroy(b->identity);
    secret_destroy(b->token);
}

static void clear(run_seen *s) {
    free(s->text);
    free(s->sentence);
    free(s->streamed);
    *s = (run_seen){0};
}

static gateway_run *start(bench *b, const char *key, const char *mode, run_seen *s) {
    gateway_run_request request = {.idempotency_key = key,
                                   .session_key = session,
                                   .message = "alice: hello",
                                   .extra_system_prompt = "",
                                   .permission_mode = mode};
    gateway_run *r = gateway_run_start(b->gateway, &request, &run_events, s);
    fake_world_settle(b->world);
    return r;
}

static void settle(bench *b) {
    fake_world_settle(b->world);
}

// Lets time pass on a connection that is alive.
static void pass(bench *b, int64_t ms) {
    for (; ms > 0; ms -= 10000) {
        fake_world_frame(b->world, "{\"type\":\"event\",\"event\":\"tick\",\"payload\":{\"ts\":1}}");
        fake_world_advance(b->world, ms < 10000 ? ms : 10000);
    }
}

// Cuts the connection and lets the client come back.
static void cut(bench *b) {
    fake_world_cut(b->world, WEBSOCKET_CUT, 0);
    fake_world_advance(b->world, 1500);
}

#define assert_end(s, wanted, answer)                                                                        \
    do {                                                                                                     \
        assert_int_equal((s).done, 1);                                                                       \
        assert_int_equal((s).outcome, wanted);                                                               \
        assert_string_equal((s).text, answer);                                                               \
    } while (0)

static void test_answer(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, false);
    start(&b, "mm-1", "read-only", &s);
    assert_end(s, GATEWAY_RUN_OK, "echo: alice: hello");
    assert_int_equal(s.accepted, 1);
    assert_string_equal(s.streamed, "echo: alice: hello");
    assert_int_equal(s.payloads, 1);
    const cJSON *params = fake_gateway_last(b.fake, "agent");
    assert_string_equal(json_text(params, "message"), "alice: hello");
    assert_string_equal(json_text(params, "sessionKey"), session);
    assert_string_equal(json_text(params, "idempotencyKey"), "mm-1");
    assert_false(json_bool(params, "deliver", true));
    assert_null(json_get(params, "extraSystemPrompt"));
    clear(&s);
    tear_down(&b);
}

static void test_streaming(void **state) {
    bench b;
    run_seen s = {0}, other = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    start(&b, "mm-2", "read-only", &other);
    fake_run_accept(b.fake, "mm-1");
    fake_run_delta(b.fake, "mm-1", "one");
    fake_run_delta(b.fake, "mm-1", "one");
    fake_run_delta(b.fake, "mm-1", "one two");
    fake_gateway_event(b.fake, "chat",
                       cJSON_Parse("{\"runId\":\"foreign\",\"state\":\"delta\",\"sessionKey\":\"x\"}"));
    settle(&b);
    assert_int_equal(s.texts, 2);
    assert_string_equal(s.streamed, "one two");
    assert_int_equal(s.done, 0);
    fake_run_end(b.fake, "mm-1", "one two three");
    settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "one two three");
    assert_int_equal(other.texts + other.done, 0);
    clear(&s);
    clear(&other);
    tear_down(&b); // the other one is told
    assert_int_equal(other.done, 1);
    assert_int_equal(other.outcome, GATEWAY_RUN_LOST);
    clear(&other);
}

static void test_ends(void **state) {
    static const struct {
        const char *response;
        gateway_run_outcome outcome;
        const char *text, *words;
    } rows[] = {
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[{\"text\":\"a\"},{\"text\":"
         "\"b\"}]}}}",
         GATEWAY_RUN_OK, "a\n\nb", ""},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[{\"text\":\"a\"},{\"text\":"
         "\"w\",\"isError\":true}]}}}",
         GATEWAY_RUN_OK, "a", ""},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\",\"result\":{\"payloads\":[]}}}", GATEWAY_RUN_SILENT, "",
         "without a text"},
        {"{\"ok\":true,\"payload\":{\"status\":\"ok\"}}", GATEWAY_RUN_SILENT, "", "without a text"},
        {"{\"ok\":true,\"payload\":{\"status\":\"error\",\"summary\":\"failed\",\"result\":{\"payloads\":"
         "[{\"text\":\"no response\",\"isError\":true}]}}}",
         GATEWAY_RUN_ERROR, "", "no response"},
        {"{\"ok\":true,\"payload\":{\"status\":\"timeout\",\"summary\":\"aborted\",\"stopReason\":\"rpc\"}}",
         GATEWAY_RUN_ABORTED, "", "stopped"},
        {"{\"ok\":true,\"payload\":{\"status\":\"timeout\",\"summary\":\"aborted\",\"result\":{\"payloads\":"
         "[{\"text\":\"Request timed out\",\"isError\":true}]}}}",
         GATEWAY_RUN_ERROR, "", "timed out"},
        {"{\"ok\":false,\"payload\":{\"status\":\"error\"},\"error\":{\"code\":\"UNAVAILABLE\",\"message\":"
         "\"LLM request failed\"}}",
         GATEWAY_RUN_ERROR, "", "LLM request failed"},
        {"{\"ok\":false,\"error\":{\"code\":\"INVALID_REQUEST\",\"message\":\"bad\\u0007 thing\"}}",
         GATEWAY_RUN_ERROR, "", "bad  thing"},
        {"{\"ok\":false}", GATEWAY_RUN_ERROR, "", "no reason"},
        {"{\"ok\":true}", GATEWAY_RUN_ERROR, "", "no reason"},
        {"{\"ok\":true,\"payload\":[]}", GATEWAY_RUN_ERROR, "", "no reason"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int accepted = 0; accepted < 2; accepted++) {
            bench b;
            run_seen s = {0};
            set_up(&b, true);
            start(&b, "mm-1", "read-only", &s);
            if (accepted)
                fake_run_accept(b.fake, "mm-1");
            fake_run_fail(b.fake, "mm-1", rows[i].response);
            settle(&b);
            assert_end(s, rows[i].outcome, rows[i].text);
            assert_non_null(strstr(s.sentence, rows[i].words));
            assert_int_equal(s.outcome == GATEWAY_RUN_OK, *s.sentence == '\0');
            clear(&s);
            tear_down(&b);
        }
    }
}

static void test_retryable(void **state) {
    static const char busy[] = "{\"ok\":false,\"error\":{\"code\":\"UNAVAILABLE\",\"message\":\"queue full\","
                               "\"retryable\":true,\"retryAfterMs\":2000}}";
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_fail(b.fake, "mm-1", busy);
    settle(&b);
    assert_int_equal(s.done, 0);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    fake_world_advance(b.world, 2250);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(s.done, 0);
        fake_run_fail(b.fake, "mm-1", busy);
        pass(&b, 20000);
    }
    assert_end(s, GATEWAY_RUN_ERROR, "");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 5);
    clear(&s);
    tear_down(&b);
}

static void test_first_answer_late(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    pass(&b, 34000); // asked again with the same key: the gateway has it
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_int_equal(fake_gateway_count(b.fake, "agent.wait"), 1);
    fake_run_end(b.fake, "mm-1", "late");
    fake_world_advance(b.world, 1000);
    assert_end(s, GATEWAY_RUN_OK, "late");
    clear(&s);
    tear_down(&b);
}

static void test_modes(void **state) {
    static const struct {
        const char *mode, *told; // told: what the gateway says the session is in
        bool refuse, starts;
    } rows[] = {{"read-only", NULL, false, true},       {"guarded", NULL, false, true},
                {"full", NULL, false, false},           {"read-only", "full", false, false},
                {"read-only", "guarded", false, false}, {"workspace", "read-only", false, true},
                {"read-only", "strange", false, false}, {"read-only", "", false, false},
                {"read-only", NULL, true, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bench b;
        run_seen s = {0};
        set_up(&b, false);
        fake_gateway_set(b.fake)->describe_mode = rows[i].told;
        fake_gateway_set(b.fake)->refuse_sessions = rows[i].refuse;
        start(&b, "mm-1", rows[i].mode, &s);
        assert_int_equal(s.done, 1);
        assert_int_equal(s.outcome, rows[i].starts ? GATEWAY_RUN_OK : GATEWAY_RUN_REFUSED);
        assert_int_equal(fake_gateway_count(b.fake, "agent"), rows[i].starts ? 1 : 0);
        assert_int_equal(rows[i].starts, *s.sentence == '\0');
        clear(&s);
        tear_down(&b);
    }
}

static void test_mode_once_a_connection(void **state) {
    bench b;
    run_seen s[4] = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s[0]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.create"), 1);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 2);
    start(&b, "mm-2", "read-only", &s[1]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 2);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    start(&b, "mm-3", "guarded", &s[2]); // other settings
    assert_int_equal(fake_gateway_count(b.fake, "sessions.patch"), 1);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 3);
    start(&b, "mm-4", "read-only", &s[3]); // and back: it is not taken from memory
    assert_int_equal(fake_gateway_count(b.fake, "sessions.patch"), 2);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "sessions.patch"), "permissionMode"),
                        "read-only");
    tear_down(&b);
    for (size_t i = 0; i < 4; i++)
        clear(&s[i]);
}

static void test_modes_at_once(void **state) {
    bench b;
    run_seen s[3] = {0};
    (void)state;
    set_up(&b, false);
    fake_gateway_set(b.fake)->mute = true; // all three ask before the gateway answers
    for (int i = 0; i < 3; i++)
        start(&b, i == 0 ? "a" : i == 1 ? "b" : "c", i == 1 ? "guarded" : "read-only", &s[i]);
    assert_int_equal(fake_gateway_count(b.fake, "sessions.describe"), 1);
    fake_gateway_set(b.fake)->mute = false;
    cut(&b);
    for (int i = 0; i < 3; i++) {
        assert_end(s[i], GATEWAY_RUN_OK, "echo: alice: hello");
        clear(&s[i]);
    }
    tear_down(&b);
}

static void test_waits_until_ready(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, false);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    start(&b, "mm-1", "read-only", &s);
    fake_world_advance(b.world, 120000);
    assert_int_equal(s.done, 0);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "echo: alice: hello");
    clear(&s);
    tear_down(&b);
}

static void test_cancel(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    gateway_run *r = start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    gateway_run_cancel(r, true);
    settle(&b);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "chat.abort"), "runId"), "mm-1");
    assert_string_equal(json_text(fake_gateway_last(b.fake, "chat.abort"), "sessionKey"), session);
    assert_int_equal(s.done, 0);
    r = start(&b, "mm-2", "read-only", &s);
    gateway_run_cancel(r, false);
    settle(&b);
    assert_int_equal(fake_gateway_count(b.fake, "chat.abort"), 1);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    r = start(&b, "mm-3", "read-only", &s); // never sent: there is nothing to abort
    gateway_run_cancel(r, true);
    tear_down(&b);
    assert_int_equal(s.done, 0);
    clear(&s);
}

static void test_cut_same_boot(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    fake_run_delta(b.fake, "mm-1", "one");
    settle(&b);
    cut(&b); // the run goes on meanwhile
    assert_int_equal(fake_gateway_count(b.fake, "agent.wait"), 1);
    fake_run_delta(b.fake, "mm-1", "one two");
    settle(&b);
    assert_string_equal(s.streamed, "one two");
    fake_run_end(b.fake, "mm-1", "one two three");
    fake_world_advance(b.world, 1000);
    assert_end(s, GATEWAY_RUN_OK, "one two three");
    assert_int_equal(s.payloads, 1); // the full result, not the wait's text only
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_int_equal(s.accepted, 1);
    clear(&s);
    tear_down(&b);
}

static void test_cut_while_it_ended(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    fake_run_end(b.fake, "mm-1", "done meanwhile");
    fake_world_advance(b.world, 60000);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "done meanwhile");
    clear(&s);
    tear_down(&b);
}

// After five minutes the gateway has forgotten the key: the same request would run twice.
static void test_cut_for_long(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    fake_run_end(b.fake, "mm-1", "done long ago");
    fake_gateway_restart(b.fake, "boot-1"); // forgets, but is the same
    fake_world_advance(b.world, 600000);
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "done long ago");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    clear(&s);
    tear_down(&b);
}

static void test_cut_before_accepted(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_gateway_restart(b.fake, "boot-1"); // it never arrived
    cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    fake_run_accept(b.fake, "mm-1");
    fake_run_end(b.fake, "mm-1", "here");
    settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "here");
    clear(&s);
    tear_down(&b);
}

static void test_crash_goes_on(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "chat.history"), 1);
    fake_world_advance(b.world, 10000); // it takes its time to go on
    assert_int_equal(s.done, 0);
    fake_run_continue(b.fake, "mm-1", "other-id");
    fake_world_advance(b.world, 5000);
    fake_run_delta(b.fake, "other-id", "again");
    settle(&b);
    assert_string_equal(s.streamed, "again");
    fake_run_end(b.fake, "other-id", "again complete");
    settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "again complete");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1); // never a second run
    clear(&s);
    tear_down(&b);
}

static void test_crash_went_on_already(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    fake_gateway_restart(b.fake, "boot-2");
    fake_run_continue(b.fake, "mm-1", "other-id");
    fake_run_end(b.fake, "other-id", "answered in the dark");
    fake_world_accept(b.world);
    fake_world_advance(b.world, 31000);
    assert_end(s, GATEWAY_RUN_OK, "answered in the dark");
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    clear(&s);
    tear_down(&b);
}

static void test_crash_without_a_trace(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s); // sent, but the gateway dies before it writes anything
    fake_gateway_restart(b.fake, "boot-2");
    cut(&b);
    fake_world_advance(b.world, 50000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    pass(&b, 20000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    fake_run_accept(b.fake, "mm-1");
    fake_run_end(b.fake, "mm-1", "second try");
    settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "second try");
    clear(&s);
    tear_down(&b);
}

// The gateway had queued it, crashed, and refuses its key for ever: once more under another one.
static void test_crash_with_pending_input(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_queue(b.fake, "mm-1");
    settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    cut(&b);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    pass(&b, 20000);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 2);
    assert_string_equal(json_text(fake_gateway_last(b.fake, "agent"), "idempotencyKey"), "mm-1.again");
    fake_run_accept(b.fake, "mm-1.again");
    fake_run_delta(b.fake, "mm-1.again", "here");
    settle(&b);
    assert_string_equal(s.streamed, "here");
    fake_run_end(b.fake, "mm-1.again", "here it is");
    settle(&b);
    assert_end(s, GATEWAY_RUN_OK, "here it is");
    clear(&s);
    tear_down(&b);
}

// A core that was restarted does not know whether its predecessor had sent the run.
static void test_sent_by_an_earlier_process(void **state) {
    static const struct {
        const char *boot;
        bool ran; // the gateway has it
    } rows[] = {{"boot-1", true}, {"boot-1", false}, {"", true}, {"boot-0", true}, {"", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bench b;
        run_seen first = {0}, s = {0};
        set_up(&b, true);
        if (rows[i].ran) {
            gateway_run_cancel(start(&b, "mm-1", "read-only", &first), false);
            fake_run_accept(b.fake, "mm-1");
            fake_run_end(b.fake, "mm-1", "ran once");
            settle(&b);
        }
        gateway_run_request request = {.idempotency_key = "mm-1",
                                       .session_key = session,
                                       .message = "alice: hello",
                                       .extra_system_prompt = "",
                                       .permission_mode = "read-only",
                                       .earlier_boot_id = rows[i].boot,
                                       .earlier_ms = 2000};
        assert_non_null(gateway_run_start(b.gateway, &request, &run_events, &s));
        pass(&b, 90000);
        if (!rows[i].ran) {
            fake_run_accept(b.fake, "mm-1");
            fake_run_end(b.fake, "mm-1", "ran once");
            pass(&b, 10000);
        }
        assert_end(s, GATEWAY_RUN_OK, "ran once");
        clear(&first);
        clear(&s);
        tear_down(&b);
    }
}

static void test_crash_lost(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    fake_run_accept(b.fake, "mm-1");
    settle(&b);
    fake_gateway_restart(b.fake, "boot-2");
    cut(&b);
    pass(&b, 80000);
    assert_end(s, GATEWAY_RUN_LOST, "");
    assert_non_null(strstr(s.sentence, "interrupted"));
    assert_int_equal(fake_gateway_count(b.fake, "agent"), 1);
    clear(&s);
    tear_down(&b);
}

static void test_other_gateway(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    start(&b, "mm-1", "read-only", &s);
    configure(&b, "ws://another");
    assert_end(s, GATEWAY_RUN_LOST, "");
    clear(&s);
    tear_down(&b);
}

static void test_too_many_and_too_long(void **state) {
    bench b;
    run_seen s = {0};
    (void)state;
    set_up(&b, true);
    fake_gateway_set(b.fake)->max_payload_bytes = 100;
    cut(&b);
    start(&b, "mm-1", "read-only", &s); // even the small session requests do not fit: refused, not hung
    fake_world_advance(b.world, 60000);
    assert_int_equal(s.done, 1);
    clear(&s);
    fake_gateway_set(b.fake)->max_payload_bytes = 300;
    fake_world_cut(b.world, WEBSOCKET_CUT, 0);
    fake_world_advance(b.world, 1500);
    char *message = xmalloc(1001);
    memset(message, 'x', 1000);
    message[1000] = '\0';
    gateway_run_request request = {.idempotency_key = "mm-2",
                                   .session_key = session,
                                   .message = message,
                                   .extra_system_prompt = "",
                                   .permission_mode = "read-only"};
    gateway_run_start(b.gateway, &request, &run_events, &s);
    fake_world_settle(b.world);
    assert_end(s, GATEWAY_RUN_ERROR, "");
    assert_non_null(strstr(s.sentence, "longer"));
    free(message);
    clear(&s);
    fake_world_refuse(b.world, WEBSOCKET_CONNECT);
    cut(&b);
    for (int i = 0; i < RUNS_MAX; i++)
        assert_non_null(start(&b, "same", "read-only", &s));
    assert_null(start(&b, "one too many", "read-only", &s));
    tear_down(&b);
    assert_int_equal(s.done, RUNS_MAX);
    clear(&s);
}

// 300 at once: all are answered, and never more than the limit are in flight.
static void test_many(void **state) {
    enum { MANY = 300 };
    static run_seen s[MANY];
    bench b;
    (void)state;
    set_up(&b, true);
    for (int i = 0; i < MANY; i++) {
        char *key = xasprintf("mm-%d", i);
        gateway_run_request request = {.idempotency_key = key,
                                       .session_key = session,
                                       .message = "hi",
                                       .extra_system_prompt = "",
                                       .permission_mode = "read-only"};
        assert_non_null(gateway_run_start(b.gateway, &request, &run_events, &s[i]));
        free(key);
    }
    fake_world_settle(b.world);
    assert_int_equal(fake_gateway_count(b.fake, "agent"), REQUESTS_IN_FLIGHT_MAX);
    for (int i = 0; i < MANY; i++) { // acceptance makes room
        char *key = xasprintf("mm-%d", i);
        fake_run_accept(b.fake, key);
        fake_world_settle(b.world);
        free(key);
    }
    assert_int_equal(fake_gateway_count(b.fake, "agent"), MANY);
    for (int i = 0; i < MANY; i++) {
        char *key = xasprintf("mm-%d", i);
        fake_run_end(b.fake, key, key);
        fake_world_settle(b.world);
        assert_end(s[i], GATEWAY_RUN_OK, key);
        clear(&s[i]);
        free(key);
    }
    tear_down(&b);
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_streaming),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_retryable),
        cmocka_unit_test(test_first_answer_late),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_mode_once_a_connection),
        cmocka_unit_test(test_modes_at_once),
        cmocka_unit_test(test_waits_until_ready),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cut_same_boot),
        cmocka_unit_test(test_cut_while_it_ended),
        cmocka_unit_test(test_cut_for_long),
        cmocka_unit_test(test_cut_before_accepted),
        cmocka_unit_test(test_crash_goes_on),
        cmocka_unit_test(test_crash_went_on_already),
        cmocka_unit_test(test_crash_without_a_trace),
        cmocka_unit_test(test_crash_with_pending_input),
        cmocka_unit_test(test_sent_by_an_earlier_process),
        cmocka_unit_test(test_crash_lost),
        cmocka_unit_test(test_other_gateway),
        cmocka_unit_test(test_too_many_and_too_long),
        cmocka_unit_test(test_many),
    };
    log_set_sink(no_log, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
