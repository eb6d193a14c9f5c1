// SPDX-License-Identifier: Apache-2.0
#include "gateway/run_activity.h"

#include "base/json.h"

#include <string.h>

static bool is(const char *text, const char *wanted) {
    return strcmp(text, wanted) == 0;
}

static bool is_plan_tool(const char *name) {
    return is(name, "progress_card") || is(name, "update_plan");
}

// {phase, itemId, toolCallId, name, kind, title, status, meta}: tools without their arguments.
static bool read_item(const cJSON *data, gateway_activity *out) {
    const char *phase = json_text(data, "phase"), *status = json_text(data, "status");
    if (cJSON_IsTrue(json_get(data, "hideFromChannelProgress")) ||
        (!is(json_text(data, "kind"), "tool") && !is(json_text(data, "kind"), "command")))
        return false;
    out->kind = GATEWAY_ACTIVITY_TOOL;
    out->id = json_text(data, "toolCallId");
    out->name = json_text(data, "name");
    out->detail = json_text(data, "meta");
    out->runs_command = cJSON_IsTrue(json_get(data, "commandBearing"));
    out->ended = is(phase, "end");
    out->failed = is(status, "failed") || is(status, "error");
    return *out->name != '\0' && !is_plan_tool(out->name);
}

// {phase start/update/result, name, toolCallId, args}: only to who began the run and said that it wants them.
static bool read_tool(const cJSON *data, gateway_activity *out) {
    const cJSON *args = json_get(data, "args");
    if (!is(json_text(data, "phase"), "start") || !cJSON_IsObject(args))
        return false;
    out->id = json_text(data, "toolCallId");
    out->name = json_text(data, "name");
    if (is_plan_tool(out->name)) {
        const cJSON *steps = json_get(args, "plan");
        out->kind = GATEWAY_ACTIVITY_PLAN;
        out->steps = cJSON_GetArraySize(steps) > 0 ? steps : NULL;
        out->explanation = json_text(args, "explanation");
        return cJSON_IsArray(steps);
    }
    out->kind = GATEWAY_ACTIVITY_TOOL;
    out->command = json_text(args, "command");
    out->runs_command = *out->command != '\0';
    return *out->name != '\0';
}

bool run_activity_wants(bytes stream) {
    return stream.data == NULL || bytes_is(stream, "item") || bytes_is(stream, "tool") ||
           bytes_is(stream, "thinking") || bytes_is(stream, "run_status") || bytes_is(stream, "lifecycle");
}

bool run_read_activity(const cJSON *payload, gateway_activity *out) {
    const char *stream = json_text(payload, "stream");
    const cJSON *data = json_get(payload, "data");
    *out = (gateway_activity){
        .id = "", .name = "", .detail = "", .command = "", .explanation = "", .provider = "", .model = ""};
    if (is(stream, "item"))
        return read_item(data, out);
    if (is(stream, "tool"))
        return read_tool(data, out);
    if (is(stream, "thinking")) {
        out->kind = GATEWAY_ACTIVITY_THINKING;
        return true;
    }
    if (is(stream, "lifecycle") && is(json_text(data, "phase"), "model")) {
        out->kind = GATEWAY_ACTIVITY_MODEL;
        out->provider = json_text(data, "provider");
        out->model = json_text(data, "model");
        return *out->model != '\0';
    }
    if (is(stream, "run_status") && is(json_text(data, "phase"), "retrying")) {
        out->kind = GATEWAY_ACTIVITY_RETRYING;
        out->attempt = (int)json_int(data, "retryAttempt", 0);
        out->attempts = (int)json_int(data, "maxRetries", 0);
        return true;
    }
    return false;
}
