// SPDX-License-Identifier: Apache-2.0
// Usage: command_doc INTRO  – prints docs/commands.md: the words of INTRO, then the table.
#include "interactions/command_rows.h"

#include <stdio.h>

enum { LINE_BYTES = 4096 };

static int print_intro(const char *path) {
    char line[LINE_BYTES];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    while (fgets(line, sizeof line, file) != NULL)
        fputs(line, stdout);
    fclose(file);
    return 0;
}

// Into a table of Markdown, within backticks.
static void print_code(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
}

static void print_right(unsigned right) {
    static const struct {
        command_role role;
        const char *words;
    } roles[] = {
        {COMMAND_FOR_EVERYBODY, "everybody"},
        {COMMAND_FOR_TALKERS, "who may talk to the bot there"},
        {COMMAND_FOR_OWNERS, "owners"},
        {COMMAND_FOR_APPROVERS, "approvers"},
        {COMMAND_FOR_ADMINS, "system administrators"},
    };
    const char *between = "";
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if ((right & roles[i].role) == 0)
            continue;
        printf("%s%s", between, roles[i].words);
        between = ", ";
    }
}

int main(int argc, char **argv) {
    const command_row *row;
    if (argc != 2 || print_intro(argv[1]) != 0)
        return 1;
    puts("\n## All commands\n\n| Command | Also as | What it does | Who may |\n| --- | --- | --- | --- |");
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
        printf("| `/openclaw %s%s", row->path, *row->argument != '\0' ? " " : "");
        print_code(row->argument);
        printf("` | ");
        if (row->native)
            printf("`/oc_%s`", row->path);
        printf(" | %s | ", words_text(WORDS_EN, row->help));
        print_right(row->right);
        puts(" |");
    }
    return 0;
}
