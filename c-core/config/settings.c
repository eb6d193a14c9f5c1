// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "config/ca.h"
#include "config/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 1000000, CATCH_UP_MAX_MINUTES = 1440 };
enum { ALLOW_FROM_MAX = 10000, BOT_USERNAME_MAX = 22, DISPLAY_NAME_MAX = 64, AGENT_MAX = 64 };

// What one reading of the settings works on.
typedef struct reading {
    const cJSON *settings;
    config *out;
    account_config *account;
    config_problems *problems;
} reading;

static void problem(reading *r, const char *setting, char *sentence) {
    config_problem_add(r->problems, CONFIG_ERROR, setting, "", 0, sentence);
}

// Replaces a text that account_config_init made.
static void put(char **text, char *fresh) {
    free(*text);
    *text = fresh;
}

static void put_list(char ***list, const char *const *texts) {
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    free(*list);
    *list = xcalloc(count + 1, sizeof **list);
    for (size_t i = 0; i < count; i++)
        (*list)[i] = xstrdup(texts[i]);
}

// The text of a setting without white space around it; absent_text when it is absent or empty. The caller frees it.
static char *text_setting(reading *r, const char *setting, const char *key, const char *absent_text) {
    const cJSON *item = json_get(r->settings, key);
    if (item != NULL && !cJSON_IsString(item)) {
        problem(r, setting, xstrdup("must be text."));
        return xstrdup(absent_text);
    }
    const char *text = item != NULL ? item->valuestring : "";
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    return len > 0 ? xstrndup(text, len) : xstrdup(absent_text);
}

static void read_gateway(reading *r) {
    gateway_config *g = &r->account->gateway;
    put(&g->url, text_setting(r, "GatewayURL", "gatewayurl", "ws://127.0.0.1:18789"));
    char *wrong = url_check(g->url, (const char *const[]){"ws", "wss", NULL});
    if (wrong != NULL)
        problem(r, "GatewayURL", wrong);
    put(&g->proxy, text_setting(r, "GatewayProxy", "gatewayproxy", ""));
    if (*g->proxy != '\0') {
        wrong = url_check(g->proxy, (const char *const[]){"http", "https", "socks5", "socks5h", NULL});
        if (wrong != NULL)
            problem(r, "GatewayProxy", wrong);
    }
    char *token = text_setting(r, "GatewayToken", "gatewaytoken", "");
    secret_destroy(g->token);
    g->token = secret_create(token);
    secret_wipe(token, strlen(token));
    free(token);
    if (secret_empty(g->token))
        problem(r, "GatewayToken",
                xstrdup("is empty. Enter the gateway's token: it stands in the gateway's configuration under "
                        "gateway.auth.token."));
}

static void read_ca(reading *r) {
    char *value = text_setting(r, "GatewayCA", "gatewayca", "");
    char *detail = NULL;
    const char *wrong = NULL;
    bool pem = ca_is_pem(value);
    if (pem)
        wrong = ca_check_pem(value);
    else if (*value == '/')
        wrong = ca_check_file(value, &detail);
    else if (*value != '\0')
        wrong = "is neither a certificate in PEM form nor an absolute path of a file";
    if (wrong != NULL)
        problem(
            r, "GatewayCA",
            xasprintf(
                "%s%s%s%s. Paste the certificate of your private CA in PEM form, or give the absolute path "
                "of such a file on the Mattermost server.",
                wrong, detail != NULL ? " (" : "", detail != NULL ? detail : "", detail != NULL ? ")" : ""));
    free(detail);
    put(&r->account->gateway.ca_pem, xstrdup(pem ? value : ""));
    put(&r->account->gateway.ca_file, xstrdup(pem ? "" : value));
    free(value);
}

// Mattermost's rule for user names: lower-case letters, digits, dot, dash, underscore, a letter first.
static bool is_username(const char *name) {
    size_t len = strlen(name);
    if (len < 1 || len > BOT_USERNAME_MAX || !(name[0] >= 'a' && name[0] <= 'z'))
        return false;
    for (size_t i = 0; i < len; i++) {
        char ch = name[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '_'))
            return false;
    }
    return true;
}

static void read_bot(reading *r) {
    account_config *c = r->account;
    put(&c->bot_username, text_setting(r, "BotUsername", "botusername", "openclaw"));
    if (!is_username(c->bot_username))
        problem(r, "BotUsername",
                xstrdup("must be 1 to 22 lower-case letters, digits, dots, dashes or underscores, a letter "
                        "first; for "
                        "example: openclaw"));
    put(&c->bot_display_name, text_setting(r, "BotDisplayName", "botdisplayname", "OpenClaw"));
    if (strlen(c->bot_display_name) > DISPLAY_NAME_MAX)
        problem(r, "BotDisplayName", xstrdup("must not be longer than 64 bytes."));
    put(&c->agent, text_setting(r, "Agent", "agent", ""));
    size_t len = strspn(c->agent, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (c->agent[len] != '\0' || len > AGENT_MAX)
        problem(r, "Agent",
                xstrdup("must be an agent's id: up to 64 letters, digits, dashes and underscores; for "
                        "example: main"));
}

static void add_allowed(reading *r, size_t *count, const char *word, size_t len) {
    account_config *c = r->account;
    char *entry = xstrndup(word, len);
    if (strcmp(entry, "*") != 0 && !parse_is_mm_id(entry)) {
        problem(
            r, "AllowFrom",
            xasprintf(
                "holds \"%.40s\", which is neither a user id (26 lower-case letters and digits) nor *. User "
                "ids stand in the System Console under Users.",
                entry));
    } else if (*count < ALLOW_FROM_MAX) {
        c->allow_from[(*count)++] = entry;
        c->allow_from = xrealloc(c->allow_from, (*count + 1) * sizeof *c->allow_from);
        c->allow_from[*count] = NULL;
        return;
    } else if (*count == ALLOW_FROM_MAX) {
        problem(r, "AllowFrom", xstrdup("holds more than 10000 entries."));
    }
    free(entry);
}

static void read_allow_from(reading *r) {
    static const char separators[] = " \t\r\n,;";
    char *value = text_setting(r, "AllowFrom", "allowfrom", "");
    size_t count = 0;
    for (const char *at = value + strspn(value, separators); *at != '\0'; at += strspn(at, separators)) {
        size_t len = strcspn(at, separators);
        add_allowed(r, &count, at, len);
        at += len;
    }
    free(value);
}

static void read_choices(reading *r) {
    char *mode = text_setting(r, "PermissionMode", "permissionmode", "read-only");
    int found = permission_mode_find(mode);
    if (found < 0)
        problem(r, "PermissionMode", xstrdup("must be one of: read-only, guarded, workspace, full."));
    r->account->permission = found < 0 ? PERMISSION_READ_ONLY : (permission_mode)found;
    free(mode);
    char *level = text_setting(r, "LogLevel", "loglevel", "info");
    found = log_level_find(level);
    if (found < 0)
        problem(r, "LogLevel", xstrdup("must be one of: debug, info, warn, error."));
    r->out->log = found < 0 ? LOG_INFO : (log_level)found;
    free(level);
}

// A whole number from 0 to max, given as a number or as its digits.
static int number_setting(reading *r, const char *setting, const char *key, int absent, int max) {
    const cJSON *item = json_get(r->settings, key);
    uint64_t number = (uint64_t)absent;
    bool ok = item == NULL || (cJSON_IsString(item) && *item->valuestring == '\0');
    if (cJSON_IsNumber(item)) {
        ok =
            item->valuedouble >= 0 && item->valuedouble <= max && item->valuedouble == (double)item->valueint;
        number = ok ? (uint64_t)item->valueint : 0;
    } else if (!ok && cJSON_IsString(item)) {
        ok = parse_uint(bytes_str(item->valuestring), (uint64_t)max, &number) == OC_OK;
    }
    if (!ok)
        problem(r, setting, xasprintf("must be a whole number from 0 to %d.", max));
    return (int)number;
}

static void read_limits(reading *r) {
    config_limits *l = &r->out->limits;
    l->user_minute = number_setting(r, "UserPerMinute", "userperminute", 20, LIMIT_MAX);
    l->user_day = number_setting(r, "UserPerDay", "userperday", 0, LIMIT_MAX);
    l->channel_minute = number_setting(r, "ChannelPerMinute", "channelperminute", 60, LIMIT_MAX);
    l->channel_day = number_setting(r, "ChannelPerDay", "channelperday", 0, LIMIT_MAX);
    l->bot_minute = number_setting(r, "BotPerMinute", "botperminute", 600, LIMIT_MAX);
    l->bot_day = number_setting(r, "BotPerDay", "botperday", 0, LIMIT_MAX);
    r->out->catch_up_ms =
        number_setting(r, "CatchUpMinutes", "catchupminutes", 10, CATCH_UP_MAX_MINUTES) * 60000LL;
}

// What no setting of the console says yet.
static void read_defaults(account_config *a) {
    a->dm_policy = DM_PAIRING;
    a->group_policy = GROUP_ALLOWLIST;
    a->text_commands = true;
    a->bot_hops = 1;
    put_list(&a->onchar_prefixes, (const char *const[]){">", "!", NULL});
    a->thread_participation = true;
    a->reply_to_mode = REPLY_OFF;
    a->dm_scope = DM_SCOPE_CHANNEL_PEER;
    a->history_limit = 50;
    a->people_info = PEOPLE_USERNAME;
    a->streaming = (streaming_config){
        .mode = STREAMING_PARTIAL,
        .preview_tool_progress = true,
        .label = a->streaming.label,
        .labels = a->streaming.labels,
        .max_lines = 8,
        .max_line_chars = 120,
        .block_min_chars = 1500,
        .block_max_chars = 16383,
        .block_idle_ms = 1000,
        .edit_every_ms = 1000,
        .edit_slowest_ms = 5000,
        .edits_max = 20,
        .edits_per_second_total = 20,
    };
    put(&a->streaming.label, xstrdup("auto"));
    put_list(&a->streaming.labels, (const char *const[]){"Working", NULL});
    a->text_chunk_limit = 16383;
    a->media_max_mb = 8;
    a->notify_after_ms = 0;
    a->actions_reactions = true;
}

config *config_from_settings(const cJSON *settings, config_problems *problems) {
    *problems = (config_problems){.count = 0};
    reading r = {.settings = settings, .out = xcalloc(1, sizeof *r.out), .problems = problems};
    r.out->accounts = r.account = xcalloc(1, sizeof *r.account);
    r.out->account_count = 1;
    r.out->default_account = xstrdup("default");
    account_config_init(r.account);
    read_defaults(r.account);
    put(&r.account->id, xstrdup("default"));
    read_gateway(&r);
    read_ca(&r);
    read_bot(&r);
    read_allow_from(&r);
    read_choices(&r);
    read_limits(&r);
    if (problems->errors == 0)
        return r.out;
    config_destroy(r.out);
    return NULL;
}
