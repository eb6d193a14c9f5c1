// SPDX-License-Identifier: Apache-2.0
// Settings: what is taken, what is refused, and that each refusal names its setting.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "config/config.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

// The one account that the console's settings make.
static account_config *only(config *c) {
    assert_non_null(c);
    assert_int_equal(c->account_count, 1);
    assert_ptr_equal(config_default(c), &c->accounts[0]);
    return &c->accounts[0];
}

#define ID "abcdefghijklmnopqrstuvwxy1"
#define ID2 "zbcdefghijklmnopqrstuvwxy2"

static char *PEM;

// A certificate of its own, signed by itself.
static int make_certificate(void **state) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *certificate = X509_new();
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    (void)state;
    X509_set_pubkey(certificate, key);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_sign(certificate, key, EVP_sha256());
    PEM_write_bio_X509(bio, certificate);
    long len = BIO_get_mem_data(bio, &text);
    PEM = xstrndup(text, (size_t)len);
    BIO_free(bio);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return 0;
}

static int free_certificate(void **state) {
    (void)state;
    free(PEM);
    return 0;
}

// Settings with a token and one more key.
static config *settings_with(const char *key, const char *value, config_problems *problems) {
    cJSON *settings = json_new_object();
    if (strcmp(key, "gatewaytoken") != 0)
        json_add_string(settings, "gatewaytoken", "secret-token");
    json_add_string(settings, key, value);
    config *c = config_from_settings(settings, problems);
    cJSON_Delete(settings);
    return c;
}

static void test_defaults(void **state) {
    config_problems problems;
    (void)state;
    config *c = settings_with("gatewayurl", "", &problems);
    assert_non_null(c);
    assert_string_equal(only(c)->gateway.url, "ws://127.0.0.1:18789");
    assert_string_equal(secret_reveal(only(c)->gateway.token), "secret-token");
    assert_string_equal(only(c)->gateway.proxy, "");
    assert_string_equal(only(c)->bot_username, "openclaw");
    assert_string_equal(only(c)->bot_display_name, "OpenClaw");
    assert_string_equal(only(c)->agent, "");
    assert_null(only(c)->allow_from[0]);
    assert_int_equal(only(c)->permission, PERMISSION_READ_ONLY);
    assert_string_equal(c->log, "info");
    config_destroy(c);
}

static const struct row {
    const char *key, *value;
    const char *wrong; // the setting that is to be named; NULL: it is taken
} ROWS[] = {
    {"gatewayurl", "ws://gateway:18789", NULL},
    {"gatewayurl", "wss://gateway.example.com/", NULL},
    {"gatewayurl", "WSS://gateway.example.com:443/path", NULL},
    {"gatewayurl", "ws://[::1]:18789", NULL},
    {"gatewayurl", "ws://[::1]", NULL},
    {"gatewayurl", "  ws://padded  ", NULL},
    {"gatewayurl", "http://gateway", "GatewayURL"},
    {"gatewayurl", "https://gateway", "GatewayURL"},
    {"gatewayurl", "gateway:18789", "GatewayURL"},
    {"gatewayurl", "ws:/gateway", "GatewayURL"},
    {"gatewayurl", "wsx://gateway", "GatewayURL"},
    {"gatewayurl", "ws://", "GatewayURL"},
    {"gatewayurl", "ws://:18789", "GatewayURL"},
    {"gatewayurl", "ws://gateway:", "GatewayURL"},
    {"gatewayurl", "ws://gateway:0", "GatewayURL"},
    {"gatewayurl", "ws://gateway:65536", "GatewayURL"},
    {"gatewayurl", "ws://gateway:port", "GatewayURL"},
    {"gatewayurl", "ws://gateway:-1", "GatewayURL"},
    {"gatewayurl", "ws://[::1", "GatewayURL"},
    {"gatewayurl", "ws://[]:1", "GatewayURL"},
    {"gatewayurl", "ws://[::1]x", "GatewayURL"},
    {"gatewayurl", "ws://user:hunter2@gateway", "GatewayURL"},
    {"gatewayurl", "ws://gate way", "GatewayURL"},
    {"gatewayurl", "ws://gateway\n", NULL},
    {"gatewayurl", "ws://gate\nway", "GatewayURL"},
    {"gatewayurl", "ws://gateway?token=x", "GatewayURL"},
    {"gatewayurl", "ws://gateway/#x", "GatewayURL"},
    {"gatewaytoken", "", "GatewayToken"},
    {"gatewaytoken", "   ", "GatewayToken"},
    {"gatewaytoken", "x", NULL},
    {"gatewayproxy", "http://proxy:3128", NULL},
    {"gatewayproxy", "http://user:hunter2@proxy:3128", NULL},
    {"gatewayproxy", "socks5h://proxy:1080", NULL},
    {"gatewayproxy", "ftp://proxy", "GatewayProxy"},
    {"gatewayproxy", "proxy:3128", "GatewayProxy"},
    {"gatewayca", "", NULL},
    {"gatewayca", "relative/path.pem", "GatewayCA"},
    {"gatewayca", "/nonexistent/ca.pem", "GatewayCA"},
    {"gatewayca", "/", "GatewayCA"},
    {"gatewayca", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n", "GatewayCA"},
    {"gatewayca", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "GatewayCA"},
    {"gatewayca", "-----BEGIN CERTIFICATE-----\n", "GatewayCA"},
    {"botusername", "agent.smith-2_x", NULL},
    {"botusername", "a", NULL},
    {"botusername", "Agent", "BotUsername"},
    {"botusername", "2agents", "BotUsername"},
    {"botusername", "agent smith", "BotUsername"},
    {"botusername", "a23456789012345678901234", "BotUsername"},
    {"botusername", "@agent", "BotUsername"},
    {"botusername", "agént", "BotUsername"},
    {"botdisplayname", "The Agent ✨", NULL},
    {"botdisplayname", "0123456789012345678901234567890123456789012345678901234567890123x", "BotDisplayName"},
    {"agent", "main", NULL},
    {"agent", "Ops_2-x", NULL},
    {"agent", "a b", "Agent"},
    {"agent", "a:b", "Agent"},
    {"agent", "a/../b", "Agent"},
    {"allowfrom", "*", NULL},
    {"allowfrom", ID, NULL},
    {"allowfrom", ID "," ID2 ";\n" ID " *", NULL},
    {"allowfrom", ",, ;\n", NULL},
    {"allowfrom", "alice", "AllowFrom"},
    {"allowfrom", "@alice", "AllowFrom"},
    {"allowfrom", ID "x", "AllowFrom"},
    {"allowfrom", "ABCDEFGHIJKLMNOPQRSTUVWXY1", NULL}, // as in OpenClaw: ids in any case
    {"allowfrom", "user:" ID " mattermost:@" ID2, NULL},
    {"dmpolicy", "allowlist", NULL},
    {"dmpolicy", "everybody", "DMPolicy"},
    {"dmpolicy", "open", "AllowFrom"}, // without "*" in it
    {"grouppolicy", "open", NULL},
    {"grouppolicy", "all", "GroupPolicy"},
    {"groupallowfrom", ID, NULL},
    {"groupallowfrom", "bob", "GroupAllowFrom"},
    {"chatmode", "onmessage", NULL},
    {"chatmode", "always", "Chatmode"},
    {"oncharprefixes", "> ! ?", NULL},
    {"replytomode", "batched", NULL},
    {"replytomode", "thread", "ReplyToMode"},
    {"streamingmode", "progress", NULL},
    {"streamingmode", "on", "StreamingMode"},
    {"owners", ID, NULL},
    {"owners", "*", "Owners"},
    {"approvers", "*", "Approvers"},
    {"approvers", "carl", "Approvers"},
    {"historylimit", "0", NULL},
    {"historylimit", "-1", "HistoryLimit"},
    {"historylimit", "many", "HistoryLimit"},
    {"userperminute", "x", "UserPerMinute"},
    {"userperday", "1.5", "UserPerDay"},
    {"channelperminute", "1000001", "ChannelPerMinute"},
    {"channelperday", "-2", "ChannelPerDay"},
    {"botperminute", "1e99", "BotPerMinute"},
    {"botperday", "{}", "BotPerDay"},
    {"catchupminutes", "1441", "CatchUpMinutes"},
    {"secrets", "TOKEN: x\n# comment\n\nOTHER: y", NULL},
    {"secrets", "no colon", "Secrets"},
    {"secrets", "A: 1\nA: 2", "Secrets"},
    {"secrets", "A:", "Secrets"},
    {"secrets", "a b: c", "Secrets"},
    {"advanced", "historyLimit: 3", NULL},
    {"advanced", "[]", "Advanced"},
    {"advanced", "just words", "Advanced"},
    {"advanced", "a: 1\na: 2", "Advanced"},
    {"allowfrom", "**", "AllowFrom"},
    {"permissionmode", "full", NULL},
    {"permissionmode", "Read-Only", NULL},
    {"permissionmode", "root", "PermissionMode"},
    {"loglevel", "debug", NULL},
    {"loglevel", "verbose", "LogLevel"},
    {"loglevel", "warn, gateway=debug", NULL},
    {"loglevel", "warn, gatway=debug", "LogLevel"},
    {"loglevel", "warn, gateway=loud", "LogLevel"},
    {"loglevel", "warn, info", "LogLevel"},
    {"loglevel", ",", "LogLevel"},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        config_problems problems;
        config *c = settings_with(ROWS[i].key, ROWS[i].value, &problems);
        if ((c != NULL) != (ROWS[i].wrong == NULL))
            fail_msg("%s \"%s\": %s", ROWS[i].key, ROWS[i].value,
                     c != NULL ? "taken" : problems.items[0].sentence);
        if (ROWS[i].wrong != NULL) {
            assert_int_equal(problems.count, 1);
            assert_string_equal(problems.items[0].setting, ROWS[i].wrong);
            assert_true(strlen(problems.items[0].sentence) > 10);
            // What may be a secret is never repeated.
            assert_null(strstr(problems.items[0].sentence, "hunter2"));
        }
        config_problems_free(&problems);
        config_destroy(c);
    }
}

static void test_a_certificate_as_text_and_as_file(void **state) {
    config_problems problems;
    char path[] = "/tmp/openclaw-test-ca-XXXXXX";
    (void)state;
    config *c = settings_with("gatewayca", PEM, &problems);
    assert_non_null(c);
    assert_non_null(strstr(only(c)->gateway.ca_pem, "BEGIN CERTIFICATE"));
    assert_string_equal(only(c)->gateway.ca_file, "");
    config_destroy(c);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, PEM, strlen(PEM)), strlen(PEM));
    c = settings_with("gatewayca", path, &problems);
    assert_non_null(c);
    assert_string_equal(only(c)->gateway.ca_file, path);
    assert_string_equal(only(c)->gateway.ca_pem, "");
    config_destroy(c);
    assert_int_equal(ftruncate(fd, 40), 0);
    c = settings_with("gatewayca", path, &problems);
    assert_null(c);
    assert_string_equal(problems.items[0].setting, "GatewayCA");
    config_problems_free(&problems);
    close(fd);
    unlink(path);
}

static void test_all_problems_at_once(void **state) {
    config_problems problems;
    cJSON *settings = NULL;
    (void)state;
    assert_int_equal(
        json_parse(bytes_str("{\"gatewayurl\":\"http://x\",\"gatewayca\":\"x\",\"botusername\":\"X\","
                             "\"allowfrom\":\"bob eve\",\"permissionmode\":\"?\",\"loglevel\":\"?\"}"),
                   &settings),
        OC_OK);
    assert_null(config_from_settings(settings, &problems));
    assert_int_equal(problems.count, 7); // the empty token among them
    config_problems_free(&problems);
    cJSON_Delete(settings);
}

static void test_wrong_types_and_no_object(void **state) {
    static const char *const texts[] = {
        "{\"gatewaytoken\":17}",
        "{\"gatewaytoken\":\"x\",\"allowfrom\":[\"*\"]}",
        "{\"gatewaytoken\":\"x\",\"gatewayurl\":{}}",
        "{\"gatewaytoken\":\"x\",\"loglevel\":true}",
        "[]",
        "null",
        "17",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        config_problems problems;
        cJSON *settings = NULL;
        assert_int_equal(json_parse(bytes_str(texts[i]), &settings), OC_OK);
        assert_null(config_from_settings(settings, &problems));
        assert_true(problems.count >= 1);
        config_problems_free(&problems);
        cJSON_Delete(settings);
    }
}

static void test_equality(void **state) {
    static const struct {
        const char *key, *value;
    } changes[] = {
        {"gatewayurl", "ws://other"}, {"gatewaytoken", "other"},   {"gatewayproxy", "http://p"},
        {"botusername", "other"},     {"botdisplayname", "Other"}, {"agent", "other"},
        {"allowfrom", "*"},           {"allowfrom", ID},           {"permissionmode", "full"},
        {"loglevel", "debug"},
    };
    config_problems problems;
    (void)state;
    config *same = settings_with("unrelated", "x", &problems),
           *again = settings_with("unrelated", "y", &problems);
    assert_true(config_equal(same, again));
    assert_true(config_equal(NULL, NULL));
    assert_false(config_equal(same, NULL));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        config *other = settings_with(changes[i].key, changes[i].value, &problems);
        assert_non_null(other);
        assert_false(config_equal(same, other));
        assert_false(config_equal(other, same));
        config_destroy(other);
    }
    config_destroy(same);
    config_destroy(again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_a_certificate_as_text_and_as_file),
        cmocka_unit_test(test_all_problems_at_once),
        cmocka_unit_test(test_wrong_types_and_no_object),
        cmocka_unit_test(test_equality),
    };
    return cmocka_run_group_tests(tests, make_certificate, free_certificate);
}
