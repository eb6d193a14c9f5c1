// SPDX-License-Identifier: Apache-2.0
// Usage: vectors DIR DEVIATIONS.md
// Puts every DIR/*.json through our functions. Prints a line for each file and the rows that differ; ends with
// "N passed (D deviations), M failed". A file of an unknown subject, a file without rows, a rule that DEVIATIONS.md
// does not list, and more than one deviation in twenty rows (of a hundred or more) are failures.
#include "vectors.h"

#include "base/buf.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 16 << 20, SHOWN_ROWS = 10, DEVIATIONS_ONE_IN = 20, SHARE_FROM_ROWS = 100 };

struct report {
    const char *name;
    const char *rules; // the text of deviations.md
    size_t passed, deviating, failed;
};

// The totals; `counted` without the subjects where our design differs.
typedef struct totals {
    size_t passed, deviating, failed;
    size_t counted, counted_deviating;
} totals;

static char *printed(const cJSON *value) {
    char *text = value != NULL ? cJSON_PrintUnformatted(value) : xstrdup("null");
    return text != NULL ? text : xstrdup("(out of memory)");
}

static void show_difference(report *r, const cJSON *row, const cJSON *expected, const cJSON *got) {
    if (r->failed++ >= SHOWN_ROWS)
        return;
    char *texts[] = {printed(row), printed(expected), printed(got)};
    printf("FAIL %s\n  row      %.2000s\n  expected %.2000s\n  got      %.2000s\n", r->name, texts[0],
           texts[1], texts[2]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

static bool same(const cJSON *a, const cJSON *b) {
    bool no_a = a == NULL || cJSON_IsNull(a), no_b = b == NULL || cJSON_IsNull(b);
    return no_a || no_b ? no_a && no_b : cJSON_Compare(a, b, true);
}

void check_value(report *r, const cJSON *row, const cJSON *expected, cJSON *got) {
    if (same(expected, got))
        r->passed++;
    else
        show_difference(r, row, expected, got);
    cJSON_Delete(got);
}

void check_text(report *r, const cJSON *row, const char *expected, const char *got) {
    cJSON *want = expected != NULL ? json_new_string(expected) : NULL;
    check_value(r, row, want, got != NULL ? json_new_string(got) : NULL);
    cJSON_Delete(want);
}

void check_bool(report *r, const cJSON *row, bool expected, bool got) {
    cJSON *want = json_new_bool(expected);
    check_value(r, row, want, json_new_bool(got));
    cJSON_Delete(want);
}

void check_int(report *r, const cJSON *row, int64_t expected, int64_t got) {
    cJSON *want = json_new_int(expected);
    check_value(r, row, want, json_new_int(got));
    cJSON_Delete(want);
}

// deviations.md has a heading "## subject: rule" for each.
static bool is_listed(const report *r, const char *rule) {
    char *heading = xasprintf("\n## %s: %s\n", r->name, rule);
    bool found = strstr(r->rules, heading) != NULL;
    free(heading);
    return found;
}

void check_deviating(report *r, const char *rule, const cJSON *row, const cJSON *expected, cJSON *ours,
                     cJSON *got) {
    bool agrees = same(expected, ours);
    if (!is_listed(r, rule)) {
        printf("FAIL %s: deviations.md has no heading \"## %s: %s\"\n", r->name, r->name, rule);
        r->failed++;
    } else if (!same(ours, got)) {
        show_difference(r, row, ours, got);
    } else {
        r->passed++;
        r->deviating += agrees ? 0 : 1;
    }
    cJSON_Delete(ours);
    cJSON_Delete(got);
}

static bool read_file(const char *path, buf *out) {
    FILE *file = fopen(path, "rb");
    uint8_t *where = NULL;
    size_t got = 1;
    buf_init(out, FILE_MAX_BYTES);
    if (file == NULL)
        return false;
    while (got > 0 && buf_reserve(out, 4096, &where) == OC_OK) {
        got = fread(where, 1, 4096, file);
        buf_commit(out, got);
    }
    return fclose(file) == 0 && got == 0;
}

static const subject *find_subject(const char *name) {
    const subject *s = subjects;
    while (s->name != NULL && strcmp(s->name, name) != 0)
        s++;
    return s->name != NULL ? s : NULL;
}

static void run_file(const char *folder, const char *name, const char *rules, totals *all) {
    report r = {.name = name, .rules = rules};
    const subject *s = find_subject(name);
    char *path = xasprintf("%s/%s.json", folder, name);
    cJSON *content = NULL;
    buf text = {.memory = NULL};
    if (s == NULL) {
        printf("FAIL %s: no such subject\n", name);
        r.failed++;
    } else if (s->run == NULL) {
        printf("not yet %s\n", name);
    } else if (!read_file(path, &text) || json_parse(buf_bytes(&text), &content) != OC_OK) {
        printf("FAIL %s: cannot be read as JSON\n", name);
        r.failed++;
    } else {
        s->run(&r, content);
        if (r.passed + r.failed == 0) {
            printf("FAIL %s: no rows\n", name);
            r.failed++;
        }
        printf("%s %s %zu rows (%zu deviations)\n", r.failed == 0 ? "ok" : "FAIL", name, r.passed + r.failed,
               r.deviating);
    }
    all->passed += r.passed;
    all->deviating += r.deviating;
    all->failed += r.failed;
    if (s != NULL && !s->own_design) {
        all->counted += r.passed + r.failed;
        all->counted_deviating += r.deviating;
    }
    cJSON_Delete(content);
    buf_free(&text);
    free(path);
}

static int is_vector_file(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static bool run_folder(const char *folder, const char *rules, totals *all) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_vector_file, alphasort);
    for (int i = 0; i < count; i++) {
        entries[i]->d_name[strlen(entries[i]->d_name) - 5] = '\0';
        run_file(folder, entries[i]->d_name, rules, all);
        free(entries[i]);
    }
    free(entries);
    if (count <= 0)
        fprintf(stderr, "vectors: no *.json in %s\n", folder);
    return count > 0;
}

int main(int argc, char **argv) {
    totals all = {.passed = 0};
    buf rules;
    if (argc != 3) {
        fputs("usage: vectors DIR DEVIATIONS.md\n", stderr);
        return 2;
    }
    if (!read_file(argv[2], &rules)) {
        fprintf(stderr, "vectors: cannot read %s\n", argv[2]);
        return 2;
    }
    char *text = buf_take_str(&rules);
    bool found = run_folder(argv[1], text, &all);
    free(text);
    if (all.counted >= SHARE_FROM_ROWS && all.counted_deviating * DEVIATIONS_ONE_IN > all.counted) {
        printf("FAIL %zu deviations in %zu rows: more than one in %d\n", all.counted_deviating, all.counted,
               DEVIATIONS_ONE_IN);
        all.failed++;
    }
    printf("%zu passed (%zu deviations), %zu failed\n", all.passed, all.deviating, all.failed);
    return found && all.failed == 0 ? 0 : 1;
}
