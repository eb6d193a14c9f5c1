// SPDX-License-Identifier: Apache-2.0
// Checks: the Mattermost server's own settings, as far as they concern us.
#include "admin/doctor_judge.h"
#include "base/mem.h"
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
        doctor_tell(v, DOCTOR_WRONG, &(doctor_advice){.remedy = WORD_DOCTOR_SERVER_UNREAD_DO},
                    words_mark(WORD_DOCTOR_SERVER_UNREAD, NULL));
        return;
    }
    bool numbered = parse_uint(bytes_of(version, strcspn(version, ".")), 1000, &major) == OC_OK;
    if (v->facts->way.outside && numbered && major < OLDEST_MAJOR)
        doctor_tell(v, DOCTOR_NOTE, &(doctor_advice){.remedy = WORD_DOCTOR_SERVER_OLD_DO},
                    words_mark(WORD_DOCTOR_SERVER_OLD, "version", version, "oldest",
                               WORDS_NUMBER(OLDEST_MAJOR), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, xasprintf("%s.", version));
}

void doctor_site_url(const doctor_view *v) {
    if (!known(v))
        return;
    if (*v->facts->server.site_url == '\0')
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "SiteURL", .remedy = WORD_DOCTOR_SITE_URL_NONE_DO},
                    words_mark(WORD_DOCTOR_SITE_URL_NONE, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, xasprintf("`%s`.", v->facts->server.site_url));
}

void doctor_files(const doctor_view *v) {
    if (!known(v))
        return;
    if (!v->facts->server.file_attachments)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.setting = "EnableFileAttachments", .remedy = WORD_DOCTOR_FILES_OFF_DO},
                    words_mark(WORD_DOCTOR_FILES_OFF, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_FILES_GOOD, NULL));
}

void doctor_uploads(const doctor_view *v) {
    if (!known(v) || v->facts->way.outside)
        return;
    if (!v->facts->server.plugin_uploads)
        doctor_tell(
            v, DOCTOR_NOTE,
            &(doctor_advice){.setting = "PluginSettings.EnableUploads", .remedy = WORD_DOCTOR_UPLOADS_OFF_DO},
            words_mark(WORD_DOCTOR_UPLOADS_OFF, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_UPLOADS_GOOD, NULL));
    if (!v->facts->server.plugin_health_check)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.setting = "PluginSettings.EnableHealthCheck",
                                     .remedy = WORD_DOCTOR_HEALTH_OFF_DO},
                    words_mark(WORD_DOCTOR_HEALTH_OFF, NULL));
}

void doctor_log(const doctor_view *v) {
    if (!known(v) || v->facts->way.outside)
        return;
    if (!v->facts->server.logs)
        doctor_tell(v, DOCTOR_NOTE,
                    &(doctor_advice){.setting = "LogSettings.EnableFile, LogSettings.EnableConsole",
                                     .remedy = WORD_DOCTOR_LOG_OFF_DO},
                    words_mark(WORD_DOCTOR_LOG_OFF, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_LOG_GOOD, NULL));
}

// From outside posts are edited as people edit theirs: a growing answer must be finished within that time.
void doctor_edits(const doctor_view *v) {
    int64_t limit_s = v->facts->server.edit_limit_s;
    if (!known(v) || !v->facts->way.outside)
        return;
    doctor_advice advice = {.setting = "PostEditTimeLimit", .remedy = WORD_DOCTOR_EDITS_DO};
    if (limit_s >= 0 && limit_s < ANSWER_SECONDS)
        doctor_tell(v, limit_s < 60 ? DOCTOR_WRONG : DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_EDITS_SHORT, "seconds", WORDS_NUMBER(limit_s), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_EDITS_GOOD, NULL));
}

void doctor_commands(const doctor_view *v) {
    if (!known(v) || !v->facts->way.outside || *v->facts->way.callbacks == '\0')
        return;
    if (!v->facts->server.commands)
        doctor_tell(v, DOCTOR_WRONG,
                    &(doctor_advice){.setting = "EnableCommands", .remedy = WORD_DOCTOR_COMMANDS_OFF_DO},
                    words_mark(WORD_DOCTOR_COMMANDS_OFF, NULL));
    else if (*v->facts->way.commands_problem != '\0')
        doctor_tell(
            v, DOCTOR_WRONG,
            &(doctor_advice){.setting = "manage_slash_commands", .remedy = WORD_DOCTOR_COMMANDS_REFUSED_DO},
            words_mark(WORD_DOCTOR_COMMANDS_REFUSED, "why", v->facts->way.commands_problem, NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, NULL, words_mark(WORD_DOCTOR_COMMANDS_GOOD, NULL));
}
