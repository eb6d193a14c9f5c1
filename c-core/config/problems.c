// SPDX-License-Identifier: Apache-2.0
#include "config/problems.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void problem_free(config_problem *p) {
    free(p->key);
    free(p->sentence);
}

// Where a new problem goes: behind its like.
static size_t place_for(const config_problems *p, config_severity severity) {
    size_t at = p->count;
    while (severity == CONFIG_ERROR && at > 0 && p->items[at - 1].severity == CONFIG_NOTICE)
        at--;
    return at;
}

// Values that several accounts inherit are judged for each.
static bool is_known(const config_problems *p, const config_problem *fresh) {
    for (size_t i = 0; i < p->count; i++) {
        const config_problem *old = &p->items[i];
        if (old->severity == fresh->severity && old->line == fresh->line &&
            strcmp(old->setting, fresh->setting) == 0 && strcmp(old->key, fresh->key) == 0 &&
            strcmp(old->sentence, fresh->sentence) == 0)
            return true;
    }
    return false;
}

void config_problem_add(config_problems *p, config_severity severity, const char *setting, const char *key,
                        int line, char *sentence) {
    config_problem fresh = {
        .setting = setting, .key = xstrdup(key), .line = line, .sentence = sentence, .severity = severity};
    size_t at = place_for(p, severity);
    if (is_known(p, &fresh)) {
        problem_free(&fresh);
        return;
    }
    p->errors += severity == CONFIG_ERROR;
    if (at == CONFIG_PROBLEMS_MAX) {
        problem_free(&fresh);
        p->more++;
        return;
    }
    if (p->count == CONFIG_PROBLEMS_MAX) { // a notice gives way to an error
        problem_free(&p->items[--p->count]);
        p->more++;
    }
    memmove(&p->items[at + 1], &p->items[at], (p->count - at) * sizeof *p->items);
    p->items[at] = fresh;
    p->count++;
}

void config_problems_free(config_problems *p) {
    for (size_t i = 0; i < p->count; i++)
        problem_free(&p->items[i]);
    *p = (config_problems){.count = 0};
}

char *config_problem_place(const config_problem *p) {
    char line[32] = "";
    if (p->line > 0)
        snprintf(line, sizeof line, ", line %d", p->line);
    return *p->key != '\0' ? xasprintf("%s%s, `%s`", p->setting, line, p->key)
                           : xasprintf("%s%s", p->setting, line);
}
