// SPDX-License-Identifier: Apache-2.0
#include "interactions/question_words.h"

#include "base/buf.h"
#include "base/mem.h"
#include "interactions/foreign_text.h"
#include "interactions/question_form.h"
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

// Buttons show short labels already; a list says what they mean, and what a dialog is going to offer.
static void add_options(buf *out, const question_item *item, bool always) {
    for (size_t i = 0; (always || described(item)) && i < item->option_count; i++) {
        add_line(out, "\n- **", item->options[i].label, OPTION_RUNES, "**");
        add_line(out, " – ", item->options[i].description, OPTION_RUNES, "");
    }
}

static void add_item(buf *out, const question_item *item, bool list) {
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

char *words_question(const gateway_question *q) {
    char *left = words_span(q->expires_in_ms);
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    for (size_t i = 0; i < q->item_count; i++) {
        if (i > 0)
            add(&out, "\n\n");
        add_item(&out, &q->items[i], question_form_of(q) == QUESTION_DIALOG);
    }
    char *wait = words_mark(WORD_QUESTION_I_WAIT, "time", left, NULL);
    add(&out, "\n\n");
    add(&out, wait);
    free(wait);
    free(left);
    return buf_take_str(&out);
}

char *words_question_introduction(const gateway_question *q) {
    buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    for (size_t i = 0; i < q->item_count; i++) {
        if (i > 0)
            add(&out, "\n\n");
        add_item(&out, &q->items[i], false);
    }
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
