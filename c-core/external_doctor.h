// SPDX-License-Identifier: Apache-2.0
// openclaw-mattermost --doctor: connects as the program would, serves nobody, and says what is wrong.
#ifndef OC_EXTERNAL_DOCTOR_H
#define OC_EXTERNAL_DOCTOR_H

#include "chat/sqlite_store.h"
#include "external_config.h"

// Takes first and store. running: another process serves the bots; store is a copy of its database, and it answers callbacks. Prints what
// was found to standard output, as text or JSON. Returns the exit code: EXTERNAL_OK, EXTERNAL_ILL, EXTERNAL_SYSTEM.
int external_doctor_run(external_config *first, sqlite_store *store, bool running, bool json);
// A copy of a database that another process uses, in a folder of its own which external_doctor_forget removes. NULL and *why
// (the caller frees it): there is none.
sqlite_store *external_doctor_copy(const char *path, char **folder, char **why);
void external_doctor_forget(char *folder); // takes it; NULL-safe

#endif
