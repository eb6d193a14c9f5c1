// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include <strings.h>

static const char *const NAMES[] = {"read-only", "guarded", "workspace", "full"};
enum { NAME_COUNT = sizeof NAMES / sizeof *NAMES };

const char *permission_mode_name(permission_mode mode) {
    return NAMES[mode];
}

int permission_mode_find(const char *name) {
    for (int i = 0; i < NAME_COUNT; i++) {
        if (name != NULL && strcasecmp(name, NAMES[i]) == 0)
            return i;
    }
    return -1;
}
