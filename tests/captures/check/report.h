// SPDX-License-Identifier: Apache-2.0
// What is wrong in one recording: the first few findings, as text.
#ifndef OC_TESTS_CAPTURES_REPORT_H
#define OC_TESTS_CAPTURES_REPORT_H

#include "base/buf.h"

typedef struct report {
    buf text; // a line for each finding
    size_t count;
    char place[200]; // put before each finding
} report;

void report_init(report *r);
void report_free(report *r);
void report_add(report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_place(report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A whole file; the caller frees it with buf_free. A file that cannot be read is a finding.
bool report_read_file(report *r, const char *folder, const char *name, buf *out);

#endif
