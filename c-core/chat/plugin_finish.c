// SPDX-License-Identifier: Apache-2.0
// What the calls of the plugin adapter have in common: their arguments, and what an answer becomes.
#include "base/mem.h"
#include "chat/plugin_internal.h"
#include "chat/views.h"

#include <stdarg.h>

// An array of strings: the commonest arguments.
cJSON *plugin_strings(int count, ...) {
    cJSON *params = json_new_array();
    va_list args;
    va_start(args, count);
    for (int i = 0; i < count; i++)
        json_push(params, json_new_string(va_arg(args, const char *)));
    va_end(args);
    return params;
}

cJSON *plugin_one(cJSON *value) {
    cJSON *params = json_new_array();
    json_push(params, value);
    return params;
}

cJSON *plugin_tail_ref(size_t offset, size_t length) {
    cJSON *ref = json_new_object();
    cJSON *place = json_add_array(ref, "$tail");
    json_push(place, json_new_int((int64_t)offset));
    json_push(place, json_new_int((int64_t)length));
    return ref;
}

// --- what an answer becomes ---

void plugin_finish_done(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)result, (void)tail;
    call->fn.done(call->ctx, error);
}

void plugin_finish_post(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_post post = chat_post_view(result);
    (void)tail;
    call->fn.post(call->ctx, error, &post);
}

void plugin_finish_user(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_user user = chat_user_view(result);
    (void)tail;
    call->fn.user(call->ctx, error, &user);
}

void plugin_finish_channel(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_channel channel = chat_channel_view(result);
    (void)tail;
    call->fn.channel(call->ctx, error, &channel);
}

void plugin_finish_team(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_team team = chat_team_view(result);
    (void)tail;
    call->fn.team(call->ctx, error, &team);
}

void plugin_finish_file(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    chat_file file = chat_file_view(result);
    (void)tail;
    call->fn.file(call->ctx, error, &file);
}

void plugin_finish_text(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.text(call->ctx, error, cJSON_IsString(result) ? result->valuestring : "");
}

void plugin_finish_json(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.json(call->ctx, error, result);
}

void plugin_finish_flag(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    (void)tail;
    call->fn.flag(call->ctx, error, cJSON_IsTrue(result));
}

// Bytes ride in the tail: {"$tail":[offset,length]}.
void plugin_finish_value(plugin_call *call, const chat_error *error, const cJSON *result, bytes tail) {
    const cJSON *place = json_array(result, "$tail");
    const cJSON *at = cJSON_GetArrayItem(place, 0), *length = cJSON_GetArrayItem(place, 1);
    bytes value = PLUGIN_NO_TAIL;
    bool found = cJSON_IsNumber(at) && cJSON_IsNumber(length) && at->valuedouble >= 0 &&
                 length->valuedouble >= 0 && at->valuedouble + length->valuedouble <= (double)tail.len;
    if (found)
        value = bytes_of(tail.data + (size_t)at->valuedouble, (size_t)length->valuedouble);
    call->fn.value(call->ctx, error, value, found);
}
