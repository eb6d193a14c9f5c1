// SPDX-License-Identifier: Apache-2.0
// Pairings as the status panel sees and decides them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/pairing_bench.h"

static cJSON *PANEL;
static int STATUS;

static void on_panel(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    STATUS = status;
    cJSON_Delete(PANEL);
    PANEL = cJSON_Duplicate(body, true);
}

static const cJSON *panel_list(const char *by) {
    STATUS = 0;
    admin_panel p = pairing_desk_panel(ONE.desk);
    p.pairings(p.ctx, by, on_panel, NULL);
    settle();
    assert_int_equal(STATUS, 200);
    return json_array(PANEL, "pairings");
}

static void panel_decide(const char *by, const char *account_id, const char *key, bool approve, int status,
                         const char *result) {
    cJSON *body = json_new_object();
    json_add_string(body, "account", account_id);
    json_add_string(body, "key", key);
    json_add_bool(body, "approve", approve);
    STATUS = 0;
    admin_panel p = pairing_desk_panel(ONE.desk);
    p.decide(p.ctx, by, body, on_panel, NULL);
    settle();
    cJSON_Delete(body);
    assert_int_equal(STATUS, status);
    assert_string_equal(json_text(PANEL, "result"), result);
}

static void test_panel(void **state) {
    char key[PAIRING_KEY_BYTES];
    (void)state;
    assert_int_equal(cJSON_GetArraySize(panel_list("admin1")), 0);
    ask(&ONE, "p1");
    ask_about(&TWO, &ACCOUNTS[1], ERIN, "p2");
    const cJSON *all = panel_list("admin1"), *one = cJSON_GetArrayItem(all, 0);
    assert_int_equal(cJSON_GetArraySize(all), 2);
    assert_string_equal(json_text(one, "account"), "default");
    assert_string_equal(json_text(one, "bot_username"), BOT_NAME);
    assert_string_equal(json_text(one, "user_id"), ALICE);
    assert_string_equal(json_text(one, "username"), "alice");
    assert_int_equal(strlen(json_text(one, "code")), PAIRING_CODE_LENGTH);
    assert_int_equal(json_int(one, "ends_ms", 0) - json_int(one, "asked_ms", 0), PAIRING_LIVES_MS);
    snprintf(key, sizeof key, "%s", json_text(one, "key"));
    assert_int_equal(cJSON_GetArraySize(panel_list(CAROL)), 1); // an approver of one account only
    assert_int_equal(cJSON_GetArraySize(panel_list(ALICE)), 0);
    panel_decide(ALICE, "default", key, true, 403, "right");
    panel_decide("admin1", "nowhere", key, true, 404, "unknown");
    panel_decide("admin1", "sales", key, true, 404, "unknown");
    panel_decide("admin1", "default", "short", true, 400, "malformed");
    assert_int_equal(RELEASES, 0);
    panel_decide("admin1", "default", key, true, 200, "decided");
    assert_int_equal(RELEASES, 1);
    panel_decide("admin1", "default", key, false, 409, "earlier");
    const cJSON *left = panel_list("admin1");
    assert_int_equal(cJSON_GetArraySize(left), 1);
    snprintf(key, sizeof key, "%s", json_text(cJSON_GetArrayItem(left, 0), "key"));
    fake_clock_pass(LOOP, PAIRING_LIVES_MS);
    assert_int_equal(cJSON_GetArraySize(panel_list("admin1")), 0);
    panel_decide("admin1", "sales", key, true, 410, "expired");
    cJSON_Delete(PANEL);
    PANEL = NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_panel, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
