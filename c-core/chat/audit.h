// SPDX-License-Identifier: Apache-2.0
// Who did what, where, and how it ended: a line of the log (component "audit") and, where the server takes audit records
// (plugin mode; Mattermost's ExperimentalAuditSettings say where they go), such a record. Never the text of a message, never
// a secret: ids, names of settings and outcomes.
#ifndef OC_CHAT_AUDIT_H
#define OC_CHAT_AUDIT_H

#include "chat/types.h"

typedef enum audit_event {
    AUDIT_PAIRING_APPROVE,  // somebody is let in: account, person
    AUDIT_PAIRING_DENY,     // … is not
    AUDIT_PAIRING_REMOVE,   // … is not any more
    AUDIT_APPROVAL_DECIDE,  // what an agent wanted to do: account, approval, decision
    AUDIT_COMMAND,          // a command that changes something, or was refused: command, channel
    AUDIT_ROUTE,            // an administrative HTTP route that changes something, or was refused: route
    AUDIT_CONVERSATION_SET, // a setting of a conversation: account, channel, setting, value
    AUDIT_SETTINGS_APPLY,   // the plugin's settings were put in force, or cannot be
    AUDIT_TOOL_CALL,        // an agent's tool that changes something in Mattermost: tool, account, session
    AUDIT_PURGE,            // everything stored is removed
    AUDIT_PAIRING_IMPORT,   // people are let in from a file: account, count
    AUDIT_SUPPORT_DATA,     // support data was handed out
    AUDIT_EVENTS,
} audit_event;

// "openclaw.pairing.approve": the record's event name, and the log line's field "event".
const char *audit_event_name(audit_event e);

enum { AUDIT_FIELDS_MAX = 8 };
// actor_id: the user who did it, "" for the plugin itself. outcome: "" for done, else why not (a constant word or sentence of
// ours). Then key, value, key, value … as in base/log.h. Nothing waits for the server's answer.
void audit_write(chat *c, audit_event e, const char *actor_id, const char *outcome, ...)
    __attribute__((sentinel));
#define audit(c, e, ...) audit_write(c, e, __VA_ARGS__, NULL)

// The adapter's part: hands the server a record (borrowed; model.AuditRecord as JSON), or drops it where the server takes none.
void chat_audit(chat *c, const cJSON *record);

#endif
