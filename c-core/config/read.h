// SPDX-License-Identifier: Apache-2.0
// Configuration text → tree (node.h). YAML, or JSON5 when the first thing in it is a brace or a // or /* comment.
// Strangers' text: limits at every growth, one sentence for whatever is wrong.
#ifndef OC_CONFIG_READ_H
#define OC_CONFIG_READ_H

#include "config/node.h"

enum {
    CONF_TEXT_MAX_BYTES = 256 * 1024,
    CONF_SCALAR_MAX_BYTES = 64 * 1024, // keys too
    CONF_DEPTH_MAX = 32,               // maps and lists inside each other
    CONF_NODES_MAX = 20000,
};

typedef struct conf_problem {
    int line;       // from 1; 0: it concerns the whole text
    char *sentence; // what is wrong and what is allowed; names keys, never values. conf_problem_free
} conf_problem;

// The tree, which the caller destroys, or NULL with *problem filled. A text without content gives a null node.
// *problem need not be initialised and holds nothing after success. Does not block.
conf_node *conf_read(bytes text, conf_problem *problem);
void conf_problem_free(conf_problem *problem); // safe for zeroed ones

#endif
