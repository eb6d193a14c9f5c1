// SPDX-License-Identifier: Apache-2.0
// Checks: the Mattermost server's own settings, as far as they concern us.
#include "admin/doctor_judge.h"
#include "base/parse.h"

#include <string.h>

enum {
    OLDEST_MAJOR = 10, // of servers that external mode is tested with; the plugin's manifest says for itself
    ANSWER_SECONDS = 1800,
};

static bool known(const doctor_view *v) {
    return v->facts->server_asked == DOCTOR_ANSWERED;
}

void doctor_server(const doctor_view *v) {
    uint64_t major = 0;
    const char *version = v->facts->server.version;
    if (v->facts->way.outside && !v->facts->way.known)
        return; // it was not asked
    if (!known(v)) {
        doctor_tell(
            v, DOCTOR_WRONG,
            &(doctor_advice){.remedy = "The server's log says why; restart the server if it does not pass."},
            "its configuration could not be read.");
        return;
    }
    bool numbered = parse_uint(bytes_of(version, strcspn(version, ".")), 1000, &major) == OC_OK;
    if (v->facts->way.outside && numbered && major < OLDEST_MAJOR)
        doctor_tell(v, DOCTOR_NOTE, &(doctor_advice){.remedy = "Update the server."},
                    "%s is older than %d, the oldest one that is looked after.", version, OLDEST_MAJOR);
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "%s.", version);
}

void doctor_site_url(const doctor_view *v) {
    if (!known(v))
        return;
    if (*v->facts->server.site_url == '\0')
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "SiteURL",
                                     .remedy = "Set it in System Console → Environment → Web Server."},
                    "it is not set, so links and buttons may not work.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "`%s`.", v->facts->server.site_url);
}

void doctor_files(const doctor_view *v) {
    if (!known(v))
        return;
    if (!v->facts->server.file_attachments)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.setting = "EnableFileAttachments",
                                     .remedy =
                                         "Turn it on in System Console → Site Configuration → File Sharing "
                                         "and Downloads if the agent shall have files."},
                    "this server allows no file attachments, so the agent gets and sends none.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "they can be attached.");
}

void doctor_uploads(const doctor_view *v) {
    if (!known(v) || v->facts->way.outside)
        return;
    if (!v->facts->server.plugin_uploads)
        doctor_tell(
            v, DOCTOR_NOTE,
            &(doctor_advice){.setting = "PluginSettings.EnableUploads",
                             .remedy = "Set it to true in `config.json` for the time of an update, or update "
                                       "with `mmctl` on the server."},
            "they are turned off, so a new version cannot be uploaded.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "a new version can be uploaded.");
    if (!v->facts->server.plugin_health_check)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.setting = "PluginSettings.EnableHealthCheck",
                                     .remedy = "Set it to true in `config.json`."},
                    "health checks are turned off: should the plugin end by itself, the server would not "
                    "start it again.");
}

void doctor_log(const doctor_view *v) {
    if (!known(v) || v->facts->way.outside)
        return;
    if (!v->facts->server.logs)
        doctor_tell(
            v, DOCTOR_NOTE,
            &(doctor_advice){.setting = "LogSettings.EnableFile, LogSettings.EnableConsole",
                             .remedy = "Turn one of them on in System Console → Environment → Logging."},
            "the server writes none, so what goes wrong is told nowhere but here.");
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "it is written.");
}

// From outside posts are edited as people edit theirs: a growing answer must be finished within that time.
void doctor_edits(const doctor_view *v) {
    int64_t limit_s = v->facts->server.edit_limit_s;
    if (!known(v) || !v->facts->way.outside)
        return;
    doctor_advice advice = {
        .setting = "PostEditTimeLimit",
        .remedy = "Set no limit for editing posts in System Console → Site Configuration → Posts, "
                  "or `streaming: off` in the configuration."};
    if (limit_s >= 0 && limit_s < ANSWER_SECONDS)
        doctor_tell(
            v, limit_s < 60 ? DOCTOR_WRONG : DOCTOR_NOTE, &advice,
            "posts can be edited for %lld seconds only: answers that grow for longer stay unfinished.",
            (long long)limit_s);
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "long enough for answers that grow.");
}

void doctor_commands(const doctor_view *v) {
    if (!known(v) || !v->facts->way.outside || *v->facts->way.callbacks == '\0')
        return;
    if (!v->facts->server.commands)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "EnableCommands",
                                     .remedy =
                                         "Turn custom slash commands on in System Console → Integrations → "
                                         "Integration Management."},
                    "this server runs no custom slash commands.");
    else if (*v->facts->way.commands_problem != '\0')
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "manage_slash_commands",
                                     .remedy =
                                         "Make the bot an administrator of its teams, or give its role the "
                                         "permission to manage slash commands; free names that others use."},
                    "they cannot be made: %s", v->facts->way.commands_problem);
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, "the server runs them.");
}
