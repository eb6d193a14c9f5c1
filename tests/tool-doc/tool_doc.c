// SPDX-License-Identifier: Apache-2.0
// Usage: tool_doc INTRO  – prints docs/tools.md: the words of INTRO, then the tables.
#include "base/json.h"
#include "outbound/authorise.h"
#include "outbound/tools_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096 };

static int print_intro(const char *path) {
    char line[LINE_BYTES], *commands = tools_node_commands();
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        free(commands);
        return 1;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        const char *place = strstr(line, "[COMMANDS]");
        if (place == NULL)
            fputs(line, stdout);
        else
            printf("%.*s%s%s", (int)(place - line), line, commands, place + strlen("[COMMANDS]"));
    }
    fclose(file);
    free(commands);
    return 0;
}

// Into a table of Markdown.
static void print_text(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", stdout);
        else if (*text == '|')
            fputs("\\|", stdout);
        else
            putchar(*text);
    }
}

static void print_kind(const tool_param *p) {
    switch (p->kind) {
    case PARAM_TEXT:
        printf("text, at most %lld bytes", (long long)p->max);
        break;
    case PARAM_ID:
        fputs("id", stdout);
        break;
    case PARAM_INT:
        printf("%lld to %lld", (long long)p->min, (long long)p->max);
        break;
    case PARAM_FLAG:
        fputs("true, false", stdout);
        break;
    case PARAM_WORD:
        for (const char *const *word = p->words; *word != NULL; word++)
            printf("%s%s", word == p->words ? "" : ", ", *word);
        break;
    }
}

static void print_tool(const tool *t) {
    printf("\n### %s\n\n%s\n\nCommand `%s`, switch `%s`; %s.\n\n", t->name, t->description, t->command,
           t->setting, t->writes ? "it writes" : "it reads");
    puts("| Argument | Values | |\n| --- | --- | --- |");
    for (size_t i = 0; i < t->param_count; i++) {
        printf("| `%s`%s | ", t->params[i].name, t->params[i].required ? " (needed)" : "");
        print_kind(&t->params[i]);
        fputs(" | ", stdout);
        print_text(t->params[i].help);
        puts(" |");
    }
}

int main(int argc, char **argv) {
    if (argc != 2 || print_intro(argv[1]) != 0)
        return 1;
    puts("\n## The tools\n\nThese are the words that the model gets.");
    for (int i = 0; i < TOOL_COUNT; i++)
        print_tool(tool_at((tool_id)i));
    puts(
        "\n## Refusals\n\nA call that fails has a code and a sentence; these are the refusals for rights:\n");
    puts("| Name in the log | Code | What the model reads |\n| --- | --- | --- |");
    for (int i = AUTHORISE_ALLOW + 1; i < AUTHORISE_COUNT; i++) {
        const authorise_verdict v = (authorise_verdict)i;
        printf("| %s | `%s` | %s%s |\n", authorise_name(v), authorise_code(v), authorise_sentence(v),
               v == AUTHORISE_OFF ? " …." : "");
    }
    puts("\nOthers: `INVALID_ARGUMENTS`, `NOT_FOUND`, `AMBIGUOUS`, `LIMIT`, `TOO_LONG`, `TOO_MANY`, "
         "`NO_FILE`, `NOT_READABLE`, "
         "`NOT_POSTED`, `BUSY`, `UNAVAILABLE`.");
    return 0;
}
