// SPDX-License-Identifier: Apache-2.0
// Buttons: what was signed is accepted from that person until its time; any change of it is not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "fakes/fake_chat.c"
#include "interactions/click.h"
#include "store/install_secret.h"

static const click GOOD = {.kind = "pairing",
                           .account = "default",
                           .subject = "0123456789abcdef",
                           .choice = "approve",
                           .user_id = "admin",
                           .expires_ms = 5000};

static click_verdict check(const cJSON *context, const char *user, int64_t now_ms) {
    secret *s = secret_create("the secret");
    click out;
    click_verdict verdict = click_check(s, context, "pairing", user, now_ms, &out);
    secret_destroy(s);
    return verdict;
}

static cJSON *made(void) {
    secret *s = secret_create("the secret");
    cJSON *context = click_context(s, &GOOD);
    secret_destroy(s);
    return context;
}

static void test_who_and_when(void **state) {
    (void)state;
    cJSON *context = made();
    assert_int_equal(check(context, "admin", 4999), CLICK_GOOD);
    assert_int_equal(check(context, "admin", 5000), CLICK_EXPIRED);
    assert_int_equal(check(context, "mallory", 1), CLICK_BORROWED);
    assert_int_equal(check(context, "", 1), CLICK_BORROWED);
    cJSON_Delete(context);
}

static void test_every_change_is_noticed(void **state) {
    static const struct {
        const char *field, *value;
        click_verdict verdict;
    } rows[] = {
        {"kind", "approval", CLICK_FORGED}, {"account", "sales", CLICK_FORGED},
        {"account", "", CLICK_FORGED},      {"subject", "fedcba9876543210", CLICK_FORGED},
        {"subject", "", CLICK_MALFORMED},   {"choice", "deny", CLICK_FORGED},
        {"choice", "", CLICK_MALFORMED},    {"user", "mallory", CLICK_FORGED},
        {"user", "", CLICK_MALFORMED},      {"token", "", CLICK_MALFORMED},
        {"token", "00", CLICK_FORGED},      {"choice", "approve\",\"x\":\"", CLICK_FORGED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *context = made();
        cJSON_ReplaceItemInObjectCaseSensitive(context, rows[i].field, json_new_string(rows[i].value));
        assert_int_equal(check(context, "mallory", 1) == CLICK_GOOD, false);
        assert_int_equal(check(context, "admin", 1), rows[i].verdict);
        cJSON_Delete(context);
    }
    cJSON *context = made();
    cJSON_ReplaceItemInObjectCaseSensitive(context, "expires", json_new_int(9999));
    assert_int_equal(check(context, "admin", 1), CLICK_FORGED);
    cJSON_Delete(context);
    assert_int_equal(check(NULL, "admin", 1), CLICK_MALFORMED);
}

static void test_without_a_secret_nothing_is_good(void **state) {
    click out;
    (void)state;
    cJSON *context = click_context(NULL, &GOOD);
    assert_int_equal(click_check(NULL, context, "pairing", "admin", 1, &out), CLICK_MALFORMED);
    json_add_string(context, "token", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_int_equal(click_check(NULL, context, "pairing", "admin", 1, &out), CLICK_FORGED);
    cJSON_Delete(context);
}

// --- the secret in the store ---

static void keep(void *ctx, secret *s) {
    *(secret **)ctx = s;
}

static void test_the_secret_is_made_once(void **state) {
    secret *one = NULL, *two = NULL;
    (void)state;
    chat *c = fake_chat_create();
    install_secret_load(c, keep, &one);
    install_secret_load(c, keep, &two);
    assert_int_equal(strlen(secret_reveal(one)), 64);
    assert_true(secret_equal(one, two));
    secret_destroy(one);
    secret_destroy(two);
    fake_chat_destroy();
}

static void test_two_nodes_at_once_have_one(void **state) {
    secret *one = NULL, *two = NULL;
    (void)state;
    chat *c = fake_chat_create();
    FAKE.hold = true;
    install_secret_load(c, keep, &one);
    install_secret_load(c, keep, &two);
    held *first = HELD, *second = HELD->next;
    HELD = NULL;
    answer_one(first);
    answer_one(second);
    FAKE.hold = false;
    fake_chat_answer_all();
    assert_non_null(one);
    assert_true(secret_equal(one, two));
    secret_destroy(one);
    secret_destroy(two);
    fake_chat_destroy();
}

static void test_broken_secrets(void **state) {
    static const char *const values[] = {"", "x", "{\"v\":2}", "{\"v\":1,\"secret\":\"short\"}",
                                         "{\"v\":1,\"secret\":7}"};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        secret *s = NULL;
        chat *c = fake_chat_create();
        json_add_string(FAKE.kv, "install_secret", values[i]);
        install_secret_load(c, keep, &s);
        assert_int_equal(strlen(secret_reveal(s)), 64);
        secret_destroy(s);
        fake_chat_destroy();
    }
    secret *s = secret_create("x");
    secret *before = s;
    chat *c = fake_chat_create();
    FAKE.failure = (chat_error){.err = OC_ETIMEOUT, .id = "", .message = "slow"};
    FAKE.fail_next = 1;
    install_secret_load(c, keep, &s);
    assert_null(s);
    secret_destroy(before);
    fake_chat_destroy();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_and_when),
        cmocka_unit_test(test_every_change_is_noticed),
        cmocka_unit_test(test_without_a_secret_nothing_is_good),
        cmocka_unit_test(test_the_secret_is_made_once),
        cmocka_unit_test(test_two_nodes_at_once_have_one),
        cmocka_unit_test(test_broken_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
