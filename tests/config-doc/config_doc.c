// SPDX-License-Identifier: Apache-2.0
// Usage: config_doc INTRO.md           prints docs/configuration.md: the introduction and a table for each section of keys
//        config_doc --metrics INTRO.md prints docs/metrics.md: the introduction and the table of series
//        config_doc --manifest FILE    compares the console's settings in plugin.json with the table of keys
#include "base/json.h"
#include "base/mem.h"
#include "base/metric.h"
#include "config/file.h"
#include "config/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 1 << 20 };

static char *content_of(const char *path) {
    const char *wrong = NULL;
    int error_number = 0;
    char *text = file_read(path, FILE_MAX_BYTES, &wrong, &error_number);
    if (text == NULL)
        fprintf(stderr, "%s %s\n", path, wrong);
    return text;
}

// --- the document ---

// Without what Markdown would take for itself: the end of a cell, emphasis, a tag.
static void print_cell(const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("|*<", *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

// The same within a code span, where only the bar has a meaning.
static void print_code(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
}

static void print_values(const config_key *key) {
    if (key->words != NULL) {
        char *list = choice_list(key->words);
        print_cell(list);
        free(list);
        return;
    }
    switch (key->kind) {
    case KEY_BOOL:
        printf("true, false");
        break;
    case KEY_FLAG:
        printf(key->auto_ok ? "true, false, auto" : "true, false");
        break;
    case KEY_INT:
    case KEY_INT64:
        printf("%lld to %lld", (long long)key->min, (long long)key->max);
        break;
    case KEY_NUMBER:
        printf("a number above 0, to %lld", (long long)key->max);
        break;
    case KEY_LIST:
        printf(key->people ? "list of people" : "list of texts");
        break;
    case KEY_PEOPLE:
        printf("list of words");
        break;
    case KEY_LABEL:
        printf("text or false");
        break;
    case KEY_SECRET:
        printf("secret reference");
        break;
    case KEY_TEXT:
        printf(key->ref_ok ? "text or secret reference" : "text");
        break;
    case KEY_CA:
        printf("PEM or path");
        break;
    case KEY_ACCOUNTS:
    case KEY_GROUPS:
    case KEY_ACCESS_GROUPS:
    case KEY_USER_MODES:
        printf("keys by name");
        break;
    case KEY_WORD:
        break; // has words
    }
}

static void print_key(const config_key *key) {
    printf("| `%s`%s%s | ", key->path, key->ours ? " ◆" : "",
           key->place == IN_TOP || key->place == IN_ACCOUNT_SHARED ? " ▲" : "");
    print_values(key);
    printf(" | ");
    if (key->absent != NULL && *key->absent != '\0')
        printf("`%s`", key->absent);
    printf(" | %s | ", key->console != NULL ? key->console : "");
    print_cell(key->help);
    printf(" | `");
    print_code(key->example);
    printf("` |\n");
}

static void print_beside(void) {
    printf(
        "\n## Beside channels.mattermost\n\nIn a whole OpenClaw configuration these count too, as if the key "
        "stood at the top "
        "level of\n`channels.mattermost`, which wins over them. All else is not read; a notice names it.\n\n"
        "| In OpenClaw | Here |\n| --- | --- |\n");
    for (size_t i = 0; i < CONFIG_BESIDE_COUNT; i++) {
        if (CONFIG_BESIDE[i].target != NULL)
            printf("| `%s` | `%s`%s |\n", CONFIG_BESIDE[i].path, CONFIG_BESIDE[i].target,
                   CONFIG_BESIDE[i].external ? " (in external mode)" : "");
        else
            printf("| `%s` | – it %s |\n", CONFIG_BESIDE[i].path, CONFIG_BESIDE[i].why);
    }
}

static int print_document(const char *intro_path) {
    char *intro = content_of(intro_path);
    if (intro == NULL)
        return EXIT_FAILURE;
    fputs(intro, stdout);
    for (size_t s = 0; s < config_section_count(); s++) {
        const config_section *section = config_section_at(s);
        printf("\n## %s\n\n| Key | Values | Default | Console | Meaning | Example |\n"
               "| --- | --- | --- | --- | --- | --- |\n",
               section->title);
        for (size_t i = 0; i < section->count; i++)
            print_key(&section->keys[i]);
    }
    print_beside();
    file_free(intro);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// --- plugin.json ---

static const config_key *key_of_field(const char *name) {
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *key = config_key_at(i);
        if (key->console != NULL && strcmp(key->console, name) == 0)
            return key;
    }
    return NULL;
}

static bool same_default(const config_key *key, const cJSON *field) {
    const cJSON *value = json_get(field, "default");
    const char *absent = key->absent != NULL ? key->absent : "";
    if (!cJSON_IsNumber(value))
        return cJSON_IsString(value) && strcmp(value->valuestring, absent) == 0;
    char *text = xasprintf("%d", value->valueint);
    bool same = strcmp(text, absent) == 0;
    free(text);
    return same;
}

// Each word once, and "" where nothing may be chosen.
static bool same_options(const config_key *key, const cJSON *field) {
    const cJSON *option = NULL, *options = json_array(field, "options");
    int wanted = 0;
    if (key->words == NULL)
        return options == NULL;
    for (int i = 0; i < key->words->count; i++)
        wanted += *key->words->words[i] != '\0' || key->absent == NULL;
    cJSON_ArrayForEach(option, options) {
        const char *word = json_text(option, "value");
        if (*word != '\0' && choice_find(key->words, word) < 0)
            return false;
    }
    return cJSON_GetArraySize(options) == wanted;
}

static int complain(const char *field, const char *what) {
    printf("plugin.json, %s: %s\n", field, what);
    return 1;
}

static int check_field(const cJSON *field) {
    const char *name = json_text(field, "key");
    const config_key *key = key_of_field(name);
    int wrong = 0;
    if (strcmp(json_text(field, "type"), "custom") == 0) // shows something, and keeps no value
        return 0;
    if (strstr(json_text(field, "help_text"), "Example: ") == NULL)
        wrong += complain(name, "its help has no example");
    if (strcmp(name, "Advanced") == 0 || strcmp(name, "Secrets") == 0)
        return wrong;
    if (key == NULL)
        return wrong + complain(name, "the table of keys does not know it");
    if (!same_default(key, field))
        wrong += complain(name, "its default is another one than that of the table of keys");
    if (!same_options(key, field))
        wrong += complain(name, "its options are not the words of the table of keys");
    if (json_bool(field, "secret", false) != (key->kind == KEY_SECRET))
        wrong += complain(name, "secret or not: the table of keys says otherwise");
    return wrong;
}

static bool has_field(const cJSON *fields, const char *name) {
    const cJSON *field = NULL;
    cJSON_ArrayForEach(field, fields) {
        if (strcmp(json_text(field, "key"), name) == 0)
            return true;
    }
    return false;
}

static int check_manifest(const char *path) {
    char *text = content_of(path);
    cJSON *manifest = NULL;
    const cJSON *field = NULL;
    int wrong = 0;
    if (text == NULL || json_parse(bytes_str(text), &manifest) != OC_OK)
        return complain(path, "cannot be read");
    const cJSON *fields = json_array(json_get(manifest, "settings_schema"), "settings");
    cJSON_ArrayForEach(field, fields) {
        wrong += check_field(field);
    }
    for (size_t i = 0; i < config_key_count(); i++) {
        const char *name = config_key_at(i)->console;
        if (name != NULL && !has_field(fields, name))
            wrong += complain(name, "is missing");
    }
    if (!has_field(fields, "Advanced") || !has_field(fields, "Secrets"))
        wrong += complain("Advanced, Secrets", "are missing");
    cJSON_Delete(manifest);
    file_free(text);
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_metrics(const char *intro_path) {
    char *intro = content_of(intro_path);
    buf table;
    if (intro == NULL)
        return EXIT_FAILURE;
    buf_init(&table, FILE_MAX_BYTES);
    oc_err err = metric_print_table(&table);
    if (err == OC_OK)
        printf("%s\n%.*s", intro, (int)table.len, (const char *)buf_bytes(&table).data);
    buf_free(&table);
    free(intro);
    return err == OC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    if (argc == 2)
        return print_document(argv[1]);
    if (argc == 3 && strcmp(argv[1], "--metrics") == 0)
        return print_metrics(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--manifest") == 0)
        return check_manifest(argv[2]);
    fprintf(stderr, "usage: config_doc INTRO.md | --metrics INTRO.md | --manifest plugin.json\n");
    return EXIT_FAILURE;
}
