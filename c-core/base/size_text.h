// SPDX-License-Identifier: Apache-2.0
// Sizes for people: "512 bytes", "12 KB", "1.5 MB", "8 MB". Pure.
#ifndef OC_BASE_SIZE_TEXT_H
#define OC_BASE_SIZE_TEXT_H

#include <stdint.h>

typedef struct size_text {
    char text[32];
} size_text;

size_text size_text_of(uint64_t size_bytes);

#endif
