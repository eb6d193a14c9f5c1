// SPDX-License-Identifier: Apache-2.0
// A walk over the table of keys, so that none is forgotten: defaults and examples are taken, what a key does not want is
// refused under its name, and a change is seen.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/bind.h"
#include "config/keys.h"
#include "config/value.h"
#include "support/config_text.h"

#define SECRETS "SUPPORT_TOKEN: x\nGATEWAY_TOKEN: y\nMCP_SECRET: at-least-16-characters\n"

static bool is_open_map(const config_key *key) {
    return key->kind >= KEY_ACCOUNTS;
}

// "a: {b: {c: value}}" of "a.b.c".
static char *yaml_of(const char *path, const char *value) {
    size_t len = strcspn(path, ".");
    if (path[len] == '\0')
        return xasprintf("%s: %s", path, value);
    char *inner = yaml_of(path + len + 1, value);
    const char *quote = *path == '*' ? "\"" : "";
    char *all = xasprintf("%s%.*s%s: {%s}", quote, (int)len, path, quote, inner);
    free(inner);
    return all;
}

static config *read_key(const config_key *key, const char *value, bool in_account) {
    char *text = yaml_of(key->path, value);
    if (in_account) {
        char *within = xasprintf("accounts: {w: {%s}}", text);
        free(text);
        text = within;
    }
    config *c = read_config(text, SECRETS, NULL);
    free(text);
    return c;
}

static void clear(config *c) {
    config_destroy(c);
    config_problems_free(&PROBLEMS);
}

static bool for_accounts(const config_key *key) {
    return key->place != IN_TOP && key->place != IN_ACCOUNT_SHARED;
}

static void test_defaults_are_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        if (key->absent == NULL)
            continue;
        conf_node *node = conf_new_text(key->absent);
        char *wrong = config_value_read(key, node, NULL, NULL);
        if (wrong != NULL)
            fail_msg("%s: its default %s", key->path, wrong);
        conf_destroy(node);
    }
}

static void test_examples_are_taken_and_change_something(void **state) {
    (void)state;
    config *plain = read_config(NULL, SECRETS, NULL);
    assert_non_null(plain);
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        config_problems_free(&PROBLEMS);
        if (key->kind == KEY_CA) // its example names a file that is not here
            continue;
        config *c = read_key(key, key->example, false);
        if (c == NULL) {
            print_problems();
            fail_msg("%s: its example is refused", key->path);
        }
        bool is_default = key->absent != NULL && strcmp(key->absent, key->example) == 0;
        bool unset = strcmp(key->example, "auto") == 0;
        bool text_default = strcmp(key->path, "oncharPrefixes") == 0 || strcmp(key->path, "botToken") == 0;
        bool stored =
            (key->offset != KEY_NOWHERE || is_open_map(key)) && !is_default && !unset && !text_default;
        if (stored && config_equal(c, plain))
            fail_msg("%s: a change is not seen", key->path);
        config_destroy(c);
    }
    config_destroy(plain);
    config_problems_free(&PROBLEMS);
}

static void assert_named(const config_key *key, const char *value, const char *name) {
    bool named = false;
    for (size_t i = 0; i < PROBLEMS.count; i++)
        named = named || (PROBLEMS.items[i].severity == CONFIG_ERROR &&
                          strcmp(PROBLEMS.items[i].key, name) == 0 && PROBLEMS.items[i].line == 1);
    if (named)
        return;
    print_problems();
    fail_msg("%s: %s is not refused under the name %s", key->path, value, name);
}

static void test_wrong_kinds_name_their_key(void **state) {
    (void)state;
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        const char *wrong = key->kind == KEY_LIST || key->kind == KEY_PEOPLE ? "{x: 1}"
                            : is_open_map(key)                               ? "[1]"
                                                                             : "[{x: 1}]";
        clear(read_key(key, wrong, false));
        config *c = read_key(key, wrong, false);
        assert_null(c);
        assert_named(key, wrong, key->path);
        clear(c);
        c = read_key(key, for_accounts(key) ? wrong : key->example, true);
        char *name = xasprintf("accounts.w.%s", key->path);
        assert_null(c);
        assert_named(key, wrong, name);
        free(name);
        clear(c);
    }
}

static void test_words_and_ranges(void **state) {
    (void)state;
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        char *over = xasprintf("%lld", (long long)key->max + 1),
             *under = xasprintf("%lld", (long long)key->min - 1);
        bool number = key->kind == KEY_INT || key->kind == KEY_INT64;
        const char *const wrong[] = {number || key->kind == KEY_NUMBER ? over : NULL, number ? under : NULL,
                                     number ? "1.5" : NULL, key->words != NULL ? "nonsense" : NULL};
        for (size_t k = 0; k < 4; k++) {
            if (wrong[k] == NULL)
                continue;
            assert_null(read_key(key, wrong[k], false));
            assert_named(key, wrong[k], key->path);
            config_problems_free(&PROBLEMS);
        }
        for (int w = 0; key->words != NULL && w < key->words->count; w++) {
            bool needs_more = strcmp(key->words->words[w], "open") == 0 && strcmp(key->path, "dmPolicy") == 0;
            if (*key->words->words[w] == '\0' || needs_more)
                continue;
            config *c = read_key(key, key->words->words[w], false);
            if (c == NULL)
                fail_msg("%s: %s is refused", key->path, key->words->words[w]);
            clear(c);
        }
        free(over);
        free(under);
    }
}

static void test_the_table_is_well_formed(void **state) {
    (void)state;
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        assert_ptr_equal(config_key_find(key->path), key); // no path twice
        size_t help = strlen(key->help);
        if (help < 10 || key->help[help - 1] != '.')
            fail_msg("%s: its help is no sentence", key->path);
        assert_true(strlen(key->example) > 0);
        assert_true(key->role == KEY_USED || key->external || key->offset == KEY_NOWHERE);
        assert_true(key->kind != KEY_WORD || key->words != NULL);
    }
    for (size_t i = 0; i < CONFIG_BESIDE_COUNT; i++) {
        const config_beside *b = &CONFIG_BESIDE[i];
        assert_true((b->target == NULL) == (b->why != NULL));
        assert_true(b->target == NULL || config_key_find(b->target) != NULL ||
                    config_key_is_group(b->target));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_well_formed),
        cmocka_unit_test(test_defaults_are_taken),
        cmocka_unit_test(test_examples_are_taken_and_change_something),
        cmocka_unit_test(test_wrong_kinds_name_their_key),
        cmocka_unit_test(test_words_and_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
