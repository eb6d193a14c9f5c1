// SPDX-License-Identifier: Apache-2.0
// Presentations that an agent writes into its answer, as code blocks.
#include "base/buf.h"
#include "base/fence.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/presentation.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char WORD[] = "presentation";

// The line opens a block of ours.
static bool opens(const fence *f) {
    bytes info = utf8_trim(f->opener);
    size_t marks = 0;
    while (marks < info.len && (char)info.data[marks] == f->mark)
        marks++;
    info = utf8_trim(bytes_of(info.data + marks, info.len - marks));
    return info.len == sizeof WORD - 1 && strncasecmp((const char *)info.data, WORD, info.len) == 0;
}

// The unfinished line may become one that opens a block of ours.
static bool may_open(bytes line) {
    bytes text = utf8_trim_start(line);
    size_t marks = 0;
    while (marks < text.len && (text.data[marks] == '`' || text.data[marks] == '~'))
        marks++;
    bytes info = utf8_trim_start(bytes_of(text.data + marks, text.len - marks));
    return marks > 0 && info.len < sizeof WORD && strncasecmp((const char *)info.data, WORD, info.len) == 0;
}

static bool take_object(bytes content, cJSON *objects) {
    cJSON *object = NULL;
    if (content.len > PRESENTATION_TEXT_MAX_BYTES || json_parse(utf8_trim(content), &object) != OC_OK)
        return false;
    if (presentation_is(object)) {
        if (objects != NULL)
            json_push(objects, object);
        else
            cJSON_Delete(object);
        return true;
    }
    cJSON_Delete(object);
    return false;
}

typedef struct cutter {
    buf out;
    bytes text;
    size_t begin, content; // where the block of ours that is open begins, and what stands in it
    bool ours;
} cutter;

static void keep(cutter *c, size_t from, size_t to) {
    if (buf_append(&c->out, c->text.data + from, to - from) != OC_OK)
        buf_truncate(&c->out, c->out.len); // cannot be: what is kept is not longer than the text
}

// The end of the text inside a block of ours.
static void end_inside(cutter *c, bool complete, cJSON *objects) {
    bytes content = bytes_of(c->text.data + c->content, c->text.len - c->content);
    if (!complete || take_object(content, objects))
        return;
    keep(c, c->begin, c->text.len);
}

// One line, from at to next (end: without its line break), with the state before and behind it.
static void take_line(cutter *c, size_t at, size_t end, size_t next, const fence *before, const fence *after,
                      bool complete, cJSON *objects) {
    bytes line = bytes_of(c->text.data + at, end - at);
    bool unfinished = !complete && end == next && before->mark == 0;
    if (before->mark == 0 && after->mark != 0 && opens(after)) {
        c->ours = true;
        c->begin = at;
        c->content = next;
    } else if (c->ours && after->mark == 0) {
        c->ours = false;
        if (!take_object(bytes_of(c->text.data + c->content, at - c->content), objects))
            keep(c, c->begin, next);
    } else if (!c->ours && !(unfinished && may_open(line))) {
        keep(c, at, next);
    }
}

char *presentation_extract(const char *text, bool complete, cJSON *objects) {
    cutter c = {.text = bytes_str(text)};
    fence state = {.mark = 0};
    buf_init(&c.out, c.text.len + 1);
    for (size_t at = 0; at < c.text.len;) {
        const uint8_t *nl = memchr(c.text.data + at, '\n', c.text.len - at);
        size_t end = nl != NULL ? (size_t)(nl - c.text.data) : c.text.len, next = nl != NULL ? end + 1 : end;
        fence before = state;
        state = fence_after_line(before, bytes_of(c.text.data + at, end - at));
        take_line(&c, at, end, next, &before, &state, complete, objects);
        at = next;
    }
    if (c.ours)
        end_inside(&c, complete, objects);
    return buf_take_str(&c.out);
}
