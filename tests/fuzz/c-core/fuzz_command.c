// SPDX-License-Identifier: Apache-2.0
// What people type as commands, and what others say in errors: a match within its bounds, a text that cannot break a line or a
// code span. The input is the text.
#include "base/mem.h"
#include "base/sanitise.h"
#include "base/utf8.h"
#include "interactions/command_gateway.h"
#include "interactions/slash_text.h"

#include <stdlib.h>
#include <string.h>

static void must(bool good) {
    if (!good)
        abort();
}

static void check_match(const char *text) {
    command_match m = commands_find(text);
    must((m.row != NULL) == (m.argument != NULL));
    must(m.bot == NULL || (m.row != NULL && m.row->placed && *m.bot != '\0'));
    must(m.argument == NULL || strlen(m.argument) <= strlen(text));
    if (m.verdict == COMMAND_FOUND && *m.row->argument == '\0')
        must(*m.argument == '\0');
    command_match_free(&m);
    must(commands_class(text) == ACCESS_NO_COMMAND || strchr(text, '/') != NULL);
}

static void check_slash(const char *text) {
    char *trigger = slash_trigger(text), *whole = slash_text(trigger, text, NULL, NULL),
         *skill = slash_trigger_of_skill(text), *description = slash_description(text);
    must(whole[0] == '/');
    must(skill == NULL || (strlen(skill) <= SLASH_TRIGGER_MAX_BYTES && strpbrk(skill, " /\t\n") == NULL &&
                           strncmp(skill, COMMAND_NATIVE_PREFIX, strlen(COMMAND_NATIVE_PREFIX)) == 0));
    must(strlen(description) <= SLASH_DESCRIPTION_MAX_BYTES);
    free(trigger);
    free(whole);
    free(skill);
    free(description);
}

static void check_sanitised(const char *text) {
    char *clean = sanitise(text), *quoted = command_quote(text, 40);
    must(utf16_units(bytes_str(clean)) <= SANITISED_MAX_UNITS && strpbrk(clean, "\r\n\t") == NULL);
    must(strpbrk(quoted, "`\r\n") == NULL && utf8_runes(bytes_str(quoted)) <= 41);
    free(clean);
    free(quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = xstrndup((const char *)data, size);
    check_match(text);
    check_slash(text);
    check_sanitised(text);
    free(text);
    return 0;
}
