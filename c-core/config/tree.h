// SPDX-License-Identifier: Apache-2.0
// The two sources of a configuration as trees with the same keys: the fields of the System Console, and the text of the
// field Advanced, which holds the channels.mattermost object of an OpenClaw configuration, alone or in its whole.
#ifndef OC_CONFIG_TREE_H
#define OC_CONFIG_TREE_H

#include "config/examine.h"
#include "config/keys.h"

#include <cJSON.h>

// A setting's text as it was entered; "" when it is absent. Something else than text, number or flag: NULL. The caller
// frees it.
char *tree_setting(const cJSON *settings, const char *console_name);
// The console's fields as keys of the top level. What is wrong with a field goes to the problems under the field's name.
conf_node *tree_of_console(const cJSON *settings, const examination *e);

typedef struct tree_document {
    conf_node *root;   // the text as it was read; secrets.providers is borrowed from it
    conf_node *top;    // the channels.mattermost object, old forms rewritten; a map
    conf_node *beside; // what stands beside it and counts here, as keys of the top level; a map
    const char *shown; // how top is called: "", "mattermost", "channels.mattermost"
} tree_document;

// Reads the text of Advanced; what is wrong goes to e->problems. Maps are empty when there is nothing. The values of
// top are not examined yet.
void tree_read_document(const char *text, const examination *e, tree_document *out);
void tree_document_clear(tree_document *d);

// The map with old forms of keys rewritten to today's (reference-behaviour notes §1.8), a notice for each. A new tree.
conf_node *tree_without_old_forms(const conf_node *map, const char *shown, const examination *e);

// The node at a path such as "streaming.mode"; NULL when absent. *line (may be NULL): where its key stands.
const conf_node *tree_at(const conf_node *map, const char *path, int *line);
// Replaces *map by itself with the value at the path (takes value).
void tree_put(conf_node **map, const char *path, int line, conf_node *value);

#endif
