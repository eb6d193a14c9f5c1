// SPDX-License-Identifier: Apache-2.0
// YAML by libyaml's events. What makes YAML dangerous or surprising (aliases, anchors, tags, merge keys, several
// documents) is refused, so a tree is never larger than its text.
#include "base/utf8.h"
#include "config/read_parts.h"

#include <yaml.h>

typedef struct level {
    conf_node *node; // a list or a map, owned by the tree
    conf_node *key;  // of a map: the key that waits for its value, a scalar; else NULL
} level;

typedef struct yaml_reading {
    reading *r;
    bytes text;
    yaml_parser_t parser;
    conf_node *root;
    level levels[CONF_DEPTH_MAX];
    size_t depth;
    bool ended;
} yaml_reading;

static int line_of(const yaml_event_t *event) {
    return (int)event->start_mark.line + 1;
}

// --- what libyaml does not like -------------------------------------------------------------------------------

// The byte at a mark, whose index counts characters; 0 at the end.
static char byte_at(bytes text, size_t index) {
    uint32_t rune;
    while (text.len > 0 && index-- > 0) {
        size_t len = utf8_next(text, &rune);
        text = bytes_of(text.data + len, text.len - len);
    }
    return text.len > 0 ? (char)text.data[0] : '\0';
}

// What people trip over most: texts that begin with a character that means something to YAML.
static const char *advice(const yaml_parser_t *p, char at) {
    const char *context = p->context != NULL ? p->context : "";
    if (strstr(p->problem, "<document start>") != NULL)
        return " Something follows behind the end of the configuration.";
    if (at == '\t')
        return " YAML does not allow tabs for indenting: use spaces.";
    if (at == '@' || at == '`' || at == '%')
        return " A text that begins with @, ` or % needs quotes.";
    if (strstr(context, "alias") != NULL)
        return " A text that begins with * needs quotes: \"*\".";
    if (strstr(context, "anchor") != NULL || strstr(context, "tag") != NULL)
        return " A text that begins with & or ! needs quotes.";
    if (strstr(p->problem, "mapping values") != NULL)
        return " Look at the indenting; a text that holds a colon and a space needs quotes.";
    return "";
}

static int line_at(bytes text, size_t offset) {
    int line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        bool pair = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        line += text.data[i] == '\n' || (text.data[i] == '\r' && !pair);
    }
    return line;
}

// libyaml's own words are constants: they never hold a part of the text.
static bool syntax_fail(yaml_reading *y) {
    const yaml_parser_t *p = &y->parser;
    if (p->error == YAML_MEMORY_ERROR || p->problem == NULL)
        return reading_fail(y->r, 0, "out of memory.");
    if (p->error == YAML_READER_ERROR)
        return reading_fail(y->r, line_at(y->text, p->problem_offset), "no valid YAML: %s.", p->problem);
    const char *hint = advice(p, byte_at(y->text, p->problem_mark.index));
    int line = (int)p->problem_mark.line + 1, last = line_at(y->text, y->text.len);
    line = line < last ? line : last; // the end counts as a line of its own there
    if (p->context == NULL)
        return reading_fail(y->r, line, "no valid YAML: %s.%s", p->problem, hint);
    return reading_fail(y->r, line, "no valid YAML: %s %s that begins in line %d.%s", p->problem, p->context,
                        (int)p->context_mark.line + 1, hint);
}

// --- events → tree --------------------------------------------------------------------------------------------

static level *innermost(yaml_reading *y) {
    return y->depth > 0 ? &y->levels[y->depth - 1] : NULL;
}

static bool wants_key(yaml_reading *y) {
    const level *in = innermost(y);
    return in != NULL && conf_kind_of(in->node) == CONF_MAP && in->key == NULL;
}

// Takes the node into the tree.
static void attach(yaml_reading *y, conf_node *node) {
    level *in = innermost(y);
    if (in == NULL) {
        y->root = node;
    } else if (in->key == NULL) {
        conf_push(in->node, node);
    } else {
        conf_put(in->node, conf_text(in->key), conf_line(in->key), node);
        conf_destroy(in->key);
        in->key = NULL;
    }
}

static bool refuse_marks(yaml_reading *y, int line, const yaml_char_t *anchor, const yaml_char_t *tag) {
    if (anchor != NULL)
        return reading_fail(y->r, line,
                            "anchors (&name) are not allowed. A text that begins with & needs quotes.");
    if (tag != NULL)
        return reading_fail(y->r, line,
                            "tags (!name) are not allowed. A text that begins with ! needs quotes.");
    return true;
}

static bool on_key(yaml_reading *y, const yaml_event_t *event) {
    bytes text = bytes_of(event->data.scalar.value, event->data.scalar.length);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    level *in = innermost(y);
    int line = line_of(event);
    if (plain && bytes_is(text, "<<"))
        return reading_fail(y->r, line, "merge keys (<<) are not allowed: write the keys out.");
    if (plain && text.len == 0)
        return reading_fail(y->r, line, "a key is missing before the colon.");
    if (!reading_allows_key(y->r, in->node, text, line))
        return false;
    in->key = conf_new_scalar(text, plain, line);
    return true;
}

static bool is_null(bytes text) {
    return text.len == 0 || bytes_is(text, "~") || bytes_is(text, "null") || bytes_is(text, "Null") ||
           bytes_is(text, "NULL");
}

static bool on_scalar(yaml_reading *y, const yaml_event_t *event) {
    bytes text = bytes_of(event->data.scalar.value, event->data.scalar.length);
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    int line = line_of(event);
    if (!refuse_marks(y, line, event->data.scalar.anchor, event->data.scalar.tag))
        return false;
    if (wants_key(y))
        return on_key(y, event);
    if (!reading_allows_node(y->r, line) || !reading_allows_scalar(y->r, text, line))
        return false;
    attach(y, plain && is_null(text) ? conf_new_null(line) : conf_new_scalar(text, plain, line));
    return true;
}

static bool on_start(yaml_reading *y, const yaml_event_t *event, bool map) {
    int line = line_of(event);
    const yaml_char_t *anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (!refuse_marks(y, line, anchor, tag))
        return false;
    if (wants_key(y))
        return reading_fail(y->r, line, "a key must be a single text, not a list or a group of keys.");
    if (!reading_allows_node(y->r, line) || !reading_allows_depth(y->r, y->depth + 1, line))
        return false;
    conf_node *node = map ? conf_new_map(line) : conf_new_list(line);
    attach(y, node);
    y->levels[y->depth++] = (level){.node = node};
    return true;
}

static bool on_event(yaml_reading *y, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return y->root == NULL || reading_fail(y->r, line_of(event),
                                               "a second document begins here (---): only one is allowed.");
    case YAML_ALIAS_EVENT:
        return reading_fail(
            y->r, line_of(event),
            "aliases (*name) are not allowed. A text that begins with * needs quotes: \"*\".");
    case YAML_SCALAR_EVENT:
        return on_scalar(y, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return on_start(y, event, event->type == YAML_MAPPING_START_EVENT);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        y->depth--;
        return true;
    case YAML_STREAM_END_EVENT:
        y->ended = true;
        return true;
    default:
        return true; // the beginning of the stream and the end of the document say nothing
    }
}

// libyaml compares every %TAG line with every one before it, and gives no event until it has read them all.
static bool refuse_tag_directives(reading *r, bytes text) {
    static const char directive[] = "%TAG";
    const size_t len = sizeof directive - 1;
    for (size_t i = 0; i + len <= text.len; i++) {
        bool begins = i == 0 || text.data[i - 1] == '\n' || text.data[i - 1] == '\r';
        if (begins && memcmp(text.data + i, directive, len) == 0)
            return reading_fail(r, line_at(text, i), "tags (%%TAG) are not allowed.");
    }
    return true;
}

conf_node *read_yaml(reading *r, bytes text) {
    yaml_reading y = {.r = r, .text = text};
    yaml_event_t event;
    bool good = true;
    if (!refuse_tag_directives(r, text))
        return NULL;
    if (yaml_parser_initialize(&y.parser) == 0) {
        reading_fail(r, 0, "out of memory.");
        return NULL;
    }
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y.parser, text.len > 0 ? text.data : (const uint8_t *)"", text.len);
    while (good && !y.ended) {
        good = yaml_parser_parse(&y.parser, &event) != 0;
        if (!good) {
            syntax_fail(&y);
        } else {
            good = on_event(&y, &event);
            yaml_event_delete(&event);
        }
    }
    for (size_t i = 0; i < y.depth; i++)
        conf_destroy(y.levels[i].key);
    yaml_parser_delete(&y.parser);
    if (!good) {
        conf_destroy(y.root);
        return NULL;
    }
    return y.root != NULL ? y.root : conf_new_null(1);
}
