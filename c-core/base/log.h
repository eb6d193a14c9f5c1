// SPDX-License-Identifier: Apache-2.0
// Logging: the message is a constant sentence, what varies goes into fields (snake_case keys).
// error = somebody must act, warn = look when there are many, info = what an administrator wants to know,
// debug = on demand. Never put a secret or the text of a post into a field. The field "error" is for what others say: it is
// sanitised (base/sanitise.h). Each line bears the component that wrote it: the folder below c-core ("gateway"), "core" for
// what puts them together, "shim" for the other process, "audit" for what stands in the audit log.
#ifndef OC_BASE_LOG_H
#define OC_BASE_LOG_H

#include <stddef.h>

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

enum { LOG_FIELDS_MAX = 12 };
typedef struct log_field {
    const char *key, *value; // borrowed for the call
} log_field;

// Where lines go. The process has one sink; before it is set lines go to standard error as "[LEVEL] text key=value".
typedef void log_sink_fn(void *ctx, log_level level, const char *message, const log_field *fields,
                         size_t count);
void log_set_sink(log_sink_fn *fn, void *ctx); // NULL: standard error again
const char *log_level_name(log_level level);   // "debug", "info", "warn", "error"
// Finds a level by its name; returns -1 when there is none.
int log_level_find(const char *name);

enum { LOG_COMPONENTS_MAX = 32 };
typedef struct log_levels {
    log_level least;                            // of components without one of their own
    signed char components[LOG_COMPONENTS_MAX]; // by log_component_name's index; -1: no level of its own
} log_levels;
const char *log_component_name(size_t i); // NULL beyond the last one
// "info, gateway=debug, turn=debug": a level for all, levels of single components, or both (then "info" is for the rest). Any
// order, any case. Returns NULL, or what is wrong with it (the caller frees it); out is then as it was.
char *log_levels_read(const char *text, log_levels *out);
// Lines that come from now on; default: LOG_INFO for all.
void log_set_levels(const log_levels *levels);
void log_set_level(log_level least); // the same with one level for all

// The standard error sink, for sinks that have no other way out. One write(2), cut at 4 KiB.
void log_to_stderr(void *ctx, log_level level, const char *message, const log_field *fields, size_t count);

// key, value, key, value …, NULL. A NULL value is written as "".
// file: whose line it is, as the compiler names it. The macros are what is used.
void log_write_from(const char *file, log_level level, const char *message, ...) __attribute__((sentinel));
#define log_write(level, ...) log_write_from(__FILE__, level, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__, NULL)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__, NULL)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__, NULL)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__, NULL)

#endif
