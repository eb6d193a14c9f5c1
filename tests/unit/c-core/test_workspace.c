// SPDX-License-Identifier: Apache-2.0
// Files of an agent's workspace: what the gateway's answers mean, and the second way over HTTP. The gateway's module is
// replaced by this file.
#include "base/log.h"
#include "base/mem.h"
#include "fake_web.h"
#include "gateway/workspace.h"
#include "words/words.h"
#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

enum { ROUNDS_MAX = 20000 };

static struct scene {
    loop *loop;
    net *net;
    fake_web *web; // NULL: no HTTP side
    secret *token;
    request_fn *fn; // of the request under way
    void *ctx;
    char *method;
    cJSON *params;
    bool full, cancelled;
    // what came back
    int calls;
    oc_err err;
    char *why, *type, *root;
    buf content;
} S;

open_request *gateway_call(gateway *g, const char *method, cJSON *params, int64_t timeout_ms, request_fn *fn,
                           void *ctx) {
    (void)g, (void)timeout_ms;
    if (S.full) {
        cJSON_Delete(params);
        return NULL;
    }
    free(S.method);
    S.method = xstrdup(method);
    cJSON_Delete(S.params);
    S.params = params;
    S.fn = fn;
    S.ctx = ctx;
    return (open_request *)&S;
}

void request_cancel(open_request *q) {
    S.cancelled = q != NULL;
}

gateway_status gateway_get_status(const gateway *g) {
    (void)g;
    return (gateway_status){.default_agent = "main"};
}

bool gateway_get_web(const gateway *g, gateway_web *out) {
    (void)g;
    if (S.web == NULL)
        return false;
    *out = (gateway_web){.net = S.net,
                         .url = xasprintf("http://127.0.0.1:%d", fake_web_port(S.web)),
                         .token = S.token,
                         .ca_file = "",
                         .ca_pem = "",
                         .proxy = ""};
    return true;
}

static void no_log(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    (void)ctx, (void)level, (void)message, (void)fields, (void)count;
}

static int set_up(void **state) {
    (void)state;
    log_set_sink(no_log, NULL);
    memset(&S, 0, sizeof S);
    S.loop = loop_create(NULL);
    S.net = net_create(S.loop);
    S.token = secret_create("the-token");
    buf_init(&S.content, 1 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    net_destroy(S.net);
    fake_web_destroy(S.web);
    loop_destroy(S.loop);
    secret_destroy(S.token);
    cJSON_Delete(S.params);
    free(S.method);
    free(S.why);
    free(S.type);
    free(S.root);
    buf_free(&S.content);
    return 0;
}

static void on_root(void *ctx, const char *root) {
    (void)ctx;
    S.calls++;
    free(S.root);
    S.root = xstrdup(root);
}

static void on_file(void *ctx, const workspace_file *file) {
    (void)ctx;
    S.calls++;
    S.err = file->err;
    free(S.why);
    S.why = words_in(WORDS_EN, file->why);
    free(S.type);
    S.type = xstrdup(file->mime_type);
    if (file->content != NULL) {
        bytes content = buf_bytes(file->content);
        assert_int_equal(buf_append(&S.content, content.data, content.len), OC_OK);
    }
}

static void reply(oc_err err, const char *payload, const char *error) {
    cJSON *p = NULL, *e = NULL;
    if (payload != NULL)
        assert_int_equal(json_parse(bytes_str(payload), &p), OC_OK);
    if (error != NULL)
        assert_int_equal(json_parse(bytes_str(error), &e), OC_OK);
    S.fn(S.ctx, &(request_reply){.err = err, .payload = p, .error = e});
    cJSON_Delete(p);
    cJSON_Delete(e);
}

static workspace_query *ask(size_t max_bytes) {
    return workspace_read(NULL,
                          &(workspace_ask){.agent_id = "helper",
                                           .session_key = "agent:helper:mattermost:x y",
                                           .path = "out/a b.pdf",
                                           .max_bytes = max_bytes},
                          on_file, NULL);
}

static void finds_the_folder(void **state) {
    (void)state;
    assert_non_null(workspace_root(NULL, "", on_root, NULL));
    assert_string_equal(S.method, "agents.list");
    reply(OC_OK,
          "{\"agents\":[{\"id\":\"x\",\"workspace\":\"/x\"},{\"id\":\"main\",\"workspace\":\"/home/a\"}]}",
          NULL);
    assert_string_equal(S.root, "/home/a");
    assert_non_null(workspace_root(NULL, "other", on_root, NULL));
    reply(OC_OK, "{\"agents\":[{\"id\":\"main\"}]}", NULL);
    assert_string_equal(S.root, "");
    assert_non_null(workspace_root(NULL, "main", on_root, NULL));
    reply(OC_ECLOSED, NULL, NULL);
    assert_string_equal(S.root, "");
    assert_int_equal(S.calls, 3);
}

static void reads_both_encodings(void **state) {
    (void)state;
    assert_non_null(ask(100));
    assert_string_equal(S.method, "agents.workspace.get");
    assert_string_equal(json_text(S.params, "agentId"), "helper");
    assert_string_equal(json_text(S.params, "path"), "out/a b.pdf");
    reply(OC_OK, "{\"file\":{\"encoding\":\"base64\",\"content\":\"Zm9v\",\"mimeType\":\"image/png\"}}",
          NULL);
    assert_int_equal(S.err, OC_OK);
    assert_string_equal(S.type, "image/png");
    assert_non_null(ask(100));
    reply(OC_OK, "{\"file\":{\"encoding\":\"utf8\",\"content\":\"bar\"}}", NULL);
    assert_int_equal(S.err, OC_OK);
    assert_true(bytes_is(buf_bytes(&S.content), "foobar"));
    assert_int_equal(S.calls, 2);
}

static void refusals_have_words(void **state) {
    static const struct {
        oc_err err;
        const char *payload, *error, *why;
        oc_err want;
    } rows[] = {
        {OC_EREMOTE, NULL, "{\"details\":{\"type\":\"workspace_file_not_found\"}}",
         "there is no such file in the agent's workspace", OC_ENOTFOUND},
        {OC_EREMOTE, NULL, "{\"details\":{\"type\":\"workspace_path_invalid\"}}",
         "it is not in the agent's workspace", OC_EDENIED},
        {OC_EREMOTE, NULL, "{\"details\":{\"type\":\"workspace_file_unsupported\"}}",
         "the gateway hands out no files of this kind", OC_ETYPE},
        {OC_EREMOTE, NULL, "{\"message\":\"odd\"}", "the gateway did not hand it out", OC_EREMOTE},
        {OC_ECLOSED, NULL, NULL, "the agent's gateway is away", OC_ECLOSED},
        {OC_ETIMEOUT, NULL, NULL, "the gateway did not answer in time", OC_ETIMEOUT},
        {OC_OK, "{\"file\":{\"encoding\":\"hex\",\"content\":\"00\"}}", NULL,
         "the gateway sent it in a form that is not known here", OC_EMALFORMED},
        {OC_OK, "{}", NULL, "the gateway sent it in a form that is not known here", OC_EMALFORMED},
        {OC_OK, "{\"file\":{\"encoding\":\"base64\",\"content\":\"Zm9\"}}", NULL,
         "the gateway sent it in a form that is not known here", OC_EMALFORMED},
        {OC_OK, "{\"file\":{\"encoding\":\"utf8\",\"content\":\"0123456789\"}}", NULL, "it is too large",
         OC_ELIMIT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_non_null(ask(5));
        reply(rows[i].err, rows[i].payload, rows[i].error);
        assert_int_equal(S.err, rows[i].want);
        assert_string_equal(S.why, rows[i].why);
    }
    S.full = true;
    assert_null(ask(5));
}

static const char UNSUPPORTED[] = "{\"details\":{\"type\":\"workspace_file_unsupported\"}}";
static const char WEB_PATH[] =
    "/__openclaw__/"
    "assistant-media?source=out%2Fa%20b.pdf&sessionKey=agent%3Ahelper%3Amattermost%3Ax%20y&agentId=helper";

static void until(int calls) {
    for (int i = 0; i < ROUNDS_MAX && S.calls < calls; i++)
        loop_step(S.loop, 1000);
    assert_int_equal(S.calls, calls);
}

static void other_kinds_come_over_http(void **state) {
    (void)state;
    S.web = fake_web_create(S.loop);
    fake_web_answer(S.web, WEB_PATH,
                    bytes_str("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n%PDF"), false);
    assert_non_null(ask(100));
    reply(OC_EREMOTE, NULL, UNSUPPORTED);
    until(1);
    assert_int_equal(S.err, OC_OK);
    assert_string_equal(S.type, "application/pdf");
    assert_true(bytes_is(buf_bytes(&S.content), "%PDF"));
    assert_non_null(strstr(fake_web_last(S.web), "Authorization: Bearer the-token\r\n"));
}

static void the_token_follows_no_redirect(void **state) {
    (void)state;
    S.web = fake_web_create(S.loop);
    fake_web_answer(S.web, WEB_PATH, bytes_str("HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n"), false);
    fake_web_answer(S.web, "/other", bytes_str("HTTP/1.1 200 OK\r\n\r\nx"), false);
    assert_non_null(ask(100));
    reply(OC_EREMOTE, NULL, UNSUPPORTED);
    until(1);
    assert_int_equal(S.err, OC_EREMOTE);
    assert_string_equal(S.why, "the gateway hands out no files of this kind");
    assert_int_equal(fake_web_requests(S.web), 1);
}

static void http_keeps_the_limit(void **state) {
    (void)state;
    S.web = fake_web_create(S.loop);
    fake_web_answer(S.web, WEB_PATH, bytes_str("HTTP/1.1 200 OK\r\n\r\n0123456789"), false);
    assert_non_null(ask(5));
    reply(OC_EREMOTE, NULL, "{\"details\":{\"type\":\"workspace_file_too_large\"}}");
    until(1);
    assert_int_equal(S.err, OC_ELIMIT);
}

static void can_be_cancelled(void **state) {
    (void)state;
    S.web = fake_web_create(S.loop);
    workspace_cancel(ask(5));
    assert_true(S.cancelled);
    workspace_query *q = ask(5);
    reply(OC_EREMOTE, NULL, UNSUPPORTED);
    loop_step(S.loop, 1000);
    workspace_cancel(q);
    for (int i = 0; i < 10; i++)
        loop_step(S.loop, 0);
    assert_int_equal(S.calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_both_encodings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals_have_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_kinds_come_over_http, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_token_follows_no_redirect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(http_keeps_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(can_be_cancelled, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
