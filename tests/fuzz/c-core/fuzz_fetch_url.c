// SPDX-License-Identifier: Apache-2.0
// What passes the guard must not be an address of ours to any resolver, and must mean the same when read again.
#include "base/mem.h"
#include "net/fetch_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// inet_aton takes every spelling that a system's resolver may take.
static void must_be_public(const char *host) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    ip_address a;
    if (inet_aton(host, &v4.sin_addr) == 0)
        return;
    if (!ip_from_sockaddr((const struct sockaddr *)&v4, &a) || ssrf_judge_address(&a, false) != SSRF_ALLOWED)
        abort();
}

static void read_again(const fetch_url *u) {
    fetch_url again;
    char *why = NULL;
    if (fetch_url_read(u->url, false, false, &again, &why) != OC_OK || strcmp(again.host, u->host) != 0)
        abort();
    fetch_url_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fetch_url u;
    char *why = NULL, *text = xstrndup((const char *)data, size);
    if (fetch_url_read(text, false, true, &u, &why) == OC_OK) {
        must_be_public(u.host);
        if (strchr(u.url, '#') != NULL || strlen(u.url) > 0x10000)
            abort();
        read_again(&u);
    } else if (why == NULL) {
        abort(); // every refusal has its reason
    }
    free(why);
    char *joined = fetch_url_join("https://example.com/a/b?c", text);
    free(joined);
    if (ssrf_judge_host(bytes_of(data, size), true) == SSRF_ALLOWED || size == 0)
        (void)ssrf_judge_host(bytes_of(data, size), false);
    else if (ssrf_judge_host(bytes_of(data, size), false) == SSRF_ALLOWED)
        abort(); // the opt-in only opens
    fetch_url_free(&u);
    free(text);
    return 0;
}
