// SPDX-License-Identifier: Apache-2.0
// The device identity, against the vector of the protocol notes.
#include "gateway/connect.h"
#include "gateway/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static gateway_identity *of_vector(void) {
    uint8_t seed[IDENTITY_SEED_BYTES];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    return gateway_identity_from_seed(seed);
}

static const identity_claim vector_claim = {.client_id = "gateway-client",
                                            .client_mode = "backend",
                                            .role = "operator",
                                            .scopes = "operator.read,operator.write",
                                            .signed_at_ms = 1737264000000,
                                            .token = "test-token",
                                            .nonce = "11111111-2222-3333-4444-555555555555",
                                            .platform = "Linux",
                                            .device_family = "Server"};
static const char vector_signature[] =
    "OFmlZ43TEXCNPt0Bzv2Yk9E6hSEnfzUoEMHoSiSWepUa-7xWofRTX0Xx6BTqIl8F73-YBssquYByUYAX9OZdCQ";

static void test_vector(void **state) {
    gateway_identity *i = of_vector();
    char *signature = NULL;
    (void)state;
    assert_string_equal(gateway_identity_device_id(i),
                        "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c");
    assert_string_equal(gateway_identity_public_key(i), "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
    assert_int_equal(gateway_identity_sign(i, &vector_claim, &signature), OC_OK);
    assert_string_equal(signature, vector_signature);
    free(signature);
    gateway_identity_destroy(i);
}

// Platform and family are trimmed and lower-cased before signing; everything else counts as it is.
static void test_what_is_signed(void **state) {
    gateway_identity *i = of_vector();
    identity_claim rows[8];
    (void)state;
    for (size_t n = 0; n < 8; n++)
        rows[n] = vector_claim;
    rows[0].platform = " linux\t";
    rows[1].device_family = "SERVER ";
    rows[2].token = "test-tokem";
    rows[3].nonce = "";
    rows[4].signed_at_ms++;
    rows[5].scopes = "operator.write,operator.read";
    rows[6].platform = NULL;
    rows[7].role = "node";
    for (size_t n = 0; n < 8; n++) {
        char *signature = NULL;
        assert_int_equal(gateway_identity_sign(i, &rows[n], &signature), OC_OK);
        assert_int_equal(strcmp(signature, vector_signature) == 0, n < 2);
        free(signature);
    }
    gateway_identity_destroy(i);
}

static void test_new_ones(void **state) {
    gateway_identity *a = gateway_identity_create(), *b = gateway_identity_create();
    uint8_t seed[IDENTITY_SEED_BYTES];
    (void)state;
    assert_non_null(a);
    assert_string_not_equal(gateway_identity_device_id(a), gateway_identity_device_id(b));
    gateway_identity_seed(a, seed);
    gateway_identity *again = gateway_identity_from_seed(seed);
    assert_string_equal(gateway_identity_device_id(a), gateway_identity_device_id(again));
    assert_int_equal(strlen(gateway_identity_device_id(a)), 64);
    assert_int_equal(strlen(gateway_identity_public_key(a)), 43);
    gateway_identity_destroy(a);
    gateway_identity_destroy(b);
    gateway_identity_destroy(again);
    gateway_identity_destroy(NULL);
}

static void test_quote(void **state) {
    char long_text[400], *quoted = NULL;
    (void)state;
    quoted = connect_quote("a\nb\x7f\x1b[31mc \xc3\xa4");
    assert_string_equal(quoted, "a b  [31mc \xc3\xa4");
    free(quoted);
    memset(long_text, 'x', sizeof long_text);
    long_text[399] = '\0';
    memcpy(long_text + 199, "\xe2\x82\xac", 3); // the limit falls into a character: it goes as a whole
    quoted = connect_quote(long_text);
    assert_int_equal(strlen(quoted), 199);
    free(quoted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_what_is_signed),
        cmocka_unit_test(test_new_ones),
        cmocka_unit_test(test_quote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
