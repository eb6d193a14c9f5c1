// SPDX-License-Identifier: Apache-2.0
#include "interactions/question_words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "interactions/foreign_text.h"
#include "interactions/question_form.h"
#include "interactions/question_typed.h"
#include "interactions/span_words.h"

#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX_BYTES = 48 << 10,
    QUESTION_RUNES = 2000,
    HEADER_RUNES = 60,
    OPTION_RUNES = 200,
    ANSWER_RUNES = 300,
};

// What does not fit is left out: the maximum is far above what the parts may have.
static void add(buf *out, const char *text) {
    oc_err err = buf_append_str(out, text);
    (void)err;
}

// Nothing at all where there is nothing to see.
static void add_line(buf *out, const char *before, const char *foreign, size_t max_runes,
                     const char *behind) {
    char *text = foreign_line(foreign, max_runes);
    if (*text != '\0') {
        add(out, before);
        add(out, text);
        add(out, behind);
    }
    free(text);
}

static bool described(const question_item *item) {
    for (size_t i = 0; i < item->option_count; i++) {
        if (*item->options[i].description != '\0')
            return true;
    }
    return false;
}

typedef enum option_list {
    LIST_WHERE_DESCRIBED, // buttons show short labels already; a list says what they mean …
    LIST_ALWAYS,          // … and what a dialog is going to offer
    LIST_NUMBERED,        // nothing else shows them
} option_list;

static void add_options(buf *out, const question_item *item, option_list list) {
    bool numbered = list == LIST_NUMBERED && question_numbered(item);
    for (size_t i = 0; (list != LIST_WHERE_DESCRIBED || described(item)) && i < item->option_count; i++) {
        char *label = foreign_line(item->options[i].label, OPTION_RUNES);
        char *before = numbered ? xasprintf("\n%zu. ", i + 1) : xstrdup("\n- ");
        bool shown = numbered || *label != '\0'; // a number can be chosen whatever stands beside it
        add(out, shown ? before : "");
        add_line(out, "**", item->options[i].label, OPTION_RUNES, "**");
        add_line(out, " – ", item->options[i].description, OPTION_RUNES, "");
        free(before);
        free(label);
    }
}

static void add_item(buf *out, const question_item *item, option_list list) {
    char *text = foreign_lines(item->text, QUESTION_RUNES);
    add_line(out, "**", item->header, HEADER_RUNES, "**\n");
    add(out, text);
    add_options(out, item, list);
    if (item->multi_select) {
        add(out, "\n");
        add(out, words_marked(WORD_QUESTION_MANY_CHOICES));
    }
    free(text);
}

static void add_items(buf *out, const gateway_question *q, option_list list) {
    for (size_t i = 0; i < q->item_count; i++) {
        if (i > 0)
            add(out, "\n\n");
        add_item(out, &q->items[i], list);
    }
}

static void add_wait(buf *out, const gateway_question *q) {
    char *left = words_span(q->expires_in_ms), *wait = words_mark(WORD_QUESTION_I_WAIT, "time", left, NULL);
    add(out, wait);
    free(wait);
    free(left);
}

char *words_question(const gateway_question *q) {
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    add_items(&out, q, question_form_of(q) == QUESTION_DIALOG ? LIST_ALWAYS : LIST_WHERE_DESCRIBED);
    add(&out, "\n\n");
    add_wait(&out, q);
    return buf_take_str(&out);
}

// --- without buttons ---

static words_key how_to_answer(const question_item *item) {
    if (item->option_count == 0)
        return WORD_QUESTION_HOW_FREE;
    if (item->multi_select)
        return item->other ? WORD_QUESTION_HOW_MANY_OTHER : WORD_QUESTION_HOW_MANY;
    return item->other ? WORD_QUESTION_HOW_ONE_OTHER : WORD_QUESTION_HOW_ONE;
}

// How an answer is written, and how it is skipped.
static void add_how(buf *out, const gateway_question *q) {
    char *lines = words_mark(WORD_QUESTION_HOW_LINES, "count", WORDS_NUMBER((int64_t)q->item_count), NULL),
         *skip = words_mark(WORD_QUESTION_HOW_SKIP, "skip", words_marked(WORD_QUESTION_SKIP), NULL);
    add(out, q->item_count > 1 ? lines : words_marked(how_to_answer(&q->items[0])));
    add(out, " ");
    add(out, skip);
    free(skip);
    free(lines);
}

char *words_question_plain(const gateway_question *q, const char *mention) {
    char *call = words_mark(WORD_QUESTION_HOW_CHANNEL, "bot", mention, NULL);
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    add_items(&out, q, LIST_NUMBERED);
    add(&out, "\n\n");
    add_how(&out, q);
    add(&out, *mention != '\0' ? " " : "");
    add(&out, *mention != '\0' ? call : "");
    add(&out, "\n");
    add_wait(&out, q);
    free(call);
    return buf_take_str(&out);
}

char *words_question_wrong(const gateway_question *q, words_key wrong, size_t item) {
    bool whole = wrong == WORD_QUESTION_LINES || wrong == WORD_QUESTION_NO_FILE;
    char *which = words_mark(WORD_QUESTION_ITEM, "number", WORDS_NUMBER((int64_t)item + 1), NULL),
         *what = words_mark(wrong, "count", WORDS_NUMBER((int64_t)q->item_count), NULL);
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    if (q->item_count > 1 && !whole) {
        add(&out, which);
        add(&out, ": ");
    }
    add(&out, what);
    add(&out, " ");
    add_how(&out, q);
    free(what);
    free(which);
    return buf_take_str(&out);
}

char *words_question_introduction(const gateway_question *q) {
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    add_items(&out, q, LIST_WHERE_DESCRIBED);
    return buf_take_str(&out);
}

static const char *header_of(const gateway_question *q, const char *item_id) {
    for (size_t i = 0; q != NULL && q->item_count > 1 && i < q->item_count; i++) {
        if (strcmp(q->items[i].id, item_id) == 0)
            return *q->items[i].header != '\0' ? q->items[i].header : q->items[i].text;
    }
    return "";
}

char *words_question_answers(const gateway_question *q, const cJSON *answers) {
    const cJSON *list = NULL, *value = NULL;
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    cJSON_ArrayForEach(list, answers) {
        bool first = true;
        if (out.len > 0)
            add(&out, " · ");
        add_line(&out, "", header_of(q, list->string != NULL ? list->string : ""), HEADER_RUNES, ": ");
        cJSON_ArrayForEach(value, list) {
            if (!cJSON_IsString(value))
                continue;
            add(&out, first ? "" : ", ");
            add_line(&out, "**", value->valuestring, ANSWER_RUNES, "**");
            first = false;
        }
    }
    return buf_take_str(&out);
}

char *words_question_answered(const char *what, const char *by) {
    return *by != '\0' ? words_mark(WORD_QUESTION_ANSWERED, "what", what, "user", by, NULL)
                       : words_mark(WORD_QUESTION_ANSWERED_ELSEWHERE, "what", what, NULL);
}

char *words_question_closed(question_end end, const char *by) {
    switch (end) {
    case QUESTION_CANCELLED:
        return *by != '\0' ? words_mark(WORD_QUESTION_SKIPPED, "user", by, NULL)
                           : xstrdup(words_marked(WORD_QUESTION_WITHDRAWN));
    case QUESTION_EXPIRED:
        return xstrdup(words_marked(WORD_QUESTION_EXPIRED));
    case QUESTION_ANSWERED:
        return *by != '\0' ? words_mark(WORD_QUESTION_ANSWERED_BY, "user", by, NULL)
                           : xstrdup(words_marked(WORD_QUESTION_WAS_ANSWERED));
    case QUESTION_GONE:
        break;
    }
    return xstrdup(words_marked(WORD_QUESTION_CLOSED));
}
