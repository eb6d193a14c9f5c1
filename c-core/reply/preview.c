// SPDX-License-Identifier: Apache-2.0
#include "reply/preview.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/code_blocks.h"
#include "reply/progress.h"
#include "reply/render.h"
#include "reply/silence.h"

#include <stdlib.h>
#include <string.h>

enum {
    SEGMENTS_MAX = 30,     // of one answer; what comes later goes on in the last one
    FIRST_TEXT_UNITS = 12, // the first post has something to read
};

// Where text and tools get posts of their own, an answer is a row of segments. In the other modes it is one text.
typedef struct segment {
    bool tools;  // lines of progress; otherwise text as the agent wrote it
    bool sealed; // it stays as it is: what comes goes into another one
    char *text;
} segment;

struct preview {
    streaming_mode mode;
    chunk_mode chunk_mode;
    bool posts_blocks; // completed ones, while the answer itself is not shown growing
    size_t block_min_units, limit;
    render_rules render;
    progress *progress;
    segment segments[SEGMENTS_MAX];
    size_t count;
};

preview *preview_create(const account_config *rules, const char *seed, size_t limit) {
    preview *p = xcalloc(1, sizeof *p);
    p->mode = rules->streaming.mode;
    p->chunk_mode = rules->streaming.chunk_mode;
    p->posts_blocks = p->mode == STREAMING_OFF && rules->streaming.block_enabled;
    p->block_min_units = (size_t)rules->streaming.block_min_chars;
    p->limit = limit;
    p->render = render_rules_of(rules);
    p->progress = progress_create(&rules->streaming, seed);
    return p;
}

void preview_speak(preview *p, words_lang lang) {
    progress_speak(p->progress, lang);
}

void preview_destroy(preview *p) {
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->segments[i].text);
    progress_destroy(p->progress);
    render_rules_free(&p->render);
    free(p);
}

static bool shows_tools_apart(const preview *p) {
    return p->mode == STREAMING_BLOCK;
}

// --- segments ---

static void set_text(segment *s, const char *text, size_t len) {
    char *fresh = xstrndup(text, len);
    free(s->text);
    s->text = fresh;
}

static segment *segment_for(preview *p, bool tools) {
    segment *s = p->count > 0 ? &p->segments[p->count - 1] : NULL;
    if (s != NULL && ((s->tools == tools && !s->sealed) || p->count == SEGMENTS_MAX))
        return s;
    if (s != NULL)
        s->sealed = true;
    if (s != NULL && s->tools)
        progress_clear(p->progress);
    p->segments[p->count] = (segment){.tools = tools, .text = xstrdup("")};
    return &p->segments[p->count++];
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// What follows in text behind the words of prefix, whatever blanks stand between them; NULL when it begins otherwise.
static const char *behind(const char *text, const char *prefix) {
    for (; *prefix != '\0'; prefix++) {
        if (is_blank(*prefix))
            continue;
        while (is_blank(*text))
            text++;
        if (*text != *prefix)
            return NULL;
        text++;
    }
    return text;
}

// The agent's text without what stands in sealed segments; all of it when the agent has begun anew.
static const char *unsealed(const preview *p, const char *text) {
    const char *rest = text;
    for (size_t i = 0; i < p->count && rest != NULL; i++) {
        if (p->segments[i].sealed && !p->segments[i].tools)
            rest = behind(rest, p->segments[i].text);
    }
    if (rest == NULL || rest == text)
        return text;
    while (is_blank(*rest))
        rest++;
    return rest;
}

// The length of what is a completed block: whole paragraphs, at least so many units; 0 when there is none yet.
static size_t block_bytes(const char *text, size_t min_units) {
    code_blocks code;
    size_t found = 0;
    code_blocks_find(bytes_str(text), &code);
    for (const char *at = strstr(text, "\n\n"); at != NULL && found == 0; at = strstr(at + 2, "\n\n")) {
        size_t len = (size_t)(at - text);
        if (utf16_units(bytes_of(text, len)) >= min_units && code_blocks_at(&code, len) == NULL)
            found = len;
    }
    code_blocks_free(&code);
    return found;
}

void preview_text(preview *p, const char *so_far) {
    const char *rest = unsealed(p, so_far);
    size_t block = p->posts_blocks ? block_bytes(rest, p->block_min_units) : 0;
    for (; block > 0 && p->count < SEGMENTS_MAX; block = block_bytes(rest, p->block_min_units)) {
        segment *s = segment_for(p, false);
        set_text(s, rest, block);
        s->sealed = true;
        rest += block;
        while (is_blank(*rest))
            rest++;
    }
    if (utf8_has_visible(bytes_str(rest)))
        set_text(segment_for(p, false), rest, strlen(rest));
}

void preview_activity(preview *p, const gateway_activity *a) {
    if (a->kind == GATEWAY_ACTIVITY_MODEL)
        render_set_model(&p->render, a->provider, a->model);
    bool works = a->kind == GATEWAY_ACTIVITY_TOOL || a->kind == GATEWAY_ACTIVITY_PLAN;
    segment *s = p->count > 0 ? &p->segments[p->count - 1] : NULL;
    if (p->posts_blocks && works && s != NULL)
        s->sealed = true;
    if (shows_tools_apart(p) && s != NULL && !s->tools)
        progress_clear(p->progress);
    progress_take(p->progress, a);
    char *lines = shows_tools_apart(p) ? progress_text(p->progress) : NULL;
    if (lines != NULL)
        set_text(segment_for(p, true), lines, strlen(lines));
    free(lines);
}

// --- what stands in the posts ---

static void add_chunks(chunks *to, chunks *from) {
    if (from->count > 0)
        to->items = xrealloc(to->items, (to->count + from->count) * sizeof *to->items);
    for (size_t i = 0; i < from->count; i++)
        to->items[to->count++] = from->items[i];
    free(from->items);
}

// first: it begins the answer.
static void add_text(const preview *p, const char *text, bool first, chunks *out) {
    char *rendered = render_text(&p->render, text, first);
    chunks more = chunk_split(rendered, p->limit, p->chunk_mode);
    add_chunks(out, &more);
    free(rendered);
}

static void add_segment(const preview *p, size_t i, chunks *out) {
    const segment *s = &p->segments[i];
    if (s->tools) {
        chunks more = chunk_split(s->text, p->limit, CHUNK_LENGTH);
        add_chunks(out, &more);
    } else {
        add_text(p, s->text, i == 0, out);
    }
}

// A text that may still turn out to be the word for silence, or is hardly a word, is not shown yet.
static bool too_early(const segment *s) {
    return !s->sealed && !s->tools &&
           (utf16_units(bytes_str(s->text)) < FIRST_TEXT_UNITS || silence_possible(s->text));
}

static chunks growing(const preview *p) {
    chunks out = {0};
    if (p->count == 0 || too_early(&p->segments[0]))
        return out;
    for (size_t i = 0; i < p->count; i++)
        add_segment(p, i, &out);
    return out;
}

static chunks progress_parts(const preview *p) {
    char *text = progress_text(p->progress);
    chunks out = {0};
    if (text != NULL)
        out = chunk_split(text, p->limit, CHUNK_LENGTH);
    free(text);
    return out;
}

static chunks sealed_blocks(const preview *p) {
    chunks out = {0};
    for (size_t i = 0; i < p->count && p->segments[i].sealed; i++)
        add_segment(p, i, &out);
    return out;
}

chunks preview_parts(const preview *p) {
    chunks out = {0};
    switch (p->mode) {
    case STREAMING_OFF:
        return p->posts_blocks ? sealed_blocks(p) : out;
    case STREAMING_PROGRESS:
        return progress_parts(p);
    case STREAMING_PARTIAL:
        out = growing(p);
        return out.count > 0 ? out : progress_parts(p);
    case STREAMING_BLOCK:
        return growing(p);
    }
    return out;
}

// What the agent did is no answer by itself.
static bool only_tools(const preview *p, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!p->segments[i].tools)
            return false;
    }
    return true;
}

chunks preview_final(const preview *p, const char *answer) {
    chunks out = {0};
    bool kept = p->posts_blocks || shows_tools_apart(p);
    size_t before = 0;
    for (; kept && before < p->count && (p->segments[before].sealed || p->segments[before].tools); before++)
        add_segment(p, before, &out);
    const char *rest = kept ? unsealed(p, answer) : answer;
    if (utf8_has_visible(bytes_str(rest)) && !silence_chosen(rest))
        add_text(p, rest, before == 0, &out);
    else if (only_tools(p, before))
        chunks_free(&out);
    return out;
}
