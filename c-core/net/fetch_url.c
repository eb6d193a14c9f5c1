// SPDX-License-Identifier: Apache-2.0
#include "net/fetch_url.h"

#include "base/mem.h"
#include "words/words.h"

#include <curl/curl.h>
#include <stdlib.h>

// People's addresses hold spaces and letters of all scripts.
enum { READ_FLAGS = CURLU_URLENCODE | CURLU_ALLOW_SPACE };

void fetch_url_free(fetch_url *u) {
    free(u->url);
    free(u->host);
    *u = (fetch_url){0};
}

static char *part(CURLU *u, CURLUPart which) { // the caller's; NULL when absent
    char *text = NULL, *copy = NULL;
    if (curl_url_get(u, which, &text, 0) == CURLUE_OK && text != NULL)
        copy = xstrdup(text);
    curl_free(text);
    return copy;
}

static words_key trouble(CURLUcode code) {
    if (code == CURLUE_USER_NOT_ALLOWED)
        return WORD_MEDIA_ADDRESS_LOGIN;
    if (code == CURLUE_UNSUPPORTED_SCHEME)
        return WORD_MEDIA_ADDRESS_SCHEME;
    return WORD_MEDIA_ADDRESS_MALFORMED;
}

static bool is_web(CURLU *u) {
    char *scheme = part(u, CURLUPART_SCHEME);
    bool web = scheme != NULL && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    free(scheme);
    return web;
}

static bool strip(CURLU *u) {
    static const CURLUPart PARTS[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT};
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (curl_url_set(u, PARTS[i], NULL, 0) != CURLUE_OK)
            return false;
    }
    return true;
}

oc_err fetch_url_read(const char *text, bool private_allowed, bool strip_user, fetch_url *out, char **why) {
    unsigned flags = READ_FLAGS | (strip_user ? 0U : CURLU_DISALLOW_USER);
    CURLU *u = curl_url();
    *out = (fetch_url){0};
    *why = NULL;
    if (u == NULL)
        return OC_ENOMEM;
    bool too_long = strnlen(text, FETCH_URL_MAX_BYTES + 1) > FETCH_URL_MAX_BYTES;
    CURLUcode code = too_long ? CURLUE_MALFORMED_INPUT : curl_url_set(u, CURLUPART_URL, text, flags);
    oc_err err = OC_OK;
    if (code != CURLUE_OK || !is_web(u) || !strip(u)) {
        *why = xstrdup(words_marked(trouble(code != CURLUE_OK ? code : CURLUE_UNSUPPORTED_SCHEME)));
        err = OC_EINVAL;
        goto out;
    }
    out->url = part(u, CURLUPART_URL);
    out->host = part(u, CURLUPART_HOST);
    ssrf_verdict v = ssrf_judge_host(bytes_str(out->host), private_allowed);
    if (v != SSRF_ALLOWED) {
        *why = words_mark(WORD_MEDIA_LEADS_TO, "where", ssrf_verdict_text(v), NULL);
        err = OC_EDENIED;
    }
out:
    curl_url_cleanup(u);
    if (err != OC_OK)
        fetch_url_free(out);
    return err;
}

char *fetch_url_join(const char *base, const char *location) {
    char *joined = NULL;
    CURLU *u = curl_url();
    bool fits = *location != '\0' && strnlen(location, FETCH_URL_MAX_BYTES + 1) <= FETCH_URL_MAX_BYTES;
    if (fits && u != NULL && curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(u, CURLUPART_URL, location, READ_FLAGS | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        joined = part(u, CURLUPART_URL);
    curl_url_cleanup(u);
    return joined;
}
