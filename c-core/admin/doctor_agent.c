// SPDX-License-Identifier: Apache-2.0
// Checks: what there is at the gateway besides answers: the agent itself, control, approvals, tools, MCP.
#include "admin/doctor_judge.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool has_agent(const cJSON *answer, const char *id) {
    const cJSON *agent = NULL;
    cJSON_ArrayForEach(agent, json_array(answer, "agents")) {
        if (strcmp(json_text(agent, "id"), id) == 0)
            return true;
    }
    return false;
}

static const doctor_account *with_agents(const doctor_facts *f, const doctor_account *a) {
    for (size_t i = 0; i < f->account_count; i++) {
        if (f->accounts[i].first_with_gateway && a->has_gateway && f->accounts[i].rules != NULL &&
            a->rules != NULL && gateway_config_equal(&f->accounts[i].rules->gateway, &a->rules->gateway))
            return &f->accounts[i];
    }
    return a;
}

static bool judge_agent(const doctor_view *v, const doctor_account *a, const cJSON *answer, const char *id,
                        const char *setting) {
    if (*id == '\0' || has_agent(answer, id))
        return true;
    doctor_tell(
        v, DOCTOR_WRONG,
        &(doctor_advice){.account = a->id, .setting = setting, .remedy = WORD_DOCTOR_AGENT_UNKNOWN_DO},
        words_mark(WORD_DOCTOR_AGENT_UNKNOWN, "setting", words_setting(setting), "agent", id, NULL));
    return false;
}

void doctor_agent(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i], *asked = with_agents(v->facts, a);
        if (a->rules == NULL || asked->agents_asked == DOCTOR_NOT_ASKED)
            continue;
        if (asked->agents_asked != DOCTOR_ANSWERED) {
            doctor_tell(v, DOCTOR_UNKNOWN,
                        &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_AGENTS_DO},
                        words_mark(asked->agents_asked == DOCTOR_WAITING ? WORD_DOCTOR_AGENTS_LATE
                                                                         : WORD_DOCTOR_AGENTS_REFUSED,
                                   NULL));
            continue;
        }
        bool well = judge_agent(v, a, asked->agents, a->rules->agent, "Agent");
        for (size_t g = 0; g < a->rules->group_count; g++)
            well = judge_agent(v, a, asked->agents, a->rules->groups[g].agent, "groups.….agent") && well;
        if (well)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_AGENT_GOOD, "agent",
                                   *a->rules->agent != '\0' ? a->rules->agent : a->gateway.default_agent,
                                   NULL));
    }
}

void doctor_control(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->first_with_gateway)
            continue;
        if (!a->has_control)
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id,
                                         .setting = "gateway.control",
                                         .remedy = WORD_DOCTOR_CONTROL_NONE_DO,
                                         .code = "`gateway: {control: true}`"},
                        words_mark(WORD_DOCTOR_CONTROL_NONE, NULL));
        else if (a->control.state == GATEWAY_READY)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_CONTROL_GOOD, NULL));
        else
            doctor_tell(v, DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id,
                                         .setting = "gateway.control",
                                         .remedy = *a->control.command != '\0'
                                                       ? WORD_DOCTOR_CONTROL_APPROVE_DO
                                                       : WORD_DOCTOR_CONTROL_MEND_DO,
                                         .command = a->control.command},
                        words_mark(WORD_DOCTOR_CONTROL_AWAY, "sentence", gateway_said(&a->control), NULL));
    }
}

static bool has_any(char *const *list) {
    return list != NULL && list[0] != NULL;
}

void doctor_approvals(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->rules == NULL)
            continue;
        bool anybody = has_any(a->rules->exec_approvers);
        if (anybody && !a->rules->gateway.control)
            doctor_tell(v, DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id,
                                         .setting = "gateway.control",
                                         .remedy = WORD_DOCTOR_APPROVALS_ALONE_DO,
                                         .code = "`gateway: {control: true}`"},
                        words_mark(WORD_DOCTOR_APPROVALS_ALONE, NULL));
        else if (!anybody && a->rules->gateway.control)
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id,
                                         .setting = "execApprovals.approvers",
                                         .remedy = WORD_DOCTOR_APPROVALS_NOBODY_DO},
                        words_mark(WORD_DOCTOR_APPROVALS_NOBODY, NULL));
        else if (anybody)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_APPROVALS_GOOD, NULL));
    }
}

// Marked; the caller's.
static char *tools_cause(const node_status *s) {
    const char *said = s->said != NULL ? s->said : s->sentence;
    if (*s->missing == '\0')
        return xstrdup(said);
    char *missing = words_mark(WORD_DOCTOR_TOOLS_MISSING, "names", s->missing, NULL);
    char *cause = xasprintf("%s %s", said, missing);
    free(missing);
    return cause;
}

static void judge_tools(const doctor_view *v, const doctor_account *a) {
    doctor_advice advice = {.account = a->id, .setting = "gateway.tools"};
    const node_status *s = &a->node;
    if (!a->has_node) {
        advice.remedy = WORD_DOCTOR_TOOLS_NONE_DO;
        advice.code = "`gateway: {tools: true}`";
        doctor_tell(v, DOCTOR_NOTE, &advice, words_mark(WORD_DOCTOR_TOOLS_NONE, NULL));
    } else if (s->state == NODE_READY) {
        doctor_tell(v, DOCTOR_GOOD, &advice,
                    words_mark(WORD_DOCTOR_TOOLS_GOOD, "count", WORDS_NUMBER(s->taken), NULL));
    } else if (s->state == NODE_OFF && (!v->facts->own.works_alone || v->facts->quiet)) {
        doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(WORD_DOCTOR_TOOLS_ELSEWHERE, NULL));
    } else {
        advice.command = s->command;
        advice.remedy =
            s->state == NODE_UNAPPROVED ? WORD_DOCTOR_TOOLS_ALLOW_DO : WORD_DOCTOR_TOOLS_APPROVE_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice, tools_cause(s));
    }
}

void doctor_tools(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        if (v->facts->accounts[i].first_with_gateway)
            judge_tools(v, &v->facts->accounts[i]);
    }
}

void doctor_reach(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->rules == NULL || !a->has_node || a->rules->tools.elsewhere != TOOLS_REACH_WRITE)
            continue;
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.account = a->id,
                                     .setting = "actions.elsewhere",
                                     .remedy = WORD_DOCTOR_REACH_WIDE_DO,
                                     .code = "`actions: {elsewhere: read}`"},
                    words_mark(WORD_DOCTOR_REACH_WIDE, NULL));
    }
}

static void judge_mcp(const doctor_view *v, const doctor_account *a) {
    size_t count = 0;
    while (a->rules->tools.mcp_channels[count] != NULL)
        count++;
    doctor_advice advice = {.account = a->id, .setting = "mcp.channels"};
    if (count == 0) {
        advice.remedy = WORD_DOCTOR_MCP_EMPTY_DO;
        advice.code = "`mcp: {channels: […]}`";
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_MCP_EMPTY, NULL));
    } else if (!a->rules->tools.messages && !a->rules->tools.search) {
        advice.setting = "actions.messages, actions.search";
        advice.remedy = WORD_DOCTOR_MCP_OFF_DO;
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_MCP_OFF, NULL));
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice,
                    words_mark(WORD_DOCTOR_MCP_GOOD, "count", WORDS_NUMBER(count), NULL));
    }
}

void doctor_mcp(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->rules != NULL && !secret_empty(a->rules->tools.mcp_secret))
            judge_mcp(v, a);
    }
}
