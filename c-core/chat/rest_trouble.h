// SPDX-License-Identifier: Apache-2.0
// Why a call to the Mattermost server came to nothing, as a sentence for whoever runs the program: what is wrong, and which setting
// helps. Pure.
#ifndef OC_CHAT_REST_TROUBLE_H
#define OC_CHAT_REST_TROUBLE_H

#include "base/bytes.h"

#include <curl/curl.h>
#include <stdbool.h>

typedef struct rest_failure { // a transfer without an answer
    const char *base_url;
    CURLcode result;
    long verify;        // X509_V_OK: whatever went wrong, it was not the certificate
    const char *detail; // the system's or curl's words
} rest_failure;

// The failure is one of trust: trying again without another configuration is no use.
bool rest_failure_is_of_trust(const rest_failure *f);
char *rest_failure_text(const rest_failure *f); // the caller frees it

// What to say of an answer that is an error and no JSON of Mattermost's. base_url: where it was asked. Static.
const char *rest_foreign_answer(const char *base_url, long status, bytes body);

#endif
