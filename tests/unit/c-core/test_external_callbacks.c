// SPDX-License-Identifier: Apache-2.0
// The listener of external mode: from where calls may come, also through proxies, and what a call for a command costs.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/callback_url.h"
#include "chat/http.h"
#include "net/forwarded.h"
#include "rest_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/api/channels/mattermost/command"
#define FORM "application/x-www-form-urlencoded"

// --- who asks ---

static char PROXY[] = "192.0.2.0/24", PROXY6[] = "2001:db8::5";
static char *const PROXIES[] = {PROXY, PROXY6, NULL};

static ip_address address(const char *text) {
    ip_address a;
    assert_int_equal(ip_parse(bytes_str(text), &a), IP_TEXT_ADDRESS);
    return a;
}

static void test_who_asks(void **state) {
    static const struct {
        const char *peer, *forwarded, *real, *from; // from NULL: not known
        bool real_ip;
    } rows[] = {
        {"203.0.113.1", NULL, NULL, "203.0.113.1", false},
        {"203.0.113.1", "198.51.100.7", "198.51.100.7", "203.0.113.1", true}, // anybody can say that
        {"192.0.2.9", "198.51.100.7", NULL, "198.51.100.7", false},
        {"2001:db8::5", "198.51.100.7", NULL, "198.51.100.7", false},
        {"192.0.2.9", "10.1.1.1, 198.51.100.7", NULL, "198.51.100.7", false}, // the left one is hearsay
        {"192.0.2.9", "198.51.100.7 ,\t192.0.2.8", NULL, "198.51.100.7", false},
        {"192.0.2.9", "198.51.100.7:4711", NULL, "198.51.100.7", false},
        {"192.0.2.9", "[2001:db8::7]:4711", NULL, "2001:db8::7", false},
        {"192.0.2.9", "2001:db8::7", NULL, "2001:db8::7", false},
        {"192.0.2.9", "::ffff:198.51.100.7", NULL, "198.51.100.7", false},
        {"192.0.2.9", "127.0.0.1, unknown", NULL, NULL, false},
        {"192.0.2.9", "127.0.0.1, [::1", NULL, NULL, false},
        {"192.0.2.9", "127.0.0.1, 1.2.3.4:x", NULL, NULL, false},
        {"192.0.2.9", "192.0.2.8, 192.0.2.7", NULL, NULL, false}, // proxies alone are nobody
        {"192.0.2.9", ",", NULL, NULL, false},
        {"192.0.2.9", NULL, NULL, NULL, false},
        {"192.0.2.9", NULL, "198.51.100.7", NULL, false},
        {"192.0.2.9", NULL, "198.51.100.7", "198.51.100.7", true},
        {"192.0.2.9", "198.51.100.8", "198.51.100.7", "198.51.100.8", true},
        {"192.0.2.9", NULL, "198.51.100.7, 198.51.100.8", NULL, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *header = json_new_object();
        ip_address peer = address(rows[i].peer), got, wanted;
        if (rows[i].forwarded != NULL)
            json_add_string(header, "x-forwarded-for", rows[i].forwarded);
        if (rows[i].real != NULL)
            json_add_string(header, "x-real-ip", rows[i].real);
        bool known = forwarded_from(&peer, header, PROXIES, rows[i].real_ip, &got);
        if (known != (rows[i].from != NULL))
            fail_msg("row %zu: %s", i, known ? "known" : "not known");
        if (known) {
            wanted = address(rows[i].from);
            if (wanted.v6 != got.v6 || memcmp(wanted.octets, got.octets, got.v6 ? 16 : 4) != 0)
                fail_msg("row %zu: another address", i);
        }
        cJSON_Delete(header);
    }
}

static void test_entries(void **state) {
    static const char *const good[] = {"192.0.2.1", "192.0.2.0/24", "0.0.0.0/0", "::1", "2001:db8::/32"};
    static const char *const bad[] = {"",       "localhost",  "192.0.2",      "192.0.2.0/33",
                                      "::/129", "192.0.2.0/", "192.0.2.0/-1", "127.1"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(ip_is_entry(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ip_is_entry(bad[i]));
}

static void test_whether_the_server_can_call(void **state) {
    static const struct {
        const char *url, *server, *host;
        callback_reach reach;
    } rows[] = {
        {"https://openclaw.example.com/x", "https://chat.example.com", "openclaw.example.com",
         CALLBACK_PUBLIC},
        {"http://10.1.2.3:8066", "https://chat.example.com", "10.1.2.3", CALLBACK_NEEDS_LEAVE},
        {"http://[fd00::1]:8066/y", "https://chat.example.com", "fd00::1", CALLBACK_NEEDS_LEAVE},
        {"http://openclaw.internal:8066", "https://chat.example.com", "openclaw.internal",
         CALLBACK_NEEDS_LEAVE},
        {"http://127.0.0.1:8066", "http://localhost:8065", "127.0.0.1", CALLBACK_NEEDS_LEAVE},
        {"http://localhost:8066", "https://chat.example.com", "localhost", CALLBACK_ELSEWHERE},
        {"http://127.3.4.5", "https://chat.example.com", "127.3.4.5", CALLBACK_ELSEWHERE},
        {"http://[::1]:1", "http://10.0.0.1", "::1", CALLBACK_ELSEWHERE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *host = callback_host(rows[i].url);
        assert_int_equal(callback_judge(rows[i].url, rows[i].server), rows[i].reach);
        assert_string_equal(host, rows[i].host);
        free(host);
    }
}

// --- commands ---

typedef struct scene {
    rest_bench *bench;
    int commands, requests;
    const char *token; // that the command has at the server
} scene;

static rest_bench_reply serve(void *ctx, const http_request *r) {
    scene *s = ctx;
    char *body = xasprintf("{\"id\":\"cmd1\",\"team_id\":\"T\",\"trigger\":\"openclaw\",\"method\":\"P\","
                           "\"url\":\"http://openclaw.example.com" PATH "\",\"token\":\"%s\"}",
                           s->token);
    assert_string_equal(r->path, "/api/v4/commands/cmd1");
    return (rest_bench_reply){.status = 200, .body = body};
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    scene *s = ctx;
    s->commands++;
    assert_string_equal(command->command, "/openclaw help");
    chat_command_answer(ticket, "Help.");
}

static void on_http(void *ctx, chat_http *r) {
    scene *s = ctx;
    s->requests++;
    assert_string_equal(chat_http_path(r), CHAT_HTTP_MCP_PATH);
    assert_string_equal(chat_http_user_id(r), ""); // it claims none
    assert_string_equal(chat_http_header(r, CHAT_HTTP_MCP_SECRET), "Bearer word");
    assert_string_equal(chat_http_header(r, "Cookie"), "");
    chat_http_answer_error(r, 418, chat_http_method(r));
}

static char PEER[] = "127.0.0.1", OTHER[] = "198.51.100.0/24";
static char *const HERE[] = {PEER, NULL};

static void prepare(server_config *server) {
    free(server->command_url);
    server->command_url = xstrdup("http://openclaw.example.com" PATH);
}

static void prepare_elsewhere(server_config *server) {
    prepare(server);
    config_list_free(server->callback_ips);
    server->callback_ips = xcalloc(2, sizeof *server->callback_ips);
    server->callback_ips[0] = xstrdup(OTHER);
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static int set_up(void **state) {
    static const chat_events events = {.command = on_command, .http = on_http};
    scene *s = xcalloc(1, sizeof *s);
    log_set_sink(no_log, NULL);
    s->token = "tok1";
    s->bench = rest_bench_create(NULL, serve, &events, s);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    rest_bench_destroy(s->bench);
    log_set_sink(NULL, NULL);
    free(s);
    return 0;
}

static char *call(const char *token, const char *more) {
    char *body = xasprintf("token=%s&team_id=T&channel_id=C&user_id=U&command=%%2Fopenclaw&text=help", token);
    char *text = rest_bench_request("POST", PATH, FORM, more, body);
    free(body);
    return text;
}

static int ask(scene *s, const char *token, const char *more) {
    char *request = call(token, more);
    rest_bench_answer answer;
    rest_bench_ask(s->bench, 1, (const char *const *)&request, &answer);
    int status = answer.status;
    rest_bench_answer_free(&answer);
    free(request);
    return status;
}

static void test_calls_at_one_time_share_a_question(void **state) {
    enum { MANY = 30 };
    scene *s = *state;
    char *request = call("tok1", NULL);
    const char *requests[MANY];
    rest_bench_answer answers[MANY];
    rest_bench_command(rest_bench_add(s->bench, "default", true, prepare), "cmd1", "T", "openclaw", "tok1");
    for (size_t i = 0; i < MANY; i++)
        requests[i] = request;
    rest_bench_ask(s->bench, MANY, requests, answers);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(answers[i].status, 200);
        rest_bench_answer_free(&answers[i]);
    }
    assert_int_equal(s->commands, MANY);
    free(request);
}

static void test_who_guesses_keeps_nobody_out(void **state) {
    scene *s = *state;
    rest_bench_command(rest_bench_add(s->bench, "default", true, prepare), "cmd1", "T", "openclaw", "tok1");
    for (int i = 0; i < 40; i++)
        assert_int_equal(ask(s, "guess", NULL), 401);
    assert_int_equal(ask(s, "tok1", NULL), 200);
    assert_int_equal(s->commands, 1);
}

static void test_many_people_at_once(void **state) {
    scene *s = *state;
    rest_bench_command(rest_bench_add(s->bench, "default", true, prepare), "cmd1", "T", "openclaw", "tok1");
    for (int i = 0; i < 60; i++)
        assert_int_equal(ask(s, "tok1", NULL), 200);
}

static void test_a_renewed_token_is_learned(void **state) {
    scene *s = *state;
    rest_bench_command(rest_bench_add(s->bench, "default", true, prepare), "cmd1", "T", "openclaw", "tok1");
    s->token = "tok2";
    assert_int_equal(ask(s, "tok1", NULL), 401); // the server has another one now
    assert_int_equal(ask(s, "tok2", NULL), 200);
    assert_int_equal(ask(s, "tok1", NULL), 401);
}

static void test_strangers_get_no_word(void **state) {
    scene *s = *state;
    rest_bench_command(rest_bench_add(s->bench, "default", true, prepare_elsewhere), "cmd1", "T", "openclaw",
                       "tok1");
    assert_int_equal(ask(s, "tok1", NULL), 0);
    assert_int_equal(ask(s, "tok1", "X-Forwarded-For: 198.51.100.7\r\n"), 0); // no proxy of ours
    rest_bench_trust(s->bench)->proxies = HERE;
    assert_int_equal(ask(s, "tok1", "X-Forwarded-For: 198.51.100.7\r\n"), 200);
    assert_int_equal(ask(s, "tok1", NULL), 0); // a proxy that does not say
    assert_int_equal(ask(s, "tok1", "X-Forwarded-For: 203.0.113.7\r\n"), 0);
    // what came in front of the proxy's own word does not count, in one line or in two
    assert_int_equal(ask(s, "tok1", "X-Forwarded-For: 198.51.100.7, 203.0.113.7\r\n"), 0);
    assert_int_equal(ask(s, "tok1", "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 203.0.113.7\r\n"), 0);
    assert_int_equal(ask(s, "tok1", "X-Real-IP: 198.51.100.7\r\n"), 0);
    rest_bench_trust(s->bench)->real_ip = true;
    assert_int_equal(ask(s, "tok1", "X-Real-IP: 198.51.100.7\r\n"), 200);
    assert_int_equal(s->commands, 2);
}

static int ask_mcp(scene *s, const char *method, const char *account) {
    char *path = xasprintf("/mattermost/mcp/%s", account);
    char *request = rest_bench_request(method, path, "application/json",
                                       "X-OpenClaw-Authorization: Bearer word\r\nCookie: c\r\n", "{}");
    rest_bench_answer answer;
    rest_bench_ask(s->bench, 1, (const char *const *)&request, &answer);
    int status = answer.status;
    rest_bench_answer_free(&answer);
    free(request);
    free(path);
    return status;
}

static void test_the_way_of_mcp(void **state) {
    scene *s = *state;
    rest_bench_add(s->bench, "default", true, prepare);
    rest_bench_add(s->bench, "later", false, prepare); // does not serve yet
    rest_bench_add(s->bench, "far", true, prepare_elsewhere);
    assert_int_equal(ask_mcp(s, "POST", "default"), 418);
    assert_int_equal(ask_mcp(s, "GET", "default"), 418); // the app says 405
    assert_int_equal(s->requests, 2);
    assert_int_equal(ask_mcp(s, "POST", "later"), 503);
    assert_int_equal(ask_mcp(s, "POST", "far"), 403);
    assert_int_equal(ask_mcp(s, "POST", "nobody"), 404);
    assert_int_equal(ask_mcp(s, "POST", "default/x"), 404);
    assert_int_equal(s->requests, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_asks),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_whether_the_server_can_call),
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_calls_at_one_time_share_a_question),
        TEST(test_who_guesses_keeps_nobody_out),
        TEST(test_many_people_at_once),
        TEST(test_a_renewed_token_is_learned),
        TEST(test_strangers_get_no_word),
        TEST(test_the_way_of_mcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
