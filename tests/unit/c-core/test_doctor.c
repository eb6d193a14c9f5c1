// SPDX-License-Identifier: Apache-2.0
// /openclaw doctor: each check with what it finds wrong, and without.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/doctor.h"
#include "base/mem.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"

#include <string.h>

static config *RULES;
static account BOT;
static struct gateway GATEWAY;
static chat_server_info SERVER;

static int set_up(void **state) {
    (void)state;
    RULES = one_account("useruseruseruseruseruserab");
    fake_runs_create(GATEWAY_READY);
    RUNS.status.server_version = "2026.9.6";
    SERVER = (chat_server_info){
        .site_url = "https://chat.example.com", .version = "11.1.0", .file_attachments = true};
    BOT = (account){.config = &RULES->accounts[0],
                    .id = RULES->accounts[0].id,
                    .bot_username = RULES->accounts[0].bot_username,
                    .gateway = &GATEWAY};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fake_runs_destroy();
    config_destroy(RULES);
    return 0;
}

static char *look(const doctor_facts *f) {
    return doctor_text(f);
}

static doctor_facts facts(void) {
    static const account *bots[2];
    bots[0] = &BOT;
    return (doctor_facts){
        .accounts = bots, .account_count = 1, .has_rules = true, .server_known = true, .server = &SERVER};
}

static void must_say(const doctor_facts *f, const char *part) {
    char *text = look(f);
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is missing in %s", part, text);
    free(text);
}

static void must_not_say(const doctor_facts *f, const char *part) {
    char *text = look(f);
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" is in %s", part, text);
    free(text);
}

static void test_all_well(void **state) {
    (void)state;
    const doctor_facts f = facts();
    must_say(&f, "**Nothing is wrong**");
    must_not_say(&f, "❌");
    must_say(&f, "OpenClaw 2026.9.6, default agent `main`");
    must_say(&f, "`dmPolicy` is `pairing`");
}

static void test_settings_and_bots(void **state) {
    (void)state;
    doctor_facts f = facts();
    f.has_rules = false;
    must_say(&f, "**1 thing is wrong.**");
    must_say(&f, "❌ **Settings**");
    f = facts();
    f.problems = "- `work`: the name is taken";
    must_say(&f, "the name is taken");
    f = facts();
    f.account_count = 0;
    must_say(&f, "❌ **Bots**: none is at work");
}

static void test_the_gateway(void **state) {
    (void)state;
    const doctor_facts f = facts();
    RUNS.status.state = GATEWAY_PAIRING;
    RUNS.status.sentence = "This device is not approved.";
    RUNS.status.command = "openclaw devices approve x";
    must_say(&f, "❌ **Gateway** of `default`: pairing. This device is not approved. Run `openclaw devices "
                 "approve x`.");
    RUNS.status.state = GATEWAY_READY;
    static const struct {
        const char *version;
        bool old;
    } rows[] = {{"2026.9.6", false}, {"2026.9.1", false}, {"2026.9.0", true},
                {"2026.8.30", true}, {"2025.12.1", true}, {"2026.10.1", false},
                {"2027.1.1", false}, {"nonsense", false}, {"", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RUNS.status.server_version = rows[i].version;
        (rows[i].old ? must_say : must_not_say)(&f, "is older than");
    }
    BOT.gateway = NULL;
    must_say(&f, "there is none. Fill in");
}

static void test_encryption(void **state) {
    static const struct {
        const char *url;
        bool told;
    } rows[] = {{"ws://127.0.0.1:18789", false},
                {"ws://localhost:1", false},
                {"wss://far.example", false},
                {"ws://far.example", true}};
    (void)state;
    const doctor_facts f = facts();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_text(&RULES->accounts[0].gateway.url, rows[i].url);
        (rows[i].told ? must_say : must_not_say)(&f, "unencrypted");
    }
}

static void test_who_may(void **state) {
    (void)state;
    const doctor_facts f = facts();
    account_config *rules = &RULES->accounts[0];
    static char *nobody[] = {NULL};
    static char star[] = "*";
    static char *everybody[] = {star, NULL};
    char **list = rules->allow_from;
    rules->dm_policy = DM_ALLOWLIST;
    rules->allow_from = nobody;
    rules->group_policy = GROUP_ALLOWLIST;
    must_say(&f, "❌ **Direct messages** of `default`: nobody may write");
    must_say(&f, "❌ **Channels** of `default`: nobody may use the bot there");
    rules->allow_from = everybody;
    must_say(&f, "everybody on this server but guests may write");
    must_say(&f, "✅ **Channels**");
    rules->dm_policy = DM_DISABLED;
    rules->group_policy = GROUP_DISABLED;
    must_say(&f, "**Direct messages** of `default`: turned off");
    must_say(&f, "**Channels** of `default`: turned off");
    rules->group_policy = GROUP_OPEN;
    must_say(&f, "every member of a channel but guests");
    rules->name_matching = true;
    must_say(&f, "`dangerouslyAllowNameMatching`");
    must_not_say(&f, "**Permission mode**");
    rules->permission = PERMISSION_FULL;
    must_say(&f, "**Permission mode** of `default` is `full`");
    rules->allow_from = list;
}

static void test_the_server(void **state) {
    (void)state;
    doctor_facts f = facts();
    SERVER.site_url = "";
    must_say(&f, "❌ **Site URL**");
    SERVER.file_attachments = false;
    must_say(&f, "no file attachments");
    f.server_known = false;
    must_say(&f, "❌ **Mattermost**");
}

static void test_much_is_cut(void **state) {
    (void)state;
    doctor_facts f = facts();
    char *many = xcalloc(1, 9001);
    for (int i = 0; i < 3000; i++)
        memcpy(many + (ptrdiff_t)3 * i, "…", 3);
    f.problems = many;
    char *text = look(&f);
    assert_true(strlen(text) < 16000);
    assert_non_null(strstr(text, "**Site URL**"));
    free(text);
    free(many);
}

#define DOCTOR_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
static void test_mcp(void **state) {
    static char channel[] = "4xp9fdt7sbbn9mxhz6kqgrhqwo";
    static char *one[] = {channel, NULL};
    account_config *rules = &RULES->accounts[0];
    char **none = rules->tools.mcp_channels;
    (void)state;
    const doctor_facts f = facts();
    must_not_say(&f, "MCP");
    secret_destroy(rules->tools.mcp_secret);
    rules->tools.mcp_secret = secret_create("long enough to be a secret");
    must_say(&f, "`mcp.channels` is empty");
    rules->tools.mcp_channels = one;
    must_say(&f, "`actions.messages` and `actions.search` are off");
    rules->tools.search = true;
    must_say(&f, "1 channel can be read");
    must_not_say(&f, "long enough");
    rules->tools.mcp_channels = none;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        DOCTOR_TEST(test_all_well),    DOCTOR_TEST(test_settings_and_bots),
        DOCTOR_TEST(test_the_gateway), DOCTOR_TEST(test_encryption),
        DOCTOR_TEST(test_who_may),     DOCTOR_TEST(test_the_server),
        DOCTOR_TEST(test_much_is_cut), cmocka_unit_test_setup_teardown(test_mcp, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
