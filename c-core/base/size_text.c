// SPDX-License-Identifier: Apache-2.0
#include "base/size_text.h"

#include <inttypes.h>
#include <stdio.h>

enum { KB = 1024, MB = 1024 * KB };

size_text size_text_of(uint64_t size_bytes) {
    size_text t;
    uint64_t tenths = size_bytes / MB * 10 + size_bytes % MB * 10 / MB;
    if (size_bytes < 10 * KB)
        (void)snprintf(t.text, sizeof t.text, "%" PRIu64 " byte%s", size_bytes, size_bytes == 1 ? "" : "s");
    else if (size_bytes < MB)
        (void)snprintf(t.text, sizeof t.text, "%" PRIu64 " KB", size_bytes / KB);
    else if (tenths % 10 == 0 || tenths >= 1000)
        (void)snprintf(t.text, sizeof t.text, "%" PRIu64 " MB", tenths / 10);
    else
        (void)snprintf(t.text, sizeof t.text, "%" PRIu64 ".%" PRIu64 " MB", tenths / 10, tenths % 10);
    return t;
}
