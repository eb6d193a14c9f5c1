// SPDX-License-Identifier: Apache-2.0
// What external mode keeps: keys and values of several spaces in one SQLite file. A call has taken effect
// when it returns and survives a crash of the process; a power failure may take the newest ones, never a part of one.
// Values are small and the file is local: a call is done in a millisecond or so. Errors are sentences for an administrator.
#ifndef OC_CHAT_SQLITE_STORE_H
#define OC_CHAT_SQLITE_STORE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct sqlite_store sqlite_store;

enum { SQLITE_STORE_VALUE_MAX_BYTES = 16 << 20 };

typedef enum sqlite_store_use {
    SQLITE_STORE_OWN, // for us alone: nobody else may serve the same bots; made (mode 0600) when it is not there
    SQLITE_STORE_COPY, // of a file that may be in use: only sqlite_store_backup
} sqlite_store_use;

// Opens the file, checks it and brings its tables up to date. NULL and *why (the caller frees it): it cannot be read or
// written, another process serves from it, it is damaged, or a newer version made it.
sqlite_store *sqlite_store_open(const char *path, sqlite_store_use use, char **why);
void sqlite_store_close(sqlite_store *s); // NULL-safe

// now_ms: wall clock, for what expires. expire_s 0: never. *why is NULL after OC_OK, else the caller's.
// OC_ENOTFOUND is no error: there is none, out is empty and *why NULL.
oc_err sqlite_store_get(sqlite_store *s, const char *space, const char *key, int64_t now_ms, buf *out,
                        char **why) OC_MUST_CHECK;
oc_err sqlite_store_set(sqlite_store *s, const char *space, const char *key, bytes value, int64_t expire_s,
                        int64_t now_ms, char **why) OC_MUST_CHECK;
// Only when the present value is old (old.data NULL: when there is none); *stored says whether.
oc_err sqlite_store_compare_and_set(sqlite_store *s, const char *space, const char *key, bytes old,
                                    bytes value, int64_t expire_s, int64_t now_ms, bool *stored,
                                    char **why) OC_MUST_CHECK;
oc_err sqlite_store_delete(sqlite_store *s, const char *space, const char *key, char **why) OC_MUST_CHECK;
// Each key that begins with prefix, sorted.
oc_err sqlite_store_list(sqlite_store *s, const char *space, const char *prefix, int64_t now_ms,
                         void (*fn)(void *ctx, const char *key), void *ctx, char **why) OC_MUST_CHECK;
// A copy of the whole as it is at one moment, also while it is in use; path must not exist.
oc_err sqlite_store_backup(sqlite_store *s, const char *path, char **why) OC_MUST_CHECK;

#endif
