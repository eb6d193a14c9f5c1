// SPDX-License-Identifier: Apache-2.0
#include "external_log.h"

#include "base/json.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 * 1024, NS_PER_MS = 1000000 };

// "2026-01-02T03:04:05.678Z"
static void now_text(char *out, size_t size) {
    struct timespec now;
    struct tm parts;
    char seconds[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL)
        (void)strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
    (void)snprintf(out, size, "%s.%03ldZ", seconds, now.tv_nsec / NS_PER_MS);
}

static void write_json(void *ctx, log_level level, const char *message, const log_field *fields,
                       size_t count) {
    char time_text[64];
    buf line;
    cJSON *json = json_new_object();
    (void)ctx;
    now_text(time_text, sizeof time_text);
    json_add_string(json, "time", time_text);
    json_add_string(json, "level", log_level_name(level));
    json_add_string(json, "msg", message);
    for (size_t i = 0; i < count; i++)
        json_add_string(json, fields[i].key, fields[i].value);
    buf_init(&line, LINE_MAX_BYTES);
    bool whole = json_print(json, &line) == OC_OK && buf_append_byte(&line, '\n') == OC_OK;
    bytes text = buf_bytes(&line);
    if (!whole || write(STDERR_FILENO, text.data, text.len) != (ssize_t)text.len)
        log_to_stderr(NULL, level, message, fields, count);
    buf_free(&line);
    cJSON_Delete(json);
}

// journald and container engines know the time themselves; a terminal does not.
static void write_text(void *ctx, log_level level, const char *message, const log_field *fields,
                       size_t count) {
    char time_text[64];
    (void)ctx;
    now_text(time_text, sizeof time_text);
    if (getenv("JOURNAL_STREAM") == NULL)
        dprintf(STDERR_FILENO, "%s ", time_text);
    log_to_stderr(NULL, level, message, fields, count);
}

void external_log_to(external_log_format format) {
    log_set_sink(format == EXTERNAL_LOG_JSON ? write_json : write_text, NULL);
}
