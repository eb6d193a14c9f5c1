// SPDX-License-Identifier: Apache-2.0
#include "frames.h"

#include "base/json.h"
#include "wire/yamux_frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAYLOAD_MAX_BYTES = 256 << 20, LISTING_MAX_BYTES = 64 << 20 };

const char *const DIRECTION_NAMES[DIRECTIONS] = {"host_to_plugin", "plugin_to_host"};

static void must(oc_err err) {
    if (err != OC_OK)
        abort();
}

const frames_stream *frames_find(const frames *f, uint32_t id) {
    for (size_t i = 0; i < f->count; i++) {
        if (f->streams[i].id == id)
            return &f->streams[i];
    }
    return NULL;
}

static frames_stream *find_or_add(frames *f, uint32_t id) {
    frames_stream *s = (frames_stream *)frames_find(f, id);
    if (s != NULL || f->count == FRAMES_STREAMS_MAX)
        return s;
    s = &f->streams[f->count++];
    s->id = id;
    for (int d = 0; d < DIRECTIONS; d++)
        buf_init(&s->payload[d], PAYLOAD_MAX_BYTES);
    return s;
}

static void list_frame(buf *listing, size_t offset, const yamux_header *h) {
    static const char *const TYPES[] = {"data", "window_update", "ping", "go_away"};
    static const char *const FLAGS[] = {"SYN", "ACK", "FIN", "RST"};
    must(buf_printf(listing, "%zu %s ", offset, TYPES[h->type]));
    bool is_first = true;
    for (unsigned i = 0; i < 4; i++) {
        if ((h->flags >> i & 1) != 0)
            must(buf_printf(listing, "%s%s", is_first ? "" : "|", FLAGS[i]));
        is_first = is_first && (h->flags >> i & 1) == 0;
    }
    must(buf_printf(listing, " %" PRIu32 " %" PRIu32 "\n", h->stream, h->length));
}

// Takes one direction apart. A recording may end within a frame: the process was killed.
static void take_apart(report *r, bytes in, direction d, frames *f) {
    size_t at = 0;
    while (in.len - at >= YAMUX_HEADER_BYTES) {
        yamux_header h;
        if (yamux_header_decode(in.data + at, &h) != OC_OK) {
            report_add(r, "no frame at offset %zu", at);
            return;
        }
        list_frame(&f->listing[d], at, &h);
        at += YAMUX_HEADER_BYTES;
        frames_stream *s = h.stream != 0 ? find_or_add(f, h.stream) : NULL;
        if (h.type != YAMUX_DATA)
            continue;
        size_t len = in.len - at < h.length ? in.len - at : h.length;
        if (s == NULL)
            report_add(r, "data at offset %zu belongs to no stream", at);
        else
            must(buf_append(&s->payload[d], in.data + at, len));
        at += len;
    }
}

// frames.jsonl, written in the same way as list_frame does.
static void list_described(report *r, const char *folder, buf out[DIRECTIONS]) {
    buf text;
    if (report_read_file(r, folder, "frames.jsonl", &text)) {
        bytes rest = buf_bytes(&text);
        while (rest.len > 0) {
            const uint8_t *end = memchr(rest.data, '\n', rest.len);
            size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len;
            cJSON *line = NULL;
            if (json_parse(bytes_of(rest.data, len), &line) == OC_OK) {
                int d = strcmp(json_text(line, "dir"), DIRECTION_NAMES[TO_HOST]) == 0 ? TO_HOST : TO_PLUGIN;
                must(buf_printf(&out[d], "%" PRId64 " %s %s %" PRId64 " %" PRId64 "\n",
                                json_int(line, "off", -1), json_text(line, "type"), json_text(line, "flags"),
                                json_int(line, "stream", -1), json_int(line, "length", -1)));
                cJSON_Delete(line);
            } else {
                report_add(r, "frames.jsonl: not JSON");
            }
            len += end != NULL;
            rest = bytes_of(rest.data + len, rest.len - len);
        }
    }
    buf_free(&text);
}

static void compare_payloads(report *r, const char *folder, const frames *f) {
    for (size_t i = 0; i < f->count; i++) {
        for (int d = 0; d < DIRECTIONS; d++) {
            char name[64];
            buf file;
            (void)snprintf(name, sizeof name, "streams/%03" PRIu32 ".%s.bin", f->streams[i].id,
                           DIRECTION_NAMES[d]);
            if (report_read_file(r, folder, name, &file) &&
                !bytes_equal(buf_bytes(&file), buf_bytes(&f->streams[i].payload[d])))
                report_add(r, "%s: other bytes than in the frames", name);
            buf_free(&file);
        }
    }
}

void frames_read(report *r, const char *folder, frames *out) {
    buf described[DIRECTIONS];
    *out = (frames){0};
    for (int d = 0; d < DIRECTIONS; d++) {
        char name[32];
        buf file;
        buf_init(&out->listing[d], LISTING_MAX_BYTES);
        buf_init(&described[d], LISTING_MAX_BYTES);
        (void)snprintf(name, sizeof name, "%s.bin", DIRECTION_NAMES[d]);
        report_place(r, "%s", name);
        if (report_read_file(r, folder, name, &file))
            take_apart(r, buf_bytes(&file), (direction)d, out);
        buf_free(&file);
    }
    report_place(r, "frames");
    list_described(r, folder, described);
    for (int d = 0; d < DIRECTIONS; d++) {
        if (!bytes_equal(buf_bytes(&described[d]), buf_bytes(&out->listing[d])))
            report_add(r, "%s: frames.jsonl lists other frames", DIRECTION_NAMES[d]);
        buf_free(&described[d]);
    }
    compare_payloads(r, folder, out);
}

void frames_free(frames *f) {
    for (int d = 0; d < DIRECTIONS; d++) {
        buf_free(&f->listing[d]);
        for (size_t i = 0; i < f->count; i++)
            buf_free(&f->streams[i].payload[d]);
    }
}
