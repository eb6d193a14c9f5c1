// SPDX-License-Identifier: Apache-2.0
#include "gateway/frame_scan.h"

#include <stddef.h>

enum { MAX_DEPTH = 200 };

// The members that are read. The first of a name counts, as with the parser.
enum {
    SEEN_TYPE = 1,
    SEEN_ID = 2,
    SEEN_EVENT = 4,
    SEEN_PAYLOAD = 8,
    SEEN_SESSION_KEY = 16,
    SEEN_RUN_ID = 32,
    SEEN_STREAM = 64
};

typedef struct cursor {
    const uint8_t *at, *end;
    frame_head *head;
    unsigned seen;
} cursor;

// As generous as the parser: a frame that it takes must not be lost here.
static void skip_blanks(cursor *c) {
    while (c->at < c->end && *c->at <= ' ')
        c->at++;
}

static bool take(cursor *c, char wanted) {
    skip_blanks(c);
    if (c->at >= c->end || *c->at != (uint8_t)wanted)
        return false;
    c->at++;
    return true;
}

// A string with its quotes; *out is what lies between them, escapes as they are.
static bool take_string(cursor *c, bytes *out, bool *escaped) {
    if (!take(c, '"'))
        return false;
    const uint8_t *start = c->at;
    *escaped = false;
    for (;;) {
        const uint8_t *quote = c->at < c->end ? memchr(c->at, '"', (size_t)(c->end - c->at)) : NULL;
        if (quote == NULL)
            return false;
        size_t slashes = 0;
        while (quote - slashes > start && quote[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        c->at = quote + 1;
        if (slashes % 2 == 0) {
            *out = bytes_of(start, (size_t)(quote - start));
            *escaped = out->len > 0 && memchr(start, '\\', out->len) != NULL;
            return true;
        }
    }
}

// Past an object or an array, whose first bracket is next.
static oc_err skip_nested(cursor *c) {
    int depth = 0;
    while (c->at < c->end) {
        bytes ignored;
        bool escaped = false;
        if (*c->at == '"') {
            if (!take_string(c, &ignored, &escaped))
                return OC_EMALFORMED;
            continue;
        }
        uint8_t byte = *c->at++;
        if (byte == '{' || byte == '[')
            depth++;
        else if (byte == '}' || byte == ']')
            depth--;
        if (depth == 0)
            return OC_OK;
        if (depth > MAX_DEPTH)
            return OC_ELIMIT;
    }
    return OC_EMALFORMED;
}

static oc_err skip_value(cursor *c) {
    bytes ignored;
    bool escaped = false;
    skip_blanks(c);
    if (c->at >= c->end)
        return OC_EMALFORMED;
    if (*c->at == '"')
        return take_string(c, &ignored, &escaped) ? OC_OK : OC_EMALFORMED;
    if (*c->at == '{' || *c->at == '[')
        return skip_nested(c);
    const uint8_t *start = c->at;
    while (c->at < c->end && memchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *c->at, 40) != NULL)
        c->at++;
    return c->at > start ? OC_OK : OC_EMALFORMED;
}

// Reads a string member into *slot; another kind of value leaves it absent.
static oc_err string_member(cursor *c, bytes *slot) {
    bool escaped = false;
    skip_blanks(c);
    if (c->at >= c->end || *c->at != '"')
        return skip_value(c);
    if (!take_string(c, slot, &escaped))
        return OC_EMALFORMED;
    c->head->escaped = c->head->escaped || escaped;
    return OC_OK;
}

static bool complete(const frame_head *h) {
    if (h->type == FRAME_RESPONSE)
        return h->id.data != NULL;
    return h->type == FRAME_EVENT && h->event.data != NULL && h->session_key.data != NULL &&
           h->run_id.data != NULL;
}

typedef oc_err member_fn(cursor *c, bytes key);

static oc_err members(cursor *c, member_fn *member) {
    if (!take(c, '{'))
        return OC_EMALFORMED;
    if (take(c, '}'))
        return OC_OK;
    do {
        bytes key;
        bool escaped = false;
        if (!take_string(c, &key, &escaped) || !take(c, ':'))
            return OC_EMALFORMED;
        // An escape in a key is legal but nobody's habit: such a member goes to the parser.
        c->head->escaped = c->head->escaped || escaped;
        oc_err err = member(c, key);
        if (err != OC_OK || complete(c->head))
            return err;
    } while (take(c, ','));
    return take(c, '}') ? OC_OK : OC_EMALFORMED;
}

static bool first(cursor *c, bytes key, const char *name, unsigned bit) {
    if (!bytes_is(key, name) || (c->seen & bit) != 0)
        return false;
    c->seen |= bit;
    return true;
}

static oc_err payload_member(cursor *c, bytes key) {
    if (first(c, key, "sessionKey", SEEN_SESSION_KEY))
        return string_member(c, &c->head->session_key);
    if (first(c, key, "runId", SEEN_RUN_ID))
        return string_member(c, &c->head->run_id);
    if (first(c, key, "stream", SEEN_STREAM))
        return string_member(c, &c->head->stream);
    return skip_value(c);
}

static oc_err frame_member(cursor *c, bytes key) {
    if (first(c, key, "id", SEEN_ID))
        return string_member(c, &c->head->id);
    if (first(c, key, "event", SEEN_EVENT))
        return string_member(c, &c->head->event);
    if (first(c, key, "type", SEEN_TYPE)) {
        bytes type = {0};
        oc_err err = string_member(c, &type);
        c->head->type = bytes_is(type, "event") ? FRAME_EVENT
                        : bytes_is(type, "res") ? FRAME_RESPONSE
                                                : FRAME_UNKNOWN;
        return err;
    }
    skip_blanks(c);
    if (first(c, key, "payload", SEEN_PAYLOAD) && c->at < c->end && *c->at == '{')
        return members(c, payload_member);
    return skip_value(c);
}

oc_err frame_scan(bytes text, frame_head *out) {
    cursor c = {.at = text.data, .end = text.data + text.len, .head = out};
    *out = (frame_head){0};
    if (text.len == 0)
        return OC_EMALFORMED;
    oc_err err = members(&c, frame_member);
    if (err != OC_OK || complete(out))
        return err;
    skip_blanks(&c);
    return c.at == c.end ? OC_OK : OC_EMALFORMED;
}
