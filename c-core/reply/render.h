// SPDX-License-Identifier: Apache-2.0
// The agent's text as it is posted, by the account's rules. Pure; the one way for previews and answers.
#ifndef OC_REPLY_RENDER_H
#define OC_REPLY_RENDER_H

#include "config/account.h"

// first: the text begins an answer. The caller frees it.
char *render_text(const account_config *rules, const char *text, bool first);

#endif
