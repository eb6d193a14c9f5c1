// SPDX-License-Identifier: Apache-2.0
// Who asked to be let in to one account, and who was: the value that pairings.h stores, and what may be done to it. Pure:
// time and random texts come from outside. Rules of OpenClaw's pairing (reference-behaviour notes §3.10), with limits for
// each sender instead of three requests for all.
#ifndef OC_STORE_PAIRING_STATE_H
#define OC_STORE_PAIRING_STATE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PAIRING_LIVES_MS = 3600 * 1000,     // a request, from its creation
    PAIRING_TOLD_EVERY_MS = 600 * 1000, // at most: a sender whose request is pending already
    PAIRING_DAY_MS = 24 * 3600 * 1000,
    PAIRING_CODES_A_DAY = 5,    // new ones for one sender
    PAIRING_PENDING_MAX = 200,  // of one account; the oldest one gives way
    PAIRING_REQUESTS_MAX = 400, // with those that are over but still count
    PAIRING_APPROVED_MAX = 2000,
    PAIRING_NOTES_MAX = 40, // posts that approvers see of one request
    PAIRING_CODE_LENGTH = 8,
    PAIRING_VALUE_MAX_BYTES = 768 << 10,
    PAIRING_VERSION = 1,
};

enum { PAIRING_ID_BYTES = 27, PAIRING_NAME_BYTES = 65, PAIRING_KEY_BYTES = 17 };

typedef enum pairing_status {
    PAIRING_PENDING,  // waits for an approver, or for its end
    PAIRING_APPROVED, // somebody let the sender in
    PAIRING_DENIED,   // somebody did not: no new request until this one would have ended
} pairing_status;

typedef struct pairing_request { // one for each sender, the latest
    char key[PAIRING_KEY_BYTES]; // names this request in buttons: hex
    char code[PAIRING_CODE_LENGTH + 1];
    char user_id[PAIRING_ID_BYTES], name[PAIRING_NAME_BYTES];
    pairing_status status;
    int64_t created_ms, seen_ms, told_ms; // wall clock; told: the sender, last
    int64_t day_ms;                       // since when codes are counted
    int codes;
    char post_id[PAIRING_ID_BYTES], channel_id[PAIRING_ID_BYTES]; // the message that asked
    int64_t post_at_ms;
    char decided_by[PAIRING_ID_BYTES], node[PAIRING_KEY_BYTES]; // node: that does what follows from it
    int64_t decided_ms;
    bool owed; // approved, but the sender was not told or the message is not answered yet
    char (*notes)[PAIRING_ID_BYTES]; // posts in which approvers were asked
    size_t note_count;
} pairing_request;

typedef struct pairing_state pairing_state;

// Never NULL. *damaged: the value, or part of it, is no such value or of another version; what can be read is kept.
pairing_state *pairing_state_read(bytes value, bool *damaged);
void pairing_state_destroy(pairing_state *s); // NULL-safe
oc_err pairing_state_write(const pairing_state *s, buf *out) OC_MUST_CHECK;
// Forgets what is over and counts no longer.
void pairing_state_expire(pairing_state *s, int64_t now_ms);

size_t pairing_count(const pairing_state *s);
const pairing_request *pairing_at(const pairing_state *s, size_t index); // oldest first
bool pairing_is_live(const pairing_request *r, int64_t now_ms);          // pending, and within its hour
const pairing_request *pairing_find_code(const pairing_state *s, const char *code,
                                         int64_t now_ms); // any case; live first
const pairing_request *pairing_find_key(const pairing_state *s, const char *key);

size_t pairing_approved_count(const pairing_state *s);
const char *pairing_approved_at(const pairing_state *s, size_t index); // user id
bool pairing_is_approved(const pairing_state *s, const char *user_id);

typedef enum pairing_answer {
    PAIRING_IS_IN,       // approved meanwhile: nothing was asked for
    PAIRING_NEW,         // a request was made: tell the sender the code, and the approvers
    PAIRING_REPEATED,    // there is one: the same code
    PAIRING_TOO_MANY,    // no more codes today
    PAIRING_TURNED_DOWN, // denied within the hour
} pairing_answer;

typedef struct pairing_asking { // borrowed
    const char *user_id, *name, *post_id, *channel_id;
    int64_t post_at_ms;
    const char *key, *code; // for a new request: random, made by the caller (pairing_make_code)
} pairing_asking;

// *tell: the sender is to be told (at most every ten minutes). *request: the sender's, NULL for PAIRING_IS_IN and
// PAIRING_TOO_MANY; borrowed until the next change. Asking twice with the same key or about the same post is asking once: a
// process may have died before the sender was told.
pairing_answer pairing_ask(pairing_state *s, const pairing_asking *asking, int64_t now_ms, bool *tell,
                           const pairing_request **request);

typedef enum pairing_verdict {
    PAIRING_DECIDED, // by this
    PAIRING_EARLIER, // decided before, by decided_by
    PAIRING_EXPIRED, // the hour is over
    PAIRING_UNKNOWN, // no such request (any more)
    PAIRING_FULL,    // PAIRING_APPROVED_MAX people are in
} pairing_verdict;
typedef struct pairing_deciding { // borrowed
    const char *key;
    bool approve;
    const char *by, *node; // person; the node that asks
} pairing_deciding;
// Deciding twice with the same key, person and time is deciding once.
pairing_verdict pairing_decide(pairing_state *s, const pairing_deciding *what, int64_t now_ms);

// Lets somebody in without a request, for example who was let in elsewhere: PAIRING_DECIDED, PAIRING_EARLIER (is in already),
// PAIRING_FULL.
pairing_verdict pairing_let_in(pairing_state *s, const char *user_id, const char *by, int64_t now_ms);

// Notes the posts in which approvers were asked. False: no such request.
bool pairing_add_note(pairing_state *s, const char *key, const char *post_id);
bool pairing_settle(pairing_state *s, const char *key);       // nothing is owed any more; false: nothing was
bool pairing_withdraw(pairing_state *s, const char *user_id); // an approval; false: there was none

// A code from random bytes: letters and digits that cannot be mistaken for one another.
void pairing_make_code(const uint8_t random[PAIRING_CODE_LENGTH], char out[PAIRING_CODE_LENGTH + 1]);

#endif
