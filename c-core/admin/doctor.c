// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor.h"

#include "base/buf.h"
#include "base/mem.h"
#include "gateway/control.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_BYTES = 14000, LINE_MAX_BYTES = 2000 };

struct doctor_report {
    buf text;
    int wrong, notes;
    bool full;
};

void doctor_say(doctor_report *r, doctor_level level, const char *format, ...) {
    static const char *const marks[] = {"✅", "ℹ️", "❌"};
    char line[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int written = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (written >= (int)sizeof line) { // no half character at the end
        size_t end = sizeof line - 1;
        while (end > 0 && ((unsigned char)line[end - 1] & 0xC0) == 0x80)
            end--;
        line[end > 0 ? end - 1 : 0] = '\0';
    }
    r->wrong += level == DOCTOR_WRONG;
    r->notes += level == DOCTOR_NOTE;
    if (buf_printf(&r->text, "- %s %s\n", marks[level], line) != OC_OK)
        r->full = true;
}

// --- the settings and the bots ---

static void check_settings(const doctor_facts *f, doctor_report *r) {
    if (!f->has_rules)
        doctor_say(
            r, DOCTOR_WRONG,
            "**Settings**: they cannot be used, so nobody is answered. What is wrong was sent to the system "
            "administrators by direct message; `/openclaw reload` sends it again.");
    else
        doctor_say(r, DOCTOR_GOOD, "**Settings**: they can be used.");
}

static void check_bots(const doctor_facts *f, doctor_report *r) {
    if (f->problems != NULL)
        doctor_say(r, DOCTOR_WRONG, "**Bots**: not every account has one. %s", f->problems);
    else if (f->account_count == 0)
        doctor_say(r, DOCTOR_WRONG,
                   "**Bots**: none is at work. The server gave no bot user; its log says why.");
    for (size_t i = 0; i < f->account_count; i++)
        doctor_say(r, DOCTOR_GOOD, "**Bot** `@%s` (account `%s`) is there.", f->accounts[i]->bot_username,
                   f->accounts[i]->id);
}

// --- the gateway ---

static bool is_first_with_gateway(const doctor_facts *f, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (f->accounts[i]->gateway == f->accounts[index]->gateway)
            return false;
    }
    return f->accounts[index]->gateway != NULL;
}

static void check_gateway(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account *a = f->accounts[i];
        if (a->gateway == NULL)
            doctor_say(r, DOCTOR_WRONG, "**Gateway** of `%s`: there is none. Fill in its address and token.",
                       a->id);
        if (!is_first_with_gateway(f, i))
            continue;
        const gateway_status s = gateway_get_status(a->gateway);
        if (s.state == GATEWAY_READY)
            doctor_say(r, DOCTOR_GOOD,
                       "**Gateway** of `%s`: connected and paired, OpenClaw %s, default agent `%s`.", a->id,
                       s.server_version, s.default_agent);
        else
            doctor_say(r, DOCTOR_WRONG, "**Gateway** of `%s`: %s. %s%s%s%s", a->id,
                       gateway_state_name(s.state), s.sentence, *s.command != '\0' ? " Run `" : "", s.command,
                       *s.command != '\0' ? "`." : "");
    }
}

// Protocol 4 with approvals and questions as they are used here (gateway-protocol notes §18).
static const char OLDEST_GATEWAY[] = "2026.9.1";

// "2026.9.6" by its numbers; false also when it is none.
static bool is_older(const char *version, const char *than) {
    while (*version != '\0' && *than != '\0') {
        size_t len = strspn(version, "0123456789"), other = strspn(than, "0123456789");
        if (len == 0 || other == 0)
            return false;
        int order = len != other ? (len < other ? -1 : 1) : strncmp(version, than, len);
        if (order != 0)
            return order < 0;
        version += len;
        than += other;
        if (*version != '.' || *than != '.')
            break;
        version++;
        than++;
    }
    return false;
}

static void check_gateway_version(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        if (!is_first_with_gateway(f, i))
            continue;
        const gateway_status s = gateway_get_status(f->accounts[i]->gateway);
        if (s.state == GATEWAY_READY && is_older(s.server_version, OLDEST_GATEWAY))
            doctor_say(r, DOCTOR_NOTE,
                       "**Gateway** of `%s`: OpenClaw %s is older than %s, the oldest one that is looked "
                       "after. Update it.",
                       f->accounts[i]->id, s.server_version, OLDEST_GATEWAY);
    }
}

static bool is_local(const char *url) {
    static const char *const hosts[] = {"//127.", "//localhost", "//[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (strstr(url, hosts[i]) != NULL)
            return true;
    }
    return false;
}

static void check_encryption(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account_config *rules = f->accounts[i]->config;
        if (rules != NULL && is_first_with_gateway(f, i) && strncmp(rules->gateway.url, "ws://", 5) == 0 &&
            !is_local(rules->gateway.url))
            doctor_say(r, DOCTOR_NOTE,
                       "**Gateway** of `%s`: messages and the token go to another machine unencrypted. "
                       "Give the gateway TLS and its address as `wss://…`.",
                       f->accounts[i]->id);
    }
}

static void check_control(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account *a = f->accounts[i];
        if (!is_first_with_gateway(f, i))
            continue;
        char *why_not = control_why_not(a->control);
        if (why_not == NULL)
            doctor_say(r, DOCTOR_GOOD, "**Control connection** of `%s`: connected.", a->id);
        else
            doctor_say(r, a->control == NULL ? DOCTOR_NOTE : DOCTOR_WRONG,
                       "**Control connection** of `%s`: `/openclaw new`, `/openclaw compact` and approvals "
                       "are not there. %s",
                       a->id, why_not);
        free(why_not);
    }
}

static void check_tools(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account *a = f->accounts[i];
        if (!is_first_with_gateway(f, i))
            continue;
        if (a->node == NULL) {
            doctor_say(r, DOCTOR_NOTE,
                       "**Tools** of `%s`: the agent has none in Mattermost. `gateway.tools: true` in the "
                       "setting Advanced gives it some.",
                       a->id);
            continue;
        }
        const node_status s = node_get_status(a->node);
        if (s.state == NODE_READY)
            doctor_say(r, DOCTOR_GOOD, "**Tools** of `%s`: the gateway takes all %zu of them. %s", a->id,
                       s.taken, s.sentence);
        else
            doctor_say(r, DOCTOR_WRONG, "**Tools** of `%s`: %s%s%s%s%s%s%s", a->id, s.sentence,
                       *s.command != '\0' ? " Run `" : "", s.command, *s.command != '\0' ? "`." : "",
                       *s.missing != '\0' ? " Not taken: `" : "", s.missing, *s.missing != '\0' ? "`." : "");
    }
}

static void check_reach(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account *a = f->accounts[i];
        if (a->config == NULL || a->node == NULL || a->config->tools.elsewhere != TOOLS_REACH_WRITE)
            continue;
        doctor_say(
            r, DOCTOR_NOTE,
            "**Tools** of `%s`: `actions.elsewhere` is `write`: by a message to the bot people make it write "
            "wherever they may write themselves.",
            a->id);
    }
}

static void check_mcp(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account *a = f->accounts[i];
        size_t count = 0;
        if (a->config == NULL || secret_empty(a->config->tools.mcp_secret))
            continue;
        while (a->config->tools.mcp_channels[count] != NULL)
            count++;
        if (count == 0)
            doctor_say(r, DOCTOR_WRONG,
                       "**MCP** of `%s`: it is served, but `mcp.channels` is empty, so nothing can be read.",
                       a->id);
        else if (!a->config->tools.messages && !a->config->tools.search)
            doctor_say(
                r, DOCTOR_WRONG,
                "**MCP** of `%s`: it is served, but `actions.messages` and `actions.search` are off, so no "
                "messages can be read.",
                a->id);
        else
            doctor_say(r, DOCTOR_GOOD,
                       "**MCP** of `%s`: %zu %s can be read at `/plugins/openclaw/mcp` with the secret.",
                       a->id, count, count == 1 ? "channel" : "channels");
    }
}

// --- who may ---

static bool has_any(char *const *list) {
    return list != NULL && list[0] != NULL;
}

static bool has_everybody(char *const *list) {
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, "*") == 0)
            return true;
    }
    return false;
}

static bool any_group_list(const account_config *rules) {
    for (size_t i = 0; i < rules->group_count; i++) {
        if (has_any(rules->groups[i].allow_from))
            return true;
    }
    return has_any(rules->group_allow_from) || has_any(rules->allow_from);
}

static void check_direct(const account_config *rules, doctor_report *r) {
    const char *value = dm_policy_name(rules->dm_policy);
    if (rules->dm_policy == DM_DISABLED)
        doctor_say(r, DOCTOR_NOTE, "**Direct messages** of `%s`: turned off (`dmPolicy: %s`).", rules->id,
                   value);
    else if (rules->dm_policy != DM_PAIRING && !has_any(rules->allow_from))
        doctor_say(r, DOCTOR_WRONG,
                   "**Direct messages** of `%s`: nobody may write, as `dmPolicy` is `%s` and `allowFrom` "
                   "is empty. List user ids there, or choose `pairing`.",
                   rules->id, value);
    else if (has_everybody(rules->allow_from))
        doctor_say(r, DOCTOR_NOTE,
                   "**Direct messages** of `%s`: everybody on this server but guests may write "
                   "(`dmPolicy: %s`, `*` in `allowFrom`).",
                   rules->id, value);
    else
        doctor_say(r, DOCTOR_GOOD, "**Direct messages** of `%s`: `dmPolicy` is `%s`.", rules->id, value);
}

static void check_channels(const account_config *rules, doctor_report *r) {
    const char *value = group_policy_name(rules->group_policy);
    if (rules->group_policy == GROUP_DISABLED)
        doctor_say(r, DOCTOR_NOTE, "**Channels** of `%s`: turned off (`groupPolicy: %s`).", rules->id, value);
    else if (rules->group_policy == GROUP_OPEN)
        doctor_say(r, DOCTOR_NOTE,
                   "**Channels** of `%s`: every member of a channel but guests may use the bot there "
                   "(`groupPolicy: %s`).",
                   rules->id, value);
    else if (!any_group_list(rules))
        doctor_say(r, DOCTOR_WRONG,
                   "**Channels** of `%s`: nobody may use the bot there, as `groupPolicy` is `%s` and "
                   "`groupAllowFrom` and `allowFrom` are empty. List user ids there.",
                   rules->id, value);
    else
        doctor_say(r, DOCTOR_GOOD, "**Channels** of `%s`: `groupPolicy` is `%s`.", rules->id, value);
}

static void check_policies(const doctor_facts *f, doctor_report *r) {
    for (size_t i = 0; i < f->account_count; i++) {
        const account_config *rules = f->accounts[i]->config;
        if (rules == NULL)
            continue;
        check_direct(rules, r);
        check_channels(rules, r);
        if (rules->name_matching)
            doctor_say(
                r, DOCTOR_NOTE,
                "**Names** in the lists of `%s` count (`dangerouslyAllowNameMatching`): who may change "
                "their user name may take somebody's place. Use user ids.",
                rules->id);
        if (rules->permission == PERMISSION_FULL)
            doctor_say(r, DOCTOR_NOTE,
                       "**Permission mode** of `%s` is `full`: everybody who may talk to the bot may have it "
                       "do whatever the gateway's machine can do.",
                       rules->id);
    }
}

// --- the server ---

static void check_server(const doctor_facts *f, doctor_report *r) {
    if (!f->server_known) {
        doctor_say(r, DOCTOR_WRONG, "**Mattermost**: its configuration could not be read.");
        return;
    }
    doctor_say(r, DOCTOR_GOOD, "**Mattermost** %s.", f->server->version);
    if (*f->server->site_url == '\0')
        doctor_say(r, DOCTOR_WRONG,
                   "**Site URL**: it is not set, so links and buttons may not work. Set it in the System "
                   "Console below Environment → Web Server.");
    else
        doctor_say(r, DOCTOR_GOOD, "**Site URL**: `%s`.", f->server->site_url);
    if (!f->server->file_attachments)
        doctor_say(r, DOCTOR_NOTE,
                   "**Files**: this server allows no file attachments, so the agent gets and sends none.");
}

static doctor_check *const CHECKS[] = {
    check_settings, check_bots,  check_gateway, check_gateway_version, check_encryption, check_control,
    check_tools,    check_reach, check_mcp,     check_policies,        check_server,
};

char *doctor_text(const doctor_facts *f) {
    doctor_report r = {.wrong = 0};
    buf out;
    buf_init(&r.text, TEXT_MAX_BYTES);
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++)
        CHECKS[i](f, &r);
    buf_init(&out, TEXT_MAX_BYTES + 500);
    oc_err err = r.wrong > 0
                     ? buf_printf(&out, "**%d thing%s wrong.**\n\n", r.wrong, r.wrong == 1 ? " is" : "s are")
                 : r.notes > 0 ? buf_append_str(&out, "**Nothing is wrong**; some things to know:\n\n")
                               : buf_append_str(&out, "**Nothing is wrong.**\n\n");
    if (err == OC_OK)
        err = buf_append(&out, buf_bytes(&r.text).data, r.text.len);
    if (err == OC_OK && r.full)
        err = buf_append_str(&out, "- … and more than fits here.\n");
    (void)err; // room for both was kept
    buf_free(&r.text);
    return buf_take_str(&out);
}

// --- gathering ---

typedef struct asking {
    doctor_world world;
    doctor_fn *fn;
    void *ctx;
} asking;

static void on_server(void *ctx, const chat_error *error, const chat_server_info *info) {
    asking *a = ctx;
    const doctor_world *w = &a->world;
    size_t count = 0;
    while (w->account(w->ctx, count) != NULL)
        count++;
    const account **accounts = xcalloc(count + 1, sizeof(account *));
    for (size_t i = 0; i < count; i++)
        accounts[i] = w->account(w->ctx, i);
    char *problems = w->problems(w->ctx);
    const doctor_facts facts = {.accounts = accounts,
                                .account_count = count,
                                .has_rules = w->has_rules(w->ctx),
                                .problems = problems,
                                .server_known = error->err == OC_OK,
                                .server = info};
    char *text = doctor_text(&facts);
    a->fn(a->ctx, text);
    free(text);
    free(problems);
    free(accounts);
    free(a);
}

void doctor_ask(const doctor_world *w, doctor_fn *fn, void *ctx) {
    asking *a = xmalloc(sizeof *a);
    *a = (asking){.world = *w, .fn = fn, .ctx = ctx};
    chat_get_server_info(w->chat, on_server, a);
}
