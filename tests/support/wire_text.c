// SPDX-License-Identifier: Apache-2.0
#include "wire_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

static void must(oc_err err) {
    if (err != OC_OK)
        abort();
}

static unsigned nibble(char c) {
    static const char DIGITS[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(DIGITS, c) : NULL;
    if (at == NULL)
        abort();
    return (unsigned)(at - DIGITS);
}

void wire_bytes(const char *notation, buf *out) {
    bool is_text = false;
    for (const char *p = notation; *p != '\0'; p++) {
        if (*p == '"') {
            is_text = !is_text;
        } else if (is_text) {
            must(buf_append_byte(out, (uint8_t)*p));
        } else if (!isspace((unsigned char)*p)) {
            unsigned high = nibble(*p++);
            must(buf_append_byte(out, (uint8_t)(high << 4 | nibble(*p))));
        }
    }
}

static void show_text(const char *mark, bytes text, buf *out) {
    must(buf_printf(out, "%s\"", mark));
    for (size_t i = 0; i < text.len; i++)
        must(buf_printf(out, isprint(text.data[i]) ? "%c" : "\\%02x", text.data[i]));
    must(buf_append_byte(out, '"'));
}

static void show_list(const gob_value *v, buf *out) {
    bool is_map = v->kind == GOB_MAP;
    size_t count = is_map ? 2 * v->list.count : v->list.count;
    for (size_t i = 0; i < count; i++) {
        bool is_value = is_map && i % 2 == 1;
        if (i > 0)
            must(buf_append_byte(out, is_value ? ':' : ' '));
        if (v->kind == GOB_STRUCT)
            must(buf_printf(out, "%s:", v->list.names[i]));
        wire_show(&v->list.items[i], out);
    }
}

static void show_composite(const gob_value *v, buf *out) {
    switch (v->kind) {
    case GOB_STRUCT:
        must(buf_printf(out, "%s{", v->type->name));
        show_list(v, out);
        must(buf_append_byte(out, '}'));
        break;
    case GOB_INTERFACE:
        must(buf_printf(out, "<%s>", v->list.name));
        show_list(v, out);
        break;
    default:
        must(buf_append_str(out, v->kind == GOB_MAP ? "map[" : "["));
        show_list(v, out);
        must(buf_append_byte(out, ']'));
        break;
    }
}

void wire_show(const gob_value *v, buf *out) {
    switch (v->kind) {
    case GOB_NIL:
        must(buf_append_str(out, "nil"));
        break;
    case GOB_BOOL:
        must(buf_append_str(out, v->boolean ? "true" : "false"));
        break;
    case GOB_INT:
        must(buf_printf(out, "%" PRId64, v->integer));
        break;
    case GOB_UINT:
        must(buf_printf(out, "%" PRIu64 "u", v->uinteger));
        break;
    case GOB_FLOAT:
        must(buf_printf(out, "%gf", v->number));
        break;
    case GOB_COMPLEX:
        must(buf_printf(out, "(%g,%g)c", v->parts[0], v->parts[1]));
        break;
    case GOB_STRING:
        show_text("", v->text, out);
        break;
    case GOB_BYTES:
        show_text("b", v->text, out);
        break;
    case GOB_OPAQUE:
        show_text("o", v->text, out);
        break;
    default:
        show_composite(v, out);
        break;
    }
}

static bool equal_lists(const gob_value *a, const gob_value *b) {
    size_t count = a->kind == GOB_MAP ? 2 * a->list.count : a->list.count;
    if (a->list.count != b->list.count)
        return false;
    if (a->kind == GOB_INTERFACE && strcmp(a->list.name, b->list.name) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (a->kind == GOB_STRUCT && strcmp(a->list.names[i], b->list.names[i]) != 0)
            return false;
        if (!wire_equal(&a->list.items[i], &b->list.items[i]))
            return false;
    }
    return true;
}

bool wire_equal(const gob_value *a, const gob_value *b) {
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case GOB_NIL:
        return true;
    case GOB_BOOL:
        return a->boolean == b->boolean;
    case GOB_INT:
        return a->integer == b->integer;
    case GOB_UINT:
        return a->uinteger == b->uinteger;
    case GOB_FLOAT: // not a number equals itself here
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    case GOB_COMPLEX:
        return memcmp(a->parts, b->parts, sizeof a->parts) == 0;
    case GOB_BYTES:
    case GOB_STRING:
    case GOB_OPAQUE:
        return bytes_equal(a->text, b->text);
    default:
        return equal_lists(a, b);
    }
}
