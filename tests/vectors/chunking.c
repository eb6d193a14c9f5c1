// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "reply/chunk.h"

#include <stdlib.h>
#include <string.h>

// The chunks that show something.
static cJSON *visible(const cJSON *expected) {
    cJSON *out = json_new_array();
    const cJSON *item;
    cJSON_ArrayForEach(item, expected) {
        if (utf8_has_visible(bytes_str(item->valuestring)))
            json_push(out, json_new_string(item->valuestring));
    }
    return out;
}

static cJSON *split(const cJSON *row, const char *text) {
    chunk_mode mode = strcmp(json_text(row, "mode"), "newline") == 0 ? CHUNK_NEWLINE : CHUNK_LENGTH;
    chunks parts = chunk_split(text, (size_t)json_int(row, "limit", 0), mode);
    cJSON *out = json_new_array();
    for (size_t i = 0; i < parts.count; i++)
        json_push(out, json_new_string(parts.items[i]));
    chunks_free(&parts);
    return out;
}

// "```like this```" alone on a line is a code span. Its marks are replaced by a byte that means nothing; false without one.
static bool hide_spans(char *text) {
    bool found = false;
    for (char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n' ? 1 : 0;
        char *open = line + strspn(line, " ");
        size_t marks = strspn(open, "`"), len = strcspn(open, "\n");
        if (open - line > 3 || marks < 3 || memchr(open + marks, '`', len - marks) == NULL)
            continue;
        for (size_t i = 0; i < len; i++)
            open[i] = open[i] == '`' ? '\x01' : open[i];
        found = true;
    }
    return found;
}

static void show_spans(cJSON *parts) {
    cJSON *item;
    cJSON_ArrayForEach(item, parts) {
        for (char *at = item->valuestring; *at != '\0'; at++)
            *at = *at == '\x01' ? '`' : *at;
    }
}

void run_chunking(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const cJSON *expected = json_array(row, "chunks");
        char *text = xstrdup(json_text(row, "text"));
        cJSON *got = split(row, text), *ours = visible(expected);
        if (hide_spans(text)) {
            cJSON *hidden = split(row, text);
            show_spans(hidden);
            check_deviating(r, "code-span-of-three", row, expected, hidden, got);
        } else if (cJSON_GetArraySize(ours) != cJSON_GetArraySize(expected)) {
            check_deviating(r, "nothing-to-see", row, expected, cJSON_Duplicate(ours, true), got);
        } else {
            check_value(r, row, expected, got);
        }
        cJSON_Delete(ours);
        free(text);
    }
}
