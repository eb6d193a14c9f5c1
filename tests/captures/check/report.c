// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

enum { REPORT_MAX_BYTES = 1 << 16, FINDINGS_MAX = 20, FILE_MAX_BYTES = 256 << 20 };

void report_init(report *r) {
    *r = (report){0};
    buf_init(&r->text, REPORT_MAX_BYTES);
}

void report_free(report *r) {
    buf_free(&r->text);
}

void report_place(report *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(r->place, sizeof r->place, format, args);
    va_end(args);
}

void report_add(report *r, const char *format, ...) {
    char line[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    r->count++;
    // What does not fit is counted and not shown.
    if (r->count <= FINDINGS_MAX && buf_printf(&r->text, "    %s: %s\n", r->place, line) != OC_OK)
        return;
}

bool report_read_file(report *r, const char *folder, const char *name, buf *out) {
    char path[PATH_MAX];
    uint8_t *where = NULL;
    size_t got = 1;
    buf_init(out, FILE_MAX_BYTES);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        report_add(r, "%s: %s", name, strerror(errno));
        return false;
    }
    while (got > 0 && buf_reserve(out, 65536, &where) == OC_OK) {
        got = fread(where, 1, 65536, file);
        buf_commit(out, got);
    }
    (void)fclose(file);
    if (got > 0)
        report_add(r, "%s: too big", name);
    return got == 0;
}
