// SPDX-License-Identifier: Apache-2.0
// What several keys say together: whether it makes sense, and what an administrator should know about it.
#ifndef OC_CONFIG_JUDGE_H
#define OC_CONFIG_JUDGE_H

#include "config/config.h"
#include "config/tree.h"

typedef struct account_source { // where an account of the snapshot comes from
    char *id;
    char *shown; // "accounts.work" as written; NULL when it has no entry
    int line;
    conf_node *entry;  // its own keys
    conf_node *merged; // with those that it inherits
} account_source;

typedef struct judgement {
    config_problems *problems;
    const char *site_url; // "" when unknown
    const char *external; // in external mode the id of the one account that is wanted, "" for all; else NULL
    const char *username; // that this account's bot has on the server; "" when unknown
    config_secrets *secrets;
    tree_document document;
    conf_node *top; // console, what stands beside, and the document's top level
    account_source *accounts;
    size_t account_count;
    config *out; // its accounts in the order of the sources
} judgement;

void config_judge(judgement *j);

#endif
