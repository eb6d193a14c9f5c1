// SPDX-License-Identifier: Apache-2.0
// Log lines, the core's and our own, to the server's logger at their level; to standard error while there is no API.
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "plugin_session_internal.h"

#include <stdlib.h>

enum {
    OPEN_LINES_MAX = 256, // beyond that lines are dropped and counted: a log must not fill the memory
    FIELDS_MAX = 32,
    MEMORY_MAX_BYTES = 256 << 10,
};

static const char *method_of(log_level level) {
    static const char *const methods[] = {
        [LOG_DEBUG] = "Plugin.LogDebug",
        [LOG_INFO] = "Plugin.LogInfo",
        [LOG_WARN] = "Plugin.LogWarn",
        [LOG_ERROR] = "Plugin.LogError",
    };
    return methods[level];
}

static void on_logged(void *ctx, const rpc_answer *answer) {
    plugin_session *s = ctx;
    (void)answer;
    s->open_log_calls--;
    if (s->open_log_calls > OPEN_LINES_MAX / 2 || s->dropped_log_lines == 0 || s->api == NULL)
        return;
    char *count = xasprintf("%zu", s->dropped_log_lines);
    s->dropped_log_lines = 0;
    log_warn("log lines were dropped because they came too fast", "count", count);
    free(count);
}

// An `any` that holds a text.
static gob_value any_text(arena *a, const char *text) {
    gob_value *inner = arena_alloc(a, sizeof *inner);
    if (inner == NULL)
        return (gob_value){.kind = GOB_NIL};
    *inner = (gob_value){.kind = GOB_STRING, .type = &GOB_T_STRING, .text = bytes_str(text)};
    gob_value any = {.kind = GOB_INTERFACE};
    any.list.name = "string";
    any.list.items = inner;
    any.list.count = 1;
    return any;
}

// {A message, B [key, value, key, value …]}
static oc_err send_line(plugin_session *s, log_level level, const char *message, const log_field *fields,
                        size_t count) {
    static const char *names[] = {"A", "B"};
    arena memory;
    arena_init(&memory, MEMORY_MAX_BYTES);
    gob_value pairs[2 * FIELDS_MAX],
        args[2] = {{.kind = GOB_STRING, .text = bytes_str(message)}, {.kind = GOB_SLICE}};
    for (size_t i = 0; i < count; i++) {
        pairs[2 * i] = any_text(&memory, fields[i].key);
        pairs[2 * i + 1] = any_text(&memory, fields[i].value != NULL ? fields[i].value : "");
    }
    args[1].list.items = pairs;
    args[1].list.count = 2 * count;
    gob_value line = {.kind = GOB_STRUCT};
    line.list.names = names;
    line.list.items = args;
    line.list.count = 2;
    oc_err err = rpc_call(s->api, method_of(level), schema_api("LogInfo")->args, &line, on_logged, s);
    if (err == OC_OK)
        s->open_log_calls++;
    arena_free(&memory);
    return err;
}

static void write_line(plugin_session *s, log_level level, const char *message, const log_field *fields,
                       size_t count) {
    if (s->api != NULL && s->open_log_calls >= OPEN_LINES_MAX)
        s->dropped_log_lines++;
    else if (s->api == NULL || send_line(s, level, message, fields, count) != OC_OK)
        log_to_stderr(NULL, level, message, fields, count);
}

void api_log(plugin_session *s, const char *level, const char *message, const cJSON *fields) {
    log_field pairs[FIELDS_MAX];
    char *printed[FIELDS_MAX] = {0};
    size_t count = 0;
    const cJSON *field = NULL;
    int found = log_level_find(level);
    cJSON_ArrayForEach(field, fields) {
        if (count == FIELDS_MAX || field->string == NULL)
            break;
        const char *text = cJSON_GetStringValue(field);
        printed[count] = text == NULL ? cJSON_PrintUnformatted(field) : NULL;
        pairs[count] = (log_field){field->string, text != NULL ? text : printed[count]};
        count++;
    }
    write_line(s, found >= 0 ? (log_level)found : LOG_INFO, message, pairs, count);
    for (size_t i = 0; i < count; i++)
        cJSON_free(printed[i]);
}

// Our own lines come from anywhere.
static void own_line(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    plugin_session *s = ctx;
    write_line(s, level, message, fields, count < FIELDS_MAX ? count : FIELDS_MAX);
    session_flush_soon(s);
}

void api_take_own_log(plugin_session *s, bool on) {
    log_set_sink(on ? own_line : NULL, s);
}
