// SPDX-License-Identifier: Apache-2.0
// The field Advanced: OpenClaw configurations as people paste them, accounts and what they inherit, old forms, and what is
// said about mistakes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/config_text.h"

#include <stdio.h>

#define ID "abcdefghijklmnopqrstuvwxy1"
#define ID2 "zbcdefghijklmnopqrstuvwxy2"

static config *taken(const char *text, const char *site_url) {
    config *c = read_config(text, "SUPPORT: s3cret-of-support", site_url);
    if (c == NULL)
        print_problems();
    assert_non_null(c);
    return c;
}

static void done(config *c) {
    config_destroy(c);
    config_problems_free(&PROBLEMS);
}

static void assert_notice(const char *key) {
    const config_problem *p = problem_of(key);
    if (p == NULL) {
        print_problems();
        fail_msg("no notice about %s", key);
    }
    assert_int_equal(p->severity, CONFIG_NOTICE);
}

// --- whole configurations, as they stand in OpenClaw's documentation ---

static void test_basic_bot(void **state) {
    (void)state;
    config *c = taken("channels:\n"
                      "  mattermost:\n"
                      "    enabled: true\n"
                      "    botToken: \"mm-token\"\n"
                      "    baseUrl: \"https://chat.example.com\"\n"
                      "    dmPolicy: pairing\n",
                      "https://chat.example.com/");
    assert_int_equal(c->account_count, 1);
    assert_true(config_default(c)->enabled);
    assert_string_equal(config_default(c)->disabled_why, "");
    assert_int_equal(config_default(c)->dm_policy, DM_PAIRING);
    assert_int_equal(PROBLEMS.errors, 0);
    assert_int_equal(PROBLEMS.count, 2);
    assert_notice("channels.mattermost.botToken");
    assert_notice("channels.mattermost.baseUrl");
    assert_null(strstr(problem_of("channels.mattermost.botToken")->sentence, "mm-token"));
    assert_int_equal(problem_of("channels.mattermost.botToken")->line, 4);
    done(c);
}

static void test_native_commands(void **state) {
    (void)state;
    config *c = taken("{ channels: {\n"
                      "  // comments and all\n"
                      "  mattermost: {\n"
                      "    botToken: 'mm-token', baseUrl: 'https://chat.example.com',\n"
                      "    commands: {native: true, nativeSkills: true,\n"
                      "      callbackUrl: 'https://gateway.example.com/api/channels/mattermost/command'},\n"
                      "    groupPolicy: 'open',\n"
                      "  },\n"
                      "} }\n",
                      NULL);
    assert_int_equal(config_default(c)->group_policy, GROUP_OPEN);
    assert_int_equal(config_default(c)->native_commands, YES);
    assert_int_equal(config_default(c)->native_skills, YES);
    assert_notice("channels.mattermost.commands.callbackUrl");
    done(c);
}

static void test_several_accounts(void **state) {
    (void)state;
    config *c = taken("channels:\n"
                      "  mattermost:\n"
                      "    enabled: true\n"
                      "    botToken: mm-token\n"
                      "    baseUrl: https://chat.example.com\n"
                      "    replyToMode: all\n"
                      "    accounts:\n"
                      "      alerts:\n"
                      "        name: Alerts\n"
                      "        botToken: mm-token-2\n"
                      "        baseUrl: https://alerts.example.com\n"
                      "        chatmode: onmessage\n"
                      "        dmPolicy: allowlist\n"
                      "        allowFrom:\n"
                      "          - " ID "\n"
                      "          - \"" ID2 "\"\n",
                      "https://chat.example.com");
    assert_int_equal(c->account_count, 2);
    const account_config *first = config_account(c, "default"), *alerts = config_account(c, "alerts");
    assert_string_equal(first->disabled_why, "");
    assert_int_equal(first->reply_to_mode, REPLY_ALL);
    assert_int_equal(first->dm_policy, DM_PAIRING);
    assert_null(first->allow_from[0]);
    assert_non_null(strstr(alerts->disabled_why, "external mode"));
    assert_int_equal(alerts->reply_to_mode, REPLY_ALL);
    assert_int_equal(alerts->chatmode, CHATMODE_ONMESSAGE);
    assert_int_equal(alerts->dm_policy, DM_ALLOWLIST);
    assert_string_equal(alerts->allow_from[0], ID);
    assert_string_equal(alerts->allow_from[1], ID2);
    assert_null(alerts->allow_from[2]);
    assert_non_null(
        strstr(problem_of("channels.mattermost.accounts.alerts.baseUrl")->sentence, "has no meaning"));
    done(c);
}

// --- forms ---

static void test_all_forms_say_the_same(void **state) {
    static const char *const forms[] = {
        "historyLimit: 7",
        "{historyLimit: 7}",
        "{\"historyLimit\": \"7\",}",
        "// JSON5\n{historyLimit: +7}",
        "mattermost:\n  historyLimit: 7",
        "channels:\n  mattermost:\n    historyLimit: 7",
        "channels: {mattermost: {historyLimit: 7}, telegram: {botToken: x}}\ngateway: {port: 18789}",
        "messages: {groupChat: {historyLimit: 7}}\nchannels: {mattermost: {enabled: true}}",
        "messages: {groupChat: {historyLimit: 9}}\nchannels: {mattermost: {historyLimit: 7}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        config *c = taken(forms[i], NULL);
        assert_int_equal(config_default(c)->history_limit, 7);
        done(c);
    }
}

static void test_an_empty_field_is_fine(void **state) {
    static const char *const texts[] = {"",   " \n ", "# nothing\n",
                                        "{}", "null", "channels: {mattermost: {}}"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        config *c = taken(texts[i], NULL);
        assert_int_equal(PROBLEMS.count, 0);
        assert_int_equal(c->account_count, 1);
        done(c);
    }
}

static void test_what_stands_beside(void **state) {
    (void)state;
    config *c =
        taken("channels:\n"
              "  defaults: {groupPolicy: open, contextVisibility: allowlist,\n"
              "    implicitMentions: {threadParticipation: false}}\n"
              "  mattermost: {enabled: true}\n"
              "  telegram: {botToken: x}\n"
              "messages:\n"
              "  groupChat: {mentionPatterns: [\"smith\"]}\n"
              "  inbound: {debounceMs: 100, byChannel: {mattermost: 1500, slack: 3}}\n"
              "  responsePrefix: \"[{model}]\"\n"
              "agents: {defaults: {mediaMaxMb: 3, blockStreamingDefault: on, workspace: x}}\n"
              "session: {dmScope: main, mainKey: x}\n"
              "commands: {text: false, ownerAllowFrom: [mattermost:" ID "]}\n"
              "accessGroups: {staff: {type: message.senders, members: {\"*\": [" ID "], slack: [u1]}}}\n"
              "gateway: {port: 18789}\n",
              NULL);
    const account_config *a = config_default(c);
    assert_int_equal(a->group_policy, GROUP_ALLOWLIST); // the explicit value alone counts
    assert_int_equal(a->context_visibility, CONTEXT_ALLOWLIST);
    assert_false(a->thread_participation);
    assert_string_equal(a->mention_patterns[0], "smith");
    assert_int_equal(a->debounce_ms, 1500);
    assert_string_equal(a->response_prefix, "[{model}]");
    assert_true(a->media_max_mb > 2.9 && a->media_max_mb < 3.1);
    assert_true(a->streaming.block_enabled);
    assert_int_equal(a->dm_scope, DM_SCOPE_MAIN);
    assert_false(a->text_commands);
    assert_string_equal(a->owners[0], "mattermost:" ID);
    assert_int_equal(a->access_group_count, 1);
    assert_string_equal(a->access_groups[0].members[0], ID);
    assert_null(a->access_groups[0].members[1]);
    assert_notice("channels.defaults.groupPolicy");
    assert_notice("channels.telegram");
    assert_notice("gateway");
    assert_int_equal(PROBLEMS.count, 3);
    done(c);
}

// Scalars are what their key wants, not what YAML guesses.
static void test_scalars(void **state) {
    (void)state;
    config *c = taken("streaming: {mode: off, preview: {toolProgress: off}, progress: {label: no}}\n"
                      "responsePrefix: no\n"
                      "allowFrom: [0123, 1.10, off]\n"
                      "dangerouslyAllowNameMatching: \"true\"\n"
                      "historyLimit: 0x10\n"
                      "requireMention: no\n"
                      "commands: {native: auto, nativeSkills: false}\n"
                      "markdown: {tables: off}\n",
                      NULL);
    const account_config *a = config_default(c);
    assert_int_equal(a->streaming.mode, STREAMING_OFF);
    assert_false(a->streaming.preview_tool_progress);
    assert_null(a->streaming.label);
    assert_string_equal(a->response_prefix, "no");
    assert_string_equal(a->allow_from[0], "0123");
    assert_string_equal(a->allow_from[1], "1.10");
    assert_string_equal(a->allow_from[2], "off");
    assert_true(a->name_matching);
    assert_int_equal(a->history_limit, 16);
    assert_int_equal(a->require_mention, NO);
    assert_int_equal(a->native_commands, UNSET);
    assert_int_equal(a->native_skills, NO);
    assert_int_equal(a->tables, TABLES_OFF);
    done(c);
}

static void test_old_forms(void **state) {
    static const struct {
        const char *text;
        streaming_mode mode;
    } rows[] = {
        {"streaming: true", STREAMING_PARTIAL},
        {"streaming: false", STREAMING_OFF},
        {"streaming: off", STREAMING_OFF},
        {"streaming: block", STREAMING_BLOCK},
        {"streamMode: progress", STREAMING_PROGRESS},
        {"streamMode: progress\nstreaming: {mode: block}", STREAMING_BLOCK},
        {"streaming: {}", STREAMING_PARTIAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        config *c = taken(rows[i].text, NULL);
        assert_int_equal(config_default(c)->streaming.mode, rows[i].mode);
        assert_int_equal(PROBLEMS.count, i + 1 < sizeof rows / sizeof *rows);
        done(c);
    }
    config *c = taken("chunkMode: newline\nblockStreaming: true\nallowPrivateNetwork: true\n"
                      "blockStreamingCoalesce: {minChars: 10, idleMs: 5}\nstreaming: {mode: off}\n",
                      NULL);
    const account_config *a = config_default(c);
    assert_int_equal(a->streaming.chunk_mode, CHUNK_NEWLINE);
    assert_true(a->streaming.block_enabled);
    assert_true(a->private_network);
    assert_int_equal(a->streaming.block_min_chars, 10);
    assert_int_equal(a->streaming.block_idle_ms, 5);
    assert_int_equal(a->streaming.mode, STREAMING_OFF);
    assert_int_equal(PROBLEMS.count, 4);
    done(c);
}

// --- accounts ---

static void test_inheritance(void **state) {
    (void)state;
    config *c = taken("dmPolicy: allowlist\n"
                      "groupPolicy: open\n"
                      "allowFrom: [" ID "]\n"
                      "botUsername: smith\n"
                      "name: Top\n"
                      "sessionName: other\n"
                      "streaming: {mode: progress, progress: {maxLines: 3}}\n"
                      "groups: {\"*\": {requireMention: false}, " ID ": {prompt: top, agent: a1}}\n"
                      "gateway: {url: \"ws://one\"}\n"
                      "accounts:\n"
                      "  Work Bot!:\n"
                      "    allowFrom: [" ID2 "]\n"
                      "    streaming: {progress: {maxLineChars: 50}}\n"
                      "    groups: {" ID ": {prompt: mine}}\n"
                      "    gateway: {token: {source: store, id: SUPPORT}}\n"
                      "    dmPolicy: null\n"
                      "  empty:\n"
                      "defaultAccount: work bot\n",
                      NULL);
    assert_int_equal(c->account_count, 3);
    assert_string_equal(c->default_account, "work-bot");
    const account_config *a = config_default(c);
    assert_int_equal(a->dm_policy, DM_ALLOWLIST); // inherited before defaults apply
    assert_int_equal(a->group_policy, GROUP_OPEN);
    assert_string_equal(a->allow_from[0], ID2);
    assert_null(a->allow_from[1]);
    assert_int_equal(a->streaming.mode, STREAMING_PROGRESS);
    assert_int_equal(a->streaming.max_lines, 3);
    assert_int_equal(a->streaming.max_line_chars, 50);
    assert_string_equal(account_group(a, ID)->prompt, "mine");
    assert_string_equal(account_group(a, ID)->agent, "a1");
    assert_int_equal(account_group(a, ID)->permission, -1);
    assert_null(account_group(a, ID)->allow_from);
    assert_int_equal(account_group(a, "other")->require_mention, NO);
    assert_string_equal(a->gateway.url, "ws://one");
    assert_string_equal(secret_reveal(a->gateway.token), "s3cret-of-support");
    assert_string_equal(a->bot_username, "openclaw-work-bot");
    assert_string_equal(a->name, "");
    assert_string_equal(a->session_name, "");
    a = config_account(c, "default");
    assert_string_equal(a->bot_username, "smith");
    assert_string_equal(a->session_name, "other");
    assert_string_equal(secret_reveal(a->gateway.token), "token-of-the-console");
    assert_string_equal(config_account(c, "empty")->gateway.url, "ws://one");
    assert_string_equal(config_account(c, "empty")->bot_display_name, "OpenClaw empty");
    done(c);
}

static void test_enabled(void **state) {
    (void)state;
    config *c = taken("enabled: false\naccounts: {a: {enabled: true}, b: {}}", NULL);
    for (size_t i = 0; i < c->account_count; i++)
        assert_false(c->accounts[i].enabled);
    done(c);
    c = taken("accounts: {default: {enabled: false}, b: {}}", NULL);
    assert_false(config_account(c, "default")->enabled);
    assert_true(config_account(c, "b")->enabled);
    done(c);
}

static void test_account_ids(void **state) {
    static const char *const rows[][2] = {
        {"Work", "work"},     {"  a  ", "a"},         {"a b", "a-b"},     {"--a--", "a"},
        {"", "default"},      {"!!!", "default"},     {"a_b-1", "a_b-1"}, {"\xC3\xA9t\xC3\xA9", "t"},
        {"a!!b..c", "a-b-c"}, {"DEFAULT", "default"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *id = config_account_id(rows[i][0]);
        assert_string_equal(id, rows[i][1]);
        free(id);
    }
}

static void test_only_the_changed_account_differs(void **state) {
    (void)state;
    config *a = taken("accounts: {x: {agent: one}, y: {agent: two}}", NULL);
    config_problems_free(&PROBLEMS);
    config *b = taken("accounts: {x: {agent: one}, y: {agent: three}}", NULL);
    assert_false(config_equal(a, b));
    assert_true(account_config_equal(config_account(a, "x"), config_account(b, "x")));
    assert_false(account_config_equal(config_account(a, "y"), config_account(b, "y")));
    assert_true(gateway_config_equal(&config_account(a, "y")->gateway, &config_account(b, "x")->gateway));
    config_destroy(a);
    done(b);
}

// --- mistakes ---

static const struct mistake {
    const char *text, *key;
    int line;
    const char *says; // a part of the sentence
} MISTAKES[] = {
    {"dmpolicy: open", "dmpolicy", 1, "dmPolicy"},
    {"\n\nhistorylimit: 3", "historylimit", 3, "historyLimit"},
    {"allowForm: []", "allowForm", 1, "allowFrom"},
    {"streaming: {mod: off}", "streaming.mod", 1, "mode"},
    {"streaming: {chunkmode: length}", "streaming.chunkmode", 1, "chunkMode"},
    {"toolProgress: true", "toolProgress", 1, "streaming.preview.toolProgress"},
    {"zzzzzzzzz: 1", "zzzzzzzzz", 1, "not a known key"},
    {"accounts: {w: {defaultAccount: x}}", "accounts.w.defaultAccount", 1, "top level only"},
    {"accounts:\n  w:\n    chatmod: oncall", "accounts.w.chatmod", 3, "chatmode"},
    {"accounts: {w: {limits: {userPerDay: 1}}}", "accounts.w.limits.userPerDay", 1, "top level only"},
    {"accounts: {w: {streaming: {edits: {perSecondTotal: 1}}}}", "accounts.w.streaming.edits.perSecondTotal",
     1, "top level only"},
    {"accounts: [a]", "accounts", 1, "group of accounts"},
    {"accounts: {w: 3}", "accounts.w", 1, "group of keys"},
    {"accounts: {W: {}, w: {}}", "accounts.w", 1, "already"},
    {"dmPolicy: everyone", "dmPolicy", 1, "pairing, allowlist, open, disabled"},
    {"dmPolicy: open", "allowFrom", 1, "\"*\""},
    {"accounts: {w: {dmPolicy: open}}", "accounts.w.allowFrom", 1, "\"*\""},
    {"dmPolicy: open\nallowFrom: [" ID "]", "allowFrom", 2, "\"*\""},
    {"dmPolicy: [open]", "dmPolicy", 1, "one of"},
    {"historyLimit: -1", "historyLimit", 1, "0 to 1000"},
    {"historyLimit: many", "historyLimit", 1, "whole number"},
    {"historyLimit: 1.5", "historyLimit", 1, "whole number"},
    {"mediaMaxMb: 0", "mediaMaxMb", 1, "above 0"},
    {"requireMention: maybe", "requireMention", 1, "true or false"},
    {"commands: {native: maybe}", "commands.native", 1, "auto"},
    {"commands: on", "commands", 1, "group of keys"},
    {"allowFrom: " ID, "allowFrom", 1, "list"},
    {"allowFrom: [[a]]", "allowFrom", 1, "texts"},
    {"owners: [\"*\"]", "owners", 1, "name people"},
    {"mentionPatterns: [\"smith\", \"(open\"]", "mentionPatterns", 1, "regular expression"},
    {"messages: {groupChat: {mentionPatterns: [\"[\"]}}\nchannels: {mattermost: {}}",
     "messages.groupChat.mentionPatterns", 1, ""},
    {"peopleInfo: [email]", "peopleInfo", 1, "username"},
    {"groups: {\"*\": {requiremention: false}}", "groups.*.requiremention", 1, "requireMention"},
    {"groups: {\"*\": {permissionMode: root}}", "groups.*.permissionMode", 1, "read-only"},
    {"groups: [a]", "groups", 1, "group of keys"},
    {"permissionModeByUser: {bob: full}", "permissionModeByUser.bob", 1, "user id"},
    {"permissionModeByUser: {" ID ": root}", "permissionModeByUser." ID, 1, "read-only"},
    {"accessGroups: {staff: []}", "accessGroups.staff", 1, "type"},
    {"dmChannelRetry: {maxRetries: 11}", "dmChannelRetry.maxRetries", 1, "0 to 10"},
    {"dmChannelRetry: {initialDelayMs: 5000, maxDelayMs: 1000}", "dmChannelRetry.initialDelayMs", 1, "above"},
    {"streaming: {block: {coalesce: {minChars: 9, maxChars: 5}}}", "streaming.block.coalesce.minChars", 1,
     "above"},
    {"gateway: {url: \"http://x\"}", "gateway.url", 1, "ws://"},
    {"gateway: {token: hunter2}", "gateway.token", 1, "Secrets"},
    {"accounts: {w: {gateway: {token: hunter2}}}", "accounts.w.gateway.token", 1, "Secrets"},
    {"gateway: {proxy: \"http://u:hunter2@p\"}", "gateway.proxy", 1, "Secrets"},
    {"gateway: {token: {source: store, id: NONE}}", "gateway.token", 1, "Secrets"},
    {"gateway: {token: {source: env, id: PATH}}", "gateway.token", 1, "OPENCLAW_"},
    {"gateway: {token: {source: exec, id: x}}", "gateway.token", 1, "exec"},
    {"gateway: {token: {sauce: env}}", "gateway.token", 1, "source"},
    {"gateway: {token: [x]}", "gateway.token", 1, "reference"},
    {"botToken: {source: env, id: lower}", "botToken", 1, "upper-case"},
    {"channels: {slack: {}}", "channels", 1, "mattermost"},
    {"channels: {mattermost: 3}", "channels.mattermost", 1, "group of keys"},
    {"channels: {mattermost: {dmPolicy: x}}", "channels.mattermost.dmPolicy", 1, "one of"},
    {"channels: {mattermost: {}}\nmessages: {groupChat: {historyLimit: x}}",
     "messages.groupChat.historyLimit", 2, "whole number"},
    {"botUsername: Smith", "botUsername", 1, "lower-case"},
    {"accounts: {a: {botUsername: x}, b: {botUsername: x}}", "accounts.b.botUsername", 1, "same bot"},
    {"accounts: {a: {botUsername: openclaw}}", "accounts.a.botUsername", 1, "same bot"},
    {"a.b: 1", "\"a.b\"", 1, "not a known key"},
    {"groups.*.prompt: x", "\"groups.*.prompt\"", 1, "not a known key"},
    {"\"*\": 1", "*", 1, "not a known key"},
};

static void test_mistakes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
        const struct mistake *m = &MISTAKES[i];
        config *c = read_config(m->text, NULL, NULL);
        const config_problem *p = problem_of(m->key);
        if (c != NULL || p == NULL || p->severity != CONFIG_ERROR || PROBLEMS.errors != 1) {
            print_problems();
            fail_msg("%s: %s", m->text, c != NULL ? "taken" : "not the one error that it should be");
        }
        assert_string_equal(p->setting, "Advanced");
        if (p->line != m->line || strstr(p->sentence, m->says) == NULL) {
            print_problems();
            fail_msg("%s: line %d, \"%s\"", m->text, m->line, m->says);
        }
        for (size_t k = 0; k < PROBLEMS.count; k++)
            assert_null(strstr(PROBLEMS.items[k].sentence, "hunter2"));
        config_problems_free(&PROBLEMS);
    }
}

static void test_notices(void **state) {
    static const struct {
        const char *text, *key;
    } rows[] = {
        {"configWrites: true", "configWrites"},
        {"interactions: {callbackBaseUrl: x}", "interactions.callbackBaseUrl"},
        {"commands: {callbackPath: x}", "commands.callbackPath"},
        {"implicitMentions: {quotedBot: true}", "implicitMentions.quotedBot"},
        {"allowFrom: [\"@bob\"]", "allowFrom"},
        {"allowFrom: [accessGroup:staff]", "allowFrom"},
        {"textChunkLimit: 20000", "textChunkLimit"},
        {"groups: {town: {requireMention: false}}", "groups.town"},
        {"defaultAccount: nobody", "defaultAccount"},
        {"accounts: {a: {sessionName: mattermost}}", "accounts.a.sessionName"},
        {"botToken: {source: file, provider: p, id: /a}", "botToken"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        config *c = taken(rows[i].text, NULL);
        assert_notice(rows[i].key);
        assert_int_equal(PROBLEMS.count, 1);
        done(c);
    }
}

static void test_everything_wrong_at_once(void **state) {
    (void)state;
    char *text = xstrdup("");
    for (int i = 0; i < 300; i++) {
        char *longer = xasprintf("%sunknown%d: {x: [1]}\n", text, i);
        free(text);
        text = longer;
    }
    assert_null(read_config(text, "wrong\nagain", NULL));
    assert_int_equal(PROBLEMS.count, CONFIG_PROBLEMS_MAX);
    assert_int_equal(PROBLEMS.errors, 302);
    assert_int_equal(PROBLEMS.more, 302 - CONFIG_PROBLEMS_MAX);
    config_problems_free(&PROBLEMS);
    free(text);
}

// As many mistakes as a text can hold, and as long ones.
static void test_work_is_bounded(void **state) {
    (void)state;
    char *text = xstrdup("");
    size_t len = 0;
    text = xrealloc(text, 256 * 1024 + 64);
    for (int i = 0; len < 250 * 1024; i++)
        len += (size_t)snprintf(text + len, 64, "%06d-historyLimitHistoryLimit: 1\n", i);
    for (int i = 0; i < 5; i++) { // at once; minutes, were the nearest of each looked for
        assert_null(read_config(text, NULL, NULL));
        assert_true(PROBLEMS.errors > 5000);
        config_problems_free(&PROBLEMS);
    }
    free(text);
}

static void test_hostile_texts(void **state) {
    (void)state;
    char *huge = xmalloc(10 * 1024 * 1024 + 1), *deep = xmalloc(100001);
    memset(huge, 'a', 10 * 1024 * 1024);
    huge[10 * 1024 * 1024] = '\0';
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    const char *const texts[] = {huge, deep, "a: &x [1]\nb: *x", "{", "a: b: c", "\x01", "\xff", "- 1\n-"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(read_config(texts[i], NULL, NULL));
        assert_true(PROBLEMS.errors >= 1);
        assert_string_equal(PROBLEMS.items[0].setting, "Advanced");
        assert_true(strlen(PROBLEMS.items[0].sentence) < 1000);
        config_problems_free(&PROBLEMS);
    }
    assert_null(read_config(NULL, huge, NULL));
    assert_string_equal(PROBLEMS.items[0].setting, "Secrets");
    config_problems_free(&PROBLEMS);
    free(huge);
    free(deep);
}

static void test_another_server(void **state) {
    static const struct {
        const char *base_url, *site_url;
        bool runs;
    } rows[] = {
        {"https://chat.example.com", "https://chat.example.com", true},
        {"https://Chat.example.com/api/v4/", "https://chat.example.com/", true},
        {"http://chat.example.com", "https://chat.example.com:443", true},
        {"https://chat.example.com/team", "https://chat.example.com", false},
        {"https://other.example.com", "https://chat.example.com", false},
        {"https://chat.example.com:8065", "https://chat.example.com", false},
        {"https://other.example.com", "", true},
        {"https://other.example.com", "http://127.0.0.1:8065", true}, // documentation's, as pasted
        {"https://example.com.mine.org", "http://127.0.0.1:8065", false},
        {"https://notexample.com", "http://127.0.0.1:8065", false},
        {"https://other.example.com", NULL, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = xasprintf("baseUrl: \"%s\"\n", rows[i].base_url);
        config *c = taken(text, rows[i].site_url);
        assert_int_equal(*config_default(c)->disabled_why == '\0', rows[i].runs);
        assert_int_equal(problem_of("baseUrl")->severity, CONFIG_NOTICE);
        done(c);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basic_bot),
        cmocka_unit_test(test_native_commands),
        cmocka_unit_test(test_several_accounts),
        cmocka_unit_test(test_all_forms_say_the_same),
        cmocka_unit_test(test_an_empty_field_is_fine),
        cmocka_unit_test(test_what_stands_beside),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_old_forms),
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_enabled),
        cmocka_unit_test(test_account_ids),
        cmocka_unit_test(test_only_the_changed_account_differs),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_everything_wrong_at_once),
        cmocka_unit_test(test_work_is_bounded),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_another_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
