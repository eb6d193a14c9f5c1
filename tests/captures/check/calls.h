// SPDX-License-Identifier: Apache-2.0
// One net/rpc stream of a recording: its calls, decoded, compared with the description and encoded again.
#ifndef OC_TESTS_CAPTURES_CALLS_H
#define OC_TESTS_CAPTURES_CALLS_H

#include "frames.h"

#include <cJSON.h>
#include <stdio.h>

typedef struct calls_output {
    const char *folder;      // of the recording: its path
    const char *folder_name; // and its last part
    const char *work;        // a folder for the streams that we encode
    FILE *jobs;              // a line for each direction, as tests/captures/go-check reads it
    size_t messages;         // counted on
} calls_output;

// described: the stream's entry in description.json.
void calls_check(report *r, const cJSON *described, const frames_stream *s, calls_output *out);

#endif
