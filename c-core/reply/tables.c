// SPDX-License-Identifier: Apache-2.0
#include "reply/tables.h"

#include "base/buf.h"
#include "base/grapheme.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "reply/containers.h"
#include "reply/plain_text.h"
#include "reply/table_row.h"

#include <stdlib.h>

enum { TABLE_MAX_BYTES = 1 << 20, MIN_COLUMNS = 3, FENCE_MIN = 3 };

// A table in the text: its head, and the rows below the delimiter.
typedef struct table {
    bytes text;        // the whole text
    line_place place;  // of its first line
    size_t start, end; // from the first line's content to the last row's end
    size_t rows_start; // the line below the delimiter
    size_t columns;
    table_row head;
} table;

static bytes line_at(bytes text, size_t at) {
    const uint8_t *end = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;
    return bytes_of(text.data + at, end != NULL ? (size_t)(end - text.data) - at : text.len - at);
}

// The row at `at`, if the table goes on there. *next is the line behind it.
static bool row_at(const table *t, size_t at, bytes *content, size_t *next) {
    if (at >= t->text.len)
        return false;
    bytes line = line_at(t->text, at);
    *next = at + line.len + 1;
    return containers_same(&t->place, line, content) && !containers_begins_block(*content);
}

// A head and a delimiter with as many columns, at the line that starts at `at` and whose place is known.
static bool find_table(bytes text, size_t at, line_place place, table *out) {
    bytes first = line_at(text, at),
          content = bytes_of(first.data + place.content, first.len - place.content), below;
    size_t second = at + first.len + 1, columns;
    *out = (table){.text = text, .place = place, .start = at + place.content};
    if (!place.is_text || memchr(content.data, '|', content.len) == NULL || second >= text.len)
        return false;
    bytes line = line_at(text, second);
    if (!containers_same(&place, line, &below) || !table_row_is_delimiter(below, &columns))
        return false;
    table_row_read(content, &out->head);
    if (out->head.count != columns) {
        table_row_free(&out->head);
        return false;
    }
    out->columns = columns;
    bytes last = below;
    out->rows_start = second + line.len + 1;
    for (size_t row = out->rows_start, next; row_at(out, row, &content, &next); row = next)
        last = content;
    last.len -= last.data[last.len - 1] == '\r' ? 1 : 0; // a line end of the text, not of the table
    out->end = (size_t)(last.data - text.data) + last.len;
    return true;
}

// The cells of a row as they are read; those that are missing are "".
typedef struct plain_cells {
    char *texts[TABLE_COLUMNS_MAX];
    size_t count;
} plain_cells;

static plain_cells plain_of(const table_row *row, size_t columns) {
    plain_cells out = {.count = columns};
    for (size_t i = 0; i < columns; i++)
        out.texts[i] = plain_text(i < row->count ? row->cells[i] : bytes_str(""));
    return out;
}

static void plain_free(plain_cells *cells) {
    for (size_t i = 0; i < cells->count; i++)
        free(cells->texts[i]);
}

static size_t longest_ticks(const char *text, size_t longest) {
    for (const char *at = strchr(text, '`'); at != NULL; at = strchr(at, '`')) {
        size_t len = strspn(at, "`");
        longest = len > longest ? len : longest;
        at += len;
    }
    return longest;
}

typedef struct layout {
    size_t widths[TABLE_COLUMNS_MAX];
    size_t ticks; // the longest run of backticks in a cell
} layout;

static void measure(layout *l, const plain_cells *cells) {
    for (size_t i = 0; i < cells->count; i++) {
        size_t width = grapheme_columns(bytes_str(cells->texts[i]));
        l->widths[i] = width > l->widths[i] ? width : l->widths[i];
        l->ticks = longest_ticks(cells->texts[i], l->ticks);
    }
}

static oc_err fill(buf *out, char c, size_t count) {
    uint8_t *where;
    oc_err err = buf_reserve(out, count, &where);
    if (err != OC_OK)
        return err;
    memset(where, c, count);
    buf_commit(out, count);
    return OC_OK;
}

// "| cell | cell |", aligned. cells NULL: the line below the head.
static oc_err put_line(buf *out, const layout *l, const plain_cells *cells, size_t columns) {
    oc_err err = buf_append_str(out, "|");
    for (size_t i = 0; err == OC_OK && i < columns; i++) {
        size_t width = cells != NULL ? grapheme_columns(bytes_str(cells->texts[i])) : 0;
        err = buf_append_str(out, " ");
        if (err == OC_OK && cells != NULL)
            err = buf_append_str(out, cells->texts[i]);
        if (err == OC_OK)
            err = fill(out, cells != NULL ? ' ' : '-', l->widths[i] - width);
        if (err == OC_OK)
            err = buf_append_str(out, " |");
    }
    return err == OC_OK ? buf_append_str(out, "\n") : err;
}

typedef oc_err row_taker(void *user, const table *t, const table_row *row);

static oc_err each_row(const table *t, row_taker *take, void *user) {
    oc_err err = OC_OK;
    bytes content;
    for (size_t at = t->rows_start, next; err == OC_OK && row_at(t, at, &content, &next); at = next) {
        table_row row;
        table_row_read(content, &row);
        row.count = row.count < t->columns ? row.count : t->columns;
        err = take(user, t, &row);
        table_row_free(&row);
    }
    return err;
}

typedef struct rendering {
    buf *out;
    layout layout;
} rendering;

static oc_err measure_row(void *user, const table *t, const table_row *row) {
    plain_cells cells = plain_of(row, t->columns);
    measure(&((rendering *)user)->layout, &cells);
    plain_free(&cells);
    return OC_OK;
}

static oc_err put_row(void *user, const table *t, const table_row *row) {
    rendering *r = user;
    plain_cells cells = plain_of(row, t->columns);
    oc_err err = put_line(r->out, &r->layout, &cells, t->columns);
    plain_free(&cells);
    return err;
}

static oc_err as_code(const table *t, buf *out) {
    rendering r = {.out = out};
    oc_err err = measure_row(&r, t, &t->head);
    for (size_t i = 0; i < t->columns; i++)
        r.layout.widths[i] = r.layout.widths[i] > MIN_COLUMNS ? r.layout.widths[i] : MIN_COLUMNS;
    if (err == OC_OK)
        err = each_row(t, measure_row, &r);
    size_t marks = r.layout.ticks < FENCE_MIN ? FENCE_MIN : r.layout.ticks + 1;
    if (err == OC_OK)
        err = fill(out, '`', marks);
    if (err == OC_OK)
        err = buf_append_str(out, "\n");
    if (err == OC_OK)
        err = put_row(&r, t, &t->head);
    if (err == OC_OK)
        err = put_line(out, &r.layout, NULL, t->columns);
    if (err == OC_OK)
        err = each_row(t, put_row, &r);
    return err == OC_OK ? fill(out, '`', marks) : err;
}

// Whether a cell says anything, once its marks are gone.
static bool says_something(bytes cell) {
    char *plain = plain_text(cell);
    bool something = *plain != '\0';
    free(plain);
    return something;
}

static oc_err put_bullet(buf *out, const table *t, size_t column, bytes cell) {
    bytes head = t->head.cells[column];
    if (head.len > 0)
        return buf_printf(out, "• %.*s: %.*s\n", (int)head.len, (const char *)head.data, (int)cell.len,
                          (const char *)cell.data);
    if (t->columns == 1)
        return buf_printf(out, "• %.*s\n", (int)cell.len, (const char *)cell.data);
    return buf_printf(out, "• Column %zu: %.*s\n", column, (int)cell.len, (const char *)cell.data);
}

static oc_err put_bullets(void *user, const table *t, const table_row *row) {
    buf *out = user;
    oc_err err = OC_OK;
    size_t first = t->columns > 1 ? 1 : 0;
    if (first == 1 && row->count > 0 && says_something(row->cells[0]))
        err = buf_printf(out, "**%.*s**\n", (int)row->cells[0].len, (const char *)row->cells[0].data);
    for (size_t i = first; err == OC_OK && i < row->count; i++) {
        if (says_something(row->cells[i]))
            err = put_bullet(out, t, i, row->cells[i]);
    }
    return err == OC_OK ? buf_append_str(out, "\n") : err;
}

static oc_err as_bullets(const table *t, buf *out) {
    oc_err err = each_row(t, put_bullets, out);
    while (out->len > 0 && buf_bytes(out).data[out->len - 1] == '\n')
        buf_truncate(out, out->len - 1);
    return err;
}

// Each further line begins as the table's first one did; a list's mark is blanks there.
static oc_err put_indented(buf *out, bytes rendered, bytes prefix) {
    oc_err err = OC_OK;
    for (size_t at = 0; err == OC_OK && at < rendered.len; at++) {
        err = buf_append_byte(out, rendered.data[at]);
        for (size_t i = 0; err == OC_OK && rendered.data[at] == '\n' && i < prefix.len; i++)
            err =
                buf_append_byte(out, prefix.data[i] == '>' || prefix.data[i] == '\t' ? prefix.data[i] : ' ');
    }
    return err;
}

// The table in its new form; as it was when it would be too large.
static oc_err put_table(buf *out, const table *t, table_mode mode) {
    buf rendered;
    size_t before = out->len;
    buf_init(&rendered, TABLE_MAX_BYTES);
    oc_err err = mode == TABLES_BULLETS ? as_bullets(t, &rendered) : as_code(t, &rendered);
    bytes prefix = bytes_of(t->text.data + t->start - t->place.content, t->place.content);
    if (err == OC_OK)
        err = put_indented(out, buf_bytes(&rendered), prefix);
    buf_free(&rendered);
    if (err != OC_ELIMIT)
        return err;
    buf_truncate(out, before);
    return buf_append(out, t->text.data + t->start, t->end - t->start);
}

static oc_err convert(bytes text, table_mode mode, buf *out) {
    containers state = {.quotes = 0};
    size_t copied = 0;
    oc_err err = OC_OK;
    for (size_t at = 0; err == OC_OK && at < text.len;) {
        bytes line = line_at(text, at);
        line_place place = containers_next(&state, line);
        table t;
        if (!find_table(text, at, place, &t)) {
            at += line.len + 1;
            continue;
        }
        err = buf_append(out, text.data + copied, t.start - copied);
        if (err == OC_OK)
            err = put_table(out, &t, mode);
        copied = t.end;
        at = t.end + line_at(text, t.end).len + 1;
        state.paragraph = false;
        table_row_free(&t.head);
    }
    return err == OC_OK && copied < text.len ? buf_append(out, text.data + copied, text.len - copied) : err;
}

char *tables_convert(const char *markdown, table_mode mode) {
    bytes text = bytes_str(markdown);
    buf out;
    if (mode == TABLES_OFF || strchr(markdown, '|') == NULL)
        return xstrdup(markdown);
    // Room for the text and, once, for all that its tables grow by.
    buf_init(&out, text.len + TABLE_MAX_BYTES);
    if (convert(text, mode, &out) != OC_OK) {
        buf_free(&out);
        return xstrdup(markdown);
    }
    return buf_take_str(&out);
}
