// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.h"

#include "base/mem.h"
#include "config/keys.h"

#include <ctype.h>
#include <string.h>

enum { KEY_MAX = 40 };

static int least(int a, int b, int c) {
    int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

// Letters that were added, left out or changed, whatever their case.
static int distance(const char *a, const char *b) {
    int row[KEY_MAX + 1];
    size_t width = strlen(b);
    for (size_t i = 0; i <= width; i++)
        row[i] = (int)i;
    for (size_t y = 1; a[y - 1] != '\0'; y++) {
        int corner = row[0];
        row[0] = (int)y;
        for (size_t x = 1; x <= width; x++) {
            int above = row[x];
            int change = tolower((unsigned char)a[y - 1]) != tolower((unsigned char)b[x - 1]);
            row[x] = least(above + 1, row[x - 1] + 1, corner + change);
            corner = above;
        }
    }
    return row[width];
}

// The member of the map at path that the key belongs to or is: its name goes to name. False when it is not in there.
static bool member_of(const config_key *key, const char *path, char name[KEY_MAX + 1]) {
    size_t len = strlen(path);
    const char *rest = key->path;
    if (len > 0) {
        if (strncmp(rest, path, len) != 0 || rest[len] != '.')
            return false;
        rest += len + 1;
    }
    size_t name_len = strcspn(rest, ".");
    if (name_len > KEY_MAX)
        return false;
    memcpy(name, rest, name_len);
    name[name_len] = '\0';
    return *name != '*';
}

// A key of the same name that stands somewhere else.
static const char *elsewhere(const char *key) {
    for (size_t i = 0; i < config_key_count(); i++) {
        const char *path = config_key_at(i)->path, *dot = strrchr(path, '.');
        if (strcmp(dot != NULL ? dot + 1 : path, key) == 0)
            return path;
    }
    return NULL;
}

char *nearest_key(const char *path, const char *key, bool in_account) {
    char name[KEY_MAX + 1], best[KEY_MAX + 1] = "";
    size_t len = strlen(key);
    int best_distance = len <= 3 ? 2 : len <= 8 ? 3 : 4; // at least this far is no likeness
    if (len > KEY_MAX)
        return NULL;
    for (size_t i = 0; i < config_key_count(); i++) {
        const config_key *other = config_key_at(i);
        bool here = !in_account || (other->place != IN_TOP && other->place != IN_ACCOUNT_SHARED);
        if (!here || !member_of(other, path, name))
            continue;
        int far = distance(key, name);
        if (far < best_distance) {
            best_distance = far;
            memcpy(best, name, sizeof best);
        }
    }
    if (*best != '\0')
        return xstrdup(best);
    const char *other_place = elsewhere(key);
    return other_place != NULL ? xstrdup(other_place) : NULL;
}
