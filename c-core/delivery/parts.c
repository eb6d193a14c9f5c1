// SPDX-License-Identifier: Apache-2.0
#include "delivery/parts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

kept_part part_keep(const part *p) {
    return (kept_part){.text = xstrdup(p->text),
                       .file_ids = p->file_ids != NULL ? cJSON_Duplicate(p->file_ids, 1) : NULL};
}

void part_free(kept_part *p) {
    free(p->text);
    cJSON_Delete(p->file_ids);
    *p = (kept_part){0};
}

void parts_want(part_list *p, const part *wanted, size_t count, bool final) {
    for (size_t i = 0; i < p->wanted_count; i++)
        part_free(&p->wanted[i]);
    p->wanted_count = count < PARTS_MAX ? count : PARTS_MAX;
    p->final = final;
    for (size_t i = 0; i < p->wanted_count; i++)
        p->wanted[i] = part_keep(&wanted[i]);
}

void parts_gone(part_list *p, size_t number) {
    standing *s = &p->standing[number];
    free(s->post_id);
    free(s->text);
    *s = (standing){0};
}

void parts_stands(part_list *p, size_t number, const char *post_id, const char *text, bool files_there) {
    standing fresh = {.post_id = xstrdup(post_id), .text = xstrdup(text), .files_there = files_there};
    parts_gone(p, number);
    p->standing[number] = fresh;
}

void parts_free(part_list *p) {
    parts_want(p, NULL, 0, false);
    for (size_t i = 0; i < PARTS_MAX; i++)
        parts_gone(p, i);
}

size_t parts_standing_count(const part_list *p) {
    size_t count = 0;
    for (size_t i = 0; i < PARTS_MAX; i++)
        count += p->standing[i].post_id != NULL;
    return count;
}

bool parts_all_stand(const part_list *p) {
    for (size_t i = 0; i < p->wanted_count; i++) {
        if (p->standing[i].post_id == NULL)
            return false;
    }
    return true;
}

static bool as_wanted(const standing *s, const kept_part *w) {
    return strcmp(s->text, w->text) == 0 && (w->file_ids == NULL || s->files_there);
}

static parts_next step(parts_step what, size_t number) {
    return (parts_next){.step = what, .number = number};
}

int64_t parts_due_ms(const part_list *p, const pace_rules *rules) {
    if (p->paced_ms == 0)
        return 0;
    if (p->edits_made + 1 >= rules->edits_max)
        return INT64_MAX; // the last edit is the end's
    return p->paced_ms + pace_interval_ms(rules, p->edits_made);
}

// What a growing answer asks for, when its time has come.
static parts_next paced(const part_list *p, const pace_rules *rules, int64_t now_ms, parts_next wish) {
    int64_t due_ms = p->final ? 0 : parts_due_ms(p, rules);
    if (due_ms == INT64_MAX)
        return step(PARTS_IDLE, 0);
    return now_ms < due_ms ? (parts_next){.step = PARTS_WAIT, .until_ms = due_ms} : wish;
}

parts_next parts_choose(const part_list *p, const pace_rules *rules, int64_t now_ms) {
    for (size_t i = 0; i < p->wanted_count; i++) {
        if (p->standing[i].post_id == NULL)
            return paced(p, rules, now_ms, step(PARTS_CREATE, i));
        if (!as_wanted(&p->standing[i], &p->wanted[i]))
            return paced(p, rules, now_ms, step(PARTS_EDIT, i));
    }
    for (size_t i = p->wanted_count; p->final && i < PARTS_MAX; i++) {
        if (p->standing[i].post_id != NULL)
            return step(PARTS_DELETE, i);
    }
    return step(p->final ? PARTS_DONE : PARTS_IDLE, 0);
}
