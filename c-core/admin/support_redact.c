// SPDX-License-Identifier: Apache-2.0
#include "admin/support_redact.h"

#include "base/mem.h"
#include "base/parse.h"

#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_BYTES = 26, STAND_IN_DIGITS = 8, STAND_IN_BYTES = 16 };

static void stand_in(char out[STAND_IN_BYTES], const char *kind, const char *text, size_t len) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256((const uint8_t *)text, len, digest);
    int at = snprintf(out, STAND_IN_BYTES, "%s-", kind);
    for (int i = 0; i < STAND_IN_DIGITS / 2; i++)
        at += snprintf(out + at, (size_t)(STAND_IN_BYTES - at), "%02x", digest[i]);
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Mattermost's ids are 26 characters of a to z and 0 to 9; a version or a word of that length has none beside it either.
static bool is_id(const char *word, size_t len) {
    if (len != ID_BYTES)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!((word[i] >= 'a' && word[i] <= 'z') || (word[i] >= '0' && word[i] <= '9')))
            return false;
    }
    return true;
}

char *support_redact_text(const char *text) {
    char *out = xmalloc(strlen(text) + 1); // a stand-in is shorter than an id
    size_t used = 0;
    while (*text != '\0') {
        size_t len = 0;
        while (is_word(text[len]))
            len++;
        if (is_id(text, len)) {
            stand_in(out + used, "id", text, len);
            used += strlen(out + used);
        } else {
            len = len == 0 ? 1 : len;
            memcpy(out + used, text, len);
            used += len;
        }
        text += len;
    }
    out[used] = '\0';
    return out;
}

static void redact_in_place(char *text) {
    char *redacted = support_redact_text(text);
    memcpy(text, redacted, strlen(redacted) + 1); // never longer
    free(redacted);
}

void support_redact(cJSON *json) {
    cJSON *item = NULL;
    if (cJSON_IsString(json))
        redact_in_place(json->valuestring);
    cJSON_ArrayForEach(item, json) {
        if (item->string != NULL)
            redact_in_place(item->string);
        support_redact(item);
    }
}

char *support_redact_person(const char *entry) {
    static const char group[] = "accessGroup:";
    char text[STAND_IN_BYTES];
    if (strcmp(entry, "*") == 0 || strncmp(entry, group, strlen(group)) == 0 || parse_is_mm_id(entry))
        return NULL;
    stand_in(text, "name", entry, strlen(entry));
    return xstrdup(text);
}
