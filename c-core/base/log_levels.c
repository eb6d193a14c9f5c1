// SPDX-License-Identifier: Apache-2.0
#include "base/log_levels.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The folders below c-core, and what has none. `make check-style` compares them with what is there.
static const char *const COMPONENTS[] = {
    "core",     "shim",     "audit",   "account", "admin",        "base",  "chat",
    "config",   "delivery", "gateway", "inbound", "interactions", "link",  "net",
    "outbound", "reply",    "session", "store",   "turn",         "words",
};
enum { COMPONENT_COUNT = sizeof COMPONENTS / sizeof *COMPONENTS, WORD_BYTES = 32 };
_Static_assert((int)COMPONENT_COUNT <= (int)LOG_COMPONENTS_MAX, "log_levels holds them all");

static struct {
    log_level lowest; // of all: most lines are dropped without a look at whose they are
    bool single;      // there is one level for all
    log_levels levels;
} now = {.lowest = LOG_INFO, .single = true, .levels = {.least = LOG_INFO}};

const char *log_component_name(size_t i) {
    return i < COMPONENT_COUNT ? COMPONENTS[i] : NULL;
}

static int find_component(const char *name, size_t len) {
    for (int i = 0; i < COMPONENT_COUNT; i++) {
        if (strlen(COMPONENTS[i]) == len && strncasecmp(COMPONENTS[i], name, len) == 0)
            return i;
    }
    return -1;
}

// "c-core/gateway/run.c" is gateway's, "c-core/app.c" the core's, "server/…" the shim's, "audit" its own.
static int component_of(const char *file) {
    static const char core[] = "c-core/", shim[] = "server/";
    const char *at = strstr(file, core);
    if (at != NULL) {
        const char *name = at + strlen(core);
        const char *end = strchr(name, '/');
        int found = end != NULL ? find_component(name, (size_t)(end - name)) : -1;
        return found >= 0 ? found : 0;
    }
    if (strncmp(file, shim, strlen(shim)) == 0)
        return 1;
    int found = find_component(file, strlen(file));
    return found >= 0 ? found : 0;
}

const char *log_component_if(const char *file, log_level level) {
    if (level < now.lowest)
        return NULL;
    int component = component_of(file);
    int own = now.single ? -1 : now.levels.components[component];
    log_level least = own >= 0 ? (log_level)own : now.levels.least;
    return level >= least ? COMPONENTS[component] : NULL;
}

void log_set_levels(const log_levels *levels) {
    now.levels = *levels;
    now.lowest = levels->least;
    now.single = true;
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (levels->components[i] < 0)
            continue;
        now.single = false;
        if ((log_level)levels->components[i] < now.lowest)
            now.lowest = (log_level)levels->components[i];
    }
}

static log_levels with_least(log_level least) {
    log_levels all = {.least = least};
    memset(all.components, -1, sizeof all.components);
    return all;
}

void log_set_level(log_level least) {
    log_levels all = with_least(least);
    log_set_levels(&all);
}

// --- reading ---

static char *wrong_level(bytes word) {
    return xasprintf("\"%.*s\" is no level: choose debug, info, warn or error.",
                     (int)(word.len < WORD_BYTES ? word.len : WORD_BYTES), (const char *)word.data);
}

static char *wrong_component(bytes word) {
    char *all = xstrdup(COMPONENTS[0]);
    for (size_t i = 1; i < COMPONENT_COUNT; i++) {
        char *longer = xasprintf("%s, %s", all, COMPONENTS[i]);
        free(all);
        all = longer;
    }
    char *sentence =
        xasprintf("\"%.*s\" is no component: choose among %s.",
                  (int)(word.len < WORD_BYTES ? word.len : WORD_BYTES), (const char *)word.data, all);
    free(all);
    return sentence;
}

static int level_of(bytes word) {
    char text[WORD_BYTES];
    if (word.len >= sizeof text)
        return -1;
    memcpy(text, word.data, word.len);
    text[word.len] = '\0';
    return log_level_find(text);
}

static char *read_part(bytes part, log_levels *out, bool *has_least) {
    const uint8_t *equals = memchr(part.data, '=', part.len);
    if (equals == NULL) {
        int level = level_of(part);
        if (level < 0)
            return wrong_level(part);
        if (*has_least)
            return xstrdup("names two levels for everything: one is enough; a component's own is written as "
                           "gateway=debug.");
        out->least = (log_level)level;
        *has_least = true;
        return NULL;
    }
    bytes name = utf8_trim(bytes_of(part.data, (size_t)(equals - part.data)));
    bytes word = utf8_trim(bytes_of(equals + 1, part.len - (size_t)(equals + 1 - part.data)));
    int component = find_component((const char *)name.data, name.len), level = level_of(word);
    if (component < 0)
        return wrong_component(name);
    if (level < 0)
        return wrong_level(word);
    out->components[component] = (signed char)level;
    return NULL;
}

char *log_levels_read(const char *text, log_levels *out) {
    log_levels read = with_least(LOG_INFO);
    bool has_least = false;
    size_t parts = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        bytes part = utf8_trim(bytes_of(text, len));
        char *wrong = part.len > 0 ? read_part(part, &read, &has_least) : NULL;
        if (wrong != NULL)
            return wrong;
        parts += part.len > 0;
        text += len + (text[len] == ',');
    }
    if (parts == 0)
        return xstrdup("names no level: choose debug, info, warn or error.");
    *out = read;
    return NULL;
}
