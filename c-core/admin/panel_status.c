// SPDX-License-Identifier: Apache-2.0
#include "admin/panel_status.h"

#include "admin/remedies.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/recent.h"
#include "chat/outcome.h"

#include <stdlib.h>
#include <string.h>

// --- connections ---

static cJSON *gateway_part(const gateway_status *s) {
    cJSON *part = json_new_object();
    json_add_string(part, "state", gateway_state_name(s->state));
    json_add_string(part, "code", s->code);
    json_add_string(part, "sentence", s->sentence);
    json_add_string(part, "command", s->command);
    json_add_string(part, "server_version", s->server_version);
    json_add_string(part, "default_agent", s->default_agent);
    return part;
}

static void add_gateway(cJSON *to, const account *a) {
    if (a == NULL || a->gateway == NULL) {
        json_add_object(to, "gateway");
        return;
    }
    gateway_status s = gateway_get_status(a->gateway);
    json_add(to, "gateway", gateway_part(&s));
}

// Those beside it stand there when the settings grant them.
static void add_beside(cJSON *to, const account *a) {
    if (a->control != NULL) {
        gateway_status s = control_get_status(a->control);
        json_add(to, "control", gateway_part(&s));
    }
    if (a->node != NULL) {
        node_status s = node_get_status(a->node);
        cJSON *part = json_add_object(to, "tools");
        json_add_string(part, "state", node_state_name(s.state));
        json_add_string(part, "sentence", s.sentence);
        json_add_string(part, "command", s.command);
        json_add_int(part, "offered", (int64_t)s.offered);
        json_add_int(part, "taken", (int64_t)s.taken);
    }
}

// --- rules ---

// How many a list names; -1: everybody.
static int64_t people(char *const *list) {
    int64_t count = 0;
    for (; list != NULL && list[count] != NULL; count++) {
        if (strcmp(list[count], "*") == 0)
            return -1;
    }
    return count;
}

static void add_policy(cJSON *to, const account_config *rules) {
    if (rules == NULL)
        return;
    bool own_list = rules->group_allow_from != NULL && rules->group_allow_from[0] != NULL;
    cJSON *part = json_add_object(to, "policy");
    json_add_string(part, "dm", dm_policy_name(rules->dm_policy));
    json_add_int(part, "dm_people", people(rules->allow_from));
    json_add_string(part, "channels", group_policy_name(rules->group_policy));
    json_add_int(part, "channel_people", people(own_list ? rules->group_allow_from : rules->allow_from));
    json_add_string(part, "chatmode", chat_mode_name(rules->chatmode));
    json_add_string(part, "permission_mode", permission_mode_name(rules->permission));
    json_add_string(part, "agent", rules->agent);
}

static void add_accounts(cJSON *to, const accounts *all) {
    cJSON *list = json_add_array(to, "accounts");
    const account *one = NULL;
    for (size_t i = 0; (one = accounts_at(all, i)) != NULL; i++) {
        cJSON *item = json_new_object();
        json_add_string(item, "id", one->id);
        json_add_string(item, "bot_user_id", one->bot_user_id);
        json_add_string(item, "bot_username", one->bot_username);
        add_gateway(item, one);
        add_beside(item, one);
        add_policy(item, one->config);
        json_push(list, item);
    }
}

// --- counters and problems ---

static void add_counters(cJSON *to, const metrics_sources *sources) {
    static const char *const outcomes[] = {"answered", "refused", "expired", "failed"};
    cJSON *part = json_add_object(to, "counters");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        double sum = 0;
        for (int reason = 0; reason < REASON_COUNT; reason++) {
            if (strcmp(outcome_of(reason), outcomes[i]) == 0)
                sum += metric_value(METRIC_OUTCOMES, outcome_reason_name(reason));
        }
        json_add_int(part, outcomes[i], (int64_t)sum);
    }
    metrics_turns turns = {.open = 0};
    if (sources != NULL && sources->turns != NULL)
        sources->turns(sources->ctx, &turns);
    json_add_int(part, "open", (int64_t)turns.open);
    json_add_int(part, "lost", (int64_t)metric_value(METRIC_ANSWERS_LOST, NULL));
    json_add_int(part, "core_starts", (int64_t)metric_value(METRIC_CORES, NULL));
}

static void add_problems(cJSON *to) {
    cJSON *list = json_add_array(to, "problems");
    const recent_problem *p = NULL;
    for (size_t i = 0; i < STATUS_PROBLEMS && (p = recent_at(i)) != NULL; i++) {
        cJSON *item = json_new_object();
        json_add_string(item, "level", log_level_name(p->level));
        json_add_string(item, "message", p->message);
        json_add_string(item, "detail", p->detail);
        const remedy *r = remedy_of(p->message);
        if (r != NULL) {
            char *link = xasprintf("docs/troubleshooting.md#%s", r->anchor);
            json_add_string(item, "remedy", r->text);
            json_add_string(item, "link", link);
            free(link);
        }
        json_add_int(item, "first_ms", p->first_ms);
        json_add_int(item, "last_ms", p->last_ms);
        json_add_int(item, "count", (int64_t)p->count);
        json_push(list, item);
    }
}

cJSON *panel_status(const admin_http *a, const chat_server_info *server) {
    cJSON *body = json_new_object();
    // The first account stands at the top, too: most have one only.
    const account *first = accounts_at(a->accounts, 0);
    json_add_string(body, "version", OPENCLAW_VERSION);
    json_add_string(body, "server_version", server != NULL ? server->version : "");
    json_add_bool(body, "clustered", server != NULL && server->clustered);
    json_add_string(body, "node", a->node);
    json_add_int(body, "started_ms", (int64_t)(metric_value(METRIC_START, NULL) * 1000));
    json_add_bool(body, "settings_usable", accounts_config(a->accounts) != NULL);
    json_add_string(body, "bot_user_id", first != NULL ? first->bot_user_id : "");
    add_gateway(body, first);
    add_accounts(body, a->accounts);
    add_counters(body, a->metrics);
    add_problems(body);
    return body;
}
