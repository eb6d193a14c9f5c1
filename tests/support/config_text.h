// SPDX-License-Identifier: Apache-2.0
// Configurations for tests: the field Advanced with a gateway token, and what its reading said. Included by them.
#ifndef OC_SUPPORT_CONFIG_TEXT_H
#define OC_SUPPORT_CONFIG_TEXT_H

#include "base/json.h"
#include "base/mem.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

static config_problems PROBLEMS;

// Reads settings with these texts (NULL: none) and a gateway token. The caller destroys the result and clears PROBLEMS.
static inline config *read_config(const char *advanced, const char *secrets, const char *site_url) {
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "token-of-the-console");
    json_add_string(settings, "advanced", advanced);
    json_add_string(settings, "secrets", secrets);
    config *c = config_from_settings_at(settings, site_url, &PROBLEMS);
    cJSON_Delete(settings);
    return c;
}

// The first problem about the key ("" for a whole setting), or NULL.
static inline const config_problem *problem_of(const char *key) {
    for (size_t i = 0; i < PROBLEMS.count; i++) {
        if (strcmp(PROBLEMS.items[i].key, key) == 0)
            return &PROBLEMS.items[i];
    }
    return NULL;
}

static inline void print_problems(void) {
    for (size_t i = 0; i < PROBLEMS.count; i++) {
        char *place = config_problem_place(&PROBLEMS.items[i]);
        print_message("  %s %s: %s\n", PROBLEMS.items[i].severity == CONFIG_ERROR ? "error" : "notice", place,
                      PROBLEMS.items[i].sentence);
        free(place);
    }
}

#endif
