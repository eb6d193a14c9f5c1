// SPDX-License-Identifier: Apache-2.0
// OpenClaw's message presentation (title, text, buttons, menus, tables …) as an answer's text and what can be clicked under it.
// Pure. The text names every choice, too: it is what notifications, searches and people without buttons see. Facts:
// OpenClaw's docs/plugins/message-presentation.md, reference-behaviour notes §8.9.
#ifndef OC_REPLY_PRESENTATION_H
#define OC_REPLY_PRESENTATION_H

#include "base/json.h"

enum {
    PRESENTATION_ITEMS_MAX = 25, // what is more stays text
    PRESENTATION_OPTIONS_MAX = 100,
    PRESENTATION_BLOCKS_MAX = 50,
    PRESENTATION_TEXT_MAX_BYTES = 64 << 10,
};

typedef enum presentation_kind {
    PRESENTATION_BUTTON, // its value is what the agent gets
    PRESENTATION_MENU,   // of its options one
    PRESENTATION_QUESTION, // an option of the question that the gateway waits for an answer to (channelData.askUser)
} presentation_kind;

typedef struct presentation_option {
    char *label, *value;
} presentation_option;

typedef struct presentation_item {
    presentation_kind kind;
    char *label;       // of a menu: its placeholder
    char *value;       // of a button
    char *style;       // "primary", "success", "danger", "" for none
    bool reusable;     // a button that may be clicked again and again
    char *question_id; // of a question's option …
    int option_index;  // … and which one it is
    presentation_option *options;
    size_t option_count;
} presentation_item;

typedef struct presentation {
    char *text; // with everything that is to be read
    presentation_item items[PRESENTATION_ITEMS_MAX];
    size_t count;
} presentation;

// blocks: an array of presentation objects; text: what stands before them; channel_data: the payload's, or NULL. What is odd in
// a block is left out. The caller frees it.
presentation *presentation_read(const char *text, const cJSON *blocks, const cJSON *channel_data);
void presentation_free(presentation *p); // NULL-safe
// Whether there is something to show in the object.
bool presentation_is(const cJSON *object);

// An agent can write a presentation into its answer: a code block with the info word "presentation" that holds the object as
// JSON. The text without such blocks; their objects are added to the array. A block that holds something else stays. complete:
// false while the answer grows: a block that has begun is hidden. The caller frees the text.
char *presentation_extract(const char *text, bool complete, cJSON *objects);

#endif
