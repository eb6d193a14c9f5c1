// SPDX-License-Identifier: Apache-2.0
#include "base/metric.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum metric_kind { COUNTER, GAUGE, HISTOGRAM } metric_kind;

static const struct series {
    metric_kind kind;
    const char *name, *label, *help;
} SERIES[METRIC_COUNT] = {
#define X(series, kind, name, label, help) {kind, name, label, help},
    METRIC_TABLE(X)
#undef X
};

// From a cached look-up to a run that takes its whole half hour.
static const int64_t BOUNDS_MS[] = {1,   2,    5,    10,   25,    50,    100,    250,
                                    500, 1000, 2500, 5000, 15000, 60000, 300000, 1800000};
enum { BOUND_COUNT = sizeof BOUNDS_MS / sizeof *BOUNDS_MS };

typedef struct sample {
    char *label; // NULL: the series has none
    double value;
    uint64_t count, buckets[BOUND_COUNT]; // of a histogram; value is the sum of seconds then
} sample;

static struct {
    sample *samples; // grows up to the maximum
    size_t count;
} kept[METRIC_COUNT];

static sample *find(metric m, const char *label) {
    for (size_t i = 0; i < kept[m].count; i++) {
        const char *has = kept[m].samples[i].label;
        if (label == NULL ? has == NULL : has != NULL && strcmp(has, label) == 0)
            return &kept[m].samples[i];
    }
    return NULL;
}

static sample *sample_of(metric m, const char *label) {
    label = *SERIES[m].label == '\0' ? NULL : label != NULL ? label : "";
    sample *s = find(m, label);
    if (s == NULL && label != NULL && kept[m].count >= METRIC_LABELS_MAX - 1) {
        label = "other";
        s = find(m, label);
    }
    if (s == NULL) {
        kept[m].samples = xrealloc(kept[m].samples, (kept[m].count + 1) * sizeof *s);
        s = &kept[m].samples[kept[m].count++];
        *s = (sample){.label = label != NULL ? xstrdup(label) : NULL};
    }
    return s;
}

void metric_count(metric m, const char *label, int64_t by) {
    sample_of(m, label)->value += (double)by;
}

void metric_set(metric m, const char *label, double value) {
    sample_of(m, label)->value = value;
}

void metric_clear(metric m) {
    for (size_t i = 0; i < kept[m].count; i++)
        free(kept[m].samples[i].label);
    free(kept[m].samples);
    kept[m].samples = NULL;
    kept[m].count = 0;
}

void metric_observe_ms(metric m, const char *label, int64_t ms) {
    sample *s = sample_of(m, label);
    s->count++;
    s->value += (double)ms / 1000;
    for (size_t i = 0; i < BOUND_COUNT; i++)
        s->buckets[i] += ms <= BOUNDS_MS[i];
}

double metric_value(metric m, const char *label) {
    const sample *s = find(m, *SERIES[m].label == '\0' ? NULL : label);
    return s == NULL ? 0 : SERIES[m].kind == HISTOGRAM ? (double)s->count : s->value;
}

const char *metric_name(metric m) {
    return SERIES[m].name;
}

// --- exposition ---

static oc_err print_escaped(buf *out, const char *text) {
    oc_err err = OC_OK;
    for (; *text != '\0' && err == OC_OK; text++) {
        if (*text == '\n')
            err = buf_append_str(out, "\\n");
        else if (*text == '"' || *text == '\\')
            err = buf_printf(out, "\\%c", *text);
        else
            err = buf_append(out, text, 1);
    }
    return err;
}

// name{label="value",le="bound"}, with what is there.
static oc_err print_name(buf *out, const struct series *is, const char *suffix, const char *label,
                         const char *bound) {
    oc_err err = buf_printf(out, "%s%s", is->name, suffix);
    if (err != OC_OK || (label == NULL && bound == NULL))
        return err;
    err = buf_append_str(out, "{");
    if (err == OC_OK && label != NULL) {
        err = buf_printf(out, "%s=\"", is->label);
        if (err == OC_OK)
            err = print_escaped(out, label);
        if (err == OC_OK)
            err = buf_append_str(out, bound != NULL ? "\"," : "\"");
    }
    if (err == OC_OK && bound != NULL)
        err = buf_printf(out, "le=\"%s\"", bound);
    return err == OC_OK ? buf_append_str(out, "}") : err;
}

static oc_err print_line(buf *out, const struct series *is, const char *suffix, const sample *s,
                         const char *bound, double value) {
    oc_err err = print_name(out, is, suffix, s->label, bound);
    return err == OC_OK ? buf_printf(out, " %.15g\n", value) : err;
}

static oc_err print_histogram(buf *out, const struct series *is, const sample *s) {
    oc_err err = OC_OK;
    for (size_t i = 0; i < BOUND_COUNT && err == OC_OK; i++) {
        char bound[32];
        snprintf(bound, sizeof bound, "%g", (double)BOUNDS_MS[i] / 1000);
        err = print_line(out, is, "_bucket", s, bound, (double)s->buckets[i]);
    }
    if (err == OC_OK)
        err = print_line(out, is, "_bucket", s, "+Inf", (double)s->count);
    if (err == OC_OK)
        err = print_line(out, is, "_sum", s, NULL, s->value);
    return err == OC_OK ? print_line(out, is, "_count", s, NULL, (double)s->count) : err;
}

static oc_err print_series(buf *out, metric m) {
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    const struct series *is = &SERIES[m];
    oc_err err =
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", is->name, is->help, is->name, kinds[is->kind]);
    if (*is->label == '\0')
        (void)sample_of(m, NULL); // 0 is a value, too
    for (size_t i = 0; i < kept[m].count && err == OC_OK; i++) {
        const sample *s = &kept[m].samples[i];
        err =
            is->kind == HISTOGRAM ? print_histogram(out, is, s) : print_line(out, is, "", s, NULL, s->value);
    }
    return err;
}

oc_err metric_print(buf *out) {
    oc_err err = OC_OK;
    for (metric m = 0; m < METRIC_COUNT && err == OC_OK; m++)
        err = print_series(out, m);
    return err;
}

oc_err metric_print_table(buf *out) {
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    oc_err err = buf_append_str(out, "| series | kind | label | what it says |\n| --- | --- | --- | --- |\n");
    for (metric m = 0; m < METRIC_COUNT && err == OC_OK; m++) {
        const struct series *is = &SERIES[m];
        err = buf_printf(out, "| `%s` | %s | %s%s%s | %s |\n", is->name, kinds[is->kind],
                         *is->label != '\0' ? "`" : "", is->label, *is->label != '\0' ? "`" : "", is->help);
    }
    return err;
}
