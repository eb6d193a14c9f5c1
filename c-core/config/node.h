// SPDX-License-Identifier: Apache-2.0
// A configuration as it was written: maps, lists and scalars, each with its line. Scalars stay text: what they mean is
// decided by the key that wants them (off, no, 0123 and 1.10 are a text as well as a switch or a number).
// A tree belongs to whoever made it; its nodes are borrowed from it. Every function takes NULL as "absent".
#ifndef OC_CONFIG_NODE_H
#define OC_CONFIG_NODE_H

#include "base/bytes.h"

typedef struct conf_node conf_node;
typedef enum conf_kind {
    CONF_NULL, // null, ~ or nothing at all: as good as absent
    CONF_SCALAR,
    CONF_LIST,
    CONF_MAP,
} conf_kind;

// --- reading ---
conf_kind conf_kind_of(const conf_node *n); // CONF_NULL for NULL
// For sentences: "nothing", "a single value", "a list", "a group of keys".
const char *conf_kind_name(conf_kind kind);
int conf_line(const conf_node *n);     // where it begins, from 1; 0: it was not read from a text
size_t conf_count(const conf_node *n); // elements of a list, members of a map, else 0
// The i-th element of a list or member of a map in the order of the text (null nodes too); NULL beyond the end.
const conf_node *conf_at(const conf_node *n, size_t i);
// A member by its exact key; NULL when absent, null, or map is no map.
const conf_node *conf_get(const conf_node *map, const char *key);
// Whether the map has the key, null or not; *index (may be NULL) serves conf_at, conf_key and conf_key_line.
bool conf_find(const conf_node *map, const char *key, size_t *index);
const char *conf_key(const conf_node *map, size_t i); // NULL beyond the end
int conf_key_line(const conf_node *map, size_t i);    // 0 beyond the end or when not read from a text
const char *conf_text(const conf_node *n);            // a scalar's text, "" for everything else
bool conf_is_plain(const conf_node *n);               // a scalar written without quotes

// --- what a key may want; false and *out unchanged when it is something else ---
bool conf_as_text(const conf_node *n, const char **out); // any scalar, as it was written; borrowed
bool conf_as_bool(const conf_node *n, bool *out);        // true, yes, on, false, no, off in any case
// Whole numbers, decimal (0123 is 123) or 0x…; 1e3 and 5.0 are whole up to 2^53.
bool conf_as_int(const conf_node *n, int64_t *out);
bool conf_as_number(const conf_node *n, double *out); // finite

// --- building. Out of memory ends the process: readers bound what they build (see read.h) ---
conf_node *conf_new_map(int line);
conf_node *conf_new_list(int line);
conf_node *conf_new_null(int line);
conf_node *conf_new_scalar(bytes text, bool plain, int line); // text without NUL
conf_node *conf_new_text(const char *text);                   // quoted, line 0
// Takes value; a member that is there already is replaced in its place.
void conf_put(conf_node *map, const char *key, int key_line, conf_node *value);
void conf_push(conf_node *list, conf_node *value); // takes value
conf_node *conf_copy(const conf_node *n);          // deep; NULL gives NULL
// A new tree: maps are merged key by key at every depth, base's keys first; everything else of over stands instead of
// base's; null in over counts as absent.
conf_node *conf_merge(const conf_node *base, const conf_node *over);
// Same content in the same order; lines and quotes do not count.
bool conf_equal(const conf_node *a, const conf_node *b);
void conf_destroy(conf_node *n); // NULL-safe; wipes scalars, which may be secrets

// A key for a sentence: in double quotes, cut to 64 characters, what cannot be seen as \u escapes. The caller frees it.
char *conf_quote_key(const char *key);

#endif
