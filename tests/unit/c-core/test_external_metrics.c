// SPDX-License-Identifier: Apache-2.0
// External mode's metrics: who is let in, what is answered, what is refused. Over real sockets of the loopback.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "external_metrics.h"

#include "base/mem.h"
#include "base/metric.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_BYTES = 256 << 10, STEP_MS = 10 };

static loop *LOOP;
static external_metrics *METRICS;
static char *const *ALLOWED;
static int COLLECTED;

static char *const *allowed(void *ctx) {
    (void)ctx;
    return ALLOWED;
}

static void collect(void *ctx) {
    (void)ctx;
    COLLECTED++;
    metric_set(METRIC_ACCOUNTS, NULL, 3);
}

static int set_up(void **state) {
    char *why = NULL;
    (void)state;
    LOOP = loop_create(NULL);
    METRICS = external_metrics_create(
        LOOP, "127.0.0.1:0", &(external_metrics_world){.allowed = allowed, .collect = collect}, &why);
    assert_null(why);
    ALLOWED = NULL;
    COLLECTED = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    external_metrics_destroy(METRICS);
    loop_destroy(LOOP);
    return 0;
}

// What comes back until the server closes; "" when it says nothing. The caller frees it.
static char *asked(const char *request) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)external_metrics_port(METRICS))};
    char *answer = xcalloc(1, ANSWER_BYTES);
    size_t used = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    for (;;) {
        loop_step(LOOP, STEP_MS);
        ssize_t got = recv(fd, answer + used, ANSWER_BYTES - 1 - used, MSG_DONTWAIT);
        if (got > 0)
            used += (size_t)got;
        else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            break;
    }
    close(fd);
    return answer;
}

static void must_answer(const char *request, const char *first, const char *part) {
    char *answer = asked(request);
    if (strncmp(answer, first, strlen(first)) != 0 || strstr(answer, part) == NULL)
        fail_msg("%s: %s", request, answer);
    free(answer);
}

static void test_read_and_refused(void **state) {
    (void)state;
    must_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "\nopenclaw_accounts 3\n");
    must_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "text/plain; version=0.0.4");
    assert_int_equal(COLLECTED, 2);
    must_answer("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405",
                "Allow: GET");
    must_answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404", "Not Found");
    must_answer("GET /plugins/openclaw/api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404",
                "Not Found");
    assert_int_equal(COLLECTED, 2);
}

// Who is not allowed hears nothing at all.
static void test_who_may_ask(void **state) {
    char other[] = "192.0.2.1", network[] = "127.0.0.0/8";
    char *const only_other[] = {other, NULL}, *const ours_too[] = {other, network, NULL},
                *const empty[] = {NULL};
    (void)state;
    ALLOWED = only_other;
    char *answer = asked("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_string_equal(answer, "");
    free(answer);
    ALLOWED = ours_too;
    must_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "openclaw_");
    ALLOWED = empty;
    must_answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200", "openclaw_");
}

static void test_an_address_that_cannot_be_had(void **state) {
    char *why = NULL, *taken = xasprintf("127.0.0.1:%d", external_metrics_port(METRICS));
    (void)state;
    assert_null(external_metrics_create(
        LOOP, taken, &(external_metrics_world){.allowed = allowed, .collect = collect}, &why));
    assert_non_null(why);
    free(why);
    free(taken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_and_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_may_ask, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_address_that_cannot_be_had, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
