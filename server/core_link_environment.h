// SPDX-License-Identifier: Apache-2.0
// Which variables of the server's environment the core gets: proxies, certificates, time zone, language, OPENCLAW_*.
// All others may hold secrets and stay here.
#ifndef OC_CORE_LINK_ENVIRONMENT_H
#define OC_CORE_LINK_ENVIRONMENT_H

#include <cJSON.h>

enum { CORE_ENVIRONMENT_MAX_BYTES = 32 << 10 };

// An object of name: value; variables ("NAME=value", NULL-terminated) beyond the maximum are left out with a log line.
// The caller frees it.
cJSON *core_link_environment(char *const *variables);

#endif
