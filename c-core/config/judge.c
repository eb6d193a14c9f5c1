// SPDX-License-Identifier: Apache-2.0
#include "config/judge.h"

#include "base/mem.h"
#include "config/base_url.h"
#include "config/check.h"

#include <stdlib.h>
#include <string.h>

static char *under(const char *map, const char *path) {
    return xasprintf("%s%s%s", map, *map != '\0' ? "." : "", path);
}

// How path is called where near (a key of the account) stands in the field Advanced: in the account's entry, or at the top
// level; NULL when near does not stand there. The caller frees it.
static char *name_beside(const judgement *j, const account_source *source, const char *near, const char *path,
                         int *line) {
    if (source->shown != NULL && tree_at(source->entry, near, line) != NULL)
        return under(source->shown, path);
    if (tree_at(j->document.top, near, line) != NULL)
        return under(j->document.shown, path);
    return tree_at(j->document.beside, near, line) != NULL ? xstrdup(path) : NULL;
}

// Says something about a key of an account, at the place where its value stands, else where near (may be NULL) stands,
// else as the console's field.
static void tell_near(judgement *j, const account_source *source, config_severity severity, const char *path,
                      const char *near, char *sentence) {
    const config_key *key = config_key_find(path);
    int line = 0;
    char *shown = name_beside(j, source, path, path, &line);
    if (shown == NULL && near != NULL)
        shown = name_beside(j, source, near, path, &line);
    if (shown == NULL && key->console == NULL)
        shown = source->shown != NULL ? under(source->shown, path) : xstrdup(path);
    config_problem_add(j->problems, severity, shown != NULL ? "Advanced" : key->console, shown, line,
                       sentence);
    free(shown);
}

static void tell(judgement *j, const account_source *source, config_severity severity, const char *path,
                 char *sentence) {
    tell_near(j, source, severity, path, NULL, sentence);
}

static bool holds(char *const *list, const char *wanted) {
    while (*list != NULL && strcmp(*list, wanted) != 0)
        list++;
    return *list != NULL;
}

// --- lists of people ---

static bool has_access_group(const account_config *a, const char *name) {
    name += strspn(name, " ");
    for (size_t i = 0; i < a->access_group_count; i++) {
        if (strcmp(a->access_groups[i].name, name) == 0)
            return true;
    }
    return false;
}

// Entries that match nobody: user names without name matching, access groups that are not there.
static void judge_people(judgement *j, const account_source *source, const account_config *a,
                         const char *path, char *const *list) {
    static const char group[] = "accessGroup:";
    bool console = conf_line(tree_at(source->merged, path, NULL)) == 0;
    size_t names = 0, missing = 0;
    for (; *list != NULL; list++) {
        names += !is_lasting_entry(*list) && !a->name_matching;
        missing += strncmp(*list, group, strlen(group)) == 0 && !has_access_group(a, *list + strlen(group));
    }
    if (names > 0)
        tell(j, source, console ? CONFIG_ERROR : CONFIG_NOTICE, path,
             xasprintf(
                 "has %zu %s neither a user id (26 letters and digits) nor *: user ids stand in the System "
                 "Console under Users. User names count only with dangerouslyAllowNameMatching.",
                 names, names == 1 ? "entry that is" : "entries that are"));
    if (missing > 0)
        tell(j, source, CONFIG_NOTICE, path,
             xstrdup("names an access group that accessGroups does not define: it matches nobody."));
}

// --- keys that belong together ---

static void judge_order(judgement *j, const account_source *source, const char *least, int64_t least_value,
                        const char *most, int64_t most_value) {
    bool written =
        tree_at(source->merged, least, NULL) != NULL || tree_at(source->merged, most, NULL) != NULL;
    if (written && least_value > most_value)
        tell(j, source, CONFIG_ERROR, tree_at(source->merged, least, NULL) != NULL ? least : most,
             xasprintf("does not fit: %s must not be above %s.", least, most));
}

static void judge_retry(judgement *j, const account_source *source) {
    int64_t initial = 0, max = 0;
    if (conf_as_int(tree_at(source->merged, "dmChannelRetry.initialDelayMs", NULL), &initial) &&
        conf_as_int(tree_at(source->merged, "dmChannelRetry.maxDelayMs", NULL), &max))
        judge_order(j, source, "dmChannelRetry.initialDelayMs", initial, "dmChannelRetry.maxDelayMs", max);
}

static void judge_text_limit(judgement *j, const account_source *source, const account_config *a) {
    int64_t wish = 0;
    if (conf_as_int(tree_at(source->merged, "textChunkLimit", NULL), &wish) && wish > a->text_chunk_limit)
        tell(j, source, CONFIG_NOTICE, "textChunkLimit",
             xasprintf("is more than Mattermost takes in one post: %d counts.", a->text_chunk_limit));
}

static void judge_token(judgement *j, const account_source *source, const account_config *a) {
    const conf_node *gateway = conf_get(source->merged, "gateway");
    bool unsaid =
        gateway == NULL || (conf_kind_of(gateway) == CONF_MAP && conf_get(gateway, "token") == NULL);
    if (unsaid && a->enabled && *a->disabled_why == '\0' && secret_empty(a->gateway.token))
        tell(j, source, CONFIG_ERROR, "gateway.token",
             xstrdup("is empty. Enter the gateway's token: it stands in the gateway's configuration under "
                     "gateway.auth.token."));
}

// The address of the documentation, pasted with the rest: it is no other server. Only for the main one: an account with an
// address of its own is meant to be elsewhere.
static bool is_placeholder(const account_source *source, const char *wanted, const char *here) {
    bool main_one = strcmp(source->id, "default") == 0 || tree_at(source->entry, "baseUrl", NULL) == NULL;
    return main_one && base_url_is_example(wanted) && !base_url_is_example(here);
}

static void judge_server(judgement *j, const account_source *source, account_config *a) {
    const char *text = conf_text(tree_at(source->merged, "baseUrl", NULL));
    char *wanted = base_url_normalise(text), *here = base_url_normalise(j->site_url);
    if (wanted != NULL && here != NULL && !base_url_same_server(wanted, here) &&
        !is_placeholder(source, wanted, here)) {
        free(a->disabled_why);
        a->disabled_why = xstrdup("its baseUrl is another server than this one: that needs external mode");
        tell(j, source, CONFIG_NOTICE, "baseUrl",
             xasprintf("is another server than this one (%s), so the account %s does not run here: a server "
                       "where the "
                       "plugin is not installed is served in external mode.",
                       here, a->id));
    }
    free(wanted);
    free(here);
}

static void judge_mcp(judgement *j, const account_source *source, const account_config *a) {
    enum { SECRET_MIN_BYTES = 16 };
    const bool served = !secret_empty(a->tools.mcp_secret);
    if (served && strlen(secret_reveal(a->tools.mcp_secret)) < SECRET_MIN_BYTES)
        tell(
            j, source, CONFIG_ERROR, "mcp.secret",
            xstrdup("is shorter than 16 characters: make a new one, for example with openssl rand -hex 24."));
    if (served && *a->tools.mcp_channels == NULL)
        tell_near(j, source, CONFIG_NOTICE, "mcp.channels", "mcp.secret",
                  xstrdup("is empty: nothing can be read over MCP until it names channels."));
}

// External mode: where the account lives, and its way in.
static void judge_external(judgement *j, const account_source *source, const account_config *a) {
    const char *url = a->server.base_url;
    bool http = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    if (!a->enabled || *a->disabled_why != '\0')
        return;
    if (*url == '\0')
        tell(j, source, CONFIG_ERROR, "baseUrl",
             xstrdup(
                 "is empty. Enter the Mattermost server's address; for example: https://chat.example.com."));
    else if (!http || url[strcspn(url, ":") + 3] == '\0')
        tell(j, source, CONFIG_ERROR, "baseUrl",
             xstrdup("must begin with https:// or http:// and name a host; for example: "
                     "https://chat.example.com."));
    if (secret_empty(a->server.bot_token))
        tell(
            j, source, CONFIG_ERROR, "botToken",
            xstrdup(
                "is empty. Enter the bot's access token: Mattermost shows it once when the bot is made under "
                "Integrations, Bot Accounts."));
    bool wants =
        a->native_commands == YES || *a->server.callback_base != '\0' || *a->server.command_url != '\0';
    if (wants && *j->out->callbacks_listen == '\0')
        tell(j, source, CONFIG_NOTICE, "callbacks.listen",
             xstrdup("is not set, so there are no slash commands, buttons and dialogs. OpenClaw takes their "
                     "calls at its gateway's port, this program at an address of its own: set one, and let "
                     "interactions.callbackBaseUrl and commands.callbackUrl lead there."));
}

static void judge_account(judgement *j, const account_source *source, account_config *a) {
    if (j->external != NULL)
        judge_external(j, source, a);
    else
        judge_server(j, source, a);
    judge_token(j, source, a);
    if (a->dm_policy == DM_OPEN && !holds(a->allow_from, "*"))
        tell_near(
            j, source, CONFIG_ERROR, "allowFrom", "dmPolicy",
            xstrdup(
                "must hold \"*\" when dmPolicy is open; to answer only the people in it choose the dmPolicy "
                "allowlist."));
    judge_people(j, source, a, "allowFrom", a->allow_from);
    judge_people(j, source, a, "groupAllowFrom", a->group_allow_from);
    judge_people(j, source, a, "owners", a->owners);
    judge_people(j, source, a, "approvers", a->approvers);
    judge_people(j, source, a, "execApprovals.approvers", a->exec_approvers);
    if (*a->exec_approvers != NULL && !a->gateway.control)
        tell(j, source, CONFIG_NOTICE, "execApprovals.approvers",
             xstrdup("has no effect without gateway.control: approvals are heard on that connection only."));
    judge_people(j, source, a, "allowBots", a->allow_bots);
    judge_order(j, source, "streaming.block.coalesce.minChars", a->streaming.block_min_chars,
                "streaming.block.coalesce.maxChars", a->streaming.block_max_chars);
    judge_order(j, source, "streaming.edits.everyMs", a->streaming.edit_every_ms, "streaming.edits.slowestMs",
                a->streaming.edit_slowest_ms);
    judge_retry(j, source);
    judge_text_limit(j, source, a);
    judge_mcp(j, source, a);
}

// --- accounts beside each other ---

static bool runs(const account_config *a) {
    return a->enabled && *a->disabled_why == '\0';
}

// Whether their session keys have the same middle part (session/session_key.h says what it is without a value).
static bool same_sessions(const account_config *a, const account_config *b) {
    char *left = *a->session_name != '\0' ? xstrdup(a->session_name) : xasprintf("mattermost:%s", a->id);
    char *right = *b->session_name != '\0' ? xstrdup(b->session_name) : xasprintf("mattermost:%s", b->id);
    static const char plain[] = "mattermost", console[] = "mattermost:default";
    bool same =
        strcmp(strcmp(left, console) == 0 ? plain : left, strcmp(right, console) == 0 ? plain : right) == 0;
    free(left);
    free(right);
    return same;
}

static void judge_pair(judgement *j, size_t first, size_t second) {
    const account_config *a = &j->out->accounts[first], *b = &j->out->accounts[second];
    // Said at the account that is not the console's own.
    const account_source *source = &j->accounts[strcmp(b->id, "default") == 0 ? first : second];
    if (!runs(a) || !runs(b))
        return;
    if (j->external == NULL && strcmp(a->bot_username, b->bot_username) == 0)
        tell(j, source, CONFIG_ERROR, "botUsername",
             xasprintf("must differ from account to account; %s and %s have the same bot.", a->id, b->id));
    if (!secret_empty(a->tools.mcp_secret) && secret_equal(a->tools.mcp_secret, b->tools.mcp_secret))
        tell(j, source, CONFIG_ERROR, "mcp.secret",
             xasprintf("must differ from account to account: it tells which one of %s and %s is meant.",
                       a->id, b->id));
    if (same_sessions(a, b) && strcmp(a->agent, b->agent) == 0 &&
        gateway_config_equal(&a->gateway, &b->gateway))
        tell(j, source, CONFIG_NOTICE, "sessionName",
             xasprintf("is the same for %s and %s: where both bots are they share a conversation.", a->id,
                       b->id));
}

void config_judge(judgement *j) {
    for (size_t i = 0; i < j->account_count; i++)
        judge_account(j, &j->accounts[i], &j->out->accounts[i]);
    for (size_t i = 0; i < j->account_count; i++) {
        for (size_t k = 0; k < i; k++)
            judge_pair(j, k, i);
    }
}
