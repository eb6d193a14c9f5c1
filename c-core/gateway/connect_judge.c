// SPDX-License-Identifier: Apache-2.0
// What a refused connect request means (gateway-protocol notes §5): whether to try again, and what to say.
#include "gateway/connect.h"

#include "base/json.h"
#include "base/mem.h"
#include "words/words.h"

#include <stdlib.h>

enum { RETRY_MAX_MS = 3600 * 1000, REQUEST_ID_MAX = 64 };

typedef struct refusal {
    const cJSON *error, *details;
    const char *code; // details.code, else code
    const connect_attempt *attempt;
} refusal;

typedef struct rule {
    const char *code;
    connect_next next;
    words_key sentence; // WORD_NONE: made for the case
} rule;

static const rule rules[] = {
    {"AUTH_TOKEN_MISSING", CONNECT_HALT, WORD_GATEWAY_TOKEN_MISSING},
    {"AUTH_TOKEN_MISMATCH", CONNECT_HALT, WORD_GATEWAY_TOKEN_MISMATCH},
    {"AUTH_DEVICE_TOKEN_MISMATCH", CONNECT_HALT, WORD_GATEWAY_DEVICE_TOKEN_MISMATCH},
    {"AUTH_SCOPE_MISMATCH", CONNECT_HALT, WORD_GATEWAY_SCOPE_MISMATCH},
    {"AUTH_RATE_LIMITED", CONNECT_LATER, WORD_GATEWAY_RATE_LIMITED},
    {"PAIRING_REQUIRED", CONNECT_PAIRING, WORD_NONE},
    {"DEVICE_IDENTITY_REQUIRED", CONNECT_HALT, WORD_GATEWAY_NO_IDENTITY},
    {"DEVICE_AUTH_SIGNATURE_INVALID", CONNECT_AGAIN, WORD_GATEWAY_BAD_SIGNATURE},
    {"DEVICE_AUTH_SIGNATURE_EXPIRED", CONNECT_AGAIN, WORD_GATEWAY_OLD_SIGNATURE},
    {"PROTOCOL_MISMATCH", CONNECT_HALT, WORD_NONE},
    {"CONTROL_UI_ORIGIN_NOT_ALLOWED", CONNECT_HALT, WORD_GATEWAY_ORIGIN},
    {"UNAVAILABLE", CONNECT_LATER, WORD_GATEWAY_STARTING},
};

static char *pairing_sentence(const refusal *r, const char *command) {
    const char *reason = json_text(r->details, "reason");
    words_key key = strcmp(reason, "scope-upgrade") == 0      ? WORD_GATEWAY_PAIRING_SCOPE
                    : strcmp(reason, "role-upgrade") == 0     ? WORD_GATEWAY_PAIRING_ROLE
                    : strcmp(reason, "metadata-upgrade") == 0 ? WORD_GATEWAY_PAIRING_METADATA
                                                              : WORD_GATEWAY_PAIRING_NEW;
    return words_mark(key, "command", command, NULL);
}

// The command is made to be pasted into a shell: an id with anything unusual does not get into it.
static char *approve_command(const cJSON *details) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const char *id = json_text(details, "requestId");
    size_t n = strlen(id);
    if (n == 0 || n > REQUEST_ID_MAX || strspn(id, allowed) != n || *id == '-')
        return xstrdup("openclaw devices list");
    return xasprintf("openclaw devices approve %s", id);
}

static char *protocol_sentence(const refusal *r) {
    int64_t expected = json_int(r->details, "expectedProtocol", json_int(r->error, "expectedProtocol", 0));
    words_digits ours = words_number(GATEWAY_PROTOCOL);
    if (expected == 0)
        return words_mark(WORD_GATEWAY_PROTOCOL_UNKNOWN, "ours", ours.text, NULL);
    return words_mark(expected < GATEWAY_PROTOCOL ? WORD_GATEWAY_PROTOCOL_OLDER : WORD_GATEWAY_PROTOCOL_NEWER,
                      "theirs", WORDS_NUMBER(expected), "ours", ours.text, NULL);
}

static const rule *find_rule(const char *code) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].code, code) == 0)
            return &rules[i];
    }
    return NULL;
}

static bool token_refused(const char *code) {
    return strcmp(code, "AUTH_TOKEN_MISMATCH") == 0 || strcmp(code, "AUTH_DEVICE_TOKEN_MISMATCH") == 0 ||
           strcmp(code, "AUTH_SCOPE_MISMATCH") == 0;
}

static connect_next next_step(const refusal *r, const rule *found) {
    if (token_refused(r->code) && r->attempt->device_token && r->attempt->shared_token)
        return CONNECT_SHARED_TOKEN;
    if (found != NULL)
        return found->next == CONNECT_AGAIN && r->attempt->second ? CONNECT_HALT : found->next;
    if (strncmp(r->code, "DEVICE_AUTH_", 12) == 0)
        return r->attempt->second ? CONNECT_HALT : CONNECT_AGAIN;
    // What is about us does not get better by itself; what the gateway has no name for here may.
    const char *outer = json_text(r->error, "code");
    bool about_us = strncmp(r->code, "AUTH_", 5) == 0 || strcmp(outer, "INVALID_REQUEST") == 0 ||
                    strcmp(outer, "NOT_PAIRED") == 0 || strcmp(outer, "FORBIDDEN") == 0;
    return about_us && !json_bool(r->error, "retryable", false) ? CONNECT_HALT : CONNECT_LATER;
}

void connect_judge(const cJSON *error, const connect_attempt *attempt, connect_verdict *out) {
    refusal r = {.error = error, .details = json_get(error, "details"), .attempt = attempt};
    const char *outer = json_text(error, "code"), *inner = json_text(r.details, "code");
    r.code = *inner != '\0' ? inner : outer;
    const rule *found = find_rule(r.code);
    if (found == NULL && strcmp(outer, "UNAVAILABLE") == 0)
        found = find_rule(outer);
    *out = (connect_verdict){.next = next_step(&r, found),
                             .command = xstrdup(""),
                             .code = connect_quote(*r.code != '\0' ? r.code : "REFUSED")};
    int64_t retry = json_int(error, "retryAfterMs", 0);
    out->retry_ms = retry < 0 ? 0 : retry > RETRY_MAX_MS ? RETRY_MAX_MS : retry;
    if (out->next == CONNECT_PAIRING) {
        free(out->command);
        out->command = approve_command(r.details);
        out->sentence = pairing_sentence(&r, out->command);
    } else if (strcmp(r.code, "PROTOCOL_MISMATCH") == 0) {
        out->sentence = protocol_sentence(&r);
    } else if (found != NULL) {
        out->sentence = xstrdup(words_marked(found->sentence));
    } else {
        char *words = connect_quote(json_text(error, "message"));
        out->sentence = words_mark(WORD_GATEWAY_REFUSED, "words",
                                   *words != '\0' ? words : words_marked(WORD_GATEWAY_NO_REASON), NULL);
        free(words);
    }
}

void connect_verdict_free(connect_verdict *v) {
    free(v->code);
    free(v->sentence);
    free(v->command);
    *v = (connect_verdict){0};
}
