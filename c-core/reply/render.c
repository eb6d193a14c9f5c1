// SPDX-License-Identifier: Apache-2.0
#include "reply/render.h"

#include "base/json.h"
#include "base/mem.h"
#include "reply/mentions.h"
#include "reply/prefix.h"
#include "reply/silence.h"
#include "reply/tables.h"

#include <stdlib.h>

render_rules render_rules_of(const account_config *account) {
    const char *shown = account->bot_display_name;
    prefix_facts facts = {.identity = shown != NULL && *shown != '\0' ? shown : account->bot_username};
    return (render_rules){.tables = account->tables,
                          .mass_mentions = account->allow_mass_mentions,
                          .prefix = prefix_fill(account->response_prefix, &facts)};
}

void render_rules_free(render_rules *r) {
    free(r->prefix);
    r->prefix = NULL;
}

void render_set_model(render_rules *r, const char *provider, const char *model) {
    char *filled = prefix_fill(r->prefix, &(prefix_facts){.provider = provider, .model = model});
    free(r->prefix);
    r->prefix = filled;
}

char *render_text(const render_rules *rules, const char *text, bool first) {
    if (silence_is_reasoning(text))
        return xstrdup("");
    char *said = silence_cut(text);
    char *tables = tables_convert(said, rules->tables);
    char *calm = rules->mass_mentions ? xstrdup(tables) : mentions_defuse(tables);
    char *out = prefix_put(first ? rules->prefix : "", calm);
    free(calm);
    free(tables);
    free(said);
    return out;
}

cJSON *render_props(const account_config *account) {
    if (!account->unsafe_links)
        return NULL;
    cJSON *props = json_new_object();
    json_add_string(props, "unsafe_links", "true");
    return props;
}
