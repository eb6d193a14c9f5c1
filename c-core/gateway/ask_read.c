// SPDX-License-Identifier: Apache-2.0
#include "gateway/ask_read.h"

#include "base/json.h"

#include <string.h>

enum { ASK_LONGEST_MS = 24 * 3600 * 1000 };

int64_t ask_time_left_ms(int64_t created_ms, int64_t expires_ms, int64_t wall_ms, bool fresh) {
    int64_t granted = created_ms > 0 && expires_ms > created_ms ? expires_ms - created_ms : 0;
    int64_t left = fresh && granted > 0 ? granted : expires_ms - wall_ms;
    if (granted > 0 && left > granted)
        left = granted;
    if (left > ASK_LONGEST_MS)
        left = ASK_LONGEST_MS;
    return left > 0 ? left : 0;
}

// "" when absent; NULL when memory is over.
static const char *copied(arena *memory, const cJSON *object, const char *key) {
    const char *text = json_text(object, key);
    return *text != '\0' ? arena_strndup(memory, text, strlen(text)) : "";
}

typedef struct text_member {
    const char **slot;
    const char *key;
} text_member;

static oc_err copy_all(arena *memory, const cJSON *object, const text_member *members, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *members[i].slot = copied(memory, object, members[i].key);
        if (*members[i].slot == NULL)
            return OC_ELIMIT;
    }
    return OC_OK;
}

static oc_err copy_id(arena *memory, const cJSON *object, const char *key, const char **out) {
    const char *id = json_text(object, key);
    if (*id == '\0' || strlen(id) > ASK_ID_MAX_BYTES)
        return OC_EMALFORMED;
    *out = copied(memory, object, key);
    return *out != NULL ? OC_OK : OC_ELIMIT;
}

// --- approvals ---

const char *approval_kind_name(approval_kind k) {
    static const char *const names[] = {[APPROVAL_EXEC] = "exec", [APPROVAL_PLUGIN] = "plugin"};
    return k < APPROVAL_KINDS ? names[k] : "";
}

const char *approval_decision_name(approval_decision d) {
    static const char *const names[] = {[APPROVAL_ALLOW_ONCE] = "allow-once",
                                        [APPROVAL_ALLOW_ALWAYS] = "allow-always",
                                        [APPROVAL_DENY] = "deny"};
    return d < APPROVAL_DECISIONS ? names[d] : "";
}

static bool read_decision(const char *name, approval_decision *out) {
    for (int d = 0; d < APPROVAL_DECISIONS; d++) {
        if (strcmp(name, approval_decision_name((approval_decision)d)) == 0) {
            *out = (approval_decision)d;
            return true;
        }
    }
    return false;
}

// Denying is always possible. A request that names no decisions can be allowed once, as the gateway has it.
static void read_allowed(const cJSON *request, bool allowed[APPROVAL_DECISIONS]) {
    const cJSON *list = json_array(request, "allowedDecisions"), *item = NULL;
    approval_decision d = APPROVAL_DENY;
    memset(allowed, 0, sizeof(bool) * APPROVAL_DECISIONS);
    allowed[APPROVAL_DENY] = true;
    cJSON_ArrayForEach(item, list) {
        if (cJSON_IsString(item) && read_decision(item->valuestring, &d))
            allowed[d] = true;
    }
}

static oc_err read_kind(const cJSON *record, approval_kind expected, approval_kind *out) {
    const char *named = json_text(record, "approvalKind");
    *out = expected;
    return *named == '\0' || strcmp(named, approval_kind_name(expected)) == 0 ? OC_OK : OC_EMALFORMED;
}

oc_err approval_read(const cJSON *record, approval_kind expected, arena *memory, gateway_approval *out) {
    const cJSON *request = json_get(record, "request");
    bool exec = expected == APPROVAL_EXEC;
    *out = (gateway_approval){
        .description = "", .cwd = "", .host = "", .node_id = "", .plugin_id = "", .tool = "", .severity = ""};
    const text_member both[] = {{&out->command, exec ? "command" : "title"},
                                {&out->warning, "warningText"},
                                {&out->agent_id, "agentId"},
                                {&out->session_key, "sessionKey"},
                                {&out->run_id, "runId"}};
    const text_member of_exec[] = {{&out->cwd, "cwd"}, {&out->host, "host"}, {&out->node_id, "nodeId"}};
    const text_member of_plugin[] = {{&out->description, "description"},
                                     {&out->plugin_id, "pluginId"},
                                     {&out->tool, "toolName"},
                                     {&out->severity, "severity"}};
    oc_err err = read_kind(record, expected, &out->kind);
    if (err == OC_OK)
        err = copy_id(memory, record, "id", &out->id);
    if (err == OC_OK)
        err = copy_all(memory, request, both, sizeof both / sizeof both[0]);
    if (err == OC_OK && exec)
        err = copy_all(memory, request, of_exec, sizeof of_exec / sizeof of_exec[0]);
    if (err == OC_OK && !exec)
        err = copy_all(memory, request, of_plugin, sizeof of_plugin / sizeof of_plugin[0]);
    if (err == OC_OK && *out->command == '\0')
        err = OC_EMALFORMED; // nobody can judge what they cannot see
    read_allowed(request, out->allowed);
    out->created_ms = json_int(record, "createdAtMs", 0);
    out->expires_ms = json_int(record, "expiresAtMs", 0);
    return err;
}

approval_end approval_read_end(const cJSON *payload, bool over, const char **by) {
    static const approval_end ends[] = {[APPROVAL_ALLOW_ONCE] = APPROVAL_ALLOWED_ONCE,
                                        [APPROVAL_ALLOW_ALWAYS] = APPROVAL_ALLOWED_ALWAYS,
                                        [APPROVAL_DENY] = APPROVAL_DENIED};
    approval_decision d = APPROVAL_DENY;
    *by = json_text(payload, "resolvedBy");
    if (read_decision(json_text(payload, "decision"), &d))
        return ends[d];
    return over ? APPROVAL_EXPIRED : APPROVAL_GONE;
}

// --- questions ---

static oc_err read_options(const cJSON *item, arena *memory, question_item *out) {
    const cJSON *list = json_array(item, "options"), *option = NULL;
    int count = cJSON_GetArraySize(list);
    if (count > QUESTION_OPTIONS_MAX)
        return OC_ELIMIT;
    question_option *options = arena_array(memory, (size_t)count + 1, sizeof *options);
    if (options == NULL)
        return OC_ELIMIT;
    out->options = options;
    cJSON_ArrayForEach(option, list) {
        question_option *o = &options[out->option_count];
        const text_member members[] = {{&o->label, "label"}, {&o->description, "description"}};
        oc_err err = copy_all(memory, option, members, 2);
        if (err != OC_OK)
            return err;
        out->option_count += *o->label != '\0'; // one without a label cannot be answered with
    }
    return OC_OK;
}

static oc_err read_item(const cJSON *item, arena *memory, question_item *out) {
    const text_member members[] = {{&out->header, "header"}, {&out->text, "question"}, {&out->url, "url"}};
    oc_err err = copy_id(memory, item, "questionId", &out->id);
    if (err == OC_OK)
        err = copy_all(memory, item, members, sizeof members / sizeof members[0]);
    if (err == OC_OK && *out->text == '\0')
        err = OC_EMALFORMED;
    if (err == OC_OK)
        err = read_options(item, memory, out);
    out->multi_select = json_bool(item, "multiSelect", false);
    out->other = json_bool(item, "isOther", false);
    out->secret = json_bool(item, "isSecret", false) || json_get(item, "secretStore") != NULL;
    return err;
}

static oc_err read_items(const cJSON *record, arena *memory, gateway_question *out) {
    const cJSON *list = json_array(record, "questions"), *item = NULL;
    int count = cJSON_GetArraySize(list);
    if (count < 1)
        return OC_EMALFORMED;
    if (count > QUESTION_ITEMS_MAX)
        return OC_ELIMIT;
    question_item *items = arena_array(memory, (size_t)count, sizeof *items);
    if (items == NULL)
        return OC_ELIMIT;
    out->items = items;
    cJSON_ArrayForEach(item, list) {
        oc_err err = read_item(item, memory, &items[out->item_count]);
        if (err != OC_OK)
            return err;
        out->secret = out->secret || items[out->item_count].secret;
        out->item_count++;
    }
    return OC_OK;
}

oc_err question_read(const cJSON *record, arena *memory, gateway_question *out) {
    *out = (gateway_question){0};
    const text_member members[] = {
        {&out->agent_id, "agentId"}, {&out->session_key, "sessionKey"}, {&out->run_id, "runId"}};
    oc_err err = copy_id(memory, record, "id", &out->id);
    if (err == OC_OK)
        err = copy_all(memory, record, members, sizeof members / sizeof members[0]);
    if (err == OC_OK)
        err = read_items(record, memory, out);
    out->created_ms = json_int(record, "createdAtMs", 0);
    out->expires_ms = json_int(record, "expiresAtMs", 0);
    return err;
}

question_end question_read_end(const cJSON *payload, const cJSON **answers) {
    const char *status = json_text(payload, "status");
    *answers = NULL;
    if (strcmp(status, "answered") == 0) {
        *answers = json_get(json_get(payload, "answers"), "answers");
        return QUESTION_ANSWERED;
    }
    return strcmp(status, "expired") == 0 ? QUESTION_EXPIRED : QUESTION_CANCELLED;
}
