// SPDX-License-Identifier: Apache-2.0
#include "store/lease.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RETRY_MS = 1000, VALUE_VERSION = 1, NAME_BYTES = 16 };

typedef enum lease_state {
    LEASE_IDLE,      // not wanted, or given back
    LEASE_READING,   // the value is being read; what is to be done depends on it
    LEASE_TAKING,    // compare-and-set is under way: ours instead of what we read
    LEASE_WATCHING,  // another one holds it; the timer leads to the next look
    LEASE_HOLDING,   // ours; the timer leads to the next renewal
    LEASE_RENEWING,  // ours; compare-and-set with a new number is under way
    LEASE_REREADING, // ours, but a renewal failed: is it still?
    LEASE_SETTLED,   // ours, and there is no cluster: nothing is renewed
    LEASE_CHECKING,  // ours without a cluster; the value is being read
    LEASE_GIVING,    // it is being given back
} lease_state;

struct lease {
    loop *loop;
    chat *chat;
    char *node, name[NAME_BYTES + 1]; // name: this process's
    lease_events events;
    void *ctx;
    lease_state state;
    bool clustered, told, dead, ending;
    bool calling;    // an answer of the store is outstanding
    bool looked;     // once: a holder of this node's is the process before this one only at the first look
    int64_t number;  // of our last value
    char *seen;      // the value as it was read last, NULL: none
    int64_t seen_ms; // since when it has been that
    char *ours;      // the value that we wrote last
    int64_t sent_ms; // when the compare-and-set under way was sent
    int64_t held_until_ms;
    loop_timer timer, end;
};

static void move(lease *s, lease_state to) {
    static const char *const names[] = {"idle",     "reading",   "taking",  "watching", "holding",
                                        "renewing", "rereading", "settled", "checking", "giving"};
    log_debug("lease", "from", names[s->state], "to", names[to]);
    loop_timer_cancel(&s->timer);
    s->state = to;
}

lease *lease_create(loop *l, chat *c, const char *node, const lease_events *events, void *ctx) {
    lease *s = xcalloc(1, sizeof *s);
    *s = (lease){.loop = l, .chat = c, .node = xstrdup(node), .events = *events, .ctx = ctx};
    random_hex(s->name, NAME_BYTES / 2);
    return s;
}

static void free_lease(lease *s) {
    free(s->node);
    free(s->seen);
    free(s->ours);
    free(s);
}

void lease_destroy(lease *s) {
    if (s == NULL)
        return;
    loop_timer_cancel(&s->timer);
    loop_timer_cancel(&s->end);
    s->dead = true;
    if (!s->calling)
        free_lease(s);
}

bool lease_held(const lease *s) {
    return s->told && (!s->clustered || loop_now_ms(s->loop) < s->held_until_ms);
}

// --- telling ---

static void tell_lost(lease *s) {
    loop_timer_cancel(&s->end);
    if (!s->told)
        return;
    s->told = false;
    log_warn("this node does not do the plugin's common work any more");
    s->events.lost(s->ctx);
}

static void on_end(void *ctx) {
    tell_lost(ctx);
}

// The value is ours since it was sent.
static void tell_held(lease *s) {
    s->held_until_ms = s->sent_ms + LEASE_HOLDS_MS;
    int64_t left_ms = s->held_until_ms - loop_now_ms(s->loop);
    if (s->clustered && left_ms <= 0) // the answer came too late
        return;
    if (s->clustered)
        loop_timer_set(s->loop, &s->end, left_ms, on_end, s);
    if (s->told)
        return;
    s->told = true;
    log_info("this node does the plugin's common work", "cluster", s->clustered ? "yes" : "no");
    s->events.held(s->ctx);
}

// --- values ---

static char *make_value(lease *s) {
    return xasprintf("{\"v\":%d,\"node\":\"%s\",\"process\":\"%s\",\"n\":%" PRId64 "}", VALUE_VERSION,
                     s->node, s->name, ++s->number);
}

// Remembers what was read, and since when it has been so.
static void see(lease *s, bytes value, bool found) {
    char *now =
        found && value.len <= LEASE_VALUE_MAX_BYTES ? xstrndup((const char *)value.data, value.len) : NULL;
    bool same = now != NULL && s->seen != NULL && strcmp(now, s->seen) == 0;
    if (!same)
        s->seen_ms = loop_now_ms(s->loop);
    free(s->seen);
    s->seen = now;
}

// Whose it is, by what was seen.
static bool seen_is(const lease *s, const char *member, const char *text) {
    cJSON *value = NULL;
    bool same = s->seen != NULL && json_parse(bytes_of(s->seen, strlen(s->seen)), &value) == OC_OK &&
                strcmp(json_text(value, member), text) == 0;
    cJSON_Delete(value);
    return same;
}

// Nobody's: absent, given back, or no value of ours.
static bool seen_free(const lease *s) {
    cJSON *value = NULL;
    bool held = s->seen != NULL && json_parse(bytes_of(s->seen, strlen(s->seen)), &value) == OC_OK &&
                *json_text(value, "process") != '\0';
    cJSON_Delete(value);
    return !held;
}

// --- steps ---

static void read_again(void *ctx);

// Whether what was asked for is still wanted.
static bool answered(lease *s) {
    s->calling = false;
    if (s->dead)
        free_lease(s);
    else if (s->ending) // a value that arrived all the same has to live out its time
        move(s, LEASE_IDLE);
    else
        return true;
    return false;
}

static void put(lease *s, lease_state state, const char *old, chat_flag_fn *fn) {
    char *value = make_value(s);
    move(s, state);
    s->sent_ms = loop_now_ms(s->loop);
    free(s->ours);
    s->ours = value;
    char *before = old != NULL ? xstrdup(old) : NULL; // the callback may come at once
    s->calling = true;
    chat_kv_compare_and_set(s->chat, LEASE_KEY,
                            before != NULL ? bytes_of(before, strlen(before)) : bytes_of(NULL, 0),
                            bytes_of(value, strlen(value)), 0, fn, s);
    free(before);
}

static void renew(void *ctx);

static void hold(lease *s) {
    move(s, s->clustered ? LEASE_HOLDING : LEASE_SETTLED);
    tell_held(s);
    if (s->clustered && s->state == LEASE_HOLDING)
        loop_timer_set(s->loop, &s->timer, LEASE_RENEW_MS, renew, s);
}

static void watch(lease *s, int64_t pause_ms) {
    move(s, LEASE_WATCHING);
    loop_timer_set(s->loop, &s->timer, pause_ms, read_again, s);
}

static void on_taken(void *ctx, const chat_error *error, bool stored) {
    lease *s = ctx;
    if (!answered(s))
        return;
    if (error->err == OC_OK && stored)
        hold(s);
    else // perhaps it is ours all the same: the next look tells
        watch(s, error->err == OC_OK ? LEASE_WATCH_MS : RETRY_MS);
}

static void on_read(void *ctx, const chat_error *error, bytes value, bool found) {
    lease *s = ctx;
    if (!answered(s))
        return;
    if (error->err != OC_OK) {
        watch(s, RETRY_MS);
        return;
    }
    see(s, value, found);
    bool over = loop_now_ms(s->loop) - s->seen_ms >= LEASE_LIVES_MS;
    bool before = !s->looked && seen_is(s, "node", s->node);
    s->looked = true;
    if (!s->clustered || seen_free(s) || over || before)
        put(s, LEASE_TAKING, s->seen, on_taken);
    else
        watch(s, LEASE_WATCH_MS);
}

static void read_again(void *ctx) {
    lease *s = ctx;
    move(s, LEASE_READING);
    s->calling = true;
    chat_kv_get(s->chat, LEASE_KEY, on_read, s);
}

// --- renewing ---

static void reread(void *ctx);

static void on_renewed(void *ctx, const chat_error *error, bool stored) {
    lease *s = ctx;
    if (!answered(s))
        return;
    if (error->err == OC_OK && stored) {
        hold(s);
        return;
    }
    move(s, LEASE_REREADING);
    loop_timer_set(s->loop, &s->timer, RETRY_MS, reread, s);
}

static void renew(void *ctx) {
    lease *s = ctx;
    char *old = xstrdup(s->ours);
    put(s, LEASE_RENEWING, old, on_renewed);
    free(old);
}

// Ours by the process's name, whatever its number: a write of which we did not hear may have arrived.
static void on_reread(void *ctx, const chat_error *error, bytes value, bool found) {
    lease *s = ctx;
    if (!answered(s))
        return;
    if (error->err != OC_OK) {
        loop_timer_set(s->loop, &s->timer, RETRY_MS, reread, s);
        return;
    }
    see(s, value, found);
    if (seen_is(s, "process", s->name)) {
        put(s, LEASE_RENEWING, s->seen, on_renewed);
        return;
    }
    tell_lost(s);
    watch(s, LEASE_WATCH_MS);
}

static void reread(void *ctx) {
    lease *s = ctx;
    s->calling = true;
    chat_kv_get(s->chat, LEASE_KEY, on_reread, s);
}

// --- without a cluster ---

static void on_checked(void *ctx, const chat_error *error, bytes value, bool found) {
    lease *s = ctx;
    if (!answered(s))
        return;
    move(s, LEASE_SETTLED);
    if (error->err != OC_OK)
        return;
    see(s, value, found);
    if (seen_is(s, "process", s->name))
        return;
    tell_lost(s);
    move(s, LEASE_IDLE);
}

void lease_check(lease *s) {
    if (s->state != LEASE_SETTLED)
        return;
    move(s, LEASE_CHECKING);
    s->calling = true;
    chat_kv_get(s->chat, LEASE_KEY, on_checked, s);
}

// --- from outside ---

void lease_start(lease *s, bool clustered) {
    bool other = s->clustered != clustered;
    s->clustered = clustered;
    s->ending = false;
    if (s->state == LEASE_IDLE) {
        read_again(s);
    } else if (other && s->state == LEASE_SETTLED) {
        renew(s); // from now on it counts how long
    }
}

static void on_given(void *ctx, const chat_error *error, bool stored) {
    lease *s = ctx;
    (void)error, (void)stored;
    s->calling = false;
    if (s->dead) {
        free_lease(s);
        return;
    }
    move(s, LEASE_IDLE);
}

void lease_release(lease *s) {
    static const char given[] = "{\"v\":1,\"node\":\"\",\"process\":\"\",\"n\":0}";
    bool ours = s->state == LEASE_HOLDING || s->state == LEASE_SETTLED;
    s->ending = true;
    tell_lost(s);
    if (ours) {
        move(s, LEASE_GIVING);
        s->calling = true;
        chat_kv_compare_and_set(s->chat, LEASE_KEY, bytes_of(s->ours, strlen(s->ours)),
                                bytes_of(given, strlen(given)), 0, on_given, s);
    } else if (!s->calling) {
        move(s, LEASE_IDLE);
    }
}
