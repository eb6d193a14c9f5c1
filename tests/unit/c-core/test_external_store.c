// SPDX-License-Identifier: Apache-2.0
// The database of external mode: what it keeps, and what it says when it cannot.
#include "base/mem.h"
#include "chat/sqlite_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW_MS = 1000000 };

typedef struct scene {
    char folder[64], *path;
    sqlite_store *store;
} scene;

static int set_up(void **state) {
    scene *s = xcalloc(1, sizeof *s);
    char *why = NULL;
    memcpy(s->folder, "/tmp/openclaw-store-XXXXXX", 27);
    assert_non_null(mkdtemp(s->folder));
    s->path = xasprintf("%s/state.db", s->folder);
    s->store = sqlite_store_open(s->path, SQLITE_STORE_OWN, &why);
    assert_null(why);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    static const char *const endings[] = {"", "-wal", "-shm", "-lock", "-copy", "-copy-wal", "-copy-shm"};
    scene *s = *state;
    sqlite_store_close(s->store);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *file = xasprintf("%s%s", s->path, endings[i]);
        (void)unlink(file);
        free(file);
    }
    (void)rmdir(s->folder);
    free(s->path);
    free(s);
    return 0;
}

static void reopen(scene *s) {
    char *why = NULL;
    sqlite_store_close(s->store);
    s->store = sqlite_store_open(s->path, SQLITE_STORE_OWN, &why);
    assert_null(why);
}

static void put(scene *s, const char *space, const char *key, const char *value, int64_t expire_s) {
    char *why = NULL;
    assert_int_equal(sqlite_store_set(s->store, space, key, bytes_str(value), expire_s, NOW_MS, &why), OC_OK);
    assert_null(why);
}

// "(none)" where there is no value.
static char *value_at(scene *s, const char *space, const char *key, int64_t now_ms) {
    buf out;
    char *why = NULL;
    buf_init(&out, SQLITE_STORE_VALUE_MAX_BYTES);
    oc_err err = sqlite_store_get(s->store, space, key, now_ms, &out, &why);
    assert_null(why);
    char *text = err == OC_OK ? buf_take_str(&out) : xstrdup("(none)");
    assert_true(err == OC_OK || err == OC_ENOTFOUND);
    buf_free(&out);
    return text;
}

static void expect(scene *s, const char *space, const char *key, int64_t now_ms, const char *value) {
    char *got = value_at(s, space, key, now_ms);
    assert_string_equal(got, value);
    free(got);
}

static void test_values_last(void **state) {
    scene *s = *state;
    put(s, "a", "k", "one", 0);
    put(s, "b", "k", "two", 0);
    put(s, "a", "k", "three", 0);
    put(s, "a", "empty", "", 0);
    reopen(s);
    expect(s, "a", "k", NOW_MS, "three");
    expect(s, "b", "k", NOW_MS, "two");
    expect(s, "a", "empty", NOW_MS, "");
    expect(s, "c", "k", NOW_MS, "(none)");
    char *why = NULL;
    assert_int_equal(sqlite_store_delete(s->store, "a", "k", &why), OC_OK);
    expect(s, "a", "k", NOW_MS, "(none)");
    expect(s, "b", "k", NOW_MS, "two");
}

static void test_values_expire(void **state) {
    scene *s = *state;
    put(s, "a", "k", "one", 10);
    expect(s, "a", "k", NOW_MS + 9999, "one");
    expect(s, "a", "k", NOW_MS + 10000, "(none)");
}

static bool change(scene *s, const char *old, const char *value, int64_t now_ms) {
    bool stored = false;
    char *why = NULL;
    assert_int_equal(sqlite_store_compare_and_set(s->store, "a", "k",
                                                  old != NULL ? bytes_str(old) : bytes_of(NULL, 0),
                                                  bytes_str(value), 5, now_ms, &stored, &why),
                     OC_OK);
    return stored;
}

static void test_compare_and_set(void **state) {
    scene *s = *state;
    assert_false(change(s, "x", "one", NOW_MS));
    assert_true(change(s, NULL, "one", NOW_MS));
    assert_false(change(s, NULL, "two", NOW_MS));
    assert_false(change(s, "two", "three", NOW_MS));
    assert_true(change(s, "one", "two", NOW_MS));
    expect(s, "a", "k", NOW_MS, "two");
    assert_false(change(s, "two", "three", NOW_MS + 5000)); // it has expired
    assert_true(change(s, NULL, "four", NOW_MS + 5000));
    expect(s, "a", "k", NOW_MS + 5000, "four");
}

static void add(void *ctx, const char *key) {
    char **list = ctx, *longer = xasprintf("%s%s ", *list, key);
    free(*list);
    *list = longer;
}

static void test_list(void **state) {
    scene *s = *state;
    char *keys = xstrdup(""), *why = NULL;
    put(s, "a", "page.2", "x", 0);
    put(s, "a", "page.1", "x", 0);
    put(s, "a", "pagf", "x", 0);
    put(s, "a", "page.old", "x", 1);
    put(s, "b", "page.3", "x", 0);
    put(s, "a", "p%", "x", 0);
    assert_int_equal(sqlite_store_list(s->store, "a", "page.", NOW_MS + 1000, add, &keys, &why), OC_OK);
    assert_string_equal(keys, "page.1 page.2 ");
    free(keys);
}

static void expect_refused(const char *path, sqlite_store_use use, const char *reason) {
    char *why = NULL;
    assert_null(sqlite_store_open(path, use, &why));
    if (strstr(why, reason) == NULL)
        fail_msg("“%s” does not hold “%s”", why, reason);
    free(why);
}

static void test_one_process_serves(void **state) {
    scene *s = *state;
    expect_refused(s->path, SQLITE_STORE_OWN, "Another process serves");
}

static void test_backup_while_in_use(void **state) {
    scene *s = *state;
    char *copy = xasprintf("%s-copy", s->path), *why = NULL;
    put(s, "a", "k", "one", 0);
    sqlite_store *other = sqlite_store_open(s->path, SQLITE_STORE_COPY, &why);
    assert_null(why);
    assert_int_equal(sqlite_store_backup(other, copy, &why), OC_OK);
    assert_int_equal(sqlite_store_backup(other, copy, &why), OC_EINVAL);
    assert_non_null(strstr(why, "there already"));
    free(why);
    sqlite_store_close(other);
    put(s, "a", "k", "two", 0);
    sqlite_store_close(s->store);
    s->store = NULL;
    assert_int_equal(rename(copy, s->path), 0);
    char *wal = xasprintf("%s-wal", s->path);
    (void)unlink(wal);
    free(wal);
    reopen(s);
    expect(s, "a", "k", NOW_MS, "one");
    free(copy);
}

static void write_file(const char *path, const char *content, size_t len, off_t at) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(pwrite(fd, content, len, at), len);
    close(fd);
}

static void test_what_is_no_database(void **state) {
    scene *s = *state;
    char *other = xasprintf("%s-copy", s->path);
    write_file(other, "This is a text and no database at all, however long it may be.", 60, 0);
    expect_refused(other, SQLITE_STORE_OWN, "no database");
    char *lock = xasprintf("%s-lock", other);
    (void)unlink(lock);
    free(lock);
    free(other);
}

static void test_damage_is_seen(void **state) {
    enum { PAGE = 4096 };
    scene *s = *state;
    char noise[PAGE];
    for (int i = 0; i < 200; i++) {
        char *key = xasprintf("key.%d", i);
        put(s, "a", key, "a value of some length, so that there are several pages of them in the file", 0);
        free(key);
    }
    sqlite_store_close(s->store); // writes the log into the file
    s->store = NULL;
    memset(noise, 0x5a, sizeof noise);
    write_file(s->path, noise, sizeof noise, PAGE);
    expect_refused(s->path, SQLITE_STORE_OWN, "damaged");
}

static void test_a_folder_that_is_not_there(void **state) {
    scene *s = *state;
    char *path = xasprintf("%s/none/state.db", s->folder);
    expect_refused(path, SQLITE_STORE_OWN, "folder must be there");
    free(path);
}

// A write beyond what the disk takes: an error in words, and the value before it stands.
static void test_full_disk(void **state) {
    scene *s = *state;
    struct rlimit before, small;
    char *why = NULL, *large = xmalloc(1 << 20);
    put(s, "a", "k", "one", 0);
    memset(large, 'x', 1 << 20);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 256 * 1024, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    oc_err err = sqlite_store_set(s->store, "a", "k", bytes_of(large, 1 << 20), 0, NOW_MS, &why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err, OC_ESYS);
    assert_non_null(strstr(why, s->path));
    free(why);
    free(large);
    expect(s, "a", "k", NOW_MS, "one");
    put(s, "a", "k", "two", 0);
    reopen(s);
    expect(s, "a", "k", NOW_MS, "two");
}

static void test_only_we_can_read_it(void **state) {
    scene *s = *state;
    struct stat about;
    assert_int_equal(stat(s->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_values_last),
        TEST(test_values_expire),
        TEST(test_compare_and_set),
        TEST(test_list),
        TEST(test_one_process_serves),
        TEST(test_backup_while_in_use),
        TEST(test_what_is_no_database),
        TEST(test_damage_is_seen),
        TEST(test_a_folder_that_is_not_there),
        TEST(test_full_disk),
        TEST(test_only_we_can_read_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
