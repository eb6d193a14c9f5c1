// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void config_destroy(config *c) {
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->account_count; i++)
        account_config_clear(&c->accounts[i]);
    free(c->accounts);
    free(c->default_account);
    free(c->callbacks_listen);
    free(c->log);
    config_list_free(c->callbacks_proxies);
    free(c->metrics_listen);
    config_list_free(c->metrics_ips);
    free(c);
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool config_equal(const config *a, const config *b) {
    if (a == NULL || b == NULL)
        return a == b;
    bool same = a->account_count == b->account_count && strcmp(a->default_account, b->default_account) == 0 &&
                same_text(a->callbacks_listen, b->callbacks_listen) && same_text(a->log, b->log) &&
                config_list_equal(a->callbacks_proxies, b->callbacks_proxies) &&
                same_text(a->metrics_listen, b->metrics_listen) &&
                config_list_equal(a->metrics_ips, b->metrics_ips) &&
                a->callbacks_real_ip == b->callbacks_real_ip && a->catch_up_ms == b->catch_up_ms &&
                memcmp(&a->limits, &b->limits, sizeof a->limits) == 0;
    for (size_t i = 0; same && i < a->account_count; i++)
        same = account_config_equal(&a->accounts[i], &b->accounts[i]);
    return same;
}

void config_use_log_levels(const config *c) {
    log_levels levels;
    char *wrong = c->log != NULL ? log_levels_read(c->log, &levels) : xstrdup("");
    if (wrong == NULL)
        log_set_levels(&levels);
    free(wrong); // it was checked when it was read
}

const account_config *config_account(const config *c, const char *id) {
    for (size_t i = 0; i < c->account_count; i++) {
        if (strcmp(c->accounts[i].id, id) == 0)
            return &c->accounts[i];
    }
    return NULL;
}

const account_config *config_default(const config *c) {
    return config_account(c, c->default_account);
}
