// SPDX-License-Identifier: Apache-2.0
// A configuration text gives a tree or one problem with its line; a tree written as JSON is read as the same tree.
#include "base/json.h"
#include "config/read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition) {
    if (!condition)
        abort();
}

static cJSON *as_json(const conf_node *n) {
    if (conf_kind_of(n) == CONF_NULL)
        return cJSON_CreateNull();
    if (conf_kind_of(n) == CONF_SCALAR)
        return json_new_string(conf_text(n));
    bool map = conf_kind_of(n) == CONF_MAP;
    cJSON *json = map ? json_new_object() : json_new_array();
    for (size_t i = 0; i < conf_count(n); i++) {
        if (map)
            json_add(json, conf_key(n, i), as_json(conf_at(n, i)));
        else
            json_push(json, as_json(conf_at(n, i)));
    }
    return json;
}

// Texts from outside never end the process, whatever a key wants of them.
static void ask_everything(const conf_node *n, int lines) {
    bool truth;
    int64_t whole;
    double number = 0, again = 0;
    must(conf_line(n) >= 1 && conf_line(n) <= lines);
    (void)conf_as_bool(n, &truth);
    if (conf_as_int(n, &whole)) {
        must(conf_as_number(n, &number));
        must(number == (double)whole);
    } else if (conf_as_number(n, &again)) {
        must(again - again == 0); // finite
    }
    for (size_t i = 0; i < conf_count(n); i++) {
        if (conf_key(n, i) != NULL)
            free(conf_quote_key(conf_key(n, i)));
        ask_everything(conf_at(n, i), lines);
    }
}

// Maps only: what begins with another bracket is YAML, whose keys are shorter.
static void check_round_trip(const conf_node *tree) {
    conf_problem problem;
    buf text;
    buf_init(&text, CONF_TEXT_MAX_BYTES);
    cJSON *json = as_json(tree);
    if (json_print(json, &text) == OC_OK) {
        conf_node *again = conf_read(buf_bytes(&text), &problem);
        must(again != NULL && conf_equal(tree, again));
        conf_destroy(again);
    }
    cJSON_Delete(json);
    buf_free(&text);
}

static void check_merge(const conf_node *tree) {
    conf_node *merged = conf_merge(tree, tree);
    must(conf_equal(tree, merged));
    conf_destroy(merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    conf_problem problem;
    int lines = 2; // the end of a text may count as a line of its own
    conf_node *tree = conf_read(bytes_of(data, size), &problem);
    // NEL, LS and PS end a line for YAML, too: the last bytes of their encodings stand for them here.
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 || data[i] == 0xA8 || data[i] == 0xA9;
    must((tree == NULL) == (problem.sentence != NULL));
    if (tree == NULL) {
        must(problem.line >= 0 && problem.line <= lines && problem.sentence[0] != '\0');
        conf_problem_free(&problem);
        return 0;
    }
    ask_everything(tree, lines);
    check_merge(tree);
    if (conf_kind_of(tree) == CONF_MAP)
        check_round_trip(tree);
    conf_destroy(tree);
    return 0;
}
