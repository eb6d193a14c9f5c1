// SPDX-License-Identifier: Apache-2.0
// Configurations with several accounts, made by hand. Included by tests.
#ifndef OC_FAKES_TWO_ACCOUNTS_H
#define OC_FAKES_TWO_ACCOUNTS_H

#include "base/json.h"
#include "base/mem.h"
#include "config/config.h"

#include <stdlib.h>

static inline void set_text(char **where, const char *text) {
    free(*where);
    *where = xstrdup(text);
}

// As the System Console's settings make them: one account, "default", whose bot is "openclaw".
static inline config *one_account(const char *allow_from) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "allowfrom", allow_from);
    json_add_string(settings, "permissionmode", "guarded");
    config *c = config_from_settings(settings, &problems);
    cJSON_Delete(settings);
    config_problems_free(&problems);
    return c;
}

// The same rules again under another id, with a bot of its own.
static inline account_config *add_account(config *c, const char *allow_from, const char *id,
                                          const char *username) {
    config *other = one_account(allow_from);
    c->accounts = xrealloc(c->accounts, (c->account_count + 1) * sizeof *c->accounts);
    account_config *a = &c->accounts[c->account_count++];
    *a = other->accounts[0];
    other->account_count = 0;
    config_destroy(other);
    set_text(&a->id, id);
    set_text(&a->bot_username, username);
    return a;
}

#endif
