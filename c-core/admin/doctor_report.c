// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor_report.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define PAGE "docs/troubleshooting.md#doctor-"

enum {
    POST_MAX_BYTES = 16000,
    POST_ROOM_BYTES = 15900, // for findings: the rest is for saying that there are more
    TERMINAL_MAX_BYTES = 2 << 20,
};

struct doctor_report {
    doctor_finding findings[DOCTOR_FINDINGS_MAX];
    size_t count, left_out;
    size_t by_level[DOCTOR_UNKNOWN + 1];
    int64_t at_ms, took_ms;
};

static const doctor_level ORDER[] = {DOCTOR_WRONG, DOCTOR_UNKNOWN, DOCTOR_NOTE, DOCTOR_GOOD};
enum { LEVELS = sizeof ORDER / sizeof *ORDER };

const char *doctor_level_name(doctor_level l) {
    static const char *const names[] = {"good", "note", "wrong", "unknown"};
    return names[l];
}

doctor_report *doctor_report_create(void) {
    return xcalloc(1, sizeof(doctor_report));
}

void doctor_report_destroy(doctor_report *r) {
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->count; i++) {
        const doctor_finding *f = &r->findings[i];
        const char *const texts[] = {f->account, f->cause, f->remedy, f->setting, f->command};
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            free((char *)(uintptr_t)texts[j]);
    }
    free(r);
}

// No half character at the end.
static char *cut(const char *text) {
    size_t len = text != NULL ? strlen(text) : 0;
    if (len <= DOCTOR_TEXT_MAX_BYTES)
        return xstrdup(text != NULL ? text : "");
    len = DOCTOR_TEXT_MAX_BYTES;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return xasprintf("%.*s…", (int)len, text);
}

void doctor_report_add(doctor_report *r, const doctor_finding *f) {
    r->by_level[f->level]++;
    if (r->count == DOCTOR_FINDINGS_MAX) {
        r->left_out++;
        return;
    }
    r->findings[r->count++] = (doctor_finding){.check = f->check,
                                               .level = f->level,
                                               .account = cut(f->account),
                                               .cause = cut(f->cause),
                                               .remedy = cut(f->remedy),
                                               .setting = cut(f->setting),
                                               .command = cut(f->command)};
}

void doctor_report_took(doctor_report *r, int64_t at_ms, int64_t took_ms) {
    r->at_ms = at_ms;
    r->took_ms = took_ms;
}

size_t doctor_report_size(const doctor_report *r) {
    return r->count;
}

const doctor_finding *doctor_report_at(const doctor_report *r, size_t index) {
    return index < r->count ? &r->findings[index] : NULL;
}

size_t doctor_report_count(const doctor_report *r, doctor_level level) {
    return r->by_level[level];
}

// --- in words ---

static oc_err add_head(buf *out, const doctor_report *r, const char *bold) {
    size_t wrong = r->by_level[DOCTOR_WRONG], unknown = r->by_level[DOCTOR_UNKNOWN];
    oc_err err = OC_OK;
    if (wrong > 0)
        err = buf_printf(out, "%s%zu thing%s wrong.%s", bold, wrong, wrong == 1 ? " is" : "s are", bold);
    else if (unknown > 0)
        err = buf_printf(out, "%sNothing wrong was found, but not everything could be looked at.%s", bold,
                         bold);
    else
        err = buf_printf(out, "%sNothing is wrong%s%s", bold, bold,
                         r->by_level[DOCTOR_NOTE] > 0 ? "; some things to know:" : ".");
    return err == OC_OK ? buf_append_str(out, "\n\n") : err;
}

typedef struct finding_form {
    const char *marks[LEVELS]; // by level
    const char *bold, *code, *remedy, *more;
} finding_form;

static const finding_form POST = {.marks = {"✅", "ℹ️", "❌", "❔"},
                                  .bold = "**",
                                  .code = "`",
                                  .remedy = "\n    - ",
                                  .more = "\n    - More: `"};
static const finding_form TERMINAL = {.marks = {"good   ", "note   ", "WRONG  ", "unknown"},
                                      .bold = "",
                                      .code = "",
                                      .remedy = "\n            ",
                                      .more = "\n            more: "};

static oc_err add_finding(buf *out, const doctor_finding *f, const finding_form *form) {
    bool told = f->level != DOCTOR_GOOD;
    oc_err err =
        buf_printf(out, "- %s %s%s%s", form->marks[f->level], form->bold, f->check->title, form->bold);
    if (err == OC_OK && *f->account != '\0')
        err = buf_printf(out, " of %s%s%s", form->code, f->account, form->code);
    if (err == OC_OK)
        err = buf_printf(out, ": %s", f->cause);
    if (err == OC_OK && *f->remedy != '\0')
        err = buf_printf(out, "%s%s", form->remedy, f->remedy);
    if (err == OC_OK && *f->command != '\0')
        err =
            buf_printf(out, "%sRun at the gateway: %s%s%s", form->remedy, form->code, f->command, form->code);
    if (err == OC_OK && told)
        err = buf_printf(out, "%s" PAGE "%s%s", form->more, f->check->id, form->code);
    return err == OC_OK ? buf_append_str(out, "\n") : err;
}

static char *in_words(const doctor_report *r, const finding_form *form, size_t max_bytes) {
    size_t left_out = r->left_out;
    buf out, one;
    buf_init(&out, max_bytes + POST_MAX_BYTES - POST_ROOM_BYTES);
    oc_err err = add_head(&out, r, form->bold);
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t i = 0; i < r->count; i++) {
            if (r->findings[i].level != ORDER[l])
                continue;
            buf_init(&one, max_bytes);
            bool fits = add_finding(&one, &r->findings[i], form) == OC_OK && out.len + one.len <= max_bytes;
            left_out += !fits;
            if (fits && err == OC_OK)
                err = buf_append(&out, buf_bytes(&one).data, one.len);
            buf_free(&one);
        }
    }
    if (err == OC_OK && left_out > 0)
        err = buf_printf(&out, "- … and %zu more than fit here.\n", left_out);
    (void)err; // room for all of it was kept
    return buf_take_str(&out);
}

char *doctor_report_markdown(const doctor_report *r) {
    return in_words(r, &POST, POST_ROOM_BYTES);
}

char *doctor_report_text(const doctor_report *r) {
    return in_words(r, &TERMINAL, TERMINAL_MAX_BYTES);
}

// --- for programs ---

static cJSON *finding_json(const doctor_finding *f) {
    cJSON *json = json_new_object();
    char *link = xasprintf(PAGE "%s", f->check->id);
    json_add_string(json, "check", f->check->id);
    json_add_string(json, "title", f->check->title);
    json_add_string(json, "level", doctor_level_name(f->level));
    json_add_string(json, "account", f->account);
    json_add_string(json, "cause", f->cause);
    json_add_string(json, "remedy", f->remedy);
    json_add_string(json, "setting", f->setting);
    json_add_string(json, "command", f->command);
    json_add_string(json, "link", link);
    free(link);
    return json;
}

cJSON *doctor_report_json(const doctor_report *r) {
    cJSON *json = json_new_object();
    json_add_string(json, "version", OPENCLAW_VERSION);
    json_add_int(json, "checked_at", r->at_ms);
    json_add_int(json, "took_ms", r->took_ms);
    cJSON *counts = json_add_object(json, "counts");
    for (size_t l = 0; l < LEVELS; l++)
        json_add_int(counts, doctor_level_name((doctor_level)l), (int64_t)r->by_level[l]);
    cJSON *findings = json_add_array(json, "findings");
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t i = 0; i < r->count; i++) {
            if (r->findings[i].level == ORDER[l])
                json_push(findings, finding_json(&r->findings[i]));
        }
    }
    return json;
}
