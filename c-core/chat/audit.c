// SPDX-License-Identifier: Apache-2.0
#include "chat/audit.h"

#include "base/json.h"
#include "base/log.h"

#include <stdarg.h>

static const char *const NAMES[] = {
    [AUDIT_PAIRING_APPROVE] = "openclaw.pairing.approve",
    [AUDIT_PAIRING_DENY] = "openclaw.pairing.deny",
    [AUDIT_PAIRING_REMOVE] = "openclaw.pairing.remove",
    [AUDIT_APPROVAL_DECIDE] = "openclaw.approval.decide",
    [AUDIT_COMMAND] = "openclaw.command",
    [AUDIT_ROUTE] = "openclaw.route",
    [AUDIT_CONVERSATION_SET] = "openclaw.conversation.set",
    [AUDIT_SETTINGS_APPLY] = "openclaw.settings.apply",
    [AUDIT_TOOL_CALL] = "openclaw.tool.call",
    [AUDIT_PURGE] = "openclaw.purge",
    [AUDIT_PAIRING_IMPORT] = "openclaw.pairing.import",
    [AUDIT_SUPPORT_DATA] = "openclaw.support_data",
};
_Static_assert(sizeof NAMES / sizeof *NAMES == AUDIT_EVENTS, "each event has a name");

const char *audit_event_name(audit_event e) {
    return NAMES[e];
}

// model.AuditRecord of Mattermost's server/public module; the server adds the plugin's id.
static cJSON *record_of(audit_event e, const char *actor_id, const char *outcome, cJSON *parameters) {
    cJSON *record = json_new_object();
    json_add_string(record, "event_name", NAMES[e]);
    json_add_string(record, "status", *outcome == '\0' ? "success" : "fail");
    cJSON *event = json_add_object(record, "event");
    json_add(event, "parameters", parameters);
    json_add_string(event, "object_type", "openclaw");
    json_add_string(json_add_object(record, "actor"), "user_id", actor_id);
    if (*outcome != '\0')
        json_add_string(json_add_object(record, "error"), "description", outcome);
    return record;
}

void audit_write(chat *c, audit_event e, const char *actor_id, const char *outcome, ...) {
    const char *pairs[2 * AUDIT_FIELDS_MAX] = {NULL};
    size_t used = 0;
    cJSON *parameters = json_new_object();
    va_list args;
    va_start(args, outcome);
    for (const char *key = va_arg(args, const char *); key != NULL && used < 2 * AUDIT_FIELDS_MAX;
         key = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        pairs[used++] = key;
        pairs[used++] = value != NULL ? value : "";
        json_add_string(parameters, key, pairs[used - 1]);
    }
    va_end(args);
    // A NULL among the keys ends the line.
    log_write_from("audit", LOG_INFO, "audit", "event", NAMES[e], "user", actor_id, "outcome",
                   *outcome == '\0' ? "done" : outcome, pairs[0], pairs[1], pairs[2], pairs[3], pairs[4],
                   pairs[5], pairs[6], pairs[7], pairs[8], pairs[9], pairs[10], pairs[11], pairs[12],
                   pairs[13], pairs[14], pairs[15], NULL);
    cJSON *record = record_of(e, actor_id, outcome, parameters);
    chat_audit(c, record);
    cJSON_Delete(record);
}
