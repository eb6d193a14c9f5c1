// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "base/log_levels.h"
#include "base/metric.h"
#include "base/recent.h"
#include "base/sanitise.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

static struct {
    log_sink_fn *fn;
    void *ctx;
} sink = {.fn = NULL, .ctx = NULL};

static const char *const LEVEL_NAMES[] = {"debug", "info", "warn", "error"};
static const char *const LEVEL_TAGS[] = {"[DEBUG]", "[INFO]", "[WARN]", "[ERROR]"};

void log_set_sink(log_sink_fn *fn, void *ctx) {
    sink.fn = fn;
    sink.ctx = ctx;
}

const char *log_level_name(log_level level) {
    return LEVEL_NAMES[level];
}

int log_level_find(const char *name) {
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        if (name != NULL && strcasecmp(name, LEVEL_NAMES[i]) == 0)
            return i;
    }
    return -1;
}

// A line break inside a value would start a line that looks like one of ours.
static void flatten(char *line, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    }
}

void log_to_stderr(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    char line[LINE_MAX_BYTES];
    int len = snprintf(line, sizeof line - 1, "%s %s", LEVEL_TAGS[level], message);
    (void)ctx;
    for (size_t i = 0; i < count && len > 0 && (size_t)len < sizeof line - 1; i++)
        len += snprintf(line + len, sizeof line - 1 - (size_t)len, " %s=%s", fields[i].key, fields[i].value);
    size_t used = len < 0 ? 0 : (size_t)len < sizeof line - 2 ? (size_t)len : sizeof line - 2;
    flatten(line, used);
    line[used] = '\n';
    ssize_t written = write(STDERR_FILENO, line, used + 1);
    (void)written; // there is nowhere left to complain
}

void log_write_from(const char *file, log_level level, const char *message, ...) {
    log_field fields[LOG_FIELDS_MAX + 1];
    char *cleaned[LOG_FIELDS_MAX + 1] = {NULL};
    size_t count = 0;
    va_list args;
    const char *component = log_component_if(file, level);
    if (component == NULL && level < LOG_WARN) // what is wrong is remembered also where it is not logged
        return;
    if (component != NULL)
        metric_count(METRIC_LOG_LINES, log_level_name(level), 1);
    va_start(args, message);
    for (const char *key = va_arg(args, const char *); key != NULL && count < LOG_FIELDS_MAX;
         key = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        if (value != NULL && strcmp(key, "error") == 0) // what others say may hold their credentials
            cleaned[count] = sanitise(value);
        fields[count] = (log_field){.key = key, .value = value != NULL ? value : ""};
        if (cleaned[count] != NULL)
            fields[count].value = cleaned[count];
        count++;
    }
    va_end(args);
    if (level >= LOG_WARN)
        recent_note(level, message, fields, count);
    if (component != NULL) {
        fields[count++] = (log_field){.key = "component", .value = component};
        log_sink_fn *fn = sink.fn != NULL ? sink.fn : log_to_stderr;
        fn(sink.ctx, level, message, fields, count);
    }
    for (size_t i = 0; i < count; i++)
        free(cleaned[i]);
}
