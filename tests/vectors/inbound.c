// SPDX-License-Identifier: Apache-2.0
// Small subjects of the way in: entries of lists, kinds of channels, events, prefixes, mentions' decision, empty bodies.
#include "vectors.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "chat/posted_event.h"
#include "inbound/allow_entry.h"
#include "inbound/onchar.h"
#include "inbound/trigger.h"

#include <stdlib.h>
#include <string.h>

void run_allow_entry(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *entry = json_text(row, "entry");
        char *normalized = allow_entry_normalise(entry), *display = allow_entry_display(entry),
             *approver = allow_entry_approver_id(entry);
        cJSON *got = json_new_object();
        json_add_string(got, "entry", entry);
        json_add_string(got, "normalized", normalized);
        json_add_string(got, "displayFormat", display);
        json_add(got, "approverId", approver != NULL ? json_new_string(approver) : cJSON_CreateNull());
        check_value(r, row, row, got);
        free(normalized);
        free(display);
        free(approver);
    }
}

void run_chat_kind(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *type = json_text(row, "type");
        cJSON *got = json_new_object();
        json_add(got, "type", cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(row, "type"), true));
        json_add_string(got, "kind", chat_kind_name(posted_event_kind(type, CHAT_DIRECT)));
        json_add_string(got, "kindWithFallbackChannel",
                        chat_kind_name(posted_event_kind(type, CHAT_CHANNEL)));
        check_value(r, row, row, got);
    }
}

void run_empty_body_drop(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        check_bool(r, row, json_bool(row, "drop", false),
                   trigger_empty(json_text(row, "bodyText"), json_text(row, "rawText"),
                                 json_text(row, "botUsername")));
    }
}

// That a frame is refused is compared; the words for it are our own.
static cJSON *event_result(const posted_event *e, posted_verdict verdict) {
    if (verdict == POSTED_INVALID)
        return json_new_string("refused");
    if (verdict == POSTED_OTHER)
        return cJSON_CreateNull();
    cJSON *out = json_new_object();
    char *lane = xasprintf("channel:%s", e->channel_id);
    json_add_string(out, "eventId", e->post_id);
    json_add_string(out, "laneKey", lane);
    free(lane);
    return out;
}

void run_ingress_event(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        posted_event e;
        posted_verdict verdict = posted_event_read(bytes_str(json_text(row, "raw")), &e);
        cJSON *expected = json_get(row, "error") != NULL ? json_new_string("refused")
                                                         : cJSON_Duplicate(json_get(row, "result"), true);
        check_value(r, row, expected, event_result(&e, verdict));
        cJSON_Delete(expected);
        posted_event_free(&e);
    }
}

void run_mention_decision(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        trigger_facts f = {
            .required = json_bool(row, "requireMention", false),
            .can_detect = json_bool(row, "canDetectMention", false),
            .mentioned = json_bool(row, "wasMentioned", false),
            .participant = json_bool(row, "threadParticipant", false),
            .control_command = json_bool(row, "hasControlCommand", false),
            .command_authorized = json_bool(row, "commandAuthorized", false),
        };
        trigger_decision d = trigger_decide(&f);
        cJSON *got = cJSON_Duplicate(row, true);
        cJSON_ReplaceItemInObjectCaseSensitive(got, "skip", json_new_bool(d.skip));
        cJSON_ReplaceItemInObjectCaseSensitive(got, "effectiveWasMentioned", json_new_bool(d.effective));
        cJSON_ReplaceItemInObjectCaseSensitive(got, "bypass", json_new_bool(d.bypass));
        check_value(r, row, row, got);
    }
}

// --- onchar ---

static cJSON *onchar_result(const cJSON *effective, bool triggered, const char *stripped) {
    cJSON *out = json_new_object(), *result = json_add_object(out, "result");
    json_add(out, "effectivePrefixes", cJSON_Duplicate(effective, true));
    json_add_bool(result, "triggered", triggered);
    json_add_string(result, "stripped", stripped);
    return out;
}

static cJSON *effective_of(char *const *configured) {
    cJSON *out = json_new_array();
    char **list = onchar_effective(configured);
    for (char **at = list; *at != NULL; at++)
        json_push(out, json_new_string(*at));
    free(list);
    return out;
}

// An entry that the rule "prefix-word" is about: something, and a blank behind it.
static bool is_word(const char *entry) {
    size_t len = strlen(entry);
    return len > 0 && entry[len - 1] == ' ' && utf8_trim(bytes_str(entry)).len > 0;
}

// What that rule documents: the entry keeps one blank, and is followed by a blank or the end. Told from the rule.
static cJSON *onchar_ours(const char *text, const cJSON *configured) {
    cJSON *effective = json_new_array();
    const char *rest = NULL;
    const cJSON *entry;
    while (*text == ' ')
        text++;
    cJSON_ArrayForEach(entry, configured) {
        bytes word = utf8_trim(bytes_str(entry->valuestring));
        if (word.len == 0)
            continue;
        char *shown = xasprintf("%.*s%s", (int)word.len, (const char *)word.data,
                                is_word(entry->valuestring) ? " " : "");
        json_push(effective, json_new_string(shown));
        free(shown);
        const char *behind = text + word.len;
        bool starts = strncmp(text, (const char *)word.data, word.len) == 0;
        if (rest == NULL && starts && (!is_word(entry->valuestring) || *behind == ' ' || *behind == '\0'))
            rest = behind + strspn(behind, " ");
    }
    cJSON *out = onchar_result(effective, rest != NULL, rest != NULL ? rest : text);
    cJSON_Delete(effective);
    return out;
}

void run_onchar(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *entry, *configured = json_array(row, "configured");
        const char *text = json_text(row, "text"), *list[64] = {NULL};
        size_t count = 0;
        bool words = false;
        cJSON_ArrayForEach(entry, configured) {
            list[count++] = entry->valuestring;
            words = words || is_word(entry->valuestring);
        }
        const char *rest = onchar_match(text, configured != NULL ? (char *const *)list : NULL);
        cJSON *effective = effective_of(configured != NULL ? (char *const *)list : NULL);
        cJSON *got = onchar_result(effective, rest != NULL, rest != NULL ? rest : text);
        cJSON *expected = onchar_result(json_get(row, "effectivePrefixes"),
                                        json_bool(json_get(row, "result"), "triggered", false),
                                        json_text(json_get(row, "result"), "stripped"));
        if (words)
            check_deviating(r, "prefix-word", row, expected, onchar_ours(text, configured), got);
        else
            check_value(r, row, expected, got);
        cJSON_Delete(expected);
        cJSON_Delete(effective);
    }
}
