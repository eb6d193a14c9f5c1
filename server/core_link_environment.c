// SPDX-License-Identifier: Apache-2.0
#include "core_link_environment.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

static bool is_wanted(const char *name, size_t len) {
    static const char *const exact[] = {"HTTP_PROXY", "HTTPS_PROXY",   "NO_PROXY",     "ALL_PROXY",
                                        "http_proxy", "https_proxy",   "no_proxy",     "all_proxy",
                                        "TZ",         "SSL_CERT_FILE", "SSL_CERT_DIR", "LANG"};
    static const char *const prefixes[] = {"LC_", "OPENCLAW_"};
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        if (strlen(exact[i]) == len && memcmp(exact[i], name, len) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t prefix_len = strlen(prefixes[i]);
        if (len > prefix_len && memcmp(prefixes[i], name, prefix_len) == 0)
            return true;
    }
    return false;
}

cJSON *core_link_environment(char *const *variables) {
    cJSON *object = json_new_object();
    size_t sum = 0;
    for (; variables != NULL && *variables != NULL; variables++) {
        const char *equals = strchr(*variables, '=');
        if (equals == NULL || !is_wanted(*variables, (size_t)(equals - *variables)))
            continue;
        char *name = xstrndup(*variables, (size_t)(equals - *variables));
        size_t len = strlen(*variables);
        if (len > CORE_ENVIRONMENT_MAX_BYTES - sum) {
            log_warn("The environment is too long; a variable is not handed to the core", "name", name);
        } else if (cJSON_GetObjectItemCaseSensitive(object, name) ==
                   NULL) { // the first one counts, as in getenv
            json_add_string(object, name, equals + 1);
            sum += len;
        }
        free(name);
    }
    return object;
}
