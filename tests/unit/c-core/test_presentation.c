// SPDX-License-Identifier: Apache-2.0
// Message presentations: what is read, what is clicked, and how they stand in an answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reply/presentation.h"

#include <stdlib.h>
#include <string.h>

// What can be clicked, as a line: "b:Label=value/style m:Label[A=a,B=b] q:Label=question#index".
static char *items_of(const presentation *p) {
    buf out;
    buf_init(&out, 64 << 10);
    for (size_t i = 0; i < p->count; i++) {
        const presentation_item *item = &p->items[i];
        oc_err err = i > 0 ? buf_append_str(&out, " ") : OC_OK;
        assert_int_equal(err, OC_OK);
        if (item->kind == PRESENTATION_BUTTON)
            err = buf_printf(&out, "b:%s=%s/%s", item->label, item->value, item->style);
        else if (item->kind == PRESENTATION_QUESTION)
            err = buf_printf(&out, "q:%s=%s#%d", item->label, item->question_id, item->option_index);
        else
            err = buf_printf(&out, "m:%s[", item->label);
        for (size_t k = 0; k < item->option_count && err == OC_OK; k++)
            err = buf_printf(&out, "%s=%s;", item->options[k].label, item->options[k].value);
        if (item->kind == PRESENTATION_MENU)
            err = buf_append_str(&out, "]");
        assert_int_equal(err, OC_OK);
    }
    return buf_take_str(&out);
}

static void test_blocks(void **state) {
    (void)state;
    static const struct {
        const char *blocks, *text, *items;
    } rows[] = {
        {"{\"type\":\"buttons\",\"buttons\":[{\"label\":\"Yes\",\"value\":\"y\",\"style\":\"primary\"},"
         "{\"text\":\" No \",\"callback_data\":\"n\",\"style\":\"pink\"}]}",
         "Hi\n\n- Yes\n- No", "b:Yes=y/primary b:No=n/"},
        {"{\"type\":\"buttons\",\"buttons\":[{\"label\":\"\",\"value\":\"y\"},{\"label\":\"No\"},7,null,[],{"
         "\"label\":7,"
         "\"value\":\"x\"}]}",
         "Hi", ""},
        {"{\"type\":\"buttons\",\"buttons\":[{\"label\":\"Off\",\"value\":\"y\",\"disabled\":true}]}",
         "Hi\n\n- Off", ""},
        {"{\"type\":\"buttons\",\"buttons\":[{\"label\":\"Docs\",\"url\":\"https://x/y\",\"value\":\"v\"},"
         "{\"label\":\"App\",\"webApp\":{\"url\":\"https://"
         "a\"}},{\"label\":\"L\",\"action\":{\"type\":\"url\",\"url\":"
         "\"https://l\"}}]}",
         "Hi\n\n- Docs: https://x/y\n- App: https://a\n- L: https://l", ""},
        {"{\"type\":\"buttons\",\"buttons\":[{\"label\":\"C\",\"action\":{\"type\":\"command\",\"command\":"
         "\"/status\"}},"
         "{\"label\":\"B\",\"action\":{\"type\":\"callback\",\"value\":\"v\"}},{\"label\":\"A\",\"action\":{"
         "\"type\":"
         "\"approval\"}},{\"label\":\"Z\",\"action\":{\"type\":\"rocket\"}}]}",
         "Hi\n\n- C: `/status`\n- B\n- A", ""},
        {"{\"type\":\"select\",\"placeholder\":\"Pick\",\"options\":[{\"label\":\"A\",\"value\":\"a\"},{"
         "\"label\":\"B\","
         "\"value\":\"b\"},{\"label\":\"B2\",\"value\":\"b\"}]}",
         "Hi\n\nPick:\n- A\n- B\n- B2", "m:Pick[A=a;B=b;]"},
        {"{\"type\":\"select\",\"options\":[{\"label\":\"A\",\"value\":\"a\"}]}", "Hi\n\nOptions:\n- A",
         "m:Choose[A=a;]"},
        {"{\"type\":\"select\",\"options\":[]}", "Hi", ""},
        {"{\"type\":\"select\",\"options\":[{\"label\":\"S\",\"action\":{\"type\":\"command\",\"command\":\"/"
         "x\"}}]}",
         "Hi\n\nOptions:\n- S: `/x`", ""},
        {"{\"type\":\"TEXT\",\"text\":\" one "
         "\"},{\"type\":\"context\",\"text\":\"two\"},{\"type\":\"divider\"},{\"type\":"
         "\"rocket\"},null",
         "Hi\n\none\n\ntwo", ""},
        {"{\"type\":\"table\",\"caption\":\"Cap\",\"headers\":[\"A\",\"B\"],\"rows\":[[\"x|y\",1.5],["
         "\"short\"],[\"p\","
         "\"q\\nr\"]]}",
         "Hi\n\nCap\n\n| A | B |\n| --- | --- |\n| x y | 1.5 |\n| p | q r |", ""},
        {"{\"type\":\"chart\",\"title\":\"T\",\"segments\":[{\"label\":\"A\",\"value\":2}]}",
         "Hi\n\nT\n\n- A: 2", ""},
        {"{\"type\":\"chart\",\"title\":\"T\",\"categories\":[\"Q1\"],\"series\":[{\"name\":\"S\",\"values\":"
         "[1,2]}]}",
         "Hi\n\nT\n\n- S, Q1: 1\n- S, : 2", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf json;
        buf_init(&json, 8192);
        assert_int_equal(buf_printf(&json, "[{\"blocks\":[%s]}]", rows[i].blocks), OC_OK);
        cJSON *objects = NULL;
        assert_int_equal(json_parse(buf_bytes(&json), &objects), OC_OK);
        presentation *p = presentation_read(" Hi ", objects, NULL);
        char *items = items_of(p);
        if (strcmp(p->text, rows[i].text) != 0 || strcmp(items, rows[i].items) != 0)
            fail_msg("row %zu: <%s> <%s>", i, p->text, items);
        free(items);
        presentation_free(p);
        cJSON_Delete(objects);
        buf_free(&json);
    }
}

static void test_questions(void **state) {
    (void)state;
    cJSON *objects = cJSON_Parse("[{\"blocks\":[{\"type\":\"buttons\",\"buttons\":["
                                 "{\"label\":\"Red\",\"action\":{\"type\":\"question\",\"questionId\":\"q\","
                                 "\"optionValue\":\"r\"}},"
                                 "{\"label\":\"Old\",\"action\":{\"type\":\"question\",\"questionId\":\"p\","
                                 "\"optionValue\":\"r\"}},"
                                 "{\"label\":\"More\",\"action\":{\"type\":\"question\",\"questionId\":\"q\","
                                 "\"optionValue\":\"r\",\"intent\":\"custom-input\"}}]}]}]");
    cJSON *data = cJSON_Parse("{\"askUser\":{\"questionId\":\"q\",\"optionValues\":[\"b\",\"r\"]}}");
    presentation *p = presentation_read("", objects, data);
    char *items = items_of(p);
    assert_string_equal(p->text, "- Red\n- Old\n- More");
    assert_string_equal(items, "q:Red=q#1");
    free(items);
    presentation_free(p);
    cJSON_Delete(objects);
    cJSON_Delete(data);
}

static void test_limits(void **state) {
    (void)state;
    cJSON *objects = json_new_array(), *object = json_new_object();
    json_push(objects, object);
    cJSON *block = json_new_object();
    json_push(json_add_array(object, "blocks"), block);
    json_add_string(block, "type", "buttons");
    cJSON *list = json_add_array(block, "buttons");
    for (int i = 0; i < 60; i++) {
        cJSON *button = json_new_object();
        json_add_string(button, "label", "L");
        json_add_string(button, "value", "v");
        json_push(list, button);
    }
    presentation *p = presentation_read("x", objects, NULL);
    assert_int_equal(p->count, PRESENTATION_ITEMS_MAX);
    assert_int_equal(strlen(p->text), 1 + 2 + 60 * 3 + 59);
    presentation_free(p);
    cJSON_Delete(objects);
}

static void test_in_an_answer(void **state) {
    (void)state;
    static const char good[] = "```presentation\n{\"title\":\"T\"}\n```\n";
    static const struct {
        const char *text;
        bool complete;
        const char *left;
        int objects;
    } rows[] = {
        {"plain", true, "plain", 0},
        {"a\n```presentation\n{\"title\":\"T\"}\n```\nb", true, "a\nb", 1},
        {"a\n```presentation\n{\"title\":\"T\"}\n```\nb", false, "a\nb", 1},
        {"~~~~ Presentation \n{\"title\":\"T\"}\n~~~~", true, "", 1},
        {"a\n```presentation\n{\"title\":\"T\"}", true, "a\n", 1}, // the closing line is missing
        {"a\n```presentation\n{\"tit", false, "a\n", 0},           // it grows
        {"a\n```presentation\n{\"tit", true, "a\n```presentation\n{\"tit", 0},
        {"a\n```pres", false, "a\n", 0},
        {"a\n``", false, "a\n", 0},
        {"a\n```python", false, "a\n```python", 0},
        {"a\n```pres", true, "a\n```pres", 0},
        {"```presentation\n[1]\n```\n", true, "```presentation\n[1]\n```\n", 0},
        {"```presentation\n{}\n```\n", true, "```presentation\n{}\n```\n", 0},
        {"```presentation\nnull\n```", false, "```presentation\nnull\n```", 0},
        {"````md\n```presentation\n{\"title\":\"T\"}\n```\n````", true,
         "````md\n```presentation\n{\"title\":\"T\"}\n```\n````", 0}, // quoted
        {"```presentations\n{\"title\":\"T\"}\n```", true, "```presentations\n{\"title\":\"T\"}\n```", 0},
        {"", true, "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *objects = json_new_array();
        char *left = presentation_extract(rows[i].text, rows[i].complete, objects);
        if (strcmp(left, rows[i].left) != 0 || cJSON_GetArraySize(objects) != rows[i].objects)
            fail_msg("row %zu: <%s> %d", i, left, cJSON_GetArraySize(objects));
        free(left);
        cJSON_Delete(objects);
    }
    char *left = presentation_extract(good, true, NULL);
    assert_string_equal(left, "");
    free(left);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_in_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
