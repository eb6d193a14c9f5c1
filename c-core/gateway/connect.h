// SPDX-License-Identifier: Apache-2.0
// The handshake of a gateway connection as pure functions: our connect request, the hello it is answered with, and what
// a refusal means. Source: gateway-protocol notes §3–§5.
#ifndef OC_GATEWAY_CONNECT_H
#define OC_GATEWAY_CONNECT_H

#include "gateway/connect_role.h"
#include "gateway/identity.h"

#include <cJSON.h>
#include <stdbool.h>

enum { GATEWAY_PROTOCOL = 4, GATEWAY_PAYLOAD_BYTES = 26214400, GATEWAY_IMAGE_BYTES = 6291456 };

typedef struct connect_input {
    const connect_role *as;
    const cJSON *commands; // of a node: names; NULL for other roles
    const gateway_identity *identity;
    const char *token; // shared or device token; "" when there is none
    const char *nonce; // of the challenge
    int64_t challenge_ms;
    const char *version; // ours
} connect_input;
// The params of the connect request; the caller's. OC_ESYS when it cannot be signed.
oc_err connect_params(const connect_input *in, cJSON **params) OC_MUST_CHECK;

typedef struct connect_hello { // strings are the caller's: connect_hello_free
    int64_t protocol, tick_ms, max_payload_bytes, max_image_bytes;
    char *server_version, *boot_id, *default_agent;
    char *device_token;        // "" when the gateway gave none
    bool granted;              // every scope that the role needs
    bool approvals, questions; // those that only some runs need
} connect_hello;
// OC_EMALFORMED when it is no hello-ok.
oc_err connect_read_hello(const cJSON *payload, const connect_role *as, connect_hello *out) OC_MUST_CHECK;
void connect_hello_free(connect_hello *h); // safe for zeroed structs

typedef enum connect_next {
    CONNECT_HALT,         // no further try by ourselves
    CONNECT_LATER,        // back-off, at least retry_ms
    CONNECT_PAIRING,      // ask again slowly until an administrator has approved
    CONNECT_AGAIN,        // once more at once, with a fresh challenge
    CONNECT_SHARED_TOKEN, // forget the device token and use the shared one
} connect_next;

typedef struct connect_verdict { // strings are the caller's: connect_verdict_free
    connect_next next;
    int64_t retry_ms; // 0: as the back-off says
    char *code;       // machine word, as the gateway named it
    char *sentence;   // marked text (words/words.h)
    char *command;    // approves a pairing; ""
} connect_verdict;

typedef struct connect_attempt {
    bool device_token; // the refused token was a device token
    bool shared_token; // there is a shared one
    bool second;       // CONNECT_AGAIN was tried already
} connect_attempt;
// What follows from the error of a connect response (NULL counts as an unknown one).
void connect_judge(const cJSON *error, const connect_attempt *attempt, connect_verdict *out);
void connect_verdict_free(connect_verdict *v); // safe for zeroed structs

// A gateway's own words made fit to show: no control characters, at most 200 bytes. The caller frees it.
char *connect_quote(const char *text);

#endif
