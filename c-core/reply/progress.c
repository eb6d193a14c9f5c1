// SPDX-License-Identifier: Apache-2.0
#include "reply/progress.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "reply/progress_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOOLS_MAX = 32,
    STEPS_MAX = 50,
    HEADLINE_MAX_RUNES = 280,
    TEXT_MAX_BYTES = 32 << 10,
    TOOL_NAME_MAX_UNITS = 40
};

typedef struct tool_line {
    char *id, *text;
} tool_line;

typedef struct plan_step {
    char *text;
    bool done, active;
} plan_step;

struct progress {
    bool titled; // there is a title as soon as the agent does something
    bool lists_tools, command_text, tells_thinking;
    size_t max_lines, max_line_chars;
    char *label;    // NULL: none
    bool own_label; // somebody chose it
    tool_line tools[TOOLS_MAX];
    size_t tool_count;
    plan_step steps[STEPS_MAX];
    size_t step_count;
    char *headline, *note;
    bool began;
    words_lang lang;
};

static uint32_t fnv1a(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    return hash;
}

progress *progress_create(const streaming_config *settings, const char *seed) {
    progress *p = xcalloc(1, sizeof *p);
    size_t count = 0;
    p->titled = settings->mode == STREAMING_PROGRESS;
    p->lists_tools = p->titled ? settings->progress_tool_progress : settings->preview_tool_progress;
    p->command_text = settings->command_text;
    p->tells_thinking = settings->show_thinking;
    p->max_lines = (size_t)settings->max_lines;
    p->max_line_chars = (size_t)settings->max_line_chars;
    p->own_label = settings->label != NULL && strcmp(settings->label, "auto") != 0;
    while (settings->labels[count] != NULL)
        count++;
    if (p->own_label)
        p->label = xstrdup(settings->label);
    else if (settings->label != NULL && count > 0)
        p->label = xstrdup(settings->labels[fnv1a(seed) % count]);
    return p;
}

void progress_speak(progress *p, words_lang lang) {
    p->lang = lang;
}

static void forget_plan(progress *p) {
    while (p->step_count > 0)
        free(p->steps[--p->step_count].text);
    free(p->headline);
    p->headline = NULL;
}

void progress_clear(progress *p) {
    while (p->tool_count > 0) {
        tool_line *t = &p->tools[--p->tool_count];
        free(t->id);
        free(t->text);
    }
    forget_plan(p);
    free(p->note);
    p->note = NULL;
}

void progress_destroy(progress *p) {
    if (p == NULL)
        return;
    progress_clear(p);
    free(p->label);
    free(p);
}

// --- lines ---

static void put(buf *out, const void *text, size_t len) {
    if (buf_append(out, text, len) != OC_OK)
        return; // full: the rest is left out, a preview is no place to fail
}

static void put_text(buf *out, const char *text) {
    put(out, text, strlen(text));
}

static const char *icon_of(const char *tool) {
    static const struct {
        const char *part, *icon;
    } icons[] = {
        {"read", "📖"},      {"exec", "🛠️"}, {"bash", "🛠️"}, {"process", "🛠️"},
        {"edit", "✏️"}, {"write", "✏️"}, {"patch", "✏️"}, {"search", "🔎"},
        {"fetch", "🌐"},     {"browser", "🌐"},    {"memory", "🧠"},  {"image", "🖼️"},
    };
    for (size_t i = 0; i < sizeof icons / sizeof icons[0]; i++) {
        if (strstr(tool, icons[i].part) != NULL)
            return icons[i].icon;
    }
    return "🔧";
}

// "web_search" → "Web search"
static char *title_of(const char *tool) {
    char *title = progress_shorten(tool, TOOL_NAME_MAX_UNITS);
    for (char *c = title; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    title[0] = (char)toupper((unsigned char)title[0]);
    return title;
}

static char *tool_text(const progress *p, const gateway_activity *a) {
    char *title = title_of(a->name), *line = NULL;
    const char *mark = a->failed ? " ✗" : "";
    const char *command = *a->command != '\0' ? a->command : a->detail;
    if (a->runs_command && p->command_text && *command != '\0')
        line = xasprintf("%s %s%s", icon_of(a->name), command, mark);
    else if (!a->runs_command && *a->detail != '\0')
        line = xasprintf("%s %s: %s%s", icon_of(a->name), title, a->detail, mark);
    else
        line = xasprintf("%s %s%s", icon_of(a->name), title, mark);
    char *cut = progress_line(line, p->max_line_chars);
    free(line);
    free(title);
    return cut;
}

// --- what comes in ---

static tool_line *line_of(progress *p, const char *id) {
    for (size_t i = 0; i < p->tool_count; i++) {
        if (*id != '\0' && strcmp(p->tools[i].id, id) == 0)
            return &p->tools[i];
    }
    if (p->tool_count == TOOLS_MAX) { // the oldest one goes
        free(p->tools[0].id);
        free(p->tools[0].text);
        memmove(&p->tools[0], &p->tools[1], (TOOLS_MAX - 1) * sizeof p->tools[0]);
        p->tool_count--;
    }
    p->tools[p->tool_count] = (tool_line){.id = xstrdup(id), .text = xstrdup("")};
    return &p->tools[p->tool_count++];
}

static void take_tool(progress *p, const gateway_activity *a) {
    tool_line *line = line_of(p, a->id);
    // An end often says less than the beginning did.
    if (*line->text != '\0' && a->ended && !a->failed)
        return;
    free(line->text);
    line->text = tool_text(p, a);
}

static void take_plan(progress *p, const gateway_activity *a) {
    const cJSON *step = NULL;
    forget_plan(p);
    if (a->steps != NULL && *a->explanation != '\0')
        p->headline = progress_beginning(a->explanation, HEADLINE_MAX_RUNES);
    cJSON_ArrayForEach(step, a->steps) {
        const char *status = json_text(step, "status");
        if (p->step_count == STEPS_MAX)
            break;
        p->steps[p->step_count++] =
            (plan_step){.text = progress_beginning(json_text(step, "step"), TEXT_MAX_BYTES / STEPS_MAX / 8),
                        .done = strcmp(status, "completed") == 0,
                        .active = strcmp(status, "in_progress") == 0};
    }
}

void progress_take(progress *p, const gateway_activity *a) {
    p->began = p->began || a->kind != GATEWAY_ACTIVITY_MODEL;
    free(p->note);
    p->note = NULL;
    switch (a->kind) {
    case GATEWAY_ACTIVITY_TOOL:
        take_tool(p, a);
        break;
    case GATEWAY_ACTIVITY_PLAN:
        take_plan(p, a);
        break;
    case GATEWAY_ACTIVITY_RETRYING:
        p->note = a->attempt > 0 && a->attempts > 0
                      ? words_fill(p->lang, WORD_PROGRESS_RETRYING_COUNT, "attempt", WORDS_NUMBER(a->attempt),
                                   "attempts", WORDS_NUMBER(a->attempts), NULL)
                      : xstrdup(words_text(p->lang, WORD_PROGRESS_RETRYING));
        break;
    case GATEWAY_ACTIVITY_THINKING: // that it does, never what
        p->note = p->tells_thinking ? xstrdup(words_text(p->lang, WORD_PROGRESS_THINKING)) : NULL;
        break;
    case GATEWAY_ACTIVITY_MODEL:
        break;
    }
}

// --- what it says ---

typedef struct lines {
    char *items[TOOLS_MAX + STEPS_MAX + 3];
    size_t count;
} lines;

// Beside a text people do not want to see what the agent does, they do not want its plan either.
static bool shows_plan(const progress *p) {
    return p->titled || p->lists_tools;
}

static void add_step(const progress *p, lines *out, const plan_step *s) {
    char *line = xasprintf("%s %s", s->done ? "✅" : s->active ? "▸" : "▢", s->text);
    out->items[out->count++] = progress_line(line, p->max_line_chars);
    free(line);
}

// Shown of a plan that is too long: the step at work, then of those to come the last ones, then of those done the last ones,
// as many as there is room for.
static void choose_steps(const progress *p, size_t room, bool chosen[STEPS_MAX]) {
    size_t active = p->step_count;
    for (size_t i = p->step_count; i-- > 0;)
        active = p->steps[i].active ? i : active;
    if (active < p->step_count && room > 0) {
        chosen[active] = true;
        room--;
    }
    for (int done = 0; done < 2; done++) {
        for (size_t i = p->step_count; i-- > 0 && room > 0;) {
            if (chosen[i] || p->steps[i].done != (done == 1))
                continue;
            chosen[i] = true;
            room--;
        }
    }
}

static void add_short_plan(const progress *p, lines *out) {
    bool chosen[STEPS_MAX] = {false};
    size_t done = 0;
    for (size_t i = 0; i < p->step_count; i++)
        done += p->steps[i].done;
    choose_steps(p, p->max_lines - 1, chosen);
    out->items[out->count++] = words_fill(p->lang, WORD_PROGRESS_DONE, "done", WORDS_NUMBER((int64_t)done),
                                          "count", WORDS_NUMBER((int64_t)p->step_count), NULL);
    for (size_t i = 0; i < p->step_count; i++) {
        if (chosen[i])
            add_step(p, out, &p->steps[i]);
    }
}

static lines lines_of(const progress *p) {
    lines out = {.count = 0};
    for (size_t i = 0; p->lists_tools && i < p->tool_count; i++)
        out.items[out.count++] = xstrdup(p->tools[i].text);
    if (shows_plan(p) && p->step_count > p->max_lines)
        add_short_plan(p, &out);
    for (size_t i = 0; shows_plan(p) && p->step_count <= p->max_lines && i < p->step_count; i++)
        add_step(p, &out, &p->steps[i]);
    if (p->note != NULL)
        out.items[out.count++] = xstrdup(p->note);
    return out;
}

static void add_block(buf *out, const char *text) {
    if (text == NULL || *text == '\0')
        return;
    put_text(out, out->len > 0 ? "\n\n" : "");
    put_text(out, text);
}

static void add_title(const progress *p, size_t line_count, buf *out) {
    const char *headline = shows_plan(p) ? p->headline : NULL;
    bool crowded = p->step_count == 0 && line_count >= p->max_lines; // the lines say enough
    if (line_count == 0 && headline == NULL && !(p->titled && p->began))
        return;
    // The agent's own headline is better than a label that nobody chose.
    if (!crowded && (headline == NULL || p->own_label))
        add_block(out, p->label);
    add_block(out, headline);
}

char *progress_text(const progress *p) {
    buf out;
    lines l = lines_of(p);
    size_t max = p->max_lines,
           first = l.count > max ? l.count - max : 0; // the newest count
    buf_init(&out, TEXT_MAX_BYTES);
    add_title(p, l.count, &out);
    for (size_t i = 0; i < l.count; i++) {
        if (i == first)
            add_block(&out, l.items[i]);
        else if (i > first) {
            put_text(&out, "\n");
            put_text(&out, l.items[i]);
        }
        free(l.items[i]);
    }
    if (out.len > 0)
        return buf_take_str(&out);
    buf_free(&out);
    return NULL;
}
