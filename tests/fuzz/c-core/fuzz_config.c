// SPDX-License-Identifier: Apache-2.0
// The field Advanced, and behind a NUL the field Secrets: a whole snapshot or errors, the same each time, and no message
// holds a secret.
#include "base/json.h"
#include "base/mem.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CANARY "canary-of-the-masked-field"

static void must(bool condition) {
    if (!condition)
        abort();
}

static void check_account(const account_config *a) {
    must(*a->id != '\0' && strlen(a->id) <= 64 && *a->bot_username != '\0');
    must(a->onchar_prefixes[0] != NULL && a->streaming.labels[0] != NULL);
    must(a->allow_from != NULL && a->owners != NULL && a->disabled_why != NULL);
    must(*a->disabled_why != '\0' || !a->enabled || !secret_empty(a->gateway.token));
    must(a->text_chunk_limit > 0 && a->streaming.max_lines > 0);
    must(account_config_equal(a, a));
}

static void check_problems(const config_problems *p) {
    for (size_t i = 0; i < p->count; i++) {
        must(*p->items[i].sentence != '\0' && strlen(p->items[i].sentence) < 2000);
        must(strlen(p->items[i].key) < 4000);
        must(strstr(p->items[i].sentence, CANARY) == NULL && strstr(p->items[i].key, CANARY) == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = xmalloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    size_t advanced = strlen(text);
    char *secrets = xasprintf("TOKEN: " CANARY "\n%s", advanced < size ? text + advanced + 1 : "");
    cJSON *settings = json_new_object();
    config_problems problems, again;
    json_add_string(settings, "gatewaytoken", CANARY);
    json_add_string(settings, "advanced", text);
    json_add_string(settings, "secrets", secrets);
    config *first = config_from_settings_at(settings, "https://chat.example.com", &problems);
    config *second = config_from_settings_at(settings, "https://chat.example.com", &again);
    must((first == NULL) == (problems.errors > 0));
    must(config_equal(first, second) && problems.errors == again.errors && problems.count == again.count);
    for (size_t i = 0; first != NULL && i < first->account_count; i++)
        check_account(&first->accounts[i]);
    must(first == NULL || config_default(first) != NULL);
    if (strstr(text, CANARY) == NULL) // else a key may be it
        check_problems(&problems);
    config_problems_free(&problems);
    config_problems_free(&again);
    config_destroy(first);
    config_destroy(second);
    cJSON_Delete(settings);
    free(secrets);
    free(text);
    return 0;
}
