// SPDX-License-Identifier: Apache-2.0
#include "reply/render.h"

#include "base/mem.h"

#include <stdlib.h>

render_rules render_rules_of(const account_config *account) {
    return (render_rules){.tables = account->tables,
                          .mass_mentions = account->allow_mass_mentions,
                          .prefix = xstrdup(account->response_prefix)};
}

void render_rules_free(render_rules *r) {
    free(r->prefix);
    r->prefix = NULL;
}

char *render_text(const render_rules *rules, const char *text, bool first) {
    (void)rules, (void)first;
    return xstrdup(text);
}
