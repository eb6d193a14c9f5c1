// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.h"

#include "base/mem.h"
#include "base/parse.h"
#include "config/file.h"
#include "config/read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 200, NAME_MAX_BYTES = 128, VALUE_MAX_BYTES = 8192, FILE_MAX_BYTES = 64 * 1024 };

typedef struct entry {
    char *name;
    secret *value;
} entry;

struct config_secrets {
    entry entries[ENTRIES_MAX];
    size_t count;
    const conf_node *providers;
    bool external;
};

static const char NAME_CHARACTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

// --- the field Secrets ---

static const entry *entry_named(const config_secrets *s, const char *name) {
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->entries[i].name, name) == 0)
            return &s->entries[i];
    }
    return NULL;
}

static void add_entry(config_secrets *s, bytes name, bytes value, int line, config_problems *problems) {
    char *text = xstrndup((const char *)name.data, name.len);
    const char *wrong = NULL;
    if (name.len == 0 || name.len > NAME_MAX_BYTES || strspn(text, NAME_CHARACTERS) != name.len)
        wrong =
            "must begin with a name of letters, digits, _ and -, then a colon and the value; for example: "
            "GATEWAY_TOKEN: 4f6d…";
    else if (value.len == 0)
        wrong = "has no value behind the name.";
    else if (value.len > VALUE_MAX_BYTES)
        wrong = "has a value of more than 8192 bytes.";
    else if (entry_named(s, text) != NULL)
        wrong = "has a name that stands in an earlier line.";
    else if (s->count == ENTRIES_MAX)
        wrong = "is the 201st entry: 200 are allowed.";
    if (wrong != NULL) {
        config_problem_add(problems, CONFIG_ERROR, "Secrets", "", line, xstrdup(wrong));
        free(text);
        return;
    }
    char *copy = xstrndup((const char *)value.data, value.len);
    s->entries[s->count++] = (entry){.name = text, .value = secret_create(copy)};
    secret_wipe(copy, value.len);
    free(copy);
}

static bytes trimmed(const char *from, size_t len) {
    while (len > 0 && isspace((unsigned char)from[0])) {
        from++;
        len--;
    }
    while (len > 0 && isspace((unsigned char)from[len - 1]))
        len--;
    return bytes_of(from, len);
}

// Quotes around a value are not part of it.
static bytes unquoted(bytes value) {
    bool quoted = value.len >= 2 && (value.data[0] == '"' || value.data[0] == '\'') &&
                  value.data[value.len - 1] == value.data[0];
    return quoted ? bytes_of(value.data + 1, value.len - 2) : value;
}

config_secrets *config_secrets_create(const char *text, config_problems *problems) {
    config_secrets *s = xcalloc(1, sizeof *s);
    for (int line = 1; *text != '\0'; line++) {
        size_t len = strcspn(text, "\n");
        bytes content = trimmed(text, len);
        if (content.len > 0 && content.data[0] != '#') {
            const uint8_t *colon = memchr(content.data, ':', content.len);
            size_t name_len = colon != NULL ? (size_t)(colon - content.data) : 0;
            bytes name = trimmed((const char *)content.data, name_len);
            bytes value = colon != NULL ? trimmed((const char *)colon + 1, content.len - name_len - 1)
                                        : bytes_of(content.data, 0);
            add_entry(s, name, unquoted(value), line, problems);
        }
        text += len + (text[len] == '\n');
    }
    return s;
}

void config_secrets_destroy(config_secrets *s) {
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++) {
        free(s->entries[i].name);
        secret_destroy(s->entries[i].value);
    }
    free(s);
}

void config_secrets_set_providers(config_secrets *s, const conf_node *providers) {
    s->providers = providers;
}

void config_secrets_set_external(config_secrets *s, bool external) {
    s->external = external;
}

bool config_secrets_external(const config_secrets *s) {
    return s != NULL && s->external;
}

// --- references: their form ---

typedef enum source { SOURCE_STORE, SOURCE_ENV, SOURCE_FILE, SOURCE_EXEC, SOURCE_UNKNOWN } source;

typedef struct reference { // borrowed texts
    source from;
    const char *id, *path, *provider;
    char *owned; // the name within ${…}
} reference;

bool config_secret_is_reference(const conf_node *value) {
    const char *text = conf_text(value);
    size_t len = strlen(text);
    return conf_kind_of(value) == CONF_MAP ||
           (len > 3 && strncmp(text, "${", 2) == 0 && text[len - 1] == '}');
}

static reference reference_of(const conf_node *value) {
    static const char *const sources[] = {"store", "env", "file", "exec"};
    reference r = {.from = SOURCE_UNKNOWN};
    if (conf_kind_of(value) != CONF_MAP) {
        r.owned = xstrndup(conf_text(value) + 2, strlen(conf_text(value)) - 3);
        r.from = SOURCE_ENV;
        r.id = r.owned;
        r.path = r.provider = "";
        return r;
    }
    for (int i = 0; i < SOURCE_UNKNOWN; i++) {
        if (strcmp(conf_text(conf_get(value, "source")), sources[i]) == 0)
            r.from = (source)i;
    }
    r.id = conf_text(conf_get(value, "id"));
    r.path = conf_text(conf_get(value, "path"));
    r.provider = conf_text(conf_get(value, "provider"));
    return r;
}

static const char *check_members(const conf_node *value) {
    static const char *const known[] = {"source", "id", "path", "provider"};
    for (size_t i = 0; i < conf_count(value); i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            found = found || strcmp(conf_key(value, i), known[k]) == 0;
        if (!found || conf_kind_of(conf_at(value, i)) == CONF_LIST ||
            conf_kind_of(conf_at(value, i)) == CONF_MAP)
            return "must be a secret reference with source, id and, for files, path or provider; for "
                   "example: "
                   "{source: store, id: GATEWAY_TOKEN}";
    }
    return NULL;
}

static const char *check_provider(const char *provider) {
    size_t len = strlen(provider);
    bool fine = len == 0 || (len <= 64 && islower((unsigned char)provider[0]) &&
                             strspn(provider, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len);
    return fine ? NULL
                : "has a provider that is no name: up to 64 lower-case letters, digits, _ and -, a letter "
                  "first.";
}

static const char *check_file_form(const reference *r) {
    if (*r->path != '\0' && *r->path != '/')
        return "must give the file's absolute path.";
    if (*r->path == '\0' && *r->provider == '\0')
        return "must give the file's path (path: /run/secrets/gateway.json), or a provider of "
               "secrets.providers.";
    if (*r->id != '/' && strcmp(r->id, "value") != 0)
        return "must have as id a JSON pointer into the file such as /gateway/token, or value for the whole "
               "file.";
    return NULL;
}

static const char *check_form(const reference *r) {
    size_t len = strlen(r->id);
    switch (r->from) {
    case SOURCE_STORE:
        return len > 0 && len <= NAME_MAX_BYTES && strspn(r->id, NAME_CHARACTERS) == len
                   ? NULL
                   : "must have as id a name of the field Secrets: letters, digits, _ and -.";
    case SOURCE_ENV:
        return len > 0 && len <= NAME_MAX_BYTES && !isdigit((unsigned char)r->id[0]) &&
                       strspn(r->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len
                   ? NULL
                   : "must have as id the name of an environment variable: upper-case letters, digits and _, "
                     "a "
                     "letter first.";
    case SOURCE_FILE:
        return check_file_form(r);
    case SOURCE_EXEC:
        return "must not have the source exec: the plugin starts no programs. Use store, env or file.";
    case SOURCE_UNKNOWN:
        break;
    }
    return "must have as source one of: store, env, file.";
}

static const char *check_reference(const conf_node *value, const reference *r) {
    const char *wrong = check_members(value);
    if (wrong == NULL)
        wrong = check_provider(r->provider);
    return wrong != NULL ? wrong : check_form(r);
}

char *config_secret_check(const conf_node *value) {
    reference r = reference_of(value);
    const char *wrong = check_reference(value, &r);
    free(r.owned);
    return wrong != NULL ? xstrdup(wrong) : NULL;
}

// --- references: what they hold ---

static const char *resolve_env(const config_secrets *s, const reference *r, secret **out) {
    if (!config_secrets_external(s) && strncmp(r->id, "OPENCLAW_", strlen("OPENCLAW_")) != 0)
        return "may only refer to environment variables whose names begin with OPENCLAW_.";
    const char *value = getenv(r->id);
    if (value == NULL || *value == '\0')
        return config_secrets_external(s)
                   ? "refers to an environment variable that is not set."
                   : "refers to an environment variable that is not set for the Mattermost server.";
    *out = secret_create(value);
    return NULL;
}

static const char *resolve_store(const config_secrets *s, const reference *r, secret **out) {
    const entry *found = entry_named(s, r->id);
    if (found == NULL)
        return config_secrets_external(s)
                   ? "refers to the field Secrets, which only the plugin has: write {source: env, id: NAME} "
                     "or "
                     "{source: file, path: /…, id: value}."
                   : "refers to a name that does not stand in the field Secrets: add a line with the name, a "
                     "colon and the value there.";
    *out = secret_dup(found->value);
    return NULL;
}

// The key between two slashes of a JSON pointer (RFC 6901): ~1 is a slash, ~0 a tilde. The caller frees it.
static char *pointer_key(const char *from, size_t len) {
    char *key = xstrndup(from, len), *to = key;
    for (size_t i = 0; i < len; i++) {
        bool escape = from[i] == '~' && i + 1 < len && (from[i + 1] == '0' || from[i + 1] == '1');
        *to++ = !escape ? from[i] : from[i + 1] == '0' ? '~' : '/';
        i += escape;
    }
    *to = '\0';
    return key;
}

static const conf_node *pointer_step(const conf_node *node, const char *key) {
    uint64_t index = 0;
    if (conf_kind_of(node) != CONF_LIST)
        return conf_get(node, key);
    return parse_uint(bytes_str(key), CONF_NODES_MAX, &index) == OC_OK ? conf_at(node, (size_t)index) : NULL;
}

// The text that a JSON pointer leads to.
static const char *resolve_pointer(const char *content, const char *pointer, secret **out) {
    conf_problem problem = {.line = 0};
    conf_node *root = conf_read(bytes_str(content), &problem);
    const conf_node *at = root;
    const char *text = "";
    if (root == NULL) {
        conf_problem_free(&problem);
        return "refers to a file that is not valid JSON; use value as id for a file that holds nothing else.";
    }
    while (*pointer == '/' && at != NULL) {
        size_t len = strcspn(++pointer, "/");
        char *key = pointer_key(pointer, len);
        at = pointer_step(at, key);
        free(key);
        pointer += len;
    }
    bool fine = conf_as_text(at, &text) && *text != '\0';
    if (fine)
        *out = secret_create(text);
    conf_destroy(root);
    return fine ? NULL : "refers to a place in the file where no text stands.";
}

static const char *resolve_content(char *content, const char *id, secret **out) {
    if (*id == '/')
        return resolve_pointer(content, id, out);
    size_t len = strcspn(content, "\r\n");
    if (len == 0 || content[len + strspn(content + len, " \t\r\n")] != '\0')
        return "refers to a file that is empty or holds more than one line.";
    content[len] = '\0';
    *out = secret_create(content);
    return NULL;
}

static char *resolve_file(const config_secrets *s, const reference *r, secret **out) {
    const char *path = r->path, *wrong = NULL;
    int error_number = 0;
    if (*path == '\0') {
        const conf_node *provider = conf_get(s->providers, r->provider);
        if (strcmp(conf_text(conf_get(provider, "source")), "file") == 0)
            path = conf_text(conf_get(provider, "path"));
    }
    if (*path != '/')
        return xstrdup("refers to a provider that secrets.providers does not define with the source file and "
                       "an absolute path.");
    char *content = file_read(path, FILE_MAX_BYTES, &wrong, &error_number);
    if (content == NULL)
        return xasprintf("%s%s%s.", wrong, error_number != 0 ? ": " : "",
                         error_number != 0 ? strerror(error_number) : "");
    wrong = resolve_content(content, r->id, out);
    file_free(content);
    return wrong != NULL ? xstrdup(wrong) : NULL;
}

char *config_secret_resolve(const config_secrets *s, const conf_node *value, secret **out) {
    reference r = reference_of(value);
    const char *wrong = check_reference(value, &r);
    char *sentence = NULL;
    *out = NULL;
    if (wrong == NULL && r.from == SOURCE_FILE)
        sentence = resolve_file(s, &r, out);
    else if (wrong == NULL)
        wrong = r.from == SOURCE_ENV ? resolve_env(s, &r, out) : resolve_store(s, &r, out);
    free(r.owned);
    return wrong != NULL ? xstrdup(wrong) : sentence;
}
