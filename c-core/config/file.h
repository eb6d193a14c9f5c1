// SPDX-License-Identifier: Apache-2.0
// Small local files that settings name.
#ifndef OC_CONFIG_FILE_H
#define OC_CONFIG_FILE_H

#include <stddef.h>

// The file's content with a NUL behind it, which the caller frees (file_free wipes it), or NULL and *wrong says why: a
// static text such as "names a file that cannot be read". Regular files only, so that reading never waits.
char *file_read(const char *path, size_t max_bytes, const char **wrong, int *error_number);
void file_free(char *content); // NULL-safe

#endif
