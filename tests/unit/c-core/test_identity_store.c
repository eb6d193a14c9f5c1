// SPDX-License-Identifier: Apache-2.0
// The stored identity: made once, found again, and no broken value stops us.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "store/identity_record.h"
#include "store/identity_store.h"

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DEVICE "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c"

static gateway_identity *LOADED;
static char *TOKEN;
static int CALLS;

static void on_identity(void *ctx, gateway_identity *identity) {
    (void)ctx;
    LOADED = identity;
    CALLS++;
}

static void on_token(void *ctx, const char *token) {
    (void)ctx;
    free(TOKEN);
    TOKEN = token != NULL ? xstrdup(token) : NULL;
    CALLS++;
}

static int set_up(void **state) {
    (void)state;
    fake_chat_create();
    LOADED = NULL;
    TOKEN = NULL;
    CALLS = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    gateway_identity_destroy(LOADED);
    free(TOKEN);
    fake_chat_destroy();
    return 0;
}

static void test_made_once_and_found_again(void **state) {
    (void)state;
    identity_store_load(&THE_CHAT, on_identity, NULL);
    assert_int_equal(CALLS, 1);
    assert_non_null(LOADED);
    char *device = xstrdup(gateway_identity_device_id(LOADED));
    gateway_identity_destroy(LOADED);
    identity_store_load(&THE_CHAT, on_identity, NULL);
    assert_string_equal(gateway_identity_device_id(LOADED), device);
    free(device);
}

static void test_a_stored_seed(void **state) {
    (void)state;
    json_add_string(FAKE.kv, "device_identity", "{\"v\":1,\"seed\":\"" SEED "\"}");
    identity_store_load(&THE_CHAT, on_identity, NULL);
    assert_string_equal(gateway_identity_device_id(LOADED), DEVICE);
}

static void test_broken_values(void **state) {
    static const char *const values[] = {
        "garbage",
        "",
        "{",
        "[]",
        "{\"v\":2,\"seed\":\"" SEED "\"}",
        "{\"v\":0}",
        "{\"v\":1}",
        "{\"v\":1,\"seed\":\"00\"}",
        "{\"v\":1,\"seed\":\"" SEED "00\"}",
        "{\"v\":1,\"seed\":17}",
        "{\"v\":1,\"seed\":\"zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"}",
        "{\"v\":1,\"seed\":\"" SEED,
        "{\"v\":\"1\",\"seed\":\"" SEED "\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put("device_identity", bytes_str(values[i]));
        identity_store_load(&THE_CHAT, on_identity, NULL);
        assert_non_null(LOADED);
        assert_string_not_equal(gateway_identity_device_id(LOADED), DEVICE);
        assert_string_equal(json_text(FAKE.kv, "device_identity.unreadable"), values[i]);
        assert_non_null(strstr(json_text(FAKE.kv, "device_identity"), "{\"v\":1,\"seed\":\""));
        gateway_identity_destroy(LOADED);
        LOADED = NULL;
    }
}

static void test_two_nodes_at_once(void **state) {
    (void)state;
    FAKE.hold = true;
    identity_store_load(&THE_CHAT, on_identity, NULL);
    held *first = HELD; // "there is none" has been answered, but the other node stores its own meanwhile
    HELD = NULL;
    answer_one(first);
    cJSON_DeleteItemFromObjectCaseSensitive(FAKE.kv, "device_identity");
    HELD->flag = false;
    json_add_string(FAKE.kv, "device_identity", "{\"v\":1,\"seed\":\"" SEED "\"}");
    fake_chat_answer_all();
    assert_string_equal(gateway_identity_device_id(LOADED), DEVICE);
}

static void test_a_store_that_fails(void **state) {
    (void)state;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "no"};
    FAKE.fail_next = 1;
    identity_store_load(&THE_CHAT, on_identity, NULL);
    assert_int_equal(CALLS, 1);
    assert_null(LOADED);
}

static void test_tokens_by_gateway(void **state) {
    (void)state;
    device_token_load(&THE_CHAT, "ws://a", "run", on_token, NULL);
    assert_null(TOKEN);
    device_token_save(&THE_CHAT, "ws://a", "run", "token-a");
    device_token_save(&THE_CHAT, "ws://b", "run", "token \"b\"\n");
    device_token_load(&THE_CHAT, "ws://a", "run", on_token, NULL);
    assert_string_equal(TOKEN, "token-a");
    device_token_load(&THE_CHAT, "ws://b", "run", on_token, NULL);
    assert_string_equal(TOKEN, "token \"b\"\n");
    device_token_save(&THE_CHAT, "ws://a", "run", NULL);
    device_token_load(&THE_CHAT, "ws://a", "run", on_token, NULL);
    assert_null(TOKEN);
}

static void test_broken_tokens(void **state) {
    static const char *const values[] = {"", "x", "{\"v\":1}", "{\"v\":1,\"token\":\"\"}",
                                         "{\"v\":9,\"token\":\"t\"}"};
    char key[TOKEN_KEY_BYTES];
    (void)state;
    token_record_key("ws://a", "run", key);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        put(key, bytes_str(values[i]));
        device_token_load(&THE_CHAT, "ws://a", "run", on_token, NULL);
        assert_int_equal(CALLS, i + 1);
        assert_null(TOKEN);
    }
}

#define STORE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_made_once_and_found_again),
        STORE_TEST(test_a_stored_seed),
        STORE_TEST(test_broken_values),
        STORE_TEST(test_two_nodes_at_once),
        STORE_TEST(test_a_store_that_fails),
        STORE_TEST(test_tokens_by_gateway),
        STORE_TEST(test_broken_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
