// SPDX-License-Identifier: Apache-2.0
// What the doctor found: a list of findings, and the forms in which it is shown. Pure.
#ifndef OC_ADMIN_DOCTOR_REPORT_H
#define OC_ADMIN_DOCTOR_REPORT_H

#include "words/words.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum doctor_level {
    DOCTOR_GOOD,
    DOCTOR_NOTE,    // works, but somebody should know
    DOCTOR_WRONG,   // does not work, or is dangerous
    DOCTOR_UNKNOWN, // could not be looked at in time, or at all
} doctor_level;
const char *doctor_level_name(doctor_level l); // "good", "note", "wrong", "unknown"

typedef struct doctor_check_name {
    const char *id; // "site-url": for ever; docs/troubleshooting.md has the anchor doctor-<id>
    words_key title;
} doctor_check_name;

typedef struct doctor_finding { // texts are never NULL; cause and remedy are marked (words/words.h)
    const doctor_check_name *check;
    doctor_level level;
    const char *account; // whose; "": the whole installation
    const char *cause;   // what was found, one or two sentences, Markdown
    const char *remedy;  // what to do, Markdown; "" where nothing is to be done
    const char *setting; // which setting decides, as the System Console or the configuration calls it; ""
    const char *command; // to be run at the gateway; ""
} doctor_finding;

enum { DOCTOR_FINDINGS_MAX = 300, DOCTOR_TEXT_MAX_BYTES = 1000, DOCTOR_MARKED_MAX_BYTES = 4000 };

typedef struct doctor_report doctor_report;
doctor_report *doctor_report_create(void);
void doctor_report_destroy(doctor_report *r); // NULL-safe
// Copies. Texts are cut at DOCTOR_TEXT_MAX_BYTES as they are read (marked ones of more than DOCTOR_MARKED_MAX_BYTES stay English),
// findings above DOCTOR_FINDINGS_MAX counted only.
void doctor_report_add(doctor_report *r, const doctor_finding *f);
void doctor_report_took(doctor_report *r, int64_t at_ms, int64_t took_ms); // wall clock; how long it took

size_t doctor_report_size(const doctor_report *r);
const doctor_finding *doctor_report_at(const doctor_report *r, size_t index); // NULL beyond the last
size_t doctor_report_count(const doctor_report *r, doctor_level level);

// What is wrong comes first in all of them. The caller frees them.
char *doctor_report_markdown(const doctor_report *r, words_lang lang); // for a post: at most 16,000 bytes
char *doctor_report_text(const doctor_report *r);                      // for a terminal: English
// {"version","checked_at" (ms),"took_ms","counts":{"good","note","wrong","unknown"},
//  "findings":[{"check","title","level","account","cause","remedy","setting","command","link"}]}
// link: "docs/troubleshooting.md#doctor-<check>".
cJSON *doctor_report_json(const doctor_report *r, words_lang lang); // title, cause and remedy

#endif
