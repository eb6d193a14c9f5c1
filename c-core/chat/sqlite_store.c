// SPDX-License-Identifier: Apache-2.0
#include "chat/sqlite_store.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { BUSY_MS = 2000, VERSION = 1, MS_PER_SECOND = 1000, APPLICATION_ID = 0x4f436d6d }; // "OCmm"

typedef enum statement { GET, SET, ADD, CHANGE, DELETE, LIST, EXPIRE, STATEMENTS } statement;
// now is a parameter everywhere, so that a test can choose it.
static const char *const SQL[STATEMENTS] = {
    [GET] = "SELECT value FROM kv WHERE space=?1 AND key=?2 AND (expires IS NULL OR expires>?5)",
    [SET] = "INSERT INTO kv(space,key,value,expires) VALUES(?1,?2,?3,?4)"
            " ON CONFLICT(space,key) DO UPDATE SET value=excluded.value, expires=excluded.expires",
    [ADD] = "INSERT INTO kv(space,key,value,expires) VALUES(?1,?2,?3,?4)"
            " ON CONFLICT(space,key) DO UPDATE SET value=excluded.value, expires=excluded.expires"
            " WHERE kv.expires IS NOT NULL AND kv.expires<=?5",
    [CHANGE] = "UPDATE kv SET value=?3, expires=?4 WHERE space=?1 AND key=?2 AND value=?6"
               " AND (expires IS NULL OR expires>?5)",
    [DELETE] = "DELETE FROM kv WHERE space=?1 AND key=?2",
    [LIST] = "SELECT key FROM kv WHERE space=?1 AND substr(key,1,length(?2))=?2"
             " AND (expires IS NULL OR expires>?5) ORDER BY key",
    [EXPIRE] = "DELETE FROM kv WHERE expires<=?5",
};

// The step from one version of the tables to the next; the first makes them.
static const char *const MIGRATIONS[VERSION] = {
    "CREATE TABLE kv(space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, expires INTEGER,"
    " PRIMARY KEY(space,key)) WITHOUT ROWID;"
    "CREATE INDEX kv_expires ON kv(expires) WHERE expires IS NOT NULL;",
};

struct sqlite_store {
    sqlite3 *db;
    char *path;
    int lock_fd; // -1: none
    sqlite3_stmt *prepared[STATEMENTS];
    int64_t swept_ms;
};

// --- errors in words ---

static char *sentence(const sqlite_store *s, const char *doing) {
    int code = s->db != NULL ? sqlite3_errcode(s->db) : SQLITE_NOMEM;
    const char *remedy = "";
    switch (code & 0xff) {
    case SQLITE_FULL:
        remedy = " There is no room left on the disk: make some; nothing was half-written.";
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        remedy = " Let this program's user write to the file and to its folder.";
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        remedy = " Another process uses the file: only one may.";
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        remedy =
            " The file is damaged or is no database: put back a backup, or move the file away to begin anew.";
        break;
    default:
        break;
    }
    return xasprintf("The database %s cannot be %s: %s.%s", s->path, doing,
                     s->db != NULL ? sqlite3_errmsg(s->db) : "out of memory", remedy);
}

static oc_err err_now(const sqlite_store *s) {
    switch (sqlite3_errcode(s->db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return OC_EBUSY;
    case SQLITE_NOMEM:
        return OC_ENOMEM;
    case SQLITE_TOOBIG:
        return OC_ELIMIT;
    default:
        return OC_ESYS;
    }
}

// --- opening ---

static bool run(sqlite_store *s, const char *sql) {
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int64_t number_of(sqlite_store *s, const char *sql, int64_t otherwise) {
    sqlite3_stmt *q = NULL;
    int64_t number = otherwise;
    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        number = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return number;
}

static char *check(sqlite_store *s) {
    sqlite3_stmt *q = NULL;
    char *why = NULL;
    if (sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &q, NULL) != SQLITE_OK ||
        sqlite3_step(q) != SQLITE_ROW)
        why = sentence(s, "checked");
    else if (strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0)
        why = xasprintf(
            "The database %s is damaged (%s): put back a backup, or move the file away to begin anew.",
            s->path, sqlite3_column_text(q, 0));
    sqlite3_finalize(q);
    return why;
}

static char *migrate(sqlite_store *s) {
    int64_t version = number_of(s, "PRAGMA user_version", -1);
    int64_t application = number_of(s, "PRAGMA application_id", -1);
    if (version < 0 || application < 0)
        return sentence(s, "read");
    if (version > VERSION)
        return xasprintf("The database %s was written by a newer version of this program: use that one.",
                         s->path);
    if (application != APPLICATION_ID && number_of(s, "SELECT count(*) FROM sqlite_schema", 1) != 0)
        return xasprintf("The file %s is a database of another program.", s->path);
    for (; version < VERSION; version++) {
        char *end = xasprintf("PRAGMA application_id=%d; PRAGMA user_version=%lld; COMMIT;", APPLICATION_ID,
                              (long long)version + 1);
        bool done = run(s, "BEGIN IMMEDIATE") && run(s, MIGRATIONS[version]) && run(s, end);
        char *why = done ? NULL : sentence(s, "brought up to date");
        free(end);
        if (!done) {
            (void)run(s, "ROLLBACK");
            return why;
        }
    }
    return NULL;
}

// Nobody else may serve from it while we run: two processes with one bot would answer everything twice. The lock is on a
// file beside it, so that a backup can be made meanwhile.
static char *take_lock(sqlite_store *s) {
    char *name = xasprintf("%s-lock", s->path), *why = NULL;
    s->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock_fd < 0)
        why = xasprintf("The file %s cannot be opened: %s. Its folder must be there, and this program's user "
                        "must be able "
                        "to write to it.",
                        name, strerror(errno));
    else if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        why = xasprintf("Another process serves from the database %s: only one may.", s->path);
    free(name);
    return why;
}

static char *make_file(const sqlite_store *s) {
    int fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600); // so that its mode is ours
    if (fd < 0)
        return xasprintf("The database %s cannot be opened: %s.", s->path, strerror(errno));
    close(fd);
    return NULL;
}

static char *open_file(sqlite_store *s, sqlite_store_use use) {
    char *why = use == SQLITE_STORE_OWN ? take_lock(s) : NULL;
    if (why == NULL && use == SQLITE_STORE_OWN)
        why = make_file(s);
    if (why != NULL)
        return why;
    if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return sentence(s, "opened");
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    if (!run(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=1048576;"
                "PRAGMA cell_size_check=ON"))
        return sentence(s, "opened");
    // Writing is tried now, not when the first answer is to be remembered.
    if (use == SQLITE_STORE_OWN && !run(s, "BEGIN IMMEDIATE; COMMIT"))
        return sentence(s, "written");
    why = check(s);
    return why != NULL || use == SQLITE_STORE_COPY ? why : migrate(s);
}

static char *prepare(sqlite_store *s) {
    for (int i = 0; i < STATEMENTS; i++) {
        if (sqlite3_prepare_v3(s->db, SQL[i], -1, SQLITE_PREPARE_PERSISTENT, &s->prepared[i], NULL) !=
            SQLITE_OK)
            return sentence(s, "read");
    }
    return NULL;
}

sqlite_store *sqlite_store_open(const char *path, sqlite_store_use use, char **why) {
    sqlite_store *s = xcalloc(1, sizeof *s);
    s->path = xstrdup(path);
    s->lock_fd = -1;
    (void)sqlite3_initialize();
    *why = open_file(s, use);
    if (*why == NULL && use == SQLITE_STORE_OWN)
        *why = prepare(s);
    if (*why == NULL)
        return s;
    sqlite_store_close(s);
    return NULL;
}

void sqlite_store_close(sqlite_store *s) {
    if (s == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s->prepared[i]);
    (void)sqlite3_close(s->db);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s->path);
    free(s);
}

// --- calls ---

typedef struct parameters {
    const char *space, *key;
    bytes value, old;
    int64_t expire_s, now_ms;
} parameters;

static sqlite3_stmt *bind(sqlite_store *s, statement which, const parameters *p) {
    sqlite3_stmt *q = s->prepared[which];
    static const char empty[] = "";
    int last = sqlite3_bind_parameter_count(q);
    if (last >= 1 && p->space != NULL)
        (void)sqlite3_bind_text(q, 1, p->space, -1, SQLITE_STATIC);
    if (last >= 2 && p->key != NULL)
        (void)sqlite3_bind_text(q, 2, p->key, -1, SQLITE_STATIC);
    if (last >= 3)
        (void)sqlite3_bind_blob64(q, 3, p->value.data != NULL ? (const void *)p->value.data : empty,
                                  p->value.len, SQLITE_STATIC);
    if (last >= 4 && p->expire_s > 0)
        (void)sqlite3_bind_int64(q, 4, p->now_ms + p->expire_s * MS_PER_SECOND);
    if (last >= 5)
        (void)sqlite3_bind_int64(q, 5, p->now_ms);
    if (last >= 6)
        (void)sqlite3_bind_blob64(q, 6, p->old.data, p->old.len, SQLITE_STATIC);
    return q;
}

static void done_with(sqlite3_stmt *q) {
    (void)sqlite3_reset(q);
    (void)sqlite3_clear_bindings(q);
}

// A statement without rows, in a transaction of its own.
static oc_err change(sqlite_store *s, statement which, const parameters *p, char **why) {
    sqlite3_stmt *q = bind(s, which, p);
    oc_err err = OC_OK;
    *why = NULL;
    if (sqlite3_step(q) != SQLITE_DONE) {
        err = err_now(s);
        *why = sentence(s, "written");
    }
    done_with(q);
    return err;
}

// What has expired is taken away now and then; nobody sees it before.
static void sweep(sqlite_store *s, int64_t now_ms) {
    enum { EVERY_MS = 3600 * MS_PER_SECOND };
    char *why = NULL;
    if (now_ms - s->swept_ms < EVERY_MS)
        return;
    s->swept_ms = now_ms;
    if (change(s, EXPIRE, &(parameters){.now_ms = now_ms}, &why) != OC_OK)
        log_warn("expired values could not be taken away", "error", why);
    free(why);
}

oc_err sqlite_store_get(sqlite_store *s, const char *space, const char *key, int64_t now_ms, buf *out,
                        char **why) {
    sqlite3_stmt *q = bind(s, GET, &(parameters){.space = space, .key = key, .now_ms = now_ms});
    oc_err err = OC_ENOTFOUND;
    *why = NULL;
    int code = sqlite3_step(q);
    if (code == SQLITE_ROW) {
        err = buf_append(out, sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0));
        if (err != OC_OK)
            *why = xasprintf("The value of %s is too large.", key);
    } else if (code != SQLITE_DONE) {
        err = err_now(s);
        *why = sentence(s, "read");
    }
    done_with(q);
    return err;
}

oc_err sqlite_store_set(sqlite_store *s, const char *space, const char *key, bytes value, int64_t expire_s,
                        int64_t now_ms, char **why) {
    sweep(s, now_ms);
    return change(
        s, SET,
        &(parameters){.space = space, .key = key, .value = value, .expire_s = expire_s, .now_ms = now_ms},
        why);
}

oc_err sqlite_store_compare_and_set(sqlite_store *s, const char *space, const char *key, bytes old,
                                    bytes value, int64_t expire_s, int64_t now_ms, bool *stored, char **why) {
    const parameters p = {
        .space = space, .key = key, .value = value, .old = old, .expire_s = expire_s, .now_ms = now_ms};
    sweep(s, now_ms);
    oc_err err = change(s, old.data == NULL ? ADD : CHANGE, &p, why);
    *stored = err == OC_OK && sqlite3_changes(s->db) > 0;
    return err;
}

oc_err sqlite_store_delete(sqlite_store *s, const char *space, const char *key, char **why) {
    return change(s, DELETE, &(parameters){.space = space, .key = key}, why);
}

oc_err sqlite_store_list(sqlite_store *s, const char *space, const char *prefix, int64_t now_ms,
                         void (*fn)(void *ctx, const char *key), void *ctx, char **why) {
    sqlite3_stmt *q = bind(s, LIST, &(parameters){.space = space, .key = prefix, .now_ms = now_ms});
    oc_err err = OC_OK;
    int code = sqlite3_step(q);
    *why = NULL;
    for (; code == SQLITE_ROW; code = sqlite3_step(q))
        fn(ctx, (const char *)sqlite3_column_text(q, 0));
    if (code != SQLITE_DONE) {
        err = err_now(s);
        *why = sentence(s, "read");
    }
    done_with(q);
    return err;
}

oc_err sqlite_store_backup(sqlite_store *s, const char *path, char **why) {
    sqlite3_stmt *q = NULL;
    oc_err err = OC_OK;
    *why = NULL;
    if (access(path, F_OK) == 0) {
        *why = xasprintf("%s is there already: a backup goes into a new file.", path);
        return OC_EINVAL;
    }
    if (sqlite3_prepare_v2(s->db, "VACUUM INTO ?1", -1, &q, NULL) != SQLITE_OK ||
        sqlite3_bind_text(q, 1, path, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(q) != SQLITE_DONE) {
        err = err_now(s);
        *why = sentence(s, "copied");
    }
    sqlite3_finalize(q);
    return err;
}
