// SPDX-License-Identifier: Apache-2.0
// What entries of the lists mean, and whom a list holds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inbound/allow_entry.h"

#include <stdlib.h>
#include <string.h>

static void test_normalise(void **state) {
    static const char *const rows[][2] = {
        {"*", "*"},
        {" * ", "*"},
        {"Bob", "bob"},
        {"@Bob", "bob"},
        {"@@Bob", "@bob"},
        {"user:ABC", "abc"},
        {"USER:ABC", "abc"},
        {"Mattermost:@Bob", "bob"},
        {"mattermost:user:x", "user:x"},
        {"user: @Bob", "@bob"}, // one "@" goes where it stands first
        {"@user:x", "user:x"},
        {"accessGroup:Ops", "accessGroup:Ops"},
        {"  accessGroup:  Ops ", "accessGroup:Ops"},
        {"accessgroup:Ops", "accessgroup:ops"},
        {"accessGroup:", "accessgroup:"}, // a group without a name is none
        {"accessGroup: ", "accessgroup:"},
        {"", ""},
        {"\t\n", ""},
        {"@", ""},
        {"user:", ""},
        {"mattermost: ", ""},
        {" @ Bob ", "bob"},
        {"user", "user"},
        {"\u00a0bob\u3000", "bob"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *entry = allow_entry_normalise(rows[i][0]);
        assert_string_equal(entry, rows[i][1]);
        free(entry);
    }
}

static void test_display_and_approvers(void **state) {
    static const char ID[] = "9abcdefghijklmnopqrstuvwx1";
    static const char *const rows[][3] = {
        {"*", "*", NULL},
        {" @Bob ", "@bob", NULL},
        {"@ Bob", "@bob", NULL},
        {"@", "", NULL},
        {"", "", NULL},
        {"User: Bob", "bob", NULL},
        {"user:@Bob", "@bob", NULL},
        {"accessGroup:Ops", "accessgroup:ops", NULL},
        {"9abcdefghijklmnopqrstuvwx1", ID, ID},
        {"mattermost:9ABCDEFGHIJKLMNOPQRSTUVWX1", ID, ID},
        {"9abcdefghijklmnopqrstuvwx", "9abcdefghijklmnopqrstuvwx", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *display = allow_entry_display(rows[i][0]), *approver = allow_entry_approver_id(rows[i][0]);
        assert_string_equal(display, rows[i][1]);
        assert_string_equal(approver != NULL ? approver : "nobody",
                            rows[i][2] != NULL ? rows[i][2] : "nobody");
        free(display);
        free(approver);
    }
}

// Letters of a match: e empty, * wildcard, l listed, m group missing, u group unsupported.
static void check(const account_config *rules, const char *const *entries, const char *id, const char *name,
                  const char *expected) {
    allow_who who = {.id = id, .name = name};
    allow_match m = allow_list_match((char *const *)entries, rules, &who);
    char letters[8], *at = letters;
    if (m.empty)
        *at++ = 'e';
    if (m.wildcard)
        *at++ = '*';
    if (m.listed)
        *at++ = 'l';
    if (m.group_missing)
        *at++ = 'm';
    if (m.group_unsupported)
        *at++ = 'u';
    *at = '\0';
    if (strcmp(letters, expected) != 0)
        fail_msg("%s, %s in [%s …]: \"%s\" instead of \"%s\"", id, name,
                 entries != NULL && *entries != NULL ? *entries : "", letters, expected);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_lists(void **state) {
    const char *ops[] = {"user:Carol", "", "@dave", NULL}, *none[] = {NULL}, *all[] = {"*", "x", NULL};
    access_group groups[] = {{.name = (char *)"ops", .supported = true, .members = (char **)ops},
                             {.name = (char *)"none", .supported = true, .members = (char **)none},
                             {.name = (char *)"all", .supported = true, .members = (char **)all},
                             {.name = (char *)"odd", .supported = false, .members = (char **)all}};
    account_config rules = {.access_groups = groups, .access_group_count = 4};
    (void)state;
    check(&rules, NULL, "alice", "", "e");
    check(&rules, none, "alice", "", "e");
    check(&rules, LIST("", " ", "@", "user:"), "alice", "", "e");
    check(&rules, LIST("@"), "", "", "e");
    check(&rules, LIST("alice"), "ALICE", "", "l");
    check(&rules, LIST("bob", "user:Alice"), "alice", "", "l");
    check(&rules, LIST("alice", "bob"), "alice", "", "l");
    check(&rules, LIST("bob"), "alice", "", "");
    check(&rules, LIST("*"), "alice", "", "*");
    check(&rules, LIST("*", "alice"), "alice", "", "*l");
    check(&rules, LIST("@Bob"), "alice", "", "");
    check(&rules, LIST("@Bob"), "alice", "bob", "l");
    check(&rules, LIST("@Bob"), "alice", "@Bob", "l");
    check(&rules, LIST("x"), "alice", "", "");
    check(&rules, LIST("accessGroup:ops"), "carol", "", "l");
    check(&rules, LIST("accessGroup:ops"), "alice", "dave", "l");
    check(&rules, LIST("accessGroup:ops"), "alice", "", "");
    check(&rules, LIST("accessGroup:ops"), "", "", "");
    check(&rules, LIST("accessGroup:ops", "alice"), "alice", "", "l");
    check(&rules, LIST("accessGroup:none"), "alice", "", "");
    check(&rules, LIST("accessGroup:all"), "alice", "", "*");
    check(&rules, LIST("accessGroup:odd"), "alice", "", "u");
    check(&rules, LIST("accessGroup:Ops"), "carol", "", "m");
    check(&rules, LIST("accessGroup:nope", "accessGroup:odd"), "carol", "", "mu");
    check(&rules, LIST("accessGroup:nope", "accessGroup:ops"), "carol", "", "lm");
    check(&rules, LIST("accessGroup:odd", "accessGroup:all"), "carol", "", "*u");
    // a group is meant by its prefix alone
    check(&rules, LIST("ops"), "carol", "", "");
    check(&rules, LIST("accessgroup:ops"), "carol", "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_normalise),
                                       cmocka_unit_test(test_display_and_approvers),
                                       cmocka_unit_test(test_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
