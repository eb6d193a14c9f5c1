// SPDX-License-Identifier: Apache-2.0
// slash_command_text, slash_commands, slash_trigger, log_sanitise: native slash commands as texts, and the table of them.
#include "vectors.h"

#include "base/sanitise.h"
#include "interactions/command_rows.h"
#include "interactions/slash_text.h"

#include <stdlib.h>
#include <string.h>

static const char *mapped(void *ctx, const char *trigger) {
    return json_string(ctx, trigger);
}

void run_slash_command_text(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        cJSON *map = cJSON_Duplicate(json_get(row, "triggerMap"), true);
        char *text = slash_text(json_text(row, "trigger"), json_text(row, "text"), mapped, map);
        check_text(r, row, json_string(row, "result"), text);
        free(text);
        cJSON_Delete(map);
    }
}

void run_slash_trigger(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        char *trigger = slash_trigger(json_text(row, "command"));
        check_text(r, row, json_string(row, "trigger"), trigger);
        free(trigger);
    }
}

void run_log_sanitise(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        char *text = sanitise(json_text(row, "input"));
        check_text(r, row, json_string(row, "output"), text);
        free(text);
    }
}

static const command_row *native_row(const char *trigger) {
    const command_row *row;
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
        if (row->native && strncmp(trigger, COMMAND_NATIVE_PREFIX, strlen(COMMAND_NATIVE_PREFIX)) == 0 &&
            strcmp(trigger + strlen(COMMAND_NATIVE_PREFIX), row->path) == 0)
            return row;
    }
    return NULL;
}

// What is shown to people is worded by us: that there is a description within the limit, and a hint where there are arguments, is
// what counts.
void run_slash_commands(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        const command_row *ours = native_row(json_text(row, "trigger"));
        check_text(r, row, json_string(row, "originalName"), ours != NULL ? ours->path : NULL);
        if (ours == NULL)
            continue;
        char *description = slash_description(words_text(WORDS_EN, ours->help));
        check_bool(r, row, true, *description != '\0' && strlen(description) <= SLASH_DESCRIPTION_MAX_BYTES);
        check_bool(r, row, *json_text(row, "autoCompleteHint") != '\0', *ours->argument != '\0');
        free(description);
    }
}
