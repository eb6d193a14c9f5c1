// SPDX-License-Identifier: Apache-2.0
// The core as a daemon beside the server: an adapter and an app for each account, apart from each other.
#ifndef OC_EXTERNAL_MODE_H
#define OC_EXTERNAL_MODE_H

#include "external_config.h"
#include "chat/sqlite_store.h"

// How it ended; also of the other things that the program does (docs/external.md).
enum {
    EXTERNAL_OK = 0,     // in order: after SIGTERM or SIGINT, everything written
    EXTERNAL_USAGE = 1,  // wrong use
    EXTERNAL_CONFIG = 2, // the configuration cannot be used
    EXTERNAL_STATE = 3,  // the database cannot be used
    EXTERNAL_SYSTEM = 4, // the operating system refused something
    EXTERNAL_ILL = 5,    // --doctor has found something wrong
};

// Runs until it is told to end; takes first (of path) and store. Returns the exit code.
int external_mode_run(const char *path, external_config *first, sqlite_store *store);

#endif
