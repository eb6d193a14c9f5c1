// SPDX-License-Identifier: Apache-2.0
// Checks: what there is at the gateway besides answers: the agent itself, control, approvals, tools, MCP.
#include "admin/doctor_judge.h"
#include "base/json.h"

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
    doctor_tell(v, DOCTOR_WRONG,
                &(doctor_advice){
                    .account = a->id,
                    .setting = setting,
                    .remedy = "Choose one of the gateway's agents (`/openclaw agents` lists them) in the "
                              "setting Agent, or leave it empty for the gateway's default one."},
                "`%s: %s` names an agent that the gateway does not have.", setting, id);
    return false;
}

void doctor_agent(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i], *asked = with_agents(v->facts, a);
        if (a->rules == NULL || asked->agents_asked == DOCTOR_NOT_ASKED)
            continue;
        if (asked->agents_asked != DOCTOR_ANSWERED) {
            doctor_tell(v, DOCTOR_UNKNOWN,
                        &(doctor_advice){.account = a->id, .remedy = "The gateway's log may say more."},
                        "the gateway %s which agents it has.",
                        asked->agents_asked == DOCTOR_WAITING ? "did not say in time" : "refused to say");
            continue;
        }
        bool well = judge_agent(v, a, asked->agents, a->rules->agent, "Agent");
        for (size_t g = 0; g < a->rules->group_count; g++)
            well = judge_agent(v, a, asked->agents, a->rules->groups[g].agent, "groups.….agent") && well;
        if (well)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id}, "`%s` answers.",
                        *a->rules->agent != '\0' ? a->rules->agent : a->gateway.default_agent);
    }
}

void doctor_control(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->first_with_gateway)
            continue;
        if (!a->has_control)
            doctor_tell(
                v, DOCTOR_NOTE,
                &(doctor_advice){.account = a->id,
                                 .setting = "gateway.control",
                                 .remedy = "`gateway: {control: true}` in the setting Advanced makes one."},
                "there is none, so `/openclaw new`, `/openclaw compact` and approvals are not there.");
        else if (a->control.state == GATEWAY_READY)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id}, "connected.");
        else
            doctor_tell(v, DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id,
                                         .setting = "gateway.control",
                                         .remedy = *a->control.command != '\0'
                                                       ? "Approve it at the gateway."
                                                       : "Mend what it says, or turn `gateway.control` off.",
                                         .command = a->control.command},
                        "`/openclaw new`, `/openclaw compact` and approvals are not there. %s",
                        a->control.sentence);
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
            doctor_tell(
                v, DOCTOR_WRONG,
                &(doctor_advice){.account = a->id,
                                 .setting = "gateway.control",
                                 .remedy = "Set `gateway: {control: true}` in the setting Advanced."},
                "`execApprovals.approvers` names people, but approvals come on the control connection only, "
                "and there is none.");
        else if (!anybody && a->rules->gateway.control)
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id,
                                         .setting = "execApprovals.approvers",
                                         .remedy =
                                             "Name user ids under `execApprovals.approvers` in the setting "
                                             "Advanced if agents shall ask."},
                        "nobody may decide what the agent asks to run.");
        else if (anybody)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        "they come here, and somebody may decide.");
    }
}

static void judge_tools(const doctor_view *v, const doctor_account *a) {
    doctor_advice advice = {.account = a->id, .setting = "gateway.tools"};
    const node_status *s = &a->node;
    if (!a->has_node) {
        advice.remedy = "`gateway: {tools: true}` in the setting Advanced gives it some.";
        doctor_tell(v, DOCTOR_NOTE, &advice, "the agent has none in Mattermost.");
    } else if (s->state == NODE_READY) {
        doctor_tell(v, DOCTOR_GOOD, &advice, "the gateway takes all %zu of them. %s", s->taken, s->sentence);
    } else if (s->state == NODE_OFF && (!v->facts->own.works_alone || v->facts->quiet)) {
        doctor_tell(v, DOCTOR_GOOD, &advice, "another process of this installation brings them.");
    } else {
        advice.command = s->command;
        advice.remedy = s->state == NODE_UNAPPROVED
                            ? "Allow these commands at the gateway."
                            : "Approve this server there as a node, or turn `gateway.tools` off.";
        doctor_tell(v, DOCTOR_WRONG, &advice, "%s%s%s%s", s->sentence,
                    *s->missing != '\0' ? " Not taken: `" : "", s->missing, *s->missing != '\0' ? "`." : "");
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
        doctor_tell(
            v, DOCTOR_NOTE,
            &(doctor_advice){.account = a->id,
                             .setting = "actions.elsewhere",
                             .remedy = "`actions: {elsewhere: read}` in the setting Advanced is narrower."},
            "`actions.elsewhere` is `write`: by a message to the bot people make it write wherever they may "
            "write themselves.");
    }
}

static void judge_mcp(const doctor_view *v, const doctor_account *a) {
    size_t count = 0;
    while (a->rules->tools.mcp_channels[count] != NULL)
        count++;
    doctor_advice advice = {.account = a->id, .setting = "mcp.channels"};
    if (count == 0) {
        advice.remedy = "Name channel ids under `mcp: {channels: […]}` in the setting Advanced.";
        doctor_tell(v, DOCTOR_WRONG, &advice,
                    "it is served, but `mcp.channels` is empty, so nothing can be read.");
    } else if (!a->rules->tools.messages && !a->rules->tools.search) {
        advice.setting = "actions.messages, actions.search";
        advice.remedy = "Turn one of them on in the setting Advanced.";
        doctor_tell(
            v, DOCTOR_WRONG, &advice,
            "it is served, but `actions.messages` and `actions.search` are off, so no messages can be read.");
    } else {
        doctor_tell(v, DOCTOR_GOOD, &advice, "%zu %s can be read at `/plugins/openclaw/mcp` with the secret.",
                    count, count == 1 ? "channel" : "channels");
    }
}

void doctor_mcp(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->rules != NULL && !secret_empty(a->rules->tools.mcp_secret))
            judge_mcp(v, a);
    }
}
