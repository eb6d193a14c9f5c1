// SPDX-License-Identifier: Apache-2.0
#include "account/account.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ID_SHOWN_MAX = 32, ID_KEPT = 23 };

// A page of the journal has room for so many records only if their names are short.
static char *short_id(const char *id) {
    uint32_t hash = 2166136261; // FNV-1a
    if (strlen(id) <= ID_SHOWN_MAX)
        return xstrdup(id);
    for (const char *at = id; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619;
    return xasprintf("%.*s~%08" PRIx32, ID_KEPT, id, hash);
}

char *account_turn_id(const account *a, const char *post_id) {
    if (strcmp(a->id, "default") == 0)
        return xstrdup(post_id);
    char *id = short_id(a->id), *turn_id = xasprintf("%s:%s", post_id, id);
    free(id);
    return turn_id;
}
