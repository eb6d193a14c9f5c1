// SPDX-License-Identifier: Apache-2.0
#include "interactions/slash_text.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const size_t PREFIX_LENGTH = sizeof COMMAND_NATIVE_PREFIX - 1;

static char *trimmed(const char *text) {
    bytes rest = utf8_trim(bytes_str(text));
    return rest.len > 0 ? xstrndup((const char *)rest.data, rest.len) : xstrdup("");
}

char *slash_trigger(const char *command) {
    return trimmed(*command == '/' ? command + 1 : command);
}

char *slash_text(const char *trigger, const char *text, slash_named_fn *named, void *ctx) {
    const char *name = named != NULL ? named(ctx, trigger) : NULL;
    bool prefixed = strncmp(trigger, COMMAND_NATIVE_PREFIX, PREFIX_LENGTH) == 0;
    char *arguments = trimmed(text);
    if (name == NULL)
        name = prefixed ? trigger + PREFIX_LENGTH : trigger;
    char *out = xasprintf("/%s%s%s", name, *arguments != '\0' ? " " : "", arguments);
    free(arguments);
    return out;
}

char *slash_trigger_of_skill(const char *name) {
    char *plain = trimmed(name);
    for (char *c = plain; *c != '\0'; c++) {
        unsigned char sign = (unsigned char)*c;
        *c = isalnum(sign) || sign == '-' || sign == '_' ? (char)tolower(sign) : '_';
    }
    bool prefixed = strncmp(plain, COMMAND_NATIVE_PREFIX, PREFIX_LENGTH) == 0;
    size_t length = strlen(plain);
    char *trigger = NULL;
    if (length > (prefixed ? PREFIX_LENGTH : 0) && length + PREFIX_LENGTH <= SLASH_TRIGGER_MAX_BYTES)
        trigger = xasprintf("%s%s", prefixed ? "" : COMMAND_NATIVE_PREFIX, plain);
    free(plain);
    return trigger;
}

char *slash_description(const char *text) {
    bytes all = bytes_str(text), rest = all;
    uint32_t rune = 0;
    size_t kept = 0;
    while (rest.len > 0) {
        size_t len = utf8_next(rest, &rune);
        if (kept + len > SLASH_DESCRIPTION_MAX_BYTES)
            break;
        kept += len;
        rest = bytes_of(rest.data + len, rest.len - len);
    }
    return kept > 0 ? xstrndup(text, kept) : xstrdup("");
}
