// SPDX-License-Identifier: Apache-2.0
// targets.
#include "vectors.h"

#include "base/mem.h"
#include "base/parse.h"
#include "outbound/target.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static cJSON *value_of(const char *kind, const char *member, const char *text) {
    cJSON *all = json_new_object(), *value = json_add_object(all, "value");
    json_add_string(value, "kind", kind);
    json_add_string(value, member, text);
    return all;
}

// As OpenClaw writes a result down: a bare id is a channel's until somebody has asked.
static cJSON *parse_of(const char *input, bool *is_id) {
    static const char *const kinds[] = {"channel", "channel-name", "user", "user", "channel"};
    static const char *const members[] = {"id", "name", "id", "username", "id"};
    const char *sentence = "";
    target t;
    cJSON *all;
    *is_id = false;
    if (target_parse(input, &t, &sentence) != OC_OK) {
        all = json_new_object();
        json_add_string(all, "error", sentence);
        return all;
    }
    *is_id = t.kind == TARGET_BARE_ID;
    all = value_of(kinds[t.kind], members[t.kind], t.text);
    if (*t.team != '\0')
        json_add_string(cJSON_GetObjectItemCaseSensitive(all, "value"), "team", t.team);
    return all;
}

static cJSON *normal_form_of(const char *input) {
    char *text = target_normal_form(input);
    cJSON *all = json_new_object();
    if (text != NULL)
        json_add_string(all, "value", text);
    else
        json_add_bool(all, "undefined", true);
    free(text);
    return all;
}

// What our rules give, from the text alone; NULL: none applies. *rule: its name.
static cJSON *our_parse(const char *input, const char **rule) {
    const char *slash = strstr(input, "/#");
    *rule = NULL;
    if (strncasecmp(input, "group:", 6) == 0 && parse_is_mm_id(input + 6)) {
        *rule = "group-prefix";
        return value_of("channel", "id", input + 6);
    }
    if (slash == NULL || slash == input || slash != strchr(input, '/') || slash[2] == '\0' ||
        strchr("#@", *input))
        return NULL;
    *rule = "team-qualified";
    char *team = xstrndup(input, (size_t)(slash - input));
    cJSON *all = value_of("channel-name", "name", slash + 2);
    json_add_string(cJSON_GetObjectItemCaseSensitive(all, "value"), "team", team);
    free(team);
    return all;
}

static void check_row(report *r, const cJSON *row) {
    const char *input = json_text(row, "input"), *rule = NULL;
    bool is_id = false, explicit = target_is_explicit(input);
    cJSON *ours = our_parse(input, &rule), *got = parse_of(input, &is_id);
    if (rule != NULL) {
        check_deviating(r, rule, row, json_get(row, "parse"), ours, got);
        check_deviating(r, rule, row, json_get(row, "isExplicit"), json_new_bool(true),
                        json_new_bool(explicit));
    } else {
        check_value(r, row, json_get(row, "parse"), got);
        check_bool(r, row, json_bool(row, "isExplicit", false), explicit);
    }
    check_value(r, row, json_get(row, "normalize"), normal_form_of(input));
    check_bool(r, row, json_bool(row, "looksLikeId", false), target_looks_like_id(input));
    check_bool(r, row, json_bool(row, "isId", false), is_id);
}

void run_targets(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) check_row(r, row);
}
