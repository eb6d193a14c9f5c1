// SPDX-License-Identifier: Apache-2.0
// The bytes of the two directions of a recorded socket, taken apart into streams and compared with
// frames.jsonl and streams/*.bin.
#ifndef OC_TESTS_CAPTURES_FRAMES_H
#define OC_TESTS_CAPTURES_FRAMES_H

#include "report.h"

typedef enum direction { TO_PLUGIN, TO_HOST, DIRECTIONS } direction;
extern const char *const DIRECTION_NAMES[DIRECTIONS]; // "host_to_plugin", "plugin_to_host"

enum { FRAMES_STREAMS_MAX = 1024 };

typedef struct frames_stream {
    uint32_t id;
    buf payload[DIRECTIONS];
} frames_stream;

typedef struct frames {
    frames_stream streams[FRAMES_STREAMS_MAX];
    size_t count;
    buf listing[DIRECTIONS]; // a line for each frame
} frames;

// What is wrong becomes findings. The caller ends it with frames_free.
void frames_read(report *r, const char *folder, frames *out);
void frames_free(frames *f);
// NULL when there is no such stream.
const frames_stream *frames_find(const frames *f, uint32_t id);

#endif
