// SPDX-License-Identifier: Apache-2.0
// What follows from the table of commands: finding a row, rights, help, autocomplete. Pure.
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "interactions/commands.h"

#include <stdint.h>
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

// --- the tables ---

static const command_rows *const TABLES[] = {
    &command_rows_general, &command_rows_session, &command_rows_display, &command_rows_settings,
    &command_rows_skill,   &command_rows_approve, &command_rows_find,    &command_rows_pairing,
    &command_rows_admin,   &command_rows_purge,   &command_rows_carry,
};
enum { TABLE_COUNT = sizeof TABLES / sizeof *TABLES };

const command_row *commands_row(size_t index) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (index < TABLES[i]->count)
            return &TABLES[i]->rows[index];
        index -= TABLES[i]->count;
    }
    return NULL;
}

// --- finding one ---

static bool takes_rest(const command_row *row) {
    return strstr(row->argument, "...") != NULL;
}

// The words of rest, one blank between them; what follows "bot:" among them goes to *bot.
static char *argument_of(const command_row *row, const char *rest, char **bot, size_t *words) {
    static const char option[] = "bot:";
    char *out = xcalloc(1, strlen(rest) + 1);
    size_t used = 0;
    *words = 0;
    for (size_t len = word_length(rest); len > 0; len = word_length(rest)) {
        bool is_bot = row->placed && *bot == NULL && len > strlen(option) &&
                      strncasecmp(rest, option, strlen(option)) == 0;
        if (is_bot) {
            *bot = xstrndup(rest + strlen(option), len - strlen(option));
        } else {
            if (used > 0)
                out[used++] = ' ';
            memcpy(out + used, rest, len);
            used += len;
            (*words)++;
        }
        rest = skip_blanks(rest + len);
    }
    return out;
}

static command_match fit(const command_row *row, const char *rest) {
    command_match m = {.row = row, .verdict = COMMAND_FOUND};
    size_t words = 0;
    m.argument = argument_of(row, rest, &m.bot, &words);
    size_t most = *row->argument == '\0' ? 0 : takes_rest(row) ? SIZE_MAX : 1;
    if (words > most)
        m.verdict = COMMAND_TOO_MUCH;
    else if (words == 0 && *row->argument == '<')
        m.verdict = COMMAND_LACKS_ARGUMENT;
    return m;
}

static command_match find_path(const char *words, bool native, command_verdict otherwise) {
    const command_row *row;
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++) {
        const char *rest = behind(words, row->path);
        if (rest != NULL && (!native || row->native))
            return fit(row, rest);
    }
    return (command_match){.verdict = otherwise};
}

command_match commands_find(const char *text) {
    static const size_t prefix = sizeof COMMAND_NATIVE_PREFIX - 1;
    text = skip_blanks(text);
    if (*text != '/')
        return (command_match){.verdict = COMMAND_NOT_OURS};
    const char *words = behind(text + 1, COMMAND_TRIGGER);
    if (words != NULL)
        return find_path(*words == '\0' ? "help" : words, false, COMMAND_UNKNOWN);
    if (strncasecmp(text + 1, COMMAND_NATIVE_PREFIX, prefix) == 0)
        return find_path(text + 1 + prefix, true, COMMAND_NOT_OURS);
    return find_path(text + 1, false, COMMAND_NOT_OURS);
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
    free(m->bot);
    m->argument = NULL;
    m->bot = NULL;
}

bool commands_may(const command_row *row, unsigned roles) {
    return (roles & COMMAND_FOR_EVERYBODY) != 0 && (row->right & roles) != 0;
}

// Of somebody whose place is not known only what does not hang on it is certain.
static bool shows(const command_row *row, unsigned roles) {
    return commands_may(row, roles | (row->placed ? COMMAND_FOR_TALKERS : 0));
}

char *commands_help(words_lang lang, unsigned roles) {
    const command_row *row;
    buf text;
    buf_init(&text, HELP_MAX_BYTES);
    oc_err err = buf_printf(&text, "%s\n\n", words_text(lang, WORD_COMMAND_HELP_HEAD));
    for (size_t i = 0; (row = commands_row(i)) != NULL && err == OC_OK; i++) {
        if (shows(row, roles))
            err = buf_printf(&text, "- `/" COMMAND_TRIGGER " %s%s%s`: %s\n", row->path,
                             *row->argument != '\0' ? " " : "", row->argument, words_text(lang, row->help));
    }
    return buf_take_str(&text);
}

// --- autocomplete ---

static cJSON *node(words_lang lang, const char *trigger, const char *hint, words_key help, unsigned right) {
    cJSON *json = json_new_object();
    json_add_string(json, "Trigger", trigger);
    json_add_string(json, "Hint", hint);
    json_add_string(json, "HelpText", words_text(lang, help));
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

static void add_choices(cJSON *data, words_lang lang, const command_choice *choices) {
    cJSON *list = json_add_array(data, "PossibleArguments");
    for (const command_choice *c = choices; c->value != NULL; c++) {
        cJSON *item = json_new_object();
        json_add_string(item, "Item", c->value);
        json_add_string(item, "Hint", "");
        json_add_string(item, "HelpText", words_text(lang, c->help));
        json_push(list, item);
    }
}

static void add_argument(cJSON *leaf, words_lang lang, const command_row *row) {
    bool fetched = row->list != NULL, listed = row->choices != NULL;
    if (*row->argument != '<' && !fetched && !listed) // the server takes no optional text: its hint must do
        return;
    cJSON *argument = json_new_object();
    json_add_string(argument, "Name", "");
    json_add_string(argument, "HelpText", words_text(lang, row->argument_help));
    json_add_string(argument, "Type", fetched ? "DynamicList" : listed ? "StaticList" : "TextInput");
    json_add_bool(argument, "Required", *row->argument == '<');
    cJSON *data = json_add_object(argument, "Data");
    if (fetched) {
        char *url = xasprintf("%s/%s", COMMAND_LISTS_PATH, row->list);
        json_add_string(data, "FetchURL", url);
        free(url);
    } else if (listed) {
        add_choices(data, lang, row->choices);
    } else {
        json_add_string(data, "Hint", row->argument);
        json_add_string(data, "Pattern", "");
    }
    json_push(cJSON_GetObjectItemCaseSensitive(leaf, "Arguments"), argument);
}

// What the first word of several rows stands for.
static words_key group_help(const char *word) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (TABLES[i]->word != NULL && strcmp(TABLES[i]->word, word) == 0)
            return TABLES[i]->word_help;
    }
    return WORD_NONE;
}

static void add_row(cJSON *root, words_lang lang, const command_row *row) {
    cJSON *at = root;
    for (const char *path = row->path; *path != '\0';) {
        size_t len = word_length(path);
        bool last = path[len] == '\0';
        char *word = xstrndup(path, len);
        cJSON *next = child(at, word);
        if (next == NULL) {
            next = node(lang, word, last ? row->argument : "[command]", last ? row->help : group_help(word),
                        row->right);
            json_push(cJSON_GetObjectItemCaseSensitive(at, "SubCommands"), next);
        }
        free(word);
        at = next;
        path = skip_blanks(path + len);
    }
    add_argument(at, lang, row);
}

cJSON *commands_autocomplete(words_lang lang) {
    const command_row *row;
    cJSON *root = node(lang, COMMAND_TRIGGER, "[command]", WORD_COMMAND_DESCRIPTION, COMMAND_FOR_EVERYBODY);
    for (size_t i = 0; (row = commands_row(i)) != NULL; i++)
        add_row(root, lang, row);
    return root;
}

cJSON *commands_native_autocomplete(words_lang lang, const command_row *row) {
    char *trigger = xasprintf(COMMAND_NATIVE_PREFIX "%s", row->path);
    cJSON *root = node(lang, trigger, row->argument, row->help, row->right);
    add_argument(root, lang, row);
    free(trigger);
    return root;
}
