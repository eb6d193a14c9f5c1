// SPDX-License-Identifier: Apache-2.0
#include "inbound/allow_entry.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char GROUP_PREFIX[] = "accessGroup:"; // in exactly this spelling

static bytes skip(bytes text, size_t len) {
    return bytes_of(text.data + len, text.len - len);
}

// text is a part of a string: behind it stands a blank or the string's end, which no prefix has.
static bool starts(bytes text, const char *prefix) {
    return strncmp((const char *)text.data, prefix, strlen(prefix)) == 0;
}

static bool starts_any_case(bytes text, const char *prefix) {
    return strncasecmp((const char *)text.data, prefix, strlen(prefix)) == 0;
}

static char *take(bytes text) {
    return xstrndup((const char *)text.data, text.len);
}

static char *lower(bytes text) {
    char *out = take(text);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return out;
}

// What is behind "mattermost:" or "user:", when one of them stands there.
static bytes behind_prefix(bytes text) {
    static const char *const prefixes[] = {"mattermost:", "user:"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (starts_any_case(text, prefixes[i]))
            return skip(text, strlen(prefixes[i]));
    }
    return text;
}

char *allow_entry_normalise(const char *entry) {
    bytes text = utf8_trim(bytes_str(entry));
    bytes group = starts(text, GROUP_PREFIX) ? utf8_trim(skip(text, strlen(GROUP_PREFIX))) : bytes_str("");
    if (group.len > 0)
        return xasprintf("%s%.*s", GROUP_PREFIX, (int)group.len, (const char *)group.data);
    text = behind_prefix(text);
    if (starts(text, "@"))
        text = skip(text, 1);
    return lower(utf8_trim(text));
}

char *allow_entry_display(const char *entry) {
    bytes text = utf8_trim(bytes_str(entry));
    if (!starts(text, "@"))
        return lower(utf8_trim(behind_prefix(text)));
    char *name = lower(utf8_trim(skip(text, 1)));
    char *shown = *name != '\0' ? xasprintf("@%s", name) : xstrdup("");
    free(name);
    return shown;
}

char *allow_entry_approver_id(const char *entry) {
    char *id = allow_entry_normalise(entry);
    if (parse_is_mm_id(id))
        return id;
    free(id);
    return NULL;
}

// The entry names this person. Names are compared as ids are: "@Bob", "bob" and "user:bob" are one entry.
static bool names(const char *entry, const char *of_person) {
    char *person = allow_entry_normalise(of_person);
    bool same = *person != '\0' && strcmp(entry, person) == 0;
    free(person);
    return same;
}

static bool is_about(const char *entry, const allow_who *who) {
    return names(entry, who->id) || names(entry, who->name);
}

static const access_group *group_of(const account_config *rules, const char *name) {
    for (size_t i = 0; i < rules->access_group_count; i++) {
        if (strcmp(rules->access_groups[i].name, name) == 0)
            return &rules->access_groups[i];
    }
    return NULL;
}

// A member "*" makes the group one of everybody.
static void match_group(const access_group *group, const allow_who *who, allow_match *m) {
    m->group_missing = m->group_missing || group == NULL;
    m->group_unsupported = m->group_unsupported || (group != NULL && !group->supported);
    if (group == NULL || !group->supported)
        return;
    for (char *const *member = group->members; *member != NULL; member++) {
        char *entry = allow_entry_normalise(*member);
        m->wildcard = m->wildcard || strcmp(entry, "*") == 0;
        m->listed = m->listed || is_about(entry, who);
        free(entry);
    }
}

static void match_entry(const char *entry, const account_config *rules, const allow_who *who,
                        allow_match *m) {
    if (*entry == '\0')
        return;
    m->empty = false;
    if (strcmp(entry, "*") == 0)
        m->wildcard = true;
    else if (strncmp(entry, GROUP_PREFIX, strlen(GROUP_PREFIX)) == 0)
        match_group(group_of(rules, entry + strlen(GROUP_PREFIX)), who, m);
    else
        m->listed = m->listed || is_about(entry, who);
}

allow_match allow_list_match(char *const *entries, const account_config *rules, const allow_who *who) {
    allow_match m = {.empty = true};
    for (char *const *at = entries; at != NULL && *at != NULL; at++) {
        char *entry = allow_entry_normalise(*at);
        match_entry(entry, rules, who, &m);
        free(entry);
    }
    return m;
}
