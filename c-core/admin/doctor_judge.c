// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor_judge.h"

#include "base/mem.h"

#include <stdlib.h>

static const struct row {
    doctor_check_name name;
    doctor_check *look;
} CHECKS[] = {
    {{"settings", WORD_DOCTOR_TITLE_SETTINGS}, doctor_settings},
    {{"bots", WORD_DOCTOR_TITLE_BOTS}, doctor_bots},
    {{"bot-user", WORD_DOCTOR_TITLE_BOT_USER}, doctor_bot_user},
    {{"bot-teams", WORD_DOCTOR_TITLE_BOT_TEAMS}, doctor_bot_teams},
    {{"bot-posts", WORD_DOCTOR_TITLE_BOT_POSTS}, doctor_bot_posts},
    {{"gateway-address", WORD_DOCTOR_TITLE_GATEWAY_ADDRESS}, doctor_address},
    {{"gateway-tls", WORD_DOCTOR_TITLE_GATEWAY_TLS}, doctor_tls},
    {{"gateway-token", WORD_DOCTOR_TITLE_GATEWAY_TOKEN}, doctor_token},
    {{"gateway-pairing", WORD_DOCTOR_TITLE_GATEWAY_PAIRING}, doctor_pairing},
    {{"gateway-scopes", WORD_DOCTOR_TITLE_GATEWAY_SCOPES}, doctor_scopes},
    {{"gateway-version", WORD_DOCTOR_TITLE_GATEWAY_VERSION}, doctor_version},
    {{"gateway-encryption", WORD_DOCTOR_TITLE_GATEWAY_ENCRYPTION}, doctor_encryption},
    {{"gateway-ca", WORD_DOCTOR_TITLE_GATEWAY_CA}, doctor_ca_given},
    {{"gateway-clock", WORD_DOCTOR_TITLE_GATEWAY_CLOCK}, doctor_gateway_clock},
    {{"agent", WORD_DOCTOR_TITLE_AGENT}, doctor_agent},
    {{"control", WORD_DOCTOR_TITLE_CONTROL}, doctor_control},
    {{"approvals", WORD_DOCTOR_TITLE_APPROVALS}, doctor_approvals},
    {{"tools", WORD_DOCTOR_TITLE_TOOLS}, doctor_tools},
    {{"tools-reach", WORD_DOCTOR_TITLE_TOOLS_REACH}, doctor_reach},
    {{"mcp", WORD_DOCTOR_TITLE_MCP}, doctor_mcp},
    {{"direct-messages", WORD_DOCTOR_TITLE_DIRECT_MESSAGES}, doctor_direct},
    {{"channels", WORD_DOCTOR_TITLE_CHANNELS}, doctor_channels},
    {{"people", WORD_DOCTOR_TITLE_PEOPLE}, doctor_people},
    {{"places", WORD_DOCTOR_TITLE_PLACES}, doctor_places},
    {{"names", WORD_DOCTOR_TITLE_NAMES}, doctor_names},
    {{"permission-mode", WORD_DOCTOR_TITLE_PERMISSION_MODE}, doctor_permission},
    {{"server", WORD_DOCTOR_TITLE_SERVER}, doctor_server},
    {{"site-url", WORD_DOCTOR_TITLE_SITE_URL}, doctor_site_url},
    {{"files", WORD_DOCTOR_TITLE_FILES}, doctor_files},
    {{"plugin-uploads", WORD_DOCTOR_TITLE_PLUGIN_UPLOADS}, doctor_uploads},
    {{"log", WORD_DOCTOR_TITLE_LOG}, doctor_log},
    {{"edit-limit", WORD_DOCTOR_TITLE_EDIT_LIMIT}, doctor_edits},
    {{"slash-commands", WORD_DOCTOR_TITLE_SLASH_COMMANDS}, doctor_commands},
    {{"mattermost-token", WORD_DOCTOR_TITLE_MATTERMOST_TOKEN}, doctor_way},
    {{"event-stream", WORD_DOCTOR_TITLE_EVENT_STREAM}, doctor_stream},
    {{"callbacks", WORD_DOCTOR_TITLE_CALLBACKS}, doctor_callbacks},
    {{"server-clock", WORD_DOCTOR_TITLE_SERVER_CLOCK}, doctor_server_clock},
    {{"clock", WORD_DOCTOR_TITLE_CLOCK}, doctor_clock},
    {{"store", WORD_DOCTOR_TITLE_STORE}, doctor_store},
    {{"lease", WORD_DOCTOR_TITLE_LEASE}, doctor_lease},
    {{"posts", WORD_DOCTOR_TITLE_POSTS}, doctor_posts},
    {{"records", WORD_DOCTOR_TITLE_RECORDS}, doctor_records},
    {{"core", WORD_DOCTOR_TITLE_CORE}, doctor_cores},
    {{"ca-bundle", WORD_DOCTOR_TITLE_CA_BUNDLE}, doctor_bundle},
    {{"plugin-folder", WORD_DOCTOR_TITLE_PLUGIN_FOLDER}, doctor_folder},
};
enum { CHECK_COUNT = sizeof CHECKS / sizeof *CHECKS };

const doctor_check_name *doctor_check_at(size_t index) {
    return index < CHECK_COUNT ? &CHECKS[index].name : NULL;
}

void doctor_tell(const doctor_view *v, doctor_level level, const doctor_advice *advice, char *cause) {
    static const doctor_advice none = {.account = ""};
    const doctor_advice *a = advice != NULL ? advice : &none;
    char *remedy = a->remedy == WORD_NONE ? xstrdup("")
                   : a->code != NULL      ? words_mark(a->remedy, "code", a->code, NULL)
                                          : words_mark(a->remedy, NULL);
    doctor_report_add(v->report, &(doctor_finding){.check = v->check,
                                                   .level = level,
                                                   .account = a->account,
                                                   .cause = cause,
                                                   .remedy = remedy,
                                                   .setting = a->setting,
                                                   .command = a->command});
    free(remedy);
    free(cause);
}

doctor_report *doctor_judge(const doctor_facts *f) {
    doctor_report *r = doctor_report_create();
    for (size_t i = 0; i < CHECK_COUNT; i++)
        CHECKS[i].look(&(doctor_view){.facts = f, .check = &CHECKS[i].name, .report = r});
    return r;
}
