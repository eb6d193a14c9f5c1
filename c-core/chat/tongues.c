// SPDX-License-Identifier: Apache-2.0
#include "chat/tongues.h"

#include "base/json.h"
#include "base/mem.h"
#include "chat/cache.h"

#include <stdlib.h>

// A language is right until another is heard of: it does not age.
enum { PEOPLE_MAX = 4096, NO_AGE_MS = 1, NEVER_MS = 2 };

struct tongues {
    cache *locales; // user id → text
    words_lang server;
};

tongues *tongues_create(void) {
    tongues *t = xcalloc(1, sizeof *t);
    t->locales = cache_create(PEOPLE_MAX, NEVER_MS);
    return t;
}

void tongues_destroy(tongues *t) {
    if (t == NULL)
        return;
    cache_destroy(t->locales);
    free(t);
}

void tongues_learn(tongues *t, const cJSON *user) {
    const cJSON *locale = json_get(user, "locale");
    const char *id = json_text(user, "id");
    if (*id != '\0' && cJSON_IsString(locale))
        cache_put(t->locales, id, locale, NO_AGE_MS);
}

void tongues_learn_server(tongues *t, const char *locale) {
    t->server = words_lang_of(locale, WORDS_EN);
}

words_lang tongues_of_server(const tongues *t) {
    return t->server;
}

words_lang tongues_of(tongues *t, const char *user_id) {
    const cJSON *locale = cache_get(t->locales, user_id, NO_AGE_MS);
    return words_lang_of(cJSON_GetStringValue(locale), t->server);
}
