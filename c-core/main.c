// SPDX-License-Identifier: Apache-2.0
// The core's executable. Exit codes: 0 ended in order, 1 wrong use, 2 the system or the shim failed us.
#include "plugin_mode.h"

#include <curl/curl.h>
#include <nng/nng.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include <cJSON.h>

static int print_version(void) {
    printf("openclaw-core %s (nng %s, cJSON %s, %s, %s)\n", OPENCLAW_VERSION, nng_version(), cJSON_Version(),
           curl_version(), OpenSSL_version(OPENSSL_VERSION));
    return 0;
}

static int usage(void) {
    fputs("This is the core of the OpenClaw plugin for Mattermost. The plugin starts it by itself.\n"
          "  --plugin    run for the plugin: takes its orders from standard input\n"
          "  --version   print the versions of this program and its libraries\n",
          stderr);
    return 1;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return print_version();
    if (argc == 2 && strcmp(argv[1], "--plugin") == 0)
        return plugin_mode_run();
    return usage();
}
