// SPDX-License-Identifier: Apache-2.0
// The one table of configuration keys. Reading, checking, defaults, inheritance, the System Console's fields and
// docs/configuration.md are all driven by it: a key that is not in it does not exist.
#ifndef OC_CONFIG_KEYS_H
#define OC_CONFIG_KEYS_H

#include "config/choices.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a key wants, and how the value is stored.
typedef enum key_kind {
    KEY_TEXT,   // char *
    KEY_BOOL,   // bool; with words: the index of the word
    KEY_FLAG,   // choice: yes, no or unset; with auto_ok also "auto", which is unset
    KEY_WORD,   // int: the index in words
    KEY_INT,    // int
    KEY_INT64,  // int64_t: the number times scale
    KEY_NUMBER, // double
    KEY_LIST,   // char **
    KEY_PEOPLE, // unsigned: PEOPLE_… flags from a list of words
    KEY_LABEL,  // char *: text, or NULL for false
    KEY_CA,     // two char *: ca_file and ca_pem
    KEY_SECRET, // secret *
    // maps whose members people name
    KEY_ACCOUNTS,
    KEY_GROUPS,
    KEY_ACCESS_GROUPS,
    KEY_USER_MODES,
} key_kind;

typedef enum key_place {
    IN_ACCOUNT,        // at the top level and in each account
    IN_ACCOUNT_ALONE,  // the same, but other accounts than "default" do not inherit it
    IN_ACCOUNT_SHARED, // at the top level only, stored in each account
    IN_TOP,            // at the top level only
    IN_GROUP,          // in an entry of groups
} key_place;

typedef enum key_role {
    KEY_USED,
    KEY_IDLE,   // no meaning in plugin mode: accepted with a notice
    KEY_SILENT, // no effect in OpenClaw either: accepted with a notice
} key_role;

enum { KEY_NOWHERE = SIZE_MAX }; // the offset of a key that is checked but not stored

typedef struct config_key {
    const char *path; // "streaming.mode"; "groups.*.prompt"
    key_kind kind;
    key_place place;
    key_role role;
    bool ours;     // not a key of OpenClaw's channels.mattermost
    bool ref_ok;   // a text that may be given as a secret reference
    bool external; // with KEY_IDLE: it has a meaning in external mode
    bool auto_ok;  // KEY_FLAG
    bool people;   // a list whose entries are people, as allowFrom
    size_t offset; // in account_config, config (IN_TOP) or group_config (IN_GROUP)
    const choice_words *words;
    int64_t min, max; // of numbers; of texts and lists: most bytes and entries
    int64_t scale;    // KEY_INT64: 0 counts as 1
    char *(*check)(
        const char *text); // of texts and list entries: NULL, or what is wrong (the caller frees it)
    const char *console;   // the System Console's field with the same meaning, or NULL
    const char *absent;    // the value without one, as it would be written in the console; NULL: unset
    const char *help;      // one sentence
    const char *example;   // its value as in YAML
} config_key;

// The table stands in sections, for readers.
typedef struct config_section {
    const char *title;
    const config_key *keys;
    size_t count;
} config_section;
extern const config_section KEYS_ACCOUNTS, KEYS_ACCESS, KEYS_WAKING, KEYS_CONTEXT, KEYS_ANSWERS,
    KEYS_STREAMING, KEYS_TOOLS, KEYS_LIMITS, KEYS_IDLE; // keys_….c; everybody else uses the functions

size_t config_section_count(void);
const config_section *config_section_at(size_t i);
size_t config_key_count(void); // of all sections
const config_key *config_key_at(size_t i);
const config_key *config_key_find(const char *path); // NULL when there is none
// Whether keys lie below the path: it is a group such as "streaming".
bool config_key_is_group(const char *path);

// Keys beside channels.mattermost in a whole OpenClaw configuration that mean something here (reference-behaviour notes
// §1.3).
typedef struct config_beside {
    const char *path;   // "messages.groupChat.historyLimit"
    const char *target; // the key that it sets at the top level; NULL: known, but without effect here
    const char *why;    // for those without: a sentence
    bool external;      // in external mode only, where the file may be the gateway's own
} config_beside;
extern const config_beside CONFIG_BESIDE[];
extern const size_t CONFIG_BESIDE_COUNT;

#endif
