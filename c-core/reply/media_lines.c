// SPDX-License-Identifier: Apache-2.0
#include "reply/media_lines.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char MARK[] = "MEDIA:";
static const char BLANKS[] = " \t\r";

static bool in_set(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_fence(const char *line, size_t len) {
    return len >= 3 && (memcmp(line, "```", 3) == 0 || memcmp(line, "~~~", 3) == 0);
}

// What a trimmed line names, NULL when it is no such line.
static char *named(const char *line, size_t len) {
    size_t mark = sizeof MARK - 1;
    if (len <= mark || strncasecmp(line, MARK, mark) != 0)
        return NULL;
    line += mark;
    len -= mark;
    while (len > 0 && (in_set(line[0], BLANKS) || in_set(line[0], "`\"'"))) {
        line++;
        len--;
    }
    while (len > 0 && (in_set(line[len - 1], BLANKS) || in_set(line[len - 1], "`\"'")))
        len--;
    return len > 0 ? xstrndup(line, len) : NULL;
}

char *media_lines_take(const char *text, cJSON **payloads) {
    char *kept = xmalloc(strlen(text) + 1);
    size_t used = 0;
    bool in_code = false;
    *payloads = json_new_array();
    while (*text != '\0') {
        size_t whole = strcspn(text, "\n"), skip = strspn(text, BLANKS);
        const char *line = text + (skip < whole ? skip : whole);
        size_t len = whole - (size_t)(line - text);
        while (len > 0 && in_set(line[len - 1], BLANKS))
            len--;
        if (is_fence(line, len))
            in_code = !in_code;
        char *entry = in_code ? NULL : named(line, len);
        whole += text[whole] == '\n';
        if (entry != NULL) {
            cJSON *payload = json_new_object();
            json_add_string(payload, "mediaUrl", entry);
            json_push(*payloads, payload);
        } else {
            memcpy(kept + used, text, whole);
            used += whole;
        }
        free(entry);
        text += whole;
    }
    while (used > 0 && in_set(kept[used - 1], " \t\r\n"))
        used--;
    kept[used] = '\0';
    return kept;
}
