// SPDX-License-Identifier: Apache-2.0
#include "external_config.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/file.h"
#include "config/print.h"
#include "config/read.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// What is missing stands nowhere in the text, so it is named by its key, as people here call the field; the text as a whole has none.
static const char *name_of(const config_problem *p) {
    const char *name = words_setting(p->setting);
    return *p->key == '\0' && name != p->setting ? name : p->key;
}

static void tell_problem(FILE *told, const char *path, const config_problem *p) {
    bool error = p->severity == CONFIG_ERROR;
    char *where = xasprintf("%s:%d", path, p->line > 0 ? p->line : 1);
    const char *name = name_of(p);
    if (told != NULL)
        fprintf(told, "%s: %s: %s%s%s\n", where, error ? "error" : "note", name, *name != '\0' ? " " : "",
                p->sentence);
    else if (error)
        log_error("the configuration cannot be used", "file", where, "key", name, "problem", p->sentence);
    else
        log_info("a note on the configuration", "file", where, "key", name, "note", p->sentence);
    free(where);
}

static void tell_more(FILE *told, const char *path, size_t more) {
    if (told != NULL && more > 0)
        fprintf(told, "%s:1: note: %zu more are not shown\n", path, more);
}

static void tell_readable(FILE *told, const char *path) {
    struct stat about;
    if (stat(path, &about) != 0 || (about.st_mode & S_IROTH) == 0)
        return;
    if (told == NULL)
        log_info("others can read the configuration: if it holds tokens, chmod 600 it", "file", path);
    else
        fprintf(told, "%s:1: note: others can read the file: if it holds tokens, chmod 600 it\n", path);
}

static char *read_text(FILE *told, const char *path) {
    const char *wrong = NULL;
    int error_number = 0;
    char *text = file_read(path, CONF_TEXT_MAX_BYTES, &wrong, &error_number);
    if (text != NULL)
        return text;
    if (told != NULL)
        fprintf(told, "%s:1: error: %s%s%s\n", path, wrong, error_number != 0 ? ": " : "",
                error_number != 0 ? strerror(error_number) : "");
    else
        log_error("the configuration cannot be read", "file", path, "problem", wrong, "error",
                  error_number != 0 ? strerror(error_number) : "");
    return NULL;
}

bool external_config_read(const char *path, FILE *told, external_config *out) {
    config_problems problems;
    *out = (external_config){.text = read_text(told, path)};
    if (out->text == NULL)
        return false;
    cJSON *settings = json_new_object();
    json_add_string(settings, "advanced", out->text);
    json_add_string(settings, CONFIG_EXTERNAL_ACCOUNT, "");
    out->rules = config_from_settings(settings, &problems);
    for (size_t i = 0; i < problems.count; i++)
        tell_problem(told, path, &problems.items[i]);
    tell_more(told, path, problems.more);
    tell_readable(told, path);
    config_problems_free(&problems);
    cJSON_Delete(settings);
    if (out->rules == NULL)
        external_config_free(out);
    return out->rules != NULL;
}

bool external_config_reload(const char *path, external_config *out) {
    return external_config_read(path, NULL, out);
}

void external_config_free(external_config *c) {
    file_free(c->text);
    config_destroy(c->rules);
    *c = (external_config){.text = NULL};
}

void external_config_print(const config *rules, FILE *to) {
    cJSON *json = config_json(rules, NULL);
    char *text = cJSON_Print(json);
    fprintf(to, "%s\n", text != NULL ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(json);
}
