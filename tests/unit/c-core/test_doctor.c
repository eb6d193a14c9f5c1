// SPDX-License-Identifier: Apache-2.0
// The doctor's checks: for each what it finds wrong, with the setting and the remedy, and that a healthy installation is healthy.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin/doctor_judge.h"
#include "base/json.h"
#include "base/mem.h"
#include "fakes/two_accounts.h"

#include <stdlib.h>
#include <string.h>

enum { NOW_MS_HIGH = 1800000 }; // in millions of ms
static const int64_t NOW_MS = NOW_MS_HIGH * 1000000LL;
static const int64_t DAY_MS = 86400000;

static config *RULES;
static doctor_account BOT;
static doctor_facts F;
static cJSON *AGENTS;

static cJSON *agents(void) {
    cJSON *answer = NULL;
    assert_int_equal(json_parse(bytes_str("{\"agents\":[{\"id\":\"main\"},{\"id\":\"helper\"}]}"), &answer),
                     OC_OK);
    return answer;
}

// An installation that is well in every respect.
static int set_up(void **state) {
    (void)state;
    RULES = one_account("useruseruseruseruseruserab");
    AGENTS = agents();
    BOT = (doctor_account){
        .id = "default",
        .bot_username = "openclaw",
        .rules = &RULES->accounts[0],
        .has_gateway = true,
        .has_control = true,
        .has_node = true,
        .first_with_gateway = true,
        .gateway = {.state = GATEWAY_READY,
                    .code = "",
                    .sentence = "",
                    .command = "",
                    .server_version = "2026.9.6",
                    .default_agent = "main",
                    .clock_known = true},
        .node = {.state = NODE_READY, .taken = 9, .sentence = "", .command = "", .missing = ""},
        .bot_asked = DOCTOR_ANSWERED,
        .bot_exists = true,
        .bot_active = true,
        .bot_is_bot = true,
        .teams_asked = DOCTOR_ANSWERED,
        .teams = 2,
        .post_asked = DOCTOR_ANSWERED,
        .may_post = true,
        .agents_asked = DOCTOR_ANSWERED,
        .agents = AGENTS,
        .people_asked = DOCTOR_ANSWERED,
        .people = {{"useruseruseruseruseruserab", "AllowFrom", true, true}},
        .people_count = 1};
    BOT.control = BOT.gateway;
    F = (doctor_facts){
        .accounts = &BOT,
        .account_count = 1,
        .has_rules = true,
        .server_asked = DOCTOR_ANSWERED,
        .server = {.site_url = "https://chat.example.com",
                   .version = "11.1.0",
                   .file_attachments = true,
                   .commands = true,
                   .edit_limit_s = -1,
                   .plugin_uploads = true,
                   .plugin_health_check = true,
                   .logs = true},
        .way = {.known = true, .delivers = true, .problem = "", .callbacks = "", .commands_problem = ""},
        .callback_error = "",
        .store_asked = DOCTOR_ANSWERED,
        .store_error = "",
        .machine = {.wall_ms = NOW_MS,
                    .ca_bundle = "/etc/ssl/certs/ca-certificates.crt",
                    .folder = "/plugins",
                    .folder_known = true,
                    .free_bytes = 1LL << 40},
        .own = {.works_alone = true, .cores = 1}};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    cJSON_Delete(AGENTS);
    config_destroy(RULES);
    return 0;
}

static const doctor_finding *find(const doctor_report *r, const char *check, doctor_level level) {
    const doctor_finding *f = NULL;
    for (size_t i = 0; (f = doctor_report_at(r, i)) != NULL; i++) {
        if (strcmp(f->check->id, check) == 0 && f->level == level)
            return f;
    }
    return NULL;
}

// Of this check a finding of this level with these words, setting and remedy (parts of each).
static void must_find(const char *check, doctor_level level, const char *cause, const char *setting,
                      const char *remedy) {
    doctor_report *r = doctor_judge(&F);
    const doctor_finding *f = find(r, check, level);
    char *said = words_in(WORDS_EN, f != NULL ? f->cause : ""),
         *advised = words_in(WORDS_EN, f != NULL ? f->remedy : "");
    if (f == NULL || strstr(said, cause) == NULL || strstr(f->setting, setting) == NULL ||
        strstr(advised, remedy) == NULL) {
        char *text = doctor_report_text(r);
        fail_msg("%s %s: \"%s\" (%s; %s) is missing in %s", check, doctor_level_name(level), cause, setting,
                 remedy, text);
    }
    assert_true(level == DOCTOR_GOOD || *advised != '\0');
    assert_null(strchr(said, '{')); // every value was given
    free(said);
    free(advised);
    doctor_report_destroy(r);
}

static void must_not_find(const char *check, doctor_level level) {
    doctor_report *r = doctor_judge(&F);
    const doctor_finding *f = find(r, check, level);
    if (f != NULL)
        fail_msg("%s: %s", check, f->cause);
    doctor_report_destroy(r);
}

static void test_all_well(void **state) {
    (void)state;
    doctor_report *r = doctor_judge(&F);
    const doctor_finding *f = NULL;
    for (size_t i = 0; (f = doctor_report_at(r, i)) != NULL; i++) {
        if (f->level != DOCTOR_GOOD)
            fail_msg("%s: %s", f->check->id, f->cause);
    }
    assert_true(doctor_report_count(r, DOCTOR_GOOD) >= 20);
    char *text = doctor_report_markdown(r, WORDS_EN);
    assert_true(strncmp(text, "**Nothing is wrong**.", 20) == 0);
    free(text);
    doctor_report_destroy(r);
}

static void test_settings_and_bots(void **state) {
    (void)state;
    F.has_rules = false;
    must_find("settings", DOCTOR_WRONG, "nobody is answered", "", "/openclaw reload");
    F.problems = "- `work`: the name is taken";
    must_find("bots", DOCTOR_WRONG, "the name is taken", "BotUsername", "another name");
    F.problems = NULL;
    F.account_count = 0;
    must_find("bots", DOCTOR_WRONG, "none is at work", "", "log");
    F.account_count = 1;
    BOT.bot_active = false;
    must_find("bot-user", DOCTOR_WRONG, "is deactivated", "", "Bot Accounts");
    BOT.bot_exists = false;
    must_find("bot-user", DOCTOR_WRONG, "does not exist", "", "Bot Accounts");
    BOT.bot_exists = BOT.bot_active = BOT.bot_is_admin = true;
    must_find("bot-user", DOCTOR_NOTE, "system administrator", "", "role");
    BOT.bot_is_bot = false;
    must_find("bot-user", DOCTOR_NOTE, "person's account", "", "bot account");
    BOT.bot_asked = DOCTOR_WAITING;
    must_find("bot-user", DOCTOR_UNKNOWN, "in time", "", "");
    BOT.teams = 0;
    must_find("bot-teams", DOCTOR_NOTE, "in no team", "", "/invite");
    BOT.may_post = false;
    must_find("bot-posts", DOCTOR_WRONG, "create_post", "create_post", "Permissions");
}

// Each failure is told by one check; those of the steps before it are good, those after it silent.
static void test_steps_to_the_gateway(void **state) {
    static const struct {
        gateway_state state;
        const char *code, *check, *setting;
    } rows[] = {
        {GATEWAY_BACKOFF, "CONNECT_FAILED", "gateway-address", "GatewayURL"},
        {GATEWAY_BACKOFF, "UPGRADE_REFUSED", "gateway-address", "GatewayURL"},
        {GATEWAY_BACKOFF, "PROXY_REFUSED", "gateway-address", "GatewayProxy"},
        {GATEWAY_BACKOFF, "NO_ANSWER", "gateway-address", "GatewayURL"},
        {GATEWAY_IDLE, "", "gateway-address", "GatewayURL"},
        {GATEWAY_BACKOFF, "TLS_FAILED", "gateway-tls", "GatewayCA"},
        {GATEWAY_HALTED, "AUTH_TOKEN_MISMATCH", "gateway-token", "GatewayToken"},
        {GATEWAY_HALTED, "AUTH_TOKEN_MISSING", "gateway-token", "GatewayToken"},
        {GATEWAY_BACKOFF, "AUTH_RATE_LIMITED", "gateway-token", "GatewayToken"},
        {GATEWAY_PAIRING, "PAIRING_REQUIRED", "gateway-pairing", ""},
        {GATEWAY_HALTED, "DEVICE_AUTH_SIGNATURE_INVALID", "gateway-pairing", ""},
        {GATEWAY_HALTED, "MISSING_SCOPES", "gateway-scopes", "GatewayToken"},
        {GATEWAY_HALTED, "AUTH_SCOPE_MISMATCH", "gateway-scopes", "GatewayToken"},
        {GATEWAY_HALTED, "PROTOCOL_MISMATCH", "gateway-version", ""},
    };
    static const char *const steps[] = {"gateway-address", "gateway-tls",    "gateway-token",
                                        "gateway-pairing", "gateway-scopes", "gateway-version"};
    (void)state;
    set_text(&RULES->accounts[0].gateway.url, "wss://far.example");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BOT.gateway.state = rows[i].state;
        BOT.gateway.code = rows[i].code;
        BOT.gateway.sentence = "So it is.";
        BOT.gateway.command = rows[i].state == GATEWAY_PAIRING ? "openclaw devices approve x" : "";
        must_find(rows[i].check, DOCTOR_WRONG, "So it is.", rows[i].setting, "");
        bool before = true;
        for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
            before = before && strcmp(steps[s], rows[i].check) != 0;
            (before ? must_find(steps[s], DOCTOR_GOOD, "", "", "") : must_not_find(steps[s], DOCTOR_GOOD));
            if (strcmp(steps[s], rows[i].check) != 0)
                must_not_find(steps[s], DOCTOR_WRONG);
        }
    }
    BOT.gateway.code = "PAIRING_REQUIRED";
    BOT.gateway.command = "openclaw devices approve x";
    doctor_report *r = doctor_judge(&F);
    assert_string_equal(find(r, "gateway-pairing", DOCTOR_WRONG)->command, "openclaw devices approve x");
    char *text = doctor_report_markdown(r, WORDS_EN);
    assert_non_null(strstr(text, "Run at the gateway: `openclaw devices approve x`"));
    free(text);
    doctor_report_destroy(r);
}

static void test_the_gateway(void **state) {
    static const struct {
        const char *version;
        bool old;
    } rows[] = {{"2026.9.6", false}, {"2026.9.1", false}, {"2026.9.0", true},
                {"2026.8.30", true}, {"2025.12.1", true}, {"2026.10.1", false},
                {"2027.1.1", false}, {"nonsense", false}, {"", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        BOT.gateway.server_version = rows[i].version;
        if (rows[i].old)
            must_find("gateway-version", DOCTOR_NOTE, "is older than", "", "Update");
        else
            must_not_find("gateway-version", DOCTOR_NOTE);
    }
    BOT.gateway.clock_ahead_ms = 29999;
    must_find("gateway-clock", DOCTOR_GOOD, "", "", "");
    BOT.gateway.clock_ahead_ms = -30000;
    must_find("gateway-clock", DOCTOR_NOTE, "30 seconds behind", "", "NTP");
    BOT.gateway.clock_ahead_ms = 300000;
    must_find("gateway-clock", DOCTOR_WRONG, "300 seconds ahead of", "", "NTP");
    BOT.ca = (doctor_ca){.given = true};
    must_find("gateway-ca", DOCTOR_WRONG, "cannot be read", "GatewayCA", "");
    BOT.ca = (doctor_ca){.given = true, .readable = true, .ends_ms = NOW_MS - 1};
    must_find("gateway-ca", DOCTOR_WRONG, "has ended", "GatewayCA", "");
    BOT.ca.ends_ms = NOW_MS + 29 * DAY_MS;
    must_find("gateway-ca", DOCTOR_NOTE, "ends in 29 days", "GatewayCA", "");
    BOT.ca.ends_ms = NOW_MS + 31 * DAY_MS;
    must_find("gateway-ca", DOCTOR_GOOD, "31 days", "", "");
    BOT.has_gateway = BOT.first_with_gateway = false;
    must_find("gateway-address", DOCTOR_WRONG, "there is none", "GatewayToken", "Fill in");
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
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_text(&RULES->accounts[0].gateway.url, rows[i].url);
        if (rows[i].told)
            must_find("gateway-encryption", DOCTOR_NOTE, "unencrypted", "GatewayURL", "wss://");
        else
            must_not_find("gateway-encryption", DOCTOR_NOTE);
    }
}

static void test_what_agents_have(void **state) {
    account_config *rules = &RULES->accounts[0];
    (void)state;
    set_text(&rules->agent, "nobody");
    must_find("agent", DOCTOR_WRONG, "`Agent: nobody`", "Agent", "/openclaw agents");
    set_text(&rules->agent, "helper");
    must_find("agent", DOCTOR_GOOD, "`helper` answers", "", "");
    BOT.agents_asked = DOCTOR_WAITING;
    must_find("agent", DOCTOR_UNKNOWN, "in time", "", "");
    BOT.control.state = GATEWAY_PAIRING;
    BOT.control.sentence = "Not yet.";
    BOT.control.command = "openclaw devices approve y";
    must_find("control", DOCTOR_WRONG, "Not yet.", "gateway.control", "Approve");
    BOT.has_control = false;
    must_find("control", DOCTOR_NOTE, "there is none", "gateway.control", "control: true");
    BOT.node = (node_status){.state = NODE_UNAPPROVED, .sentence = "Few.", .command = "c", .missing = "a, b"};
    must_find("tools", DOCTOR_WRONG, "Few. Not taken: `a, b`", "gateway.tools", "Allow");
    BOT.node.state = NODE_OFF;
    F.own.works_alone = false;
    must_find("tools", DOCTOR_GOOD, "another process", "", "");
    BOT.has_node = false;
    must_find("tools", DOCTOR_NOTE, "none in Mattermost", "gateway.tools", "tools: true");
}

static void test_approvals(void **state) {
    static char person[] = "useruseruseruseruseruserab";
    static char *somebody[] = {person, NULL};
    account_config *rules = &RULES->accounts[0];
    char **none = rules->exec_approvers;
    (void)state;
    must_not_find("approvals", DOCTOR_NOTE);
    rules->gateway.control = true;
    must_find("approvals", DOCTOR_NOTE, "nobody may decide", "execApprovals.approvers", "");
    rules->exec_approvers = somebody;
    must_find("approvals", DOCTOR_GOOD, "", "", "");
    rules->gateway.control = false;
    must_find("approvals", DOCTOR_WRONG, "control connection only", "gateway.control", "control: true");
    rules->exec_approvers = none;
}

static void test_who_may(void **state) {
    (void)state;
    account_config *rules = &RULES->accounts[0];
    static char *nobody[] = {NULL};
    static char star[] = "*";
    static char *everybody[] = {star, NULL};
    char **list = rules->allow_from;
    rules->allow_from = nobody;
    must_find("channels", DOCTOR_NOTE, "nobody may use", "GroupAllowFrom", "");
    rules->dm_policy = DM_ALLOWLIST;
    must_find("direct-messages", DOCTOR_WRONG, "nobody may write", "DMPolicy, AllowFrom", "Pairing");
    must_find("channels", DOCTOR_WRONG, "nobody may use the bot there", "GroupPolicy", "GroupAllowFrom");
    rules->allow_from = everybody;
    must_find("direct-messages", DOCTOR_NOTE, "everybody on this server but guests", "AllowFrom", "");
    must_find("channels", DOCTOR_GOOD, "", "", "");
    rules->dm_policy = DM_DISABLED;
    rules->group_policy = GROUP_DISABLED;
    must_find("direct-messages", DOCTOR_NOTE, "turned off", "DMPolicy", "");
    must_find("channels", DOCTOR_NOTE, "turned off", "GroupPolicy", "");
    rules->group_policy = GROUP_OPEN;
    must_find("channels", DOCTOR_NOTE, "every member", "GroupPolicy", "Allowlist");
    rules->name_matching = true;
    must_find("names", DOCTOR_NOTE, "they count", "dangerouslyAllowNameMatching", "user ids");
    rules->allow_from = list;
}

static void test_permission_mode(void **state) {
    account_config *rules = &RULES->accounts[0];
    static user_permission wide = {.mode = PERMISSION_FULL};
    user_permission *none = rules->user_permissions;
    (void)state;
    must_find("permission-mode", DOCTOR_GOOD, "`guarded`", "", "");
    rules->permission = PERMISSION_FULL;
    must_find("permission-mode", DOCTOR_NOTE, "is `full`", "PermissionMode", "narrower");
    rules->permission = PERMISSION_READ_ONLY;
    rules->user_permissions = &wide;
    rules->user_permission_count = 1;
    must_find("permission-mode", DOCTOR_NOTE, "is `full`", "permissionModeByUser", "narrower");
    rules->user_permissions = none;
    rules->user_permission_count = 0;
}

static void test_people_and_places(void **state) {
    (void)state;
    BOT.people[0].active = false;
    must_find("people", DOCTOR_NOTE, "deactivated", "AllowFrom", "");
    BOT.people[0].exists = false;
    must_find("people", DOCTOR_WRONG, "`useruseruseruseruseruserab`, a user id that", "AllowFrom", "Correct");
    BOT.people_asked = DOCTOR_FAILED;
    must_find("people", DOCTOR_UNKNOWN, "did not say", "", "");
    BOT.places[0] = (doctor_place){.id = "c1", .setting = "groups", .asked = DOCTOR_ANSWERED};
    BOT.place_count = 1;
    must_find("places", DOCTOR_WRONG, "a channel that this server does not know", "groups", "Correct");
    BOT.places[0].exists = true;
    must_find("places", DOCTOR_WRONG, "not a member of `c1`", "groups", "/invite");
    BOT.places[0].member = true;
    must_find("places", DOCTOR_GOOD, "`c1`", "", "");
    BOT.places[0].archived = true;
    must_find("places", DOCTOR_NOTE, "archived", "groups", "");
    BOT.places[0].asked = DOCTOR_WAITING;
    must_find("places", DOCTOR_UNKNOWN, "`c1`", "groups", "");
}

static void test_the_server(void **state) {
    (void)state;
    F.server.site_url = "";
    must_find("site-url", DOCTOR_WRONG, "not set", "SiteURL", "Web Server");
    F.server.file_attachments = false;
    must_find("files", DOCTOR_NOTE, "no file attachments", "EnableFileAttachments", "File Sharing");
    F.server.plugin_uploads = false;
    must_find("plugin-uploads", DOCTOR_NOTE, "turned off", "EnableUploads", "config.json");
    F.server.plugin_uploads = true;
    F.server.plugin_health_check = false;
    must_find("plugin-uploads", DOCTOR_NOTE, "health checks", "EnableHealthCheck", "config.json");
    F.server.logs = false;
    must_find("log", DOCTOR_NOTE, "writes none", "LogSettings.EnableFile", "Logging");
    must_not_find("edit-limit", DOCTOR_GOOD);
    F.server_asked = DOCTOR_FAILED;
    must_find("server", DOCTOR_WRONG, "could not be read", "", "log");
}

static void test_from_outside(void **state) {
    (void)state;
    must_not_find("mattermost-token", DOCTOR_GOOD);
    F.way.outside = true;
    must_find("mattermost-token", DOCTOR_GOOD, "", "", "");
    must_find("event-stream", DOCTOR_GOOD, "", "", "");
    must_find("callbacks", DOCTOR_NOTE, "nobody listens", "callbacks.listen", "callbacks:");
    must_not_find("core", DOCTOR_GOOD);
    F.server.edit_limit_s = 300;
    must_find("edit-limit", DOCTOR_NOTE, "300 seconds", "PostEditTimeLimit", "Posts");
    F.server.edit_limit_s = 10;
    must_find("edit-limit", DOCTOR_WRONG, "10 seconds", "PostEditTimeLimit", "Posts");
    F.way.callbacks = "http://10.0.0.7:8066/x";
    must_find("callbacks", DOCTOR_UNKNOWN, "could not be tried", "", "team");
    F.callback_asked = DOCTOR_ANSWERED;
    must_find("callbacks", DOCTOR_GOOD, "http://10.0.0.7:8066/x", "", "");
    F.callback_asked = DOCTOR_FAILED;
    F.callback_error = "it failed";
    must_find("callbacks", DOCTOR_WRONG, "it failed", "AllowedUntrustedInternalConnections",
              "callbackBaseUrl");
    F.way.callbacks_here = true;
    must_find("callbacks", DOCTOR_WRONG, "on another machine", "interactions.callbackBaseUrl",
              "callbackBaseUrl");
    F.way.commands_problem = "no right";
    must_find("slash-commands", DOCTOR_WRONG, "no right", "manage_slash_commands", "administrator");
    F.server.commands = false;
    must_find("slash-commands", DOCTOR_WRONG, "no custom slash commands", "EnableCommands", "Integration");
    F.way.clock_ahead_ms = -10000;
    must_find("server-clock", DOCTOR_NOTE, "10 seconds behind", "", "NTP");
    F.way.clock_ahead_ms = 400000;
    must_find("server-clock", DOCTOR_WRONG, "400 seconds ahead of", "", "NTP");
    F.way.delivers = false;
    must_find("event-stream", DOCTOR_WRONG, "nothing that people write", "baseUrl", "Upgrade");
    F.way.known = false;
    F.way.problem = "It does not answer.";
    must_find("mattermost-token", DOCTOR_WRONG, "It does not answer.", "baseUrl", "");
    F.server_asked = DOCTOR_NOT_ASKED;
    must_not_find("server", DOCTOR_WRONG);
    F.way.token_refused = true;
    must_find("mattermost-token", DOCTOR_WRONG, "does not accept it", "botToken", "new token");
    F.server_asked = DOCTOR_ANSWERED;
    F.way.known = true;
    F.server.version = "9.11.0";
    must_find("server", DOCTOR_NOTE, "9.11.0 is older", "", "Update");
}

static void test_the_process(void **state) {
    (void)state;
    F.store_ms = 1500;
    must_find("store", DOCTOR_NOTE, "slow", "", "");
    F.store_asked = DOCTOR_WAITING;
    must_find("store", DOCTOR_WRONG, "in time", "", "");
    F.store_asked = DOCTOR_FAILED;
    F.store_error = "disk full";
    must_find("store", DOCTOR_WRONG, "disk full", "", "room");
    F.own.works_alone = false;
    must_find("lease", DOCTOR_NOTE, "another one holds", "", "second server");
    F.server.clustered = true;
    must_find("lease", DOCTOR_GOOD, "another node", "", "");
    F.own.open_posts = 3;
    F.own.oldest_open_ms = 59999;
    must_find("posts", DOCTOR_GOOD, "3 at work", "", "");
    F.own.oldest_open_ms = 60000;
    must_find("posts", DOCTOR_NOTE, "60 seconds", "", "gateway");
    F.own.oldest_open_ms = 40 * 60000;
    must_find("posts", DOCTOR_WRONG, "40 minutes", "", "gateway");
    F.own.unwritten = 2;
    must_find("records", DOCTOR_NOTE, "since the start: 2;", "", "log");
    F.own.cores = 3;
    must_find("core", DOCTOR_NOTE, "died 2 times", "", "log");
    F.machine.ca_bundle = NULL;
    must_find("ca-bundle", DOCTOR_NOTE, "no bundle", "SSL_CERT_FILE", "ca-certificates");
    set_text(&RULES->accounts[0].gateway.url, "wss://far.example");
    must_find("ca-bundle", DOCTOR_WRONG, "no bundle", "SSL_CERT_FILE", "ca-certificates");
    F.machine.free_bytes = 50 << 20;
    must_find("plugin-folder", DOCTOR_NOTE, "50 MiB", "", "room");
    F.machine.free_bytes = 5 << 20;
    must_find("plugin-folder", DOCTOR_WRONG, "5 MiB", "", "room");
    F.machine.replaced = true;
    must_find("plugin-folder", DOCTOR_WRONG, "was replaced", "", "off and on");
    F.machine.wall_ms = 1000;
    must_find("clock", DOCTOR_WRONG, "years behind", "", "NTP");
    F.quiet = true;
    must_not_find("posts", DOCTOR_WRONG);
    must_not_find("lease", DOCTOR_GOOD);
}

static void test_mcp(void **state) {
    static char channel[] = "4xp9fdt7sbbn9mxhz6kqgrhqwo";
    static char *one[] = {channel, NULL};
    account_config *rules = &RULES->accounts[0];
    char **none = rules->tools.mcp_channels;
    (void)state;
    must_not_find("mcp", DOCTOR_WRONG);
    secret_destroy(rules->tools.mcp_secret);
    rules->tools.mcp_secret = secret_create("long enough to be a secret");
    must_find("mcp", DOCTOR_WRONG, "nothing can be read", "mcp.channels", "channels");
    rules->tools.mcp_channels = one;
    must_find("mcp", DOCTOR_WRONG, "are off", "actions.messages", "on");
    rules->tools.search = true;
    must_find("mcp", DOCTOR_GOOD, "can be read: 1.", "", "");
    rules->tools.mcp_channels = none;
}

static void test_json(void **state) {
    (void)state;
    F.server.site_url = "";
    BOT.teams = 0;
    doctor_report *r = doctor_judge(&F);
    doctor_report_took(r, NOW_MS, 12);
    cJSON *json = doctor_report_json(r, WORDS_EN);
    const cJSON *first = cJSON_GetArrayItem(json_array(json, "findings"), 0), *one = NULL;
    assert_int_equal(json_int(json, "took_ms", 0), 12);
    assert_int_equal(json_int(json, "checked_at", 0), NOW_MS);
    assert_int_equal(json_int(json_get(json, "counts"), "wrong", -1), 1);
    assert_int_equal(json_int(json_get(json, "counts"), "note", -1), 1);
    assert_int_equal(json_int(json_get(json, "counts"), "unknown", -1), 0);
    assert_string_equal(json_text(first, "check"), "site-url");
    assert_string_equal(json_text(first, "level"), "wrong");
    assert_string_equal(json_text(first, "setting"), "SiteURL");
    assert_string_equal(json_text(first, "link"), "docs/troubleshooting.md#doctor-site-url");
    one = cJSON_GetArrayItem(json_array(json, "findings"), 1);
    assert_string_equal(json_text(one, "account"), "default");
    assert_int_equal(cJSON_GetArraySize(json_array(json, "findings")), doctor_report_size(r));
    cJSON_Delete(json);
    doctor_report_destroy(r);
}

// Title, cause and remedy are the reader's; names of settings, commands and what others say are data.
static void test_in_the_readers_language(void **state) {
    (void)state;
    BOT.gateway.state = GATEWAY_HALTED;
    BOT.gateway.code = "AUTH_TOKEN_MISMATCH";
    BOT.gateway.sentence = "The token is wrong.";
    BOT.gateway.said = words_marked(WORD_GATEWAY_TOKEN_MISMATCH);
    BOT.gateway.command = "openclaw {x}";
    F.problems = "- `work`: the {name} is taken\x0e1\x0f";
    doctor_report *r = doctor_judge(&F);
    for (words_lang lang = WORDS_EN; lang < WORDS_LANGS; lang++) {
        char *post = doctor_report_markdown(r, lang);
        cJSON *json = doctor_report_json(r, lang);
        const cJSON *one = NULL;
        assert_non_null(strstr(post, words_text(lang, WORD_DOCTOR_TITLE_GATEWAY_TOKEN)));
        assert_non_null(strstr(post, words_text(lang, WORD_DOCTOR_TOKEN_DO)));
        assert_non_null(strstr(post, words_text(lang, WORD_GATEWAY_TOKEN_MISMATCH)));
        assert_non_null(strstr(post, "(AUTH_TOKEN_MISMATCH)"));
        assert_non_null(strstr(post, "`openclaw {x}`"));
        assert_non_null(strstr(post, "- `work`: the {name} is taken"));
        assert_non_null(strstr(post, "`docs/troubleshooting.md#doctor-gateway-token`"));
        assert_null(strpbrk(post, "\x0e\x0f\x1f"));
        cJSON_ArrayForEach(one, json_array(json, "findings")) {
            assert_null(strpbrk(json_text(one, "cause"), "\x0e\x0f\x1f"));
            if (strcmp(json_text(one, "check"), "bots") == 0) {
                assert_string_equal(json_text(one, "title"), words_text(lang, WORD_DOCTOR_TITLE_BOTS));
                assert_string_equal(json_text(one, "remedy"), words_text(lang, WORD_DOCTOR_BOTS_PROBLEMS_DO));
                assert_string_equal(json_text(one, "setting"), "BotUsername");
            }
        }
        cJSON_Delete(json);
        free(post);
    }
    char *terminal = doctor_report_text(r);
    assert_non_null(strstr(terminal, "2 things are wrong."));
    free(terminal);
    doctor_report_destroy(r);
}

#define DOCTOR_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DOCTOR_TEST(test_all_well),
        DOCTOR_TEST(test_settings_and_bots),
        DOCTOR_TEST(test_steps_to_the_gateway),
        DOCTOR_TEST(test_the_gateway),
        DOCTOR_TEST(test_encryption),
        DOCTOR_TEST(test_what_agents_have),
        DOCTOR_TEST(test_approvals),
        DOCTOR_TEST(test_who_may),
        DOCTOR_TEST(test_permission_mode),
        DOCTOR_TEST(test_people_and_places),
        DOCTOR_TEST(test_the_server),
        DOCTOR_TEST(test_from_outside),
        DOCTOR_TEST(test_the_process),
        DOCTOR_TEST(test_mcp),
        DOCTOR_TEST(test_json),
        DOCTOR_TEST(test_in_the_readers_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
