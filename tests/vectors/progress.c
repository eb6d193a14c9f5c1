// SPDX-License-Identifier: Apache-2.0
// draft_text and progress_draft: what a preview says.
#include "vectors.h"

#include "base/mem.h"
#include "config/config.h"
#include "reply/progress.h"
#include "reply/progress_line.h"

#include <stdlib.h>
#include <string.h>

void run_draft_text(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        char *got = progress_shorten(json_text(row, "text"), (size_t)json_int(row, "max", 0));
        check_text(r, row, json_string(row, "out"), got);
        free(got);
    }
}

// The rows have a tool's arguments, a gateway says in words what it does (its field meta).
static char *words_of_gateway(const char *tool, const cJSON *args) {
    const char *path = json_string(args, "path"), *command = json_text(args, "command"),
               *folder = strrchr(command, ' ');
    if (strcmp(tool, "read") == 0 && path != NULL)
        return xasprintf("from %s", path);
    if (strncmp(command, "ls ", 3) == 0 && folder != NULL)
        return xasprintf("list files in %s", folder + 1);
    return xstrdup(command);
}

static void take_tool(progress *p, const cJSON *tool) {
    const cJSON *args = json_get(tool, "args");
    char *detail = words_of_gateway(json_text(tool, "name"), args);
    progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_TOOL,
                                         .id = json_text(tool, "itemId"),
                                         .name = json_text(tool, "name"),
                                         .detail = detail,
                                         .command = "",
                                         .runs_command = json_string(args, "command") != NULL,
                                         .explanation = ""});
    free(detail);
}

static void take_step(progress *p, const cJSON *step) {
    const cJSON *plan = json_get(step, "plan");
    if (json_get(step, "tool") != NULL)
        take_tool(p, json_get(step, "tool"));
    else if (plan != NULL)
        progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_PLAN,
                                             .steps = cJSON_GetArraySize(plan) > 0 ? plan : NULL,
                                             .explanation = json_text(step, "explanation")});
    else
        progress_take(p, &(gateway_activity){.kind = GATEWAY_ACTIVITY_THINKING, .id = "", .name = ""});
}

static cJSON *update(int step, const char *text) {
    cJSON *out = json_new_object();
    if (step >= 0)
        json_add_int(out, "step", step);
    if (text != NULL)
        json_add_string(out, "text", text);
    else
        json_add_bool(out, "deleteCurrent", true);
    return out;
}

// What our preview says after each step, where it changes.
static cJSON *our_updates(const streaming_config *settings, const cJSON *steps, bool numbered) {
    progress *p = progress_create(settings, "seed");
    cJSON *out = json_new_array();
    char *before = NULL;
    const cJSON *step;
    int number = 0;
    cJSON_ArrayForEach(step, steps) {
        take_step(p, step);
        char *now = progress_text(p);
        bool changed = now != NULL ? before == NULL || strcmp(before, now) != 0 : before != NULL;
        if (changed)
            json_push(out, update(numbered ? number : -1, now));
        free(before);
        before = now;
        number++;
    }
    free(before);
    progress_destroy(p);
    return out;
}

// Without the lines that tell of the agent's reasoning.
static char *without_reasoning(const char *text) {
    char *out = xmalloc(strlen(text) + 1), *end = out;
    while (*text != '\0') {
        size_t len = strcspn(text, "\n"), with_end = len + (text[len] == '\n' ? 1 : 0);
        if (strncmp(text, "• _", strlen("• _")) != 0)
            end = mempcpy(end, text, with_end);
        text += with_end;
    }
    while (end > out && end[-1] == '\n')
        end--;
    *end = '\0';
    return out;
}

// What the rules of deviations.md make of the expected updates.
static cJSON *documented(const cJSON *expected) {
    cJSON *out = json_new_array();
    char *before = NULL;
    const cJSON *item;
    cJSON_ArrayForEach(item, expected) {
        const char *text = json_string(item, "text");
        char *ours = text != NULL ? without_reasoning(text) : NULL;
        if (ours == NULL || before == NULL || strcmp(ours, before) != 0)
            json_push(out, update((int)json_int(item, "step", -1), ours));
        free(before);
        before = ours;
    }
    free(before);
    return out;
}

static config *config_of_run(const cJSON *run) {
    cJSON *entry = cJSON_Duplicate(json_get(run, "entry"), true);
    cJSON *streaming = cJSON_GetObjectItemCaseSensitive(entry, "streaming");
    json_add_string(streaming != NULL ? streaming : json_add_object(entry, "streaming"), "mode",
                    json_text(run, "mode"));
    config *c = config_of(entry);
    cJSON_Delete(entry);
    return c;
}

void run_progress_draft(report *r, const cJSON *content) {
    // The run without numbered steps: its note says what happens.
    cJSON *plan_only = cJSON_Parse("[{\"plan\":[{\"step\":\"only\",\"status\":\"pending\"}]},{\"plan\":[]}]");
    const cJSON *run;
    cJSON_ArrayForEach(run, json_array(content, "runs")) {
        const cJSON *expected = json_get(run, "updates");
        bool numbered = json_get(run, "note") == NULL;
        config *c = config_of_run(run);
        cJSON *got = c != NULL ? our_updates(&config_default(c)->streaming,
                                             numbered ? json_get(content, "steps") : plan_only, numbered)
                               : NULL;
        check_deviating(r, "reasoning-and-pace", run, expected, documented(expected), got);
        config_destroy(c);
    }
    cJSON_Delete(plan_only);
}
