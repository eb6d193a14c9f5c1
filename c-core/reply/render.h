// SPDX-License-Identifier: Apache-2.0
// The agent's text as it is posted, by the account's rules. Pure; the one way for previews and answers.
#ifndef OC_REPLY_RENDER_H
#define OC_REPLY_RENDER_H

#include "config/account.h"

#include <cJSON.h>

// What of an account's rules counts for texts. A turn keeps those of its beginning: the account's may change meanwhile.
typedef struct render_rules {
    table_mode tables;
    bool mass_mentions; // @all and its like stay what they are
    char *prefix;       // of an answer, "" for none
} render_rules;
render_rules render_rules_of(const account_config *account);
void render_rules_free(render_rules *r);
void render_set_model(render_rules *r, const char *provider, const char *model); // the agent works with it

// first: the text begins an answer. The caller frees it.
char *render_text(const render_rules *rules, const char *text, bool first);
// Further props of the posts with the agent's text, by the rules: unsafe_links keeps the server from following its links and warns
// people (model.PostPropsUnsafeLinks; the value is the string "true"). NULL for none; the caller's.
cJSON *render_props(const account_config *account);

#endif
