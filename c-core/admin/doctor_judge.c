// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor_judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct row {
    doctor_check_name name;
    doctor_check *look;
} CHECKS[] = {
    {{"settings", "Settings"}, doctor_settings},
    {{"bots", "Bots"}, doctor_bots},
    {{"bot-user", "Bot user"}, doctor_bot_user},
    {{"bot-teams", "Bot's teams"}, doctor_bot_teams},
    {{"bot-posts", "Bot's right to post"}, doctor_bot_posts},
    {{"gateway-address", "Gateway address"}, doctor_address},
    {{"gateway-tls", "Gateway's certificate"}, doctor_tls},
    {{"gateway-token", "Gateway token"}, doctor_token},
    {{"gateway-pairing", "Approval at the gateway"}, doctor_pairing},
    {{"gateway-scopes", "Rights at the gateway"}, doctor_scopes},
    {{"gateway-version", "Gateway's version"}, doctor_version},
    {{"gateway-encryption", "Encryption to the gateway"}, doctor_encryption},
    {{"gateway-ca", "Gateway CA certificate"}, doctor_ca_given},
    {{"gateway-clock", "Gateway's clock"}, doctor_gateway_clock},
    {{"agent", "Agent"}, doctor_agent},
    {{"control", "Control connection"}, doctor_control},
    {{"approvals", "Approvals"}, doctor_approvals},
    {{"tools", "Tools"}, doctor_tools},
    {{"tools-reach", "Reach of the tools"}, doctor_reach},
    {{"mcp", "MCP"}, doctor_mcp},
    {{"direct-messages", "Direct messages"}, doctor_direct},
    {{"channels", "Channels"}, doctor_channels},
    {{"people", "People in the lists"}, doctor_people},
    {{"places", "Channels in the rules"}, doctor_places},
    {{"names", "Names in the lists"}, doctor_names},
    {{"permission-mode", "Permission mode"}, doctor_permission},
    {{"server", "Mattermost"}, doctor_server},
    {{"site-url", "Site URL"}, doctor_site_url},
    {{"files", "Files"}, doctor_files},
    {{"plugin-uploads", "Plugin uploads"}, doctor_uploads},
    {{"log", "Server's log"}, doctor_log},
    {{"edit-limit", "Time for editing posts"}, doctor_edits},
    {{"slash-commands", "Slash commands"}, doctor_commands},
    {{"mattermost-token", "Bot's token"}, doctor_way},
    {{"event-stream", "Event stream"}, doctor_stream},
    {{"callbacks", "Callbacks"}, doctor_callbacks},
    {{"server-clock", "Mattermost's clock"}, doctor_server_clock},
    {{"clock", "Clock"}, doctor_clock},
    {{"store", "Store"}, doctor_store},
    {{"lease", "Work of one node"}, doctor_lease},
    {{"posts", "Posts without an answer"}, doctor_posts},
    {{"records", "Records"}, doctor_records},
    {{"core", "Core"}, doctor_cores},
    {{"ca-bundle", "Certificates of the system"}, doctor_bundle},
    {{"plugin-folder", "Program's folder"}, doctor_folder},
};
enum { CHECK_COUNT = sizeof CHECKS / sizeof *CHECKS };

const doctor_check_name *doctor_check_at(size_t index) {
    return index < CHECK_COUNT ? &CHECKS[index].name : NULL;
}

void doctor_tell(const doctor_view *v, doctor_level level, const doctor_advice *advice, const char *cause,
                 ...) {
    static const doctor_advice none = {.account = ""};
    char text[DOCTOR_TEXT_MAX_BYTES + 8];
    va_list args;
    va_start(args, cause);
    (void)vsnprintf(text, sizeof text, cause, args); // the report cuts it, between two characters
    va_end(args);
    const doctor_advice *a = advice != NULL ? advice : &none;
    doctor_report_add(v->report, &(doctor_finding){.check = v->check,
                                                   .level = level,
                                                   .account = a->account,
                                                   .cause = text,
                                                   .remedy = a->remedy,
                                                   .setting = a->setting,
                                                   .command = a->command});
}

doctor_report *doctor_judge(const doctor_facts *f) {
    doctor_report *r = doctor_report_create();
    for (size_t i = 0; i < CHECK_COUNT; i++)
        CHECKS[i].look(&(doctor_view){.facts = f, .check = &CHECKS[i].name, .report = r});
    return r;
}
