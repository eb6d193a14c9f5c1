// SPDX-License-Identifier: Apache-2.0
// Where the core's executable lies, and what to tell an administrator when it cannot be started.
#ifndef OC_SUPERVISOR_PATH_H
#define OC_SUPERVISOR_PATH_H

// Beside our own executable: openclaw-core-linux-amd64 (or -arm64), else openclaw-core (a build folder). The caller
// frees it. The file need not exist.
char *supervisor_path_find(void);
// A sentence with path, reason and remedy for an errno that starting path ended with. The caller frees it.
char *supervisor_path_problem(const char *path, int reason);

#endif
