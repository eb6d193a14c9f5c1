// SPDX-License-Identifier: Apache-2.0
#include "config/value.h"

#include "base/mem.h"
#include "config/account.h"
#include "config/ca.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ENTRY_MAX_BYTES = 1000 };

typedef struct reading {
    const config_key *key;
    const conf_node *node;
    const config_secrets *secrets;
    void *object;
} reading;

// Where the value is stored, or NULL when it is only checked.
static void *place(const reading *r) {
    return r->object == NULL || r->key->offset == KEY_NOWHERE ? NULL : (char *)r->object + r->key->offset;
}

static bool from_console(const reading *r) {
    return conf_line(r->node) == 0;
}

static char *sentence(const char *text) {
    return xstrdup(text);
}

// Takes the text.
static void store_text(void *at, char *text) {
    char **to = at;
    if (to == NULL) {
        free(text);
        return;
    }
    free(*to);
    *to = text;
}

// --- texts ---

static char *check_length(const reading *r, const char *text) {
    return (int64_t)strlen(text) > r->key->max
               ? xasprintf("must not be longer than %lld bytes.", (long long)r->key->max)
               : NULL;
}

static char *check_text(const reading *r, const char *text) {
    char *wrong = check_length(r, text);
    return wrong == NULL && r->key->check != NULL ? r->key->check(text) : wrong;
}

static char *read_referred_text(const reading *r) {
    secret *value = NULL;
    char *wrong = config_secret_resolve(r->secrets, r->node, &value);
    if (wrong == NULL)
        wrong = check_text(r, secret_reveal(value));
    if (wrong == NULL)
        store_text(place(r), xstrdup(secret_reveal(value)));
    secret_destroy(value);
    return wrong;
}

static char *read_text(const reading *r) {
    const char *text = "";
    if (r->key->ref_ok && !from_console(r) && config_secret_is_reference(r->node))
        return read_referred_text(r);
    if (!conf_as_text(r->node, &text))
        return sentence(r->key->ref_ok ? "must be a text or a secret reference." : "must be a text.");
    if (r->key->ref_ok && !from_console(r) && strchr(text, '@') != NULL &&
        !config_secrets_external(r->secrets))
        return sentence(
            "holds a password, and this field is not masked: put the whole address into the field "
            "Secrets as a line NAME: address, and write {source: store, id: NAME} here.");
    char *wrong = check_text(r, text);
    if (wrong == NULL)
        store_text(place(r), xstrdup(text));
    return wrong;
}

// A text, or false for none.
static char *read_label(const reading *r) {
    const char *text = "";
    bool flag = true;
    if (conf_is_plain(r->node) && conf_as_bool(r->node, &flag) && !flag) {
        store_text(place(r), NULL);
        return NULL;
    }
    return conf_as_text(r->node, &text) ? read_text(r) : sentence("must be a text, or false for no title.");
}

static char *read_ca(const reading *r) {
    const char *text = "";
    char *detail = NULL;
    const char *wrong = NULL;
    if (!conf_as_text(r->node, &text))
        return sentence("must be a text.");
    bool pem = ca_is_pem(text);
    if (pem)
        wrong = ca_check_pem(text);
    else if (*text == '/')
        wrong = ca_check_file(text, &detail);
    else if (*text != '\0')
        wrong = "is neither a certificate in PEM form nor an absolute path of a file";
    if (wrong != NULL) {
        char *all = xasprintf("%s%s%s%s. Paste the certificate of your private CA in PEM form, or give the "
                              "absolute path of such a "
                              "file on the Mattermost server.",
                              wrong, detail != NULL ? " (" : "", detail != NULL ? detail : "",
                              detail != NULL ? ")" : "");
        free(detail);
        return all;
    }
    char **to = place(r); // file, then PEM
    if (to != NULL) {
        store_text(&to[0], xstrdup(pem ? "" : text));
        store_text(&to[1], xstrdup(pem ? text : ""));
    }
    return NULL;
}

// --- secrets ---

static char *read_secret(const reading *r) {
    const char *text = "";
    secret *value = NULL;
    bool reference = !from_console(r) && config_secret_is_reference(r->node);
    bool idle = r->key->role == KEY_IDLE && !config_secrets_external(r->secrets);
    if (reference && idle)
        return config_secret_check(r->node);
    if (!reference && !conf_as_text(r->node, &text))
        return sentence("must be a secret reference, for example {source: store, id: NAME}.");
    if (idle)
        return NULL;
    if (!reference && !from_console(r) && !config_secrets_external(r->secrets))
        return sentence(
            "holds a secret, and this field is not masked: put it into the field Secrets as a line "
            "NAME: value, and write {source: store, id: NAME} here.");
    char *wrong = reference ? config_secret_resolve(r->secrets, r->node, &value) : NULL;
    if (wrong != NULL)
        return wrong;
    secret **to = place(r);
    if (to != NULL) {
        secret_destroy(*to);
        *to = reference ? secret_dup(value) : secret_create(text);
    }
    secret_destroy(value);
    return NULL;
}

// --- words and flags ---

static char *read_word(const reading *r) {
    const choice_words *words = r->key->words;
    int found = choice_find(words, conf_text(r->node));
    if (found < 0) {
        char *list = choice_list(words);
        char *wrong = xasprintf("must be one of: %s.", list);
        free(list);
        return wrong;
    }
    void *to = place(r);
    if (to != NULL && r->key->kind == KEY_BOOL)
        *(bool *)to = found == 1;
    else if (to != NULL)
        *(int *)to = found;
    return NULL;
}

static char *read_bool(const reading *r) {
    bool flag = false;
    if (r->key->words != NULL)
        return read_word(r);
    if (!conf_as_bool(r->node, &flag))
        return sentence("must be true or false.");
    bool *to = place(r);
    if (to != NULL)
        *to = flag;
    return NULL;
}

static char *read_flag(const reading *r) {
    bool flag = false;
    bool automatic = r->key->auto_ok && strcasecmp(conf_text(r->node), "auto") == 0;
    if (!automatic && !conf_as_bool(r->node, &flag))
        return sentence(r->key->auto_ok ? "must be true, false or auto." : "must be true or false.");
    choice *to = place(r);
    if (to != NULL)
        *to = automatic ? UNSET : flag ? YES : NO;
    return NULL;
}

// --- numbers ---

static char *read_int(const reading *r) {
    int64_t number = 0;
    if (!conf_as_int(r->node, &number) || number < r->key->min || number > r->key->max)
        return xasprintf("must be a whole number from %lld to %lld.", (long long)r->key->min,
                         (long long)r->key->max);
    void *to = place(r);
    if (to != NULL && r->key->kind == KEY_INT64)
        *(int64_t *)to = number * (r->key->scale != 0 ? r->key->scale : 1);
    else if (to != NULL)
        *(int *)to = (int)number;
    return NULL;
}

static char *read_number(const reading *r) {
    double number = 0;
    if (!conf_as_number(r->node, &number) || number <= 0 || number > (double)r->key->max)
        return xasprintf("must be a number above 0 and up to %lld.", (long long)r->key->max);
    double *to = place(r);
    if (to != NULL)
        *to = number;
    return NULL;
}

// --- lists ---

// A field of the console as a list: people's ids are separated by white space, commas or semicolons, all else by white
// space. Also a list itself: then a copy.
static conf_node *as_list(const reading *r) {
    const char *separators = r->key->people ? " \t\r\n,;" : " \t\r\n";
    if (!from_console(r) || conf_kind_of(r->node) != CONF_SCALAR)
        return conf_copy(r->node);
    conf_node *list = conf_new_list(0);
    const char *at = conf_text(r->node);
    for (at += strspn(at, separators); *at != '\0'; at += strspn(at, separators)) {
        size_t len = strcspn(at, separators);
        conf_push(list, conf_new_scalar(bytes_of(at, len), true, 0));
        at += len;
    }
    return list;
}

static char *check_entry(const reading *r, const conf_node *entry) {
    const char *text = "";
    if (!conf_as_text(entry, &text))
        return sentence("must be a list of texts.");
    if (strlen(text) > ENTRY_MAX_BYTES)
        return sentence("has an entry of more than 1000 bytes.");
    return r->key->check != NULL ? r->key->check(text) : NULL;
}

static char *check_list(const reading *r, const conf_node *list) {
    char *wrong = NULL;
    if (conf_kind_of(list) != CONF_LIST)
        return sentence("must be a list, for example [a, b].");
    if ((int64_t)conf_count(list) > r->key->max)
        return xasprintf("holds more than %lld entries.", (long long)r->key->max);
    for (size_t i = 0; wrong == NULL && i < conf_count(list); i++)
        wrong = check_entry(r, conf_at(list, i));
    return wrong;
}

static void free_texts(char **list) {
    for (char **at = list; at != NULL && *at != NULL; at++)
        free(*at);
    free(list);
}

static char *read_list(const reading *r) {
    conf_node *list = as_list(r);
    char *wrong = check_list(r, list);
    char ***to = place(r);
    if (wrong == NULL && to != NULL) {
        free_texts(*to);
        *to = xcalloc(conf_count(list) + 1, sizeof **to);
        for (size_t i = 0; i < conf_count(list); i++)
            (*to)[i] = xstrdup(conf_text(conf_at(list, i)));
    }
    conf_destroy(list);
    return wrong;
}

static char *read_people(const reading *r) {
    static const char *const names[] = {"username", "nickname", "fullName", "locale", "id"};
    static const choice_words words = {.words = names, .count = 5};
    conf_node *list = as_list(r);
    char *wrong = check_list(r, list);
    unsigned flags = 0;
    for (size_t i = 0; wrong == NULL && i < conf_count(list); i++) {
        int found = choice_find(&words, conf_text(conf_at(list, i)));
        if (found < 0)
            wrong = sentence("must be a list of these words: username, nickname, fullName, locale, id.");
        else
            flags |= 1U << found;
    }
    unsigned *to = place(r);
    if (wrong == NULL && to != NULL)
        *to = flags;
    conf_destroy(list);
    return wrong;
}

char *config_value_read(const config_key *key, const conf_node *node, const config_secrets *secrets,
                        void *object) {
    static char *(*const readers[])(const reading *) = {
        [KEY_TEXT] = read_text,     [KEY_BOOL] = read_bool, [KEY_FLAG] = read_flag,
        [KEY_WORD] = read_word,     [KEY_INT] = read_int,   [KEY_INT64] = read_int,
        [KEY_NUMBER] = read_number, [KEY_LIST] = read_list, [KEY_PEOPLE] = read_people,
        [KEY_LABEL] = read_label,   [KEY_CA] = read_ca,     [KEY_SECRET] = read_secret,
    };
    return readers[key->kind](&(reading){.key = key, .node = node, .secrets = secrets, .object = object});
}

void config_value_default(const config_key *key, void *object) {
    if (key->absent == NULL)
        return;
    conf_node *node = conf_new_text(key->absent);
    free(config_value_read(key, node, NULL, object)); // a test shows that no default is refused
    conf_destroy(node);
}
