// SPDX-License-Identifier: Apache-2.0
// What follows from the table of commands: finding a row, rights, help, autocomplete. Pure.
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "interactions/commands.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COMMAND_MAX_BYTES = 4096, HELP_MAX_BYTES = 8192 };

static const char *skip_blanks(const char *text) {
    return text + strspn(text, " \t\r\n");
}

static size_t word_length(const char *text) {
    return strcspn(text, " \t\r\n");
}

// The text behind the words of path, when it begins with them; else NULL.
static const char *behind(const char *text, const char *path) {
    while (*path != '\0') {
        size_t want = word_length(path), len = word_length(text);
        if (len != want || strncasecmp(text, path, want) != 0)
            return NULL;
        text = skip_blanks(text + len);
        path = skip_blanks(path + want);
    }
    return text;
}

static command_match fit(const command_row *row, const char *rest) {
    size_t len = word_length(rest);
    command_match m = {.row = row, .verdict = COMMAND_FOUND};
    bool more = *skip_blanks(rest + len) != '\0';
    if (more || (len > 0 && *row->argument == '\0'))
        m.verdict = COMMAND_TOO_MUCH;
    else if (len == 0 && *row->argument == '<')
        m.verdict = COMMAND_LACKS_ARGUMENT;
    m.argument = xstrndup(rest, len);
    return m;
}

command_match commands_find(const char *text) {
    size_t count = 0;
    const command_row *rows = commands_table(&count);
    text = skip_blanks(text);
    if (*text != '/')
        return (command_match){.verdict = COMMAND_NOT_OURS};
    const char *words = behind(text + 1, COMMAND_TRIGGER);
    bool ours = words != NULL;
    words = ours ? words : text + 1;
    if (ours && *words == '\0')
        words = "help";
    for (size_t i = 0; i < count; i++) {
        const char *rest = behind(words, rows[i].path);
        if (rest != NULL)
            return fit(&rows[i], rest);
    }
    return (command_match){.verdict = ours ? COMMAND_UNKNOWN : COMMAND_NOT_OURS};
}

access_command commands_class(const char *text) {
    command_match m = commands_find(text);
    text = skip_blanks(text);
    bool bare = *text == '/' && behind(text + 1, COMMAND_TRIGGER) == NULL;
    command_match_free(&m);
    if (m.verdict == COMMAND_NOT_OURS || (bare && m.verdict == COMMAND_TOO_MUCH))
        return ACCESS_NO_COMMAND;
    return ACCESS_ORDINARY;
}

void command_match_free(command_match *m) {
    free(m->argument);
    m->argument = NULL;
}

bool commands_may(const command_row *row, const person *p, bool approver) {
    if (!p->human)
        return false;
    switch (row->right) {
    case COMMAND_FOR_EVERYBODY:
        return true;
    case COMMAND_FOR_APPROVERS:
        return approver;
    case COMMAND_FOR_ADMINS:
        return p->admin;
    case COMMAND_FOR_NOBODY:
        break;
    }
    return false;
}

char *commands_help(const person *p, bool approver) {
    size_t count = 0;
    const command_row *rows = commands_table(&count);
    buf text;
    buf_init(&text, HELP_MAX_BYTES);
    oc_err err = buf_append_str(
        &text, "Write to me in a direct message, or mention me in a channel where I am a member. "
               "These commands are answered for you only:\n\n");
    for (size_t i = 0; i < count && err == OC_OK; i++) {
        if (commands_may(&rows[i], p, approver))
            err = buf_printf(&text, "- `/" COMMAND_TRIGGER " %s%s%s`: %s\n", rows[i].path,
                             *rows[i].argument != '\0' ? " " : "", rows[i].argument, rows[i].help);
    }
    return buf_take_str(&text);
}

// --- autocomplete ---

static cJSON *node(const char *trigger, const char *hint, const char *help, command_right right) {
    cJSON *json = json_new_object();
    json_add_string(json, "Trigger", trigger);
    json_add_string(json, "Hint", hint);
    json_add_string(json, "HelpText", help);
    json_add_string(json, "RoleID", right == COMMAND_FOR_ADMINS ? "system_admin" : "system_user");
    json_add_array(json, "Arguments");
    json_add_array(json, "SubCommands");
    return json;
}

static cJSON *child(cJSON *parent, const char *trigger) {
    cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(parent, "SubCommands")) {
        if (strcmp(json_text(one, "Trigger"), trigger) == 0)
            return one;
    }
    return NULL;
}

static void add_argument(cJSON *leaf, const command_row *row) {
    if (*row->argument == '\0')
        return;
    cJSON *argument = json_new_object();
    json_add_string(argument, "Name", "");
    json_add_string(argument, "HelpText", row->argument_help);
    json_add_string(argument, "Type", "TextInput");
    json_add_bool(argument, "Required", *row->argument == '<');
    cJSON *data = json_add_object(argument, "Data");
    json_add_string(data, "Hint", row->argument);
    json_add_string(data, "Pattern", "");
    json_push(cJSON_GetObjectItemCaseSensitive(leaf, "Arguments"), argument);
}

// What the first word of several rows stands for.
static const char *group_help(const char *word) {
    return strcmp(word, "pairing") == 0 ? "Decide who may talk to the bot" : "";
}

static void add_row(cJSON *root, const command_row *row) {
    cJSON *at = root;
    for (const char *path = row->path; *path != '\0';) {
        size_t len = word_length(path);
        bool last = path[len] == '\0';
        char *word = xstrndup(path, len);
        cJSON *next = child(at, word);
        if (next == NULL) {
            next = node(word, last ? row->argument : "[command]", last ? row->help : group_help(word),
                        row->right);
            json_push(cJSON_GetObjectItemCaseSensitive(at, "SubCommands"), next);
        }
        free(word);
        at = next;
        path = skip_blanks(path + len);
    }
    add_argument(at, row);
}

cJSON *commands_autocomplete(void) {
    size_t count = 0;
    const command_row *rows = commands_table(&count);
    cJSON *root =
        node(COMMAND_TRIGGER, "[command]", "Talk to and look after the OpenClaw bot", COMMAND_FOR_EVERYBODY);
    for (size_t i = 0; i < count; i++)
        add_row(root, &rows[i]);
    return root;
}
