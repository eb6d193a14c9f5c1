// SPDX-License-Identifier: Apache-2.0
#include "account/account.h"

#include "base/mem.h"

#include <string.h>

char *account_turn_id(const account *a, const char *post_id) {
    return strcmp(a->id, "default") == 0 ? xstrdup(post_id) : xasprintf("%s:%s", post_id, a->id);
}
