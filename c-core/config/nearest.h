// SPDX-License-Identifier: Apache-2.0
// The known key that somebody may have meant.
#ifndef OC_CONFIG_NEAREST_H
#define OC_CONFIG_NEAREST_H

#include <stdbool.h>

// For a key that is not known within the map at path ("" for the top level and accounts): the nearest one there, else the
// full path of a key of that name elsewhere, else NULL. The caller frees it. Bounded, however long the key is.
char *nearest_key(const char *path, const char *key, bool in_account);

#endif
