// SPDX-License-Identifier: Apache-2.0
#include "base/recent.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    recent_problem problem;
    char *about; // the setting or account; "" when it names none
} entry;

static entry entries[RECENT_MAX]; // the latest first
static size_t entry_count;

static const char *about_of(const log_field *fields, size_t count) {
    static const char *const keys[] = {"setting", "accounts", "account"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(fields[i].key, keys[k]) == 0)
                return fields[i].value;
        }
    }
    return "";
}

// Cut between two characters.
static char *cut(char *text, size_t max_bytes) {
    if (strlen(text) > max_bytes) {
        size_t end = max_bytes;
        while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
            end--;
        text[end] = '\0';
    }
    return text;
}

static char *detail_of(const log_field *fields, size_t count) {
    char *text = xstrdup("");
    for (size_t i = 0; i < count; i++) {
        if (*fields[i].value == '\0')
            continue;
        char *longer =
            xasprintf("%s%s%s: %s", text, *text != '\0' ? ", " : "", fields[i].key, fields[i].value);
        free(text);
        text = longer;
    }
    return cut(text, RECENT_DETAIL_MAX_BYTES);
}

static void entry_free(entry *e) {
    free(e->problem.message);
    free(e->problem.detail);
    free(e->about);
}

// Takes the entry of that problem out, or the oldest one when there is no room, or makes a new one.
static entry take_out(const char *message, const char *about) {
    size_t at = 0;
    while (at < entry_count &&
           (strcmp(entries[at].problem.message, message) != 0 || strcmp(entries[at].about, about) != 0))
        at++;
    entry e = {.about = NULL};
    if (at < entry_count) {
        e = entries[at];
        memmove(entries + at, entries + at + 1, (entry_count - at - 1) * sizeof *entries);
        entry_count--;
        return e;
    }
    if (entry_count == RECENT_MAX)
        entry_free(&entries[--entry_count]);
    e.problem.message = xstrdup(message);
    e.about = xstrdup(about);
    return e;
}

void recent_note(log_level level, const char *message, const log_field *fields, size_t count) {
    const oc_clock *clock = oc_clock_system();
    int64_t now_ms = clock->wall_ms(clock->ctx);
    entry e = take_out(message, about_of(fields, count));
    free(e.problem.detail);
    e.problem.detail = detail_of(fields, count);
    e.problem.level = level;
    e.problem.first_ms = e.problem.count == 0 ? now_ms : e.problem.first_ms;
    e.problem.last_ms = now_ms;
    e.problem.count++;
    memmove(entries + 1, entries, entry_count * sizeof *entries);
    entries[0] = e;
    entry_count++;
}

const recent_problem *recent_at(size_t index) {
    return index < entry_count ? &entries[index].problem : NULL;
}

void recent_clear(void) {
    while (entry_count > 0)
        entry_free(&entries[--entry_count]);
}
