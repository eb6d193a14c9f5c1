// SPDX-License-Identifier: Apache-2.0
// Files that answers name: what the agent wrote, and what the server has got of it. Content says whose file it is.
#ifndef OC_RIG_FILES_H
#define OC_RIG_FILES_H

#include "base/bytes.h"

#include <cJSON.h>
#include <stdbool.h>

// --- in the agent's workspace ---
bool files_has(int question);        // its answer names a file that can be had
char *files_path(int question);      // the caller's
cJSON *files_read(const char *path); // agents.workspace.get's payload; NULL: there is no such file

// --- on the server ---
void files_open(const cJSON *session);                      // CreateUploadSession
cJSON *files_upload(const char *session_id, bytes content); // a FileInfo; NULL: it is not whole
cJSON *files_info(const char *file_id);                     // NULL: there is none
// A post at the end carries it. Returns the question that its content names, 0 for none; *times: how many carry it.
int files_carried(const char *file_id, const char *channel_id, int *times);
int files_count(void);
void files_end(void);

#endif
