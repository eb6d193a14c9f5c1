// SPDX-License-Identifier: Apache-2.0
// What administrators read. Texts that people in conversations read are in turn/words.h.
#ifndef OC_ADMIN_WORDS_H
#define OC_ADMIN_WORDS_H

#include "config/config.h"
#include "gateway/gateway.h"
#include "gateway/node.h"

// Markdown for a direct message, as marked text (words/words.h) that is read by several people; the caller frees it.
char *words_settings_notice(const config_problems *problems, bool old_one_stays);
char *words_settings_remarks(const config_problems *remarks);
// accounts: whose gateway it is; NULL when there is only one.
char *words_gateway_notice(const gateway_status *status, const char *accounts);
char *words_control_notice(const gateway_status *status); // PAIRING or HALTED
char *words_node_notice(const node_status *status);       // UNPAIRED, HALTED or UNAPPROVED
// problems: a line each.
char *words_accounts_notice(const char *problems);
// Static.
const char *words_settings_well(void);
const char *words_remarks_gone(void);
const char *words_gateway_well(void);
const char *words_beside_well(void);
const char *words_accounts_well(void);

#endif
