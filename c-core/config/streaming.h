// SPDX-License-Identifier: Apache-2.0
// The streaming settings: how a growing answer is shown (reference-behaviour notes §1.2, §6.6). Part of account_config.
#ifndef OC_CONFIG_STREAMING_H
#define OC_CONFIG_STREAMING_H

#include <stdbool.h>
#include <stdint.h>

typedef enum streaming_mode {
    STREAMING_OFF,
    STREAMING_PARTIAL,
    STREAMING_BLOCK,
    STREAMING_PROGRESS
} streaming_mode;
typedef enum chunk_mode { CHUNK_LENGTH, CHUNK_NEWLINE } chunk_mode;

typedef struct streaming_config {
    streaming_mode mode; // partial
    chunk_mode chunk_mode;
    bool preview_tool_progress; // tool lines in partial and block previews
    bool
        command_text; // show a command's own text in tool lines (commandText raw); progress wins over preview
    char *label;      // progress title; NULL: none, "auto": one of labels
    char **labels;    // never empty
    int max_lines, max_line_chars; // of progress
    bool progress_tool_progress;
    bool block_enabled; // completed blocks are posted, only with mode off
    int block_min_chars, block_max_chars;
    int64_t block_idle_ms;
    bool
        show_thinking; // ours, not configured: somebody wants to see that the agent thinks (store/talk_settings.h)
    // Ours: how often a preview is edited. Every edit leaves a hidden row in the server's database.
    int64_t edit_every_ms;      // at first, 1000
    int64_t edit_slowest_ms;    // later, 5000
    int edits_max;              // of one answer, 20
    int edits_per_second_total; // of the whole server, 20
} streaming_config;

const char *streaming_mode_name(streaming_mode m);
int streaming_mode_find(const char *name);
const char *chunk_mode_name(chunk_mode m);
int chunk_mode_find(const char *name);

#endif
