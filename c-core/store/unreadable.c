// SPDX-License-Identifier: Apache-2.0
#include "store/unreadable.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

static void on_kept(void *ctx, const chat_error *error) {
    (void)ctx;
    if (error->err != OC_OK)
        log_warn("a stored value that cannot be read could not be kept", "error", error->message);
}

void keep_unreadable(chat *c, const char *key, bytes value) {
    char *kept_as = xasprintf("%s.unreadable", key);
    log_error("a stored value cannot be read and is written anew", "key", key, "kept_as", kept_as);
    chat_kv_set(c, kept_as, value, 0, on_kept, NULL);
    free(kept_as);
}
