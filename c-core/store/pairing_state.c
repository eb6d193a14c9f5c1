// SPDX-License-Identifier: Apache-2.0
#include "store/pairing_state.h"

#include "base/mem.h"
#include "store/pairing_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// 32 characters: each takes five bits of a random byte, so none is likelier than another.
static const char ALPHABET[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

void pairing_make_code(const uint8_t random[PAIRING_CODE_LENGTH], char out[PAIRING_CODE_LENGTH + 1]) {
    for (size_t i = 0; i < PAIRING_CODE_LENGTH; i++)
        out[i] = ALPHABET[random[i] & 31];
    out[PAIRING_CODE_LENGTH] = '\0';
}

void pairing_copy(char *out, size_t size, const char *text) {
    snprintf(out, size, "%s", text != NULL ? text : "");
}

pairing_state *pairing_state_create(void) {
    return xcalloc(1, sizeof(pairing_state));
}

void pairing_state_destroy(pairing_state *s) {
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->requests[i].notes);
    free(s->requests);
    free(s->approved);
    free(s);
}

size_t pairing_count(const pairing_state *s) {
    return s->count;
}

const pairing_request *pairing_at(const pairing_state *s, size_t index) {
    return &s->requests[index];
}

// Clocks of nodes differ a little; a time far ahead is no time.
static bool within(int64_t since_ms, int64_t limit_ms, int64_t now_ms) {
    return now_ms - since_ms < limit_ms && since_ms - now_ms < limit_ms;
}

bool pairing_is_live(const pairing_request *r, int64_t now_ms) {
    return r->status == PAIRING_PENDING && within(r->created_ms, PAIRING_LIVES_MS, now_ms);
}

const pairing_request *pairing_find_code(const pairing_state *s, const char *code, int64_t now_ms) {
    const pairing_request *found = NULL;
    for (size_t i = 0; i < s->count; i++) {
        if (strcasecmp(s->requests[i].code, code) != 0)
            continue;
        if (pairing_is_live(&s->requests[i], now_ms))
            return &s->requests[i];
        found = &s->requests[i];
    }
    return found;
}

static pairing_request *find_key(const pairing_state *s, const char *key) {
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->requests[i].key, key) == 0)
            return &s->requests[i];
    }
    return NULL;
}

const pairing_request *pairing_find_key(const pairing_state *s, const char *key) {
    return find_key(s, key);
}

static pairing_request *find_user(const pairing_state *s, const char *user_id) {
    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->requests[i].user_id, user_id) == 0)
            return &s->requests[i];
    }
    return NULL;
}

size_t pairing_approved_count(const pairing_state *s) {
    return s->approved_count;
}

const char *pairing_approved_at(const pairing_state *s, size_t index) {
    return s->approved[index].user_id;
}

bool pairing_is_approved(const pairing_state *s, const char *user_id) {
    for (size_t i = 0; i < s->approved_count; i++) {
        if (strcmp(s->approved[i].user_id, user_id) == 0)
            return true;
    }
    return false;
}

// --- making room ---

static void drop(pairing_state *s, size_t index) {
    free(s->requests[index].notes);
    s->count--;
    memmove(&s->requests[index], &s->requests[index + 1], (s->count - index) * sizeof *s->requests);
}

static bool is_over(const pairing_request *r, int64_t now_ms) {
    return !r->owed && !within(r->created_ms, PAIRING_LIVES_MS, now_ms);
}

void pairing_state_expire(pairing_state *s, int64_t now_ms) {
    for (size_t i = s->count; i > 0; i--) {
        const pairing_request *r = &s->requests[i - 1];
        // What is owed for a day is not wanted any more.
        if (s->requests[i - 1].owed && !within(r->decided_ms, PAIRING_DAY_MS, now_ms))
            s->requests[i - 1].owed = false;
        if (is_over(r, now_ms) && !within(r->day_ms, PAIRING_DAY_MS, now_ms))
            drop(s, i - 1);
    }
}

// Requests stand oldest first: the first that qualifies is the oldest.
static void make_room(pairing_state *s, int64_t now_ms) {
    size_t live = 0;
    for (size_t i = 0; i < s->count; i++)
        live += pairing_is_live(&s->requests[i], now_ms);
    for (size_t i = 0; i < s->count && live >= PAIRING_PENDING_MAX; i++) {
        if (pairing_is_live(&s->requests[i], now_ms)) {
            drop(s, i--);
            live--;
        }
    }
    for (size_t i = 0; i < s->count && s->count >= PAIRING_REQUESTS_MAX; i++) {
        if (is_over(&s->requests[i], now_ms))
            drop(s, i--);
    }
    while (s->count >= PAIRING_REQUESTS_MAX)
        drop(s, 0);
}

pairing_request *pairing_append(pairing_state *s) {
    s->requests = xrealloc(s->requests, (s->count + 1) * sizeof *s->requests);
    pairing_request *r = &s->requests[s->count++];
    memset(r, 0, sizeof *r);
    return r;
}

// --- asking ---

// The sender's request, made anew and put at the end; what was counted about the sender stays.
static pairing_request *renew(pairing_state *s, const pairing_asking *asking, int64_t now_ms) {
    int64_t day_ms = now_ms;
    int codes = 0;
    pairing_request *old = find_user(s, asking->user_id);
    if (old != NULL) {
        if (within(old->day_ms, PAIRING_DAY_MS, now_ms)) {
            day_ms = old->day_ms;
            codes = old->codes;
        }
        drop(s, (size_t)(old - s->requests));
    }
    make_room(s, now_ms);
    pairing_request *r = pairing_append(s);
    pairing_copy(r->key, sizeof r->key, asking->key);
    pairing_copy(r->code, sizeof r->code, asking->code);
    pairing_copy(r->user_id, sizeof r->user_id, asking->user_id);
    pairing_copy(r->name, sizeof r->name, asking->name);
    pairing_copy(r->post_id, sizeof r->post_id, asking->post_id);
    pairing_copy(r->channel_id, sizeof r->channel_id, asking->channel_id);
    r->post_at_ms = asking->post_at_ms;
    r->created_ms = r->seen_ms = r->told_ms = now_ms;
    r->day_ms = day_ms;
    r->codes = codes + 1;
    return r;
}

static bool tell_again(pairing_request *r, int64_t now_ms) {
    if (within(r->told_ms, PAIRING_TOLD_EVERY_MS, now_ms))
        return false;
    r->told_ms = now_ms;
    return true;
}

static bool is_same(const pairing_request *r, const pairing_asking *asking, int64_t now_ms) {
    if (r == NULL || !pairing_is_live(r, now_ms))
        return false;
    return strcmp(r->key, asking->key) == 0 || strcmp(r->post_id, asking->post_id) == 0;
}

pairing_answer pairing_ask(pairing_state *s, const pairing_asking *asking, int64_t now_ms, bool *tell,
                           const pairing_request **request) {
    pairing_request *r = find_user(s, asking->user_id);
    *tell = true;
    *request = r;
    if (pairing_is_approved(s, asking->user_id)) {
        *tell = false;
        *request = NULL;
        return PAIRING_IS_IN;
    }
    if (is_same(r, asking, now_ms))
        return PAIRING_NEW;
    if (r != NULL && within(r->created_ms, PAIRING_LIVES_MS, now_ms)) {
        r->seen_ms = now_ms;
        *tell = tell_again(r, now_ms);
        // An approval that was withdrawn within the hour counts as turned down, too.
        return r->status == PAIRING_PENDING ? PAIRING_REPEATED : PAIRING_TURNED_DOWN;
    }
    if (r != NULL && within(r->day_ms, PAIRING_DAY_MS, now_ms) && r->codes >= PAIRING_CODES_A_DAY) {
        r->seen_ms = now_ms;
        *tell = tell_again(r, now_ms);
        *request = NULL;
        return PAIRING_TOO_MANY;
    }
    *request = renew(s, asking, now_ms);
    return PAIRING_NEW;
}

// --- deciding ---

static void let_in(pairing_state *s, const char *user_id, const char *by, int64_t now_ms) {
    if (pairing_is_approved(s, user_id))
        return;
    s->approved = xrealloc(s->approved, (s->approved_count + 1) * sizeof *s->approved);
    pairing_approval *a = &s->approved[s->approved_count++];
    pairing_copy(a->user_id, sizeof a->user_id, user_id);
    pairing_copy(a->by, sizeof a->by, by);
    a->at_ms = now_ms;
}

pairing_verdict pairing_decide(pairing_state *s, const pairing_deciding *what, int64_t now_ms) {
    pairing_request *r = find_key(s, what->key);
    pairing_status wanted = what->approve ? PAIRING_APPROVED : PAIRING_DENIED;
    if (r == NULL)
        return PAIRING_UNKNOWN;
    if (r->status != PAIRING_PENDING) {
        bool same = r->status == wanted && r->decided_ms == now_ms && strcmp(r->decided_by, what->by) == 0;
        return same ? PAIRING_DECIDED : PAIRING_EARLIER;
    }
    if (!pairing_is_live(r, now_ms))
        return PAIRING_EXPIRED;
    if (what->approve && s->approved_count >= PAIRING_APPROVED_MAX)
        return PAIRING_FULL;
    r->status = wanted;
    r->decided_ms = now_ms;
    pairing_copy(r->decided_by, sizeof r->decided_by, what->by);
    pairing_copy(r->node, sizeof r->node, what->node);
    r->owed = what->approve;
    if (what->approve)
        let_in(s, r->user_id, what->by, now_ms);
    return PAIRING_DECIDED;
}

pairing_verdict pairing_let_in(pairing_state *s, const char *user_id, const char *by, int64_t now_ms) {
    if (pairing_is_approved(s, user_id))
        return PAIRING_EARLIER;
    if (s->approved_count >= PAIRING_APPROVED_MAX)
        return PAIRING_FULL;
    let_in(s, user_id, by, now_ms);
    return PAIRING_DECIDED;
}

bool pairing_add_note(pairing_state *s, const char *key, const char *post_id) {
    pairing_request *r = find_key(s, key);
    if (r == NULL)
        return false;
    for (size_t i = 0; i < r->note_count; i++) {
        if (strcmp(r->notes[i], post_id) == 0)
            return true;
    }
    if (r->note_count == PAIRING_NOTES_MAX)
        return true;
    r->notes = xrealloc(r->notes, (r->note_count + 1) * sizeof *r->notes);
    pairing_copy(r->notes[r->note_count++], PAIRING_ID_BYTES, post_id);
    return true;
}

bool pairing_settle(pairing_state *s, const char *key) {
    pairing_request *r = find_key(s, key);
    if (r == NULL || !r->owed)
        return false;
    r->owed = false;
    return true;
}

bool pairing_withdraw(pairing_state *s, const char *user_id) {
    for (size_t i = 0; i < s->approved_count; i++) {
        if (strcmp(s->approved[i].user_id, user_id) != 0)
            continue;
        s->approved_count--;
        memmove(&s->approved[i], &s->approved[i + 1], (s->approved_count - i) * sizeof *s->approved);
        return true;
    }
    return false;
}
