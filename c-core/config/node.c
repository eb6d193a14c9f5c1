// SPDX-License-Identifier: Apache-2.0
#include "config/node.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <uthash.h>

enum { KEY_SHOWN_RUNES = 64 };

typedef struct member {
    char *key;
    int line;
    size_t index;
    UT_hash_handle hh;
} member;

struct conf_node {
    conf_kind kind;
    int line;
    bool plain;
    char *text;        // of a scalar
    conf_node **items; // of a list and a map, in the order of the text
    size_t count, cap;
    member **members; // of a map, as many as items
    member *by_key;   // hash
};

// --- reading --------------------------------------------------------------------------------------------------

conf_kind conf_kind_of(const conf_node *n) {
    return n != NULL ? n->kind : CONF_NULL;
}

const char *conf_kind_name(conf_kind kind) {
    static const char *const names[] = {
        [CONF_NULL] = "nothing",
        [CONF_SCALAR] = "a single value",
        [CONF_LIST] = "a list",
        [CONF_MAP] = "a group of keys",
    };
    return names[kind];
}

int conf_line(const conf_node *n) {
    return n != NULL ? n->line : 0;
}

size_t conf_count(const conf_node *n) {
    return n != NULL ? n->count : 0;
}

const conf_node *conf_at(const conf_node *n, size_t i) {
    return i < conf_count(n) ? n->items[i] : NULL;
}

static member *find(const conf_node *map, const char *key) {
    member *found = NULL;
    if (conf_kind_of(map) == CONF_MAP)
        HASH_FIND_STR(map->by_key, key, found);
    return found;
}

bool conf_find(const conf_node *map, const char *key, size_t *index) {
    const member *found = find(map, key);
    if (found != NULL && index != NULL)
        *index = found->index;
    return found != NULL;
}

const conf_node *conf_get(const conf_node *map, const char *key) {
    const member *found = find(map, key);
    const conf_node *value = found != NULL ? map->items[found->index] : NULL;
    return conf_kind_of(value) != CONF_NULL ? value : NULL;
}

static const member *member_at(const conf_node *map, size_t i) {
    return conf_kind_of(map) == CONF_MAP && i < map->count ? map->members[i] : NULL;
}

const char *conf_key(const conf_node *map, size_t i) {
    const member *m = member_at(map, i);
    return m != NULL ? m->key : NULL;
}

int conf_key_line(const conf_node *map, size_t i) {
    const member *m = member_at(map, i);
    return m != NULL ? m->line : 0;
}

const char *conf_text(const conf_node *n) {
    return conf_kind_of(n) == CONF_SCALAR ? n->text : "";
}

bool conf_is_plain(const conf_node *n) {
    return conf_kind_of(n) == CONF_SCALAR && n->plain;
}

// --- building -------------------------------------------------------------------------------------------------

static conf_node *new_node(conf_kind kind, int line) {
    conf_node *n = xcalloc(1, sizeof *n);
    n->kind = kind;
    n->line = line;
    return n;
}

conf_node *conf_new_map(int line) {
    return new_node(CONF_MAP, line);
}

conf_node *conf_new_list(int line) {
    return new_node(CONF_LIST, line);
}

conf_node *conf_new_null(int line) {
    return new_node(CONF_NULL, line);
}

conf_node *conf_new_scalar(bytes text, bool plain, int line) {
    conf_node *n = new_node(CONF_SCALAR, line);
    n->text = xstrndup(text.len > 0 ? (const char *)text.data : "", text.len);
    n->plain = plain;
    return n;
}

conf_node *conf_new_text(const char *text) {
    return conf_new_scalar(bytes_str(text), false, 0);
}

void conf_push(conf_node *list, conf_node *value) {
    if (list->count == list->cap) {
        list->cap = list->cap > 0 ? list->cap * 2 : 4;
        list->items = xrealloc(list->items, list->cap * sizeof(conf_node *));
        if (list->kind == CONF_MAP)
            list->members = xrealloc(list->members, list->cap * sizeof(member *));
    }
    list->items[list->count++] = value;
}

void conf_put(conf_node *map, const char *key, int key_line, conf_node *value) {
    member *m = find(map, key);
    if (m != NULL) {
        conf_destroy(map->items[m->index]);
        map->items[m->index] = value;
        m->line = key_line;
        return;
    }
    m = xcalloc(1, sizeof *m);
    m->key = xstrdup(key);
    m->line = key_line;
    m->index = map->count;
    conf_push(map, value);
    map->members[m->index] = m;
    HASH_ADD_KEYPTR(hh, map->by_key, m->key, strlen(m->key), m);
}

void conf_destroy(conf_node *n) {
    if (n == NULL)
        return;
    HASH_CLEAR(hh, n->by_key);
    for (size_t i = 0; i < n->count; i++) {
        conf_destroy(n->items[i]);
        if (n->kind == CONF_MAP) {
            free(n->members[i]->key);
            free(n->members[i]);
        }
    }
    if (n->text != NULL)
        secret_wipe(n->text, strlen(n->text));
    free(n->text);
    free(n->items);
    free(n->members);
    free(n);
}

// --- whole trees ----------------------------------------------------------------------------------------------

conf_node *conf_copy(const conf_node *n) {
    if (n == NULL)
        return NULL;
    conf_node *copy = new_node(n->kind, n->line);
    if (n->kind == CONF_SCALAR)
        copy->text = xstrdup(n->text);
    copy->plain = n->plain;
    for (size_t i = 0; i < n->count; i++) {
        conf_node *item = conf_copy(n->items[i]);
        if (n->kind == CONF_MAP)
            conf_put(copy, n->members[i]->key, n->members[i]->line, item);
        else
            conf_push(copy, item);
    }
    return copy;
}

conf_node *conf_merge(const conf_node *base, const conf_node *over) {
    if (conf_kind_of(over) == CONF_NULL)
        return base != NULL ? conf_copy(base) : conf_new_null(conf_line(over));
    if (over->kind != CONF_MAP || conf_kind_of(base) != CONF_MAP)
        return conf_copy(over);
    conf_node *merged = conf_copy(base);
    merged->line = over->line;
    for (size_t i = 0; i < over->count; i++) {
        const member *m = over->members[i];
        const member *under = find(base, m->key);
        if (under == NULL || over->items[i]->kind != CONF_NULL) {
            const conf_node *below = under != NULL ? base->items[under->index] : NULL;
            conf_put(merged, m->key, m->line, conf_merge(below, over->items[i]));
        }
    }
    return merged;
}

bool conf_equal(const conf_node *a, const conf_node *b) {
    if (conf_kind_of(a) != conf_kind_of(b) || conf_count(a) != conf_count(b) ||
        strcmp(conf_text(a), conf_text(b)) != 0)
        return false;
    for (size_t i = 0; i < conf_count(a); i++) {
        if (a->kind == CONF_MAP && strcmp(a->members[i]->key, b->members[i]->key) != 0)
            return false;
        if (!conf_equal(a->items[i], b->items[i]))
            return false;
    }
    return true;
}

// --- for sentences --------------------------------------------------------------------------------------------

// One rune as a person can read it, at most 10 bytes.
static oc_err show_rune(buf *out, bytes rune_bytes, uint32_t rune) {
    if (rune == '"' || rune == '\\')
        return buf_printf(out, "\\%c", (char)rune);
    if (rune == ' ' || utf8_has_visible(rune_bytes))
        return buf_append(out, rune_bytes.data, rune_bytes.len);
    return rune > 0xFFFF ? buf_printf(out, "\\u{%X}", rune) : buf_printf(out, "\\u%04X", rune);
}

char *conf_quote_key(const char *key) {
    bytes rest = bytes_str(key);
    oc_err err;
    buf out;
    buf_init(&out, KEY_SHOWN_RUNES * 10 + 16);
    err = buf_append_byte(&out, '"');
    for (int runes = 0; rest.len > 0 && err == OC_OK; runes++) {
        uint32_t rune;
        size_t len = utf8_next(rest, &rune);
        if (runes == KEY_SHOWN_RUNES) {
            err = buf_append_str(&out, "…");
            break;
        }
        err = show_rune(&out, bytes_of(rest.data, len), rune);
        rest = bytes_of(rest.data + len, rest.len - len);
    }
    if (err == OC_OK)
        err = buf_append_byte(&out, '"');
    if (err != OC_OK)
        buf_clear(&out);
    return buf_take_str(&out);
}
