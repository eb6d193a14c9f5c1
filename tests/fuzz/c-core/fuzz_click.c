// SPDX-License-Identifier: Apache-2.0
// The body of a click or a dialog, a stored record, and what was entered into a form: whatever stands there, nobody's click is
// taken that we have not signed, and every request is answered once. The first byte says which.
#include "base/mem.h"
#include "interactions/button_context.h"
#include "interactions/buttons_private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW_MS = 1000 };
static const char NONCE[] = "0123456789abcdef0123456789abcdef";

static void must(bool condition) {
    if (!condition)
        abort();
}

// Without the secret no context is good.
static void check_context(bytes text) {
    cJSON *json = NULL;
    button_context context;
    const char *option = NULL;
    if (json_parse(text, &json) != OC_OK)
        return;
    secret *s = secret_create("a secret that no input holds");
    click_verdict verdict = button_context_check(s, json, "alice", NOW_MS, &context, &option);
    must(verdict == CLICK_MALFORMED || verdict == CLICK_FORGED);
    must(verdict == CLICK_MALFORMED || button_nonce_valid(context.nonce));
    secret_destroy(s);
    cJSON_Delete(json);
}

static void check_record(bytes text) {
    cJSON *record = button_record_read(text);
    button_choice picked;
    button_use use;
    if (record == NULL)
        return;
    char *users = button_record_users(record);
    must(button_record_for(record, "alice") || *users != '\0');
    for (int64_t i = -1; i < 3; i++) {
        if (button_record_choice(record, i, NULL, &picked) || button_record_choice(record, i, "v", &picked))
            must(i >= 0 && picked.id != NULL && picked.label != NULL && picked.value != NULL);
    }
    use = (button_use){.click = "me", .by = "alice", .name = "alice", .label = "L", .at_ms = NOW_MS};
    button_record_use(record, &use);
    must(button_record_used(record, &use) && strcmp(use.click, "me") == 0);
    must(!button_record_undo(record, "somebody") && button_record_undo(record, "me"));
    free(users);
    secret *s = secret_create("secret");
    cJSON_Delete(button_set_attachment(s, record, NONCE, ""));
    secret_destroy(s);
    cJSON_Delete(record);
}

// {"elements": …, "submission": …}
static void check_form(bytes text) {
    cJSON *json = NULL;
    if (json_parse(text, &json) != OC_OK)
        return;
    dialog_entered e = dialog_check(json_array(json, "elements"), json_get(json, "submission"));
    must(cJSON_IsObject(e.values) && (e.errors == NULL || cJSON_IsObject(e.errors)));
    cJSON_Delete(e.values);
    cJSON_Delete(e.errors);
    cJSON_Delete(json);
}

static void check_post(bytes text) {
    cJSON *json = NULL;
    if (json_parse(text, &json) != OC_OK)
        return;
    cJSON *done = button_set_done(json, NONCE, "chosen"), *rest = button_set_replaced(json, NONCE, done);
    must((done != NULL) == (rest != NULL));
    cJSON_Delete(done);
    cJSON_Delete(rest);
    cJSON_Delete(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const checks[])(bytes text) = {check_context, check_record, check_form, check_post};
    if (size > 0)
        checks[data[0] % 4](bytes_of(data + 1, size - 1));
    return 0;
}
