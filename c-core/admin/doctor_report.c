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
    POST_ROOM_BYTES = 15800, // for findings: the rest is for saying that there are more
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

// What is marked in it, as a person reads it.
static char *read_in(words_lang lang, const char *marked) {
    char *whole = words_in(lang, marked), *text = cut(whole);
    free(whole);
    return text;
}

// A mark cannot be cut: what is too long is read at once.
static char *keep_marked(const char *marked) {
    if (marked == NULL || strlen(marked) <= DOCTOR_MARKED_MAX_BYTES)
        return xstrdup(marked != NULL ? marked : "");
    return read_in(WORDS_EN, marked);
}

void doctor_report_add(doctor_report *r, const doctor_finding *f) {
    r->by_level[f->level]++;
    if (r->count == DOCTOR_FINDINGS_MAX) {
        r->left_out++;
        return;
    }
    char *setting = words_settings(f->setting != NULL ? f->setting : "");
    r->findings[r->count++] = (doctor_finding){.check = f->check,
                                               .level = f->level,
                                               .account = cut(f->account),
                                               .cause = keep_marked(f->cause),
                                               .remedy = keep_marked(f->remedy),
                                               .setting = cut(setting),
                                               .command = cut(f->command)};
    free(setting);
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

static char *head(const doctor_report *r, words_lang lang, const char *bold) {
    size_t wrong = r->by_level[DOCTOR_WRONG];
    if (wrong > 1)
        return words_fill(lang, WORD_DOCTOR_HEAD_WRONG, "bold", bold, "count", WORDS_NUMBER((int64_t)wrong),
                          NULL);
    words_key key = wrong == 1                        ? WORD_DOCTOR_HEAD_ONE
                    : r->by_level[DOCTOR_UNKNOWN] > 0 ? WORD_DOCTOR_HEAD_UNKNOWN
                    : r->by_level[DOCTOR_NOTE] > 0    ? WORD_DOCTOR_HEAD_NOTES
                                                      : WORD_DOCTOR_HEAD_WELL;
    return words_fill(lang, key, "bold", bold, NULL);
}

typedef struct finding_form {
    const char *marks[LEVELS]; // by level
    const char *bold, *code, *below;
} finding_form;

static const finding_form POST = {
    .marks = {"✅", "ℹ️", "❌", "❔"}, .bold = "**", .code = "`", .below = "\n    - "};
static const finding_form TERMINAL = {
    .marks = {"good   ", "note   ", "WRONG  ", "unknown"}, .bold = "", .code = "", .below = "\n            "};

// "**Agent** of `work`"
static char *whose(const doctor_finding *f, words_lang lang, const finding_form *form) {
    char *title = xasprintf("%s%s%s", form->bold, words_text(lang, f->check->title), form->bold);
    if (*f->account == '\0')
        return title;
    char *account = xasprintf("%s%s%s", form->code, f->account, form->code);
    char *text = words_fill(lang, WORD_DOCTOR_OF_ACCOUNT, "title", title, "account", account, NULL);
    free(account);
    free(title);
    return text;
}

// Takes text.
static oc_err add_below(buf *out, const finding_form *form, char *text) {
    oc_err err = buf_printf(out, "%s%s", form->below, text);
    free(text);
    return err;
}

static oc_err add_finding(buf *out, const doctor_finding *f, words_lang lang, const finding_form *form) {
    char *what = whose(f, lang, form), *cause = read_in(lang, f->cause);
    char *line = words_fill(lang, WORD_DOCTOR_LINE, "title", what, "cause", cause, NULL);
    char *command = xasprintf("%s%s%s", form->code, f->command, form->code);
    char *link = xasprintf("%s" PAGE "%s%s", form->code, f->check->id, form->code);
    oc_err err = buf_printf(out, "- %s %s", form->marks[f->level], line);
    if (err == OC_OK && *f->remedy != '\0')
        err = add_below(out, form, read_in(lang, f->remedy));
    if (err == OC_OK && *f->command != '\0')
        err = add_below(out, form, words_fill(lang, WORD_DOCTOR_RUN, "command", command, NULL));
    if (err == OC_OK && f->level != DOCTOR_GOOD)
        err = add_below(out, form, words_fill(lang, WORD_DOCTOR_MORE, "link", link, NULL));
    free(link);
    free(command);
    free(line);
    free(cause);
    free(what);
    return err == OC_OK ? buf_append_str(out, "\n") : err;
}

// Takes text.
static oc_err add_line(buf *out, const char *before, char *text, const char *after) {
    oc_err err = buf_printf(out, "%s%s%s", before, text, after);
    free(text);
    return err;
}

static char *in_words(const doctor_report *r, words_lang lang, const finding_form *form, size_t max_bytes) {
    size_t left_out = r->left_out;
    buf out, one;
    buf_init(&out, max_bytes + POST_MAX_BYTES - POST_ROOM_BYTES);
    oc_err err = add_line(&out, "", head(r, lang, form->bold), "\n\n");
    for (size_t l = 0; l < LEVELS; l++) {
        for (size_t i = 0; i < r->count; i++) {
            if (r->findings[i].level != ORDER[l])
                continue;
            buf_init(&one, max_bytes);
            bool fits =
                add_finding(&one, &r->findings[i], lang, form) == OC_OK && out.len + one.len <= max_bytes;
            left_out += !fits;
            if (fits && err == OC_OK)
                err = buf_append(&out, buf_bytes(&one).data, one.len);
            buf_free(&one);
        }
    }
    if (err == OC_OK && left_out > 0)
        err = add_line(&out, "- ",
                       words_fill(lang, WORD_DOCTOR_LEFT_OUT, "count", WORDS_NUMBER((int64_t)left_out), NULL),
                       "\n");
    (void)err; // room for all of it was kept
    return buf_take_str(&out);
}

char *doctor_report_markdown(const doctor_report *r, words_lang lang) {
    return in_words(r, lang, &POST, POST_ROOM_BYTES);
}

char *doctor_report_text(const doctor_report *r) {
    return in_words(r, WORDS_EN, &TERMINAL, TERMINAL_MAX_BYTES);
}

// --- for programs ---

static cJSON *finding_json(const doctor_finding *f, words_lang lang) {
    cJSON *json = json_new_object();
    char *link = xasprintf(PAGE "%s", f->check->id);
    char *cause = read_in(lang, f->cause), *remedy = read_in(lang, f->remedy);
    json_add_string(json, "check", f->check->id);
    json_add_string(json, "title", words_text(lang, f->check->title));
    json_add_string(json, "level", doctor_level_name(f->level));
    json_add_string(json, "account", f->account);
    json_add_string(json, "cause", cause);
    json_add_string(json, "remedy", remedy);
    json_add_string(json, "setting", f->setting);
    json_add_string(json, "command", f->command);
    json_add_string(json, "link", link);
    free(remedy);
    free(cause);
    free(link);
    return json;
}

cJSON *doctor_report_json(const doctor_report *r, words_lang lang) {
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
                json_push(findings, finding_json(&r->findings[i], lang));
        }
    }
    return json;
}
