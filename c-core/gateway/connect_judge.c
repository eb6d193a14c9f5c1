// SPDX-License-Identifier: Apache-2.0
// What a refused connect request means (gateway-protocol notes §5): whether to try again, and what to say.
#include "gateway/connect.h"

#include "base/json.h"
#include "base/mem.h"

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
    const char *sentence; // constant ones; NULL: made by special()
} rule;

static const rule rules[] = {
    {"AUTH_TOKEN_MISSING", CONNECT_HALT,
     "The gateway wants a token. Put the gateway's token (gateway.auth.token in its configuration) into the "
     "setting "
     "GatewayToken."},
    {"AUTH_TOKEN_MISMATCH", CONNECT_HALT,
     "The gateway does not accept the token. Put the gateway's present token (gateway.auth.token in its "
     "configuration) "
     "into the setting GatewayToken. It is not tried again until then, because wrong tokens lock this "
     "machine out."},
    {"AUTH_DEVICE_TOKEN_MISMATCH", CONNECT_HALT,
     "The gateway does not accept this plugin's device token any more. Put the gateway's token into the "
     "setting "
     "GatewayToken, so that the plugin can ask for a new pairing."},
    {"AUTH_SCOPE_MISMATCH", CONNECT_HALT,
     "This plugin's device is approved at the gateway for fewer rights than it needs. Put the gateway's "
     "token into the "
     "setting GatewayToken, so that the plugin can ask for the missing rights."},
    {"AUTH_RATE_LIMITED", CONNECT_LATER,
     "The gateway has locked this machine out for some minutes after too many wrong tokens. It is tried "
     "again when the "
     "lock ends."},
    {"PAIRING_REQUIRED", CONNECT_PAIRING, NULL},
    {"DEVICE_IDENTITY_REQUIRED", CONNECT_HALT,
     "The gateway wants a device identity and got none. Restart the plugin; if that does not help, report "
     "it."},
    {"DEVICE_AUTH_SIGNATURE_INVALID", CONNECT_AGAIN,
     "The gateway rejects this plugin's signature. Restart the plugin; if that does not help, report it."},
    {"DEVICE_AUTH_SIGNATURE_EXPIRED", CONNECT_AGAIN,
     "The gateway finds this plugin's signature too old. Check the clocks of both machines."},
    {"PROTOCOL_MISMATCH", CONNECT_HALT, NULL},
    {"CONTROL_UI_ORIGIN_NOT_ALLOWED", CONNECT_HALT,
     "The gateway saw an Origin header, which this plugin never sends. A proxy between the two must not add "
     "one."},
    {"UNAVAILABLE", CONNECT_LATER, "The gateway is starting or busy. It is tried again by itself."},
};

static char *pairing_sentence(const refusal *r, const char *command) {
    const char *reason = json_text(r->details, "reason");
    const char *what = strcmp(reason, "scope-upgrade") == 0
                           ? "This plugin asks the gateway for more rights than it has so far"
                       : strcmp(reason, "role-upgrade") == 0
                           ? "The gateway knows this plugin, but not yet as one that gives its agents tools"
                       : strcmp(reason, "metadata-upgrade") == 0
                           ? "The gateway sees a change in this plugin's device"
                           : "The gateway does not know this plugin yet";
    return xasprintf("%s: an administrator of the gateway must approve it. Run on the gateway's machine: %s",
                     what, command);
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
    if (expected == 0)
        return xasprintf(
            "The gateway does not speak protocol %d. This plugin needs OpenClaw 2026.5.12 or newer.",
            GATEWAY_PROTOCOL);
    return xasprintf("The gateway speaks protocol %lld, this plugin speaks protocol %d. %s",
                     (long long)expected, GATEWAY_PROTOCOL,
                     expected < GATEWAY_PROTOCOL ? "Update the gateway to OpenClaw 2026.5.12 or newer."
                                                 : "Update this plugin.");
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
        out->sentence = xstrdup(found->sentence);
    } else {
        char *words = connect_quote(json_text(error, "message"));
        out->sentence =
            xasprintf("The gateway refused the connection: %s", *words != '\0' ? words : "it gave no reason");
        free(words);
    }
}

void connect_verdict_free(connect_verdict *v) {
    free(v->code);
    free(v->sentence);
    free(v->command);
    *v = (connect_verdict){0};
}
