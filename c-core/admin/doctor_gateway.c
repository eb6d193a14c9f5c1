// SPDX-License-Identifier: Apache-2.0
// Checks: the way to the gateway, step by step. A connection that fails, fails at one step; the steps before it are good, those after
// it were not reached and nothing is said of them.
#include "admin/doctor_judge.h"
#include "base/mem.h"

#include <string.h>

// Protocol 4 with approvals and questions as they are used here (gateway-protocol notes §18).
static const char OLDEST_GATEWAY[] = "2026.9.1";

enum {
    CA_WARN_MS = 30 * 86400 * 1000LL,
    CLOCK_NOTE_MS = 30 * 1000,
    CLOCK_WRONG_MS = 300 * 1000,
    DAY_MS = 86400 * 1000,
};

typedef enum step {
    STEP_ADDRESS,
    STEP_TLS,
    STEP_TOKEN,
    STEP_PAIRING,
    STEP_SCOPES,
    STEP_VERSION,
    STEP_THROUGH,
} step;

static step failed_step(const gateway_status *s) {
    static const struct {
        const char *code;
        step at;
    } codes[] = {
        {"TLS_FAILED", STEP_TLS},
        {"PAIRING_REQUIRED", STEP_PAIRING},
        {"MISSING_SCOPES", STEP_SCOPES},
        {"AUTH_SCOPE_MISMATCH", STEP_SCOPES},
        {"PROTOCOL_MISMATCH", STEP_VERSION},
        {"DEVICE_IDENTITY_REQUIRED", STEP_PAIRING},
    };
    if (s->state == GATEWAY_READY)
        return STEP_THROUGH;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i].code, s->code) == 0)
            return codes[i].at;
    }
    if (strncmp(s->code, "DEVICE_", 7) == 0)
        return STEP_PAIRING;
    return strncmp(s->code, "AUTH_", 5) == 0 ? STEP_TOKEN : STEP_ADDRESS;
}

typedef struct step_words {
    step at;
    const char *setting;
    words_key remedy, good;
} step_words;

static void judge_step(const doctor_view *v, const step_words *w) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->first_with_gateway)
            continue;
        step failed = failed_step(&a->gateway);
        const char *code = a->gateway.code;
        doctor_advice advice = {.account = a->id,
                                .setting = strcmp(code, "PROXY_REFUSED") == 0 ? "GatewayProxy" : w->setting};
        if (failed > w->at) {
            doctor_tell(v, DOCTOR_GOOD, &advice, words_mark(w->good, NULL));
        } else if (failed == w->at) {
            advice.remedy = w->remedy;
            advice.command = a->gateway.command;
            const char *said = gateway_said(&a->gateway);
            doctor_tell(v, DOCTOR_WRONG, &advice,
                        xasprintf("%s (%s)", *said != '\0' ? said : words_marked(WORD_DOCTOR_STEP_WAITS),
                                  *code != '\0' ? code : gateway_state_name(a->gateway.state)));
        }
    }
}

void doctor_address(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->has_gateway)
            doctor_tell(v, DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id,
                                         .setting = "GatewayURL, GatewayToken",
                                         .remedy = WORD_DOCTOR_ADDRESS_NONE_DO},
                        words_mark(WORD_DOCTOR_ADDRESS_NONE, NULL));
    }
    judge_step(v, &(step_words){.at = STEP_ADDRESS,
                                .setting = "GatewayURL",
                                .remedy = WORD_DOCTOR_ADDRESS_DO,
                                .good = WORD_DOCTOR_ADDRESS_GOOD});
}

void doctor_tls(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->first_with_gateway && a->rules != NULL && strncmp(a->rules->gateway.url, "wss://", 6) == 0) {
            judge_step(v, &(step_words){.at = STEP_TLS,
                                        .setting = "GatewayCA",
                                        .remedy = WORD_DOCTOR_TLS_DO,
                                        .good = WORD_DOCTOR_TLS_GOOD});
            return;
        }
    }
}

void doctor_token(const doctor_view *v) {
    judge_step(v, &(step_words){.at = STEP_TOKEN,
                                .setting = "GatewayToken",
                                .remedy = WORD_DOCTOR_TOKEN_DO,
                                .good = WORD_DOCTOR_TOKEN_GOOD});
}

void doctor_pairing(const doctor_view *v) {
    judge_step(v, &(step_words){.at = STEP_PAIRING,
                                .setting = "",
                                .remedy = WORD_DOCTOR_PAIRING_DO,
                                .good = WORD_DOCTOR_PAIRING_GOOD});
}

void doctor_scopes(const doctor_view *v) {
    judge_step(v, &(step_words){.at = STEP_SCOPES,
                                .setting = "GatewayToken",
                                .remedy = WORD_DOCTOR_SCOPES_DO,
                                .good = WORD_DOCTOR_SCOPES_GOOD});
}

// "2026.9.6" by its numbers; false also when it is none.
static bool is_older(const char *version, const char *than) {
    while (*version != '\0' && *than != '\0') {
        size_t len = strspn(version, "0123456789"), other = strspn(than, "0123456789");
        if (len == 0 || other == 0)
            return false;
        int order = len != other ? (len < other ? -1 : 1) : strncmp(version, than, len);
        if (order != 0)
            return order < 0;
        version += len;
        than += other;
        if (*version != '.' || *than != '.')
            break;
        version++;
        than++;
    }
    return false;
}

void doctor_version(const doctor_view *v) {
    judge_step(v, &(step_words){.at = STEP_VERSION,
                                .setting = "",
                                .remedy = WORD_DOCTOR_VERSION_DO,
                                .good = WORD_DOCTOR_VERSION_GOOD});
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->first_with_gateway || a->gateway.state != GATEWAY_READY)
            continue;
        if (is_older(a->gateway.server_version, OLDEST_GATEWAY))
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_VERSION_OLD_DO},
                        words_mark(WORD_DOCTOR_VERSION_OLD, "version", a->gateway.server_version, "oldest",
                                   OLDEST_GATEWAY, NULL));
        else
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        xasprintf("OpenClaw %s.", a->gateway.server_version));
    }
}

static bool is_local(const char *url) {
    static const char *const hosts[] = {"//127.", "//localhost", "//[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (strstr(url, hosts[i]) != NULL)
            return true;
    }
    return false;
}

void doctor_encryption(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->rules != NULL && a->first_with_gateway && strncmp(a->rules->gateway.url, "ws://", 5) == 0 &&
            !is_local(a->rules->gateway.url))
            doctor_tell(v, DOCTOR_NOTE,
                        &(doctor_advice){.account = a->id,
                                         .setting = "GatewayURL",
                                         .remedy = WORD_DOCTOR_ENCRYPTION_NONE_DO},
                        words_mark(WORD_DOCTOR_ENCRYPTION_NONE, NULL));
    }
}

static void judge_ca(const doctor_view *v, const doctor_account *a) {
    doctor_advice advice = {.account = a->id, .setting = "GatewayCA"};
    int64_t left_ms = a->ca.ends_ms - v->facts->machine.wall_ms;
    advice.remedy = WORD_DOCTOR_CA_DO;
    if (!a->ca.readable)
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_CA_UNREADABLE, NULL));
    else if (left_ms <= 0)
        doctor_tell(v, DOCTOR_WRONG, &advice, words_mark(WORD_DOCTOR_CA_ENDED, NULL));
    else if (left_ms < CA_WARN_MS)
        doctor_tell(v, DOCTOR_NOTE, &advice,
                    words_mark(WORD_DOCTOR_CA_ENDS, "days", WORDS_NUMBER(left_ms / DAY_MS), NULL));
    else
        doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                    words_mark(WORD_DOCTOR_CA_GOOD, "days", WORDS_NUMBER(left_ms / DAY_MS), NULL));
}

void doctor_ca_given(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (a->first_with_gateway && a->ca.given)
            judge_ca(v, a);
    }
}

void doctor_gateway_clock(const doctor_view *v) {
    for (size_t i = 0; i < v->facts->account_count; i++) {
        const doctor_account *a = &v->facts->accounts[i];
        if (!a->first_with_gateway || !a->gateway.clock_known)
            continue;
        int64_t ahead_ms = a->gateway.clock_ahead_ms, off_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
        if (off_ms < CLOCK_NOTE_MS)
            doctor_tell(v, DOCTOR_GOOD, &(doctor_advice){.account = a->id},
                        words_mark(WORD_DOCTOR_CLOCK_SAME, NULL));
        else
            doctor_tell(v, off_ms < CLOCK_WRONG_MS ? DOCTOR_NOTE : DOCTOR_WRONG,
                        &(doctor_advice){.account = a->id, .remedy = WORD_DOCTOR_CLOCKS_DO},
                        words_mark(ahead_ms < 0 ? WORD_DOCTOR_CLOCK_BEHIND : WORD_DOCTOR_CLOCK_AHEAD,
                                   "seconds", WORDS_NUMBER(off_ms / 1000), NULL));
    }
}
