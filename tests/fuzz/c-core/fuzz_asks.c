// SPDX-License-Identifier: Apache-2.0
// What the agent says in questions and approvals, what is stored of them, and what a form is sent with or somebody writes: nothing in a text works or
// gets out of its block, what was read can be written and read again, and an answer holds only what was offered or written. The
// first byte says which.
#include "base/json.h"
#include "base/mem.h"
#include "interactions/foreign_text.h"
#include "interactions/question_form.h"
#include "interactions/question_typed.h"
#include "store/open_asks_state.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RUNES_MAX = 300 };

static void must(bool condition) {
    if (!condition)
        abort();
}

static void check_code(const char *text) {
    size_t cut = 0;
    char *code = foreign_code(text, RUNES_MAX, &cut);
    size_t fence = strspn(code, "`"), len = strlen(code);
    must(fence >= 3 && code[fence] == '\n' && len > 2 * fence + 2);
    char *end = code + len - fence - 1; // the closing line
    must(end[-1] == '\n' && strspn(end, "`") == fence && end[fence] == '\n');
    end[-1] = '\0';
    for (const char *line = code + fence + 1; line < end - 1; line += strcspn(line, "\n") + 1)
        must(strspn(line + strspn(line, " "), "`") < fence);
    free(code);
}

static void check_line(const char *text) {
    char *line = foreign_line(text, RUNES_MAX);
    must(strchr(line, '\n') == NULL && strchr(line, '\r') == NULL && strchr(line, '\x1b') == NULL);
    for (const char *at = strchr(line, '@'); at != NULL; at = strchr(at + 1, '@'))
        must(strncmp(at + 1, "\xE2\x80\x8B", 3) == 0);
    for (const char *at = strpbrk(line, "*_`[<#|~"); at != NULL; at = strpbrk(at + 1, "*_`[<#|~"))
        must(at > line && at[-1] == '\\');
    free(line);
    char *lines = foreign_lines(text, RUNES_MAX), *label = foreign_label(text, RUNES_MAX);
    must(strstr(lines, "\n\n\n") == NULL && strchr(label, '\n') == NULL);
    free(lines);
    free(label);
}

static void check_stored(bytes value) {
    bool damaged = false;
    buf out;
    open_asks_state s = open_asks_read(value, &damaged);
    must(s.count <= ASKS_MAX);
    buf_init(&out, 2 * ASK_VALUE_MAX_BYTES);
    must(open_asks_write(&s, &out) == OC_OK);
    open_asks_state again = open_asks_read(buf_bytes(&out), &damaged);
    must(again.count == s.count && !damaged);
    open_asks_clear(&again);
    open_asks_clear(&s);
    buf_free(&out);
}

static const question_option OPTIONS[] = {{"Red", ""}, {"Blue", "cold"}};
static const question_item ITEMS[] = {
    {.id = "a", .header = "A", .text = "?", .options = OPTIONS, .option_count = 2, .other = true},
    {.id = "b", .header = "B", .text = "?", .options = OPTIONS, .option_count = 2, .multi_select = true},
    {.id = "c", .header = "C", .text = "?", .options = OPTIONS, .option_count = 0},
};

static void check_answer(const question_item *item, const question_answer *a) {
    must(a->value_count >= 1 && (item->multi_select || a->value_count == 1));
    for (size_t k = 0; k < a->value_count; k++) {
        const char *value = a->values[k];
        bool offered = value == OPTIONS[0].label || value == OPTIONS[1].label;
        must(*value != '\0' && (offered || !item->multi_select));
    }
}

static void check_form(bytes text) {
    static const gateway_question q = {.id = "q", .items = ITEMS, .item_count = 3};
    cJSON *values = NULL;
    question_reply r;
    if (json_parse(text, &values) != OC_OK)
        return;
    cJSON *errors = question_reply_form(&q, values, &r);
    for (size_t i = 0; errors == NULL && i < r.count; i++)
        check_answer(&ITEMS[i], &r.items[i]);
    question_reply_clear(&r);
    cJSON_Delete(errors);
    cJSON_Delete(values);
}

static void check_typed(const char *text) {
    for (size_t i = 0; i < 4; i++) { // each alone, then all of them
        const gateway_question q = {.id = "q", .items = ITEMS + i % 3, .item_count = i < 3 ? 1 : 3};
        question_reply r;
        char *wrong = NULL;
        question_typed typed = question_reply_text(&q, text, &r, &wrong);
        must((wrong != NULL) == (typed == QUESTION_TYPED_WRONG));
        for (size_t k = 0; typed == QUESTION_TYPED_ANSWER && k < r.count; k++)
            check_answer(&q.items[k], &r.items[k]);
        question_reply_clear(&r);
        free(wrong);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    char *text = xstrndup((const char *)data + 1, size - 1);
    bytes rest = bytes_of(data + 1, size - 1);
    if (data[0] == 's') {
        check_stored(rest);
    } else if (data[0] == 'f') {
        check_form(rest);
    } else if (data[0] == 'w') {
        check_typed(text);
    } else {
        check_code(text);
        check_line(text);
    }
    free(text);
    return 0;
}
