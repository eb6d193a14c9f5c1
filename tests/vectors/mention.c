// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "base/mem.h"
#include "inbound/mention.h"

#include <stdlib.h>
#include <string.h>

// What the rule "mention-in-code" documents: with every code span taken out, nothing else of the text mentions.
// Told from the text alone, without the code mask that is tested.
static bool mentions_only_in_spans(const char *text, const char *name) {
    char *outside = xstrdup(text);
    for (char *open = strchr(outside, '`'); open != NULL; open = strchr(open, '`')) {
        size_t marks = strspn(open, "`");
        char *close = strchr(open + marks, '`');
        if (close == NULL)
            break;
        memset(open, ' ', (size_t)(close - open));
        open = close + strspn(close, "`");
    }
    bool only = !mention_has(outside, name) && strcmp(outside, text) != 0;
    free(outside);
    return only;
}

static cJSON *result(bool mentioned, const char *stripped) {
    cJSON *out = json_new_object();
    json_add_bool(out, "mentioned", mentioned);
    json_add_string(out, "stripped", stripped);
    return out;
}

void run_mention(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const char *text = json_text(row, "text"), *name = json_text(row, "botUsername");
        char *stripped = mention_strip(text, name);
        cJSON *expected = result(json_bool(row, "mentioned", false), json_text(row, "stripped"));
        cJSON *got = result(mention_has(text, name), stripped);
        if (mentions_only_in_spans(text, name))
            check_deviating(r, "mention-in-code", row, expected, result(false, text), got);
        else
            check_value(r, row, expected, got);
        cJSON_Delete(expected);
        free(stripped);
    }
}
