// SPDX-License-Identifier: Apache-2.0
// Who did what: the log's line and the server's record.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"
#include "fakes/fake_chat.c"

static void to_text(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    oc_err err = buf_printf(ctx, "%s|%s", log_level_name(level), message);
    for (size_t i = 0; i < count && err == OC_OK; i++)
        err = buf_printf(ctx, "|%s=%s", fields[i].key, fields[i].value);
    assert_int_equal(err == OC_OK ? buf_append_byte(ctx, '\n') : err, OC_OK);
}

// The log's line and the server's record say the same.
static void test_line_and_record(void **state) {
    (void)state;
    buf lines;
    buf_init(&lines, 4000);
    log_set_sink(to_text, &lines);
    chat *c = fake_chat_create();
    audit(c, AUDIT_PAIRING_APPROVE, "admin", "", "account", "default", "person", "alice");
    audit(c, AUDIT_COMMAND, "bob", "refused", "command", "doctor");
    audit(c, AUDIT_SETTINGS_APPLY, "", "they cannot be used");
    log_set_sink(NULL, NULL);
    assert_true(bytes_is(
        buf_bytes(&lines),
        "info|audit|event=openclaw.pairing.approve|user=admin|outcome=done|account=default|"
        "person=alice|component=audit\n"
        "info|audit|event=openclaw.command|user=bob|outcome=refused|command=doctor|component=audit\n"
        "info|audit|event=openclaw.settings.apply|user=|outcome=they cannot be used|component=audit\n"));
    buf_free(&lines);
    assert_int_equal(cJSON_GetArraySize(FAKE.audits), 3);
    const cJSON *done = cJSON_GetArrayItem(FAKE.audits, 0), *refused = cJSON_GetArrayItem(FAKE.audits, 1);
    assert_string_equal(json_text(done, "event_name"), "openclaw.pairing.approve");
    assert_string_equal(json_text(done, "status"), "success");
    assert_string_equal(json_text(json_get(done, "actor"), "user_id"), "admin");
    assert_string_equal(json_text(json_get(json_get(done, "event"), "parameters"), "person"), "alice");
    assert_null(json_get(done, "error"));
    assert_string_equal(json_text(refused, "status"), "fail");
    assert_string_equal(json_text(json_get(refused, "error"), "description"), "refused");
    fake_chat_destroy();
}

// Nothing is lost at the limit, and what stands beyond it does not break the line.
static void test_most_fields(void **state) {
    (void)state;
    chat *c = fake_chat_create();
    log_set_level(LOG_ERROR);
    audit(c, AUDIT_PURGE, "admin", "", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6", "g", "7",
          "h", "8", "i", "9");
    log_set_level(LOG_INFO);
    const cJSON *record = cJSON_GetArrayItem(FAKE.audits, 0);
    assert_int_equal(cJSON_GetArraySize(json_get(json_get(record, "event"), "parameters")), AUDIT_FIELDS_MAX);
    fake_chat_destroy();
}

static void test_each_event_has_a_name_of_its_own(void **state) {
    (void)state;
    for (audit_event e = 0; e < AUDIT_EVENTS; e++) {
        assert_true(starts(audit_event_name(e), "openclaw."));
        for (audit_event other = 0; other < e; other++)
            assert_string_not_equal(audit_event_name(e), audit_event_name(other));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_and_record),
        cmocka_unit_test(test_most_fields),
        cmocka_unit_test(test_each_event_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
