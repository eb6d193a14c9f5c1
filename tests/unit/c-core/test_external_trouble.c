// SPDX-License-Identifier: Apache-2.0
// What is said when the Mattermost server cannot be reached, or something else answers: the cause, and the setting that helps.
#include "base/bytes.h"
#include "chat/rest_trouble.h"

#include <openssl/x509_vfy.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HTTP "http://chat.example.com"
#define HTTPS "https://chat.example.com"

static void test_no_answer(void **state) {
    static const struct {
        rest_failure failure;
        bool of_trust;
        const char *parts[2], *never;
    } rows[] = {
        {{HTTPS, CURLE_COULDNT_RESOLVE_HOST, X509_V_OK, "no such name"},
         false,
         {"no such name. Check the name in baseUrl", "DNS"},
         "server.ca"},
        {{HTTPS, CURLE_COULDNT_RESOLVE_PROXY, X509_V_OK, "no"},
         false,
         {"server.proxy", "environment"},
         "baseUrl"},
        {{HTTP, CURLE_COULDNT_CONNECT, X509_V_OK, "Connection refused"},
         false,
         {HTTP " cannot be reached: Connection refused. Is", "baseUrl"},
         "server.ca"},
        {{HTTPS, CURLE_OPERATION_TIMEDOUT, X509_V_OK, "late"},
         false,
         {HTTPS " does not answer in time"},
         "baseUrl"},
        {{HTTPS, CURLE_PEER_FAILED_VERIFICATION, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "bad"},
         true,
         {"The certificate of " HTTPS, "server.ca"},
         "http://"},
        {{HTTPS, CURLE_PEER_FAILED_VERIFICATION, X509_V_OK, "another name"},
         true,
         {"(another name)", "server.ca"},
         "http://"},
        {{HTTPS, CURLE_SSL_CONNECT_ERROR, X509_V_ERR_CERT_HAS_EXPIRED, "bad"},
         true,
         {"expired", "server.ca"},
         "http://"},
        {{HTTPS, CURLE_SSL_CONNECT_ERROR, X509_V_OK, "SSL connect error"},
         false,
         {"SSL connect error. Does", "http://"},
         "ertificate"},
        {{HTTPS, CURLE_SSL_CONNECT_ERROR, X509_V_ERR_UNSPECIFIED, "SSL connect error"},
         false,
         {"SSL connect error. Does", "http://"},
         "ertificate"},
        {{HTTPS, CURLE_SSL_CACERT_BADFILE, X509_V_OK, "no file"}, true, {"server.ca"}, "http://"},
        {{HTTP, CURLE_GOT_NOTHING, X509_V_OK, "Empty reply"},
         false,
         {"Empty reply", "https://"},
         "server.ca"},
        {{HTTP, CURLE_RECV_ERROR, X509_V_OK, "reset"}, false, {"reset", "https://"}, "server.ca"},
        {{HTTPS, CURLE_GOT_NOTHING, X509_V_OK, "Empty reply"},
         false,
         {"cannot be reached: Empty reply"},
         "baseUrl"},
        {{HTTPS, CURLE_OUT_OF_MEMORY, X509_V_OK, "memory"}, false, {"cannot be reached: memory"}, "baseUrl"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = rest_failure_text(&rows[i].failure);
        assert_int_equal(rest_failure_is_of_trust(&rows[i].failure), rows[i].of_trust);
        for (size_t j = 0; j < 2 && rows[i].parts[j] != NULL; j++) {
            if (strstr(text, rows[i].parts[j]) == NULL)
                fail_msg("row %zu: %s", i, text);
        }
        if (strstr(text, rows[i].never) != NULL)
            fail_msg("row %zu: %s", i, text);
        free(text);
    }
}

static void test_somebody_else_answers(void **state) {
    static const struct {
        const char *base_url;
        long status;
        const char *body, *part;
    } rows[] = {
        {HTTP, 400, "Client sent an HTTP request to an HTTPS server.\n", "https://"},
        {HTTP, 400, "<title>400 The plain HTTP request was sent to HTTPS port</title>", "https://"},
        {HTTP, 400, "You're speaking plain HTTP to an SSL-enabled server port.", "https://"},
        {HTTPS, 400, "Client sent an HTTP request to an HTTPS server.\n", "no answer of a Mattermost server"},
        {HTTP, 400, "", "no answer of a Mattermost server"},
        {HTTPS, 502, "<html>Bad Gateway</html>", "a proxy"},
        {HTTPS, 503, "", "a proxy"},
        {HTTPS, 504, "", "a proxy"},
        {HTTPS, 407, "", "server.proxy"},
        {HTTPS, 404, "<html></html>", "is baseUrl right"},
        {HTTPS, 301, "", "final address"},
        {HTTPS, 308, "", "final address"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = rest_foreign_answer(rows[i].base_url, rows[i].status, bytes_str(rows[i].body));
        if (strstr(text, rows[i].part) == NULL)
            fail_msg("row %zu: %s", i, text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_somebody_else_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
