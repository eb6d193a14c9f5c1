// SPDX-License-Identifier: Apache-2.0
#include "admin/remedies.h"

#include "words/remedies.h" // made: REMEDIES

#include <stddef.h>
#include <string.h>

const remedy *remedy_of(const char *message) {
    for (size_t i = 0; i < sizeof REMEDIES / sizeof *REMEDIES; i++) {
        if (strcmp(REMEDIES[i].message, message) == 0)
            return &REMEDIES[i];
    }
    return NULL;
}
