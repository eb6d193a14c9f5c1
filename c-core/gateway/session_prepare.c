// SPDX-License-Identifier: Apache-2.0
#include "gateway/session_prepare.h"

#include "base/mem.h"
#include "words/words.h"
#include "gateway/connect.h"

#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

typedef enum prepare_state {
    PREPARE_LOOKING,  // sessions.describe: does it exist, in which mode
    PREPARE_SETTING,  // sessions.create or sessions.patch with the mode
    PREPARE_CHECKING, // sessions.describe again
    PREPARE_READY,    // runs may start until the connection ends
    PREPARE_ENDED,    // refused or cut: only its waits keep it
} prepare_state;

typedef struct session {
    session_prepare *owner;
    char *key;
    char *mode; // what is being set, or was
    prepare_state state;
    session_wait *waits;
    open_request *request;
    loop_timer tell; // calls the waits back
    oc_err err;
    char *reason;
    UT_hash_handle hh; // in order of use, oldest first
} session;

struct session_wait {
    session *session;
    char *mode;
    session_prepare_fn *fn;
    void *ctx;
    session_wait *prev, *next;
};

struct session_prepare {
    loop *loop;
    requests *requests;
    session *sessions;
    size_t waiting;
};

bool session_mode_within(const char *actual, const char *allowed) {
    static const char *const order[] = {"read-only", "guarded", "workspace", "full"};
    int have = -1, may = -1;
    if (actual == NULL || allowed == NULL)
        return false;
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++) {
        have = strcmp(order[i], actual) == 0 ? i : have;
        may = strcmp(order[i], allowed) == 0 ? i : may;
    }
    return strcmp(actual, allowed) == 0 || (have >= 0 && may >= 0 && have <= may);
}

session_prepare *session_prepare_create(loop *l, requests *r) {
    session_prepare *p = xcalloc(1, sizeof *p);
    p->loop = l;
    p->requests = r;
    return p;
}

void session_wait_cancel(session_wait *w) {
    if (w == NULL)
        return;
    DL_DELETE(w->session->waits, w);
    w->session->owner->waiting--;
    free(w->mode);
    free(w);
}

static void free_session(session *s) {
    request_cancel(s->request);
    loop_timer_cancel(&s->tell);
    while (s->waits != NULL)
        session_wait_cancel(s->waits);
    HASH_DEL(s->owner->sessions, s);
    free(s->key);
    free(s->mode);
    free(s->reason);
    free(s);
}

void session_prepare_forget(session_prepare *p) {
    session *s = NULL, *next = NULL;
    HASH_ITER (hh, p->sessions, s, next) {
        if (s->waits == NULL) {
            free_session(s);
        } else { // about to be told: with what is true now
            s->state = PREPARE_ENDED;
            s->err = OC_ECLOSED;
        }
    }
}

void session_prepare_destroy(session_prepare *p) {
    session *s = NULL, *next = NULL;
    if (p == NULL)
        return;
    HASH_ITER (hh, p->sessions, s, next) {
        free_session(s);
    }
    free(p);
}

static void on_tell(void *ctx);

// Takes reason (may be NULL).
static void settle(session *s, oc_err err, char *reason) {
    s->state = err == OC_OK ? PREPARE_READY : PREPARE_ENDED;
    s->err = err;
    free(s->reason);
    s->reason = reason;
    loop_timer_set(s->owner->loop, &s->tell, 0, on_tell, s);
}

static void on_described(void *ctx, const request_reply *reply);
static void on_set(void *ctx, const request_reply *reply);

static void ask(session *s, prepare_state next, const char *method, bool with_mode, request_fn *fn) {
    cJSON *params = json_new_object();
    json_add_string(params, "key", s->key);
    if (with_mode)
        json_add_string(params, "permissionMode", s->mode);
    s->state = next;
    s->request = requests_start(
        s->owner->requests,
        &(request_options){
            .method = method, .params = params, .timeout_ms = REQUEST_TIMEOUT_MS, .fn = fn, .ctx = s});
    if (s->request == NULL)
        settle(s, OC_EDENIED, xstrdup(words_marked(WORD_GATEWAY_TOO_MANY_REQUESTS)));
}

// True when the reply was an error, which is settled then.
static bool failed(session *s, const request_reply *reply, words_key doing) {
    s->request = NULL;
    if (reply->err == OC_OK)
        return false;
    // Neither a connection that is gone nor one that keeps silent says anything about the mode.
    if (reply->err == OC_ECLOSED || reply->err == OC_ETIMEOUT) {
        settle(s, OC_ECLOSED, NULL);
        return true;
    }
    char *words = connect_quote(reply->err == OC_EREMOTE ? json_text(reply->error, "message")
                                                         : oc_err_text(reply->err));
    bool admin = strcmp(json_text(json_get(reply->error, "details"), "code"), "MISSING_SCOPE") == 0;
    char *more = admin ? words_mark(WORD_GATEWAY_MODE_NO_ADMIN, "words", words, NULL) : xstrdup(words);
    settle(s, OC_EDENIED, words_mark(doing, "mode", s->mode, "words", more, NULL));
    free(more);
    free(words);
    return true;
}

static void on_described(void *ctx, const request_reply *reply) {
    session *s = ctx;
    if (failed(s, reply, WORD_GATEWAY_MODE_UNREAD))
        return;
    const cJSON *found = json_get(reply->payload, "session");
    const char *mode = json_string(found, "permissionMode");
    bool pending = json_bool(found, "permissionModePending", false);
    if (s->state == PREPARE_CHECKING) {
        if (!pending && session_mode_within(mode, s->mode))
            settle(s, OC_OK, NULL);
        else
            settle(s, OC_EDENIED,
                   mode != NULL ? words_mark(WORD_GATEWAY_MODE_OTHER, "found", mode, "mode", s->mode, NULL)
                                : words_mark(WORD_GATEWAY_MODE_NONE, "mode", s->mode, NULL));
        return;
    }
    if (found != NULL && !pending && mode != NULL && strcmp(mode, s->mode) == 0)
        settle(s, OC_OK, NULL);
    else
        ask(s, PREPARE_SETTING, found != NULL ? "sessions.patch" : "sessions.create", true, on_set);
}

static void on_set(void *ctx, const request_reply *reply) {
    session *s = ctx;
    if (!failed(s, reply, WORD_GATEWAY_MODE_UNSET))
        ask(s, PREPARE_CHECKING, "sessions.describe", false, on_described);
}

static void look(session *s, const char *mode) {
    char *copy = xstrdup(mode);
    free(s->mode);
    s->mode = copy;
    ask(s, PREPARE_LOOKING, "sessions.describe", false, on_described);
}

static session_wait *wait_for_mode(const session *s, const char *mode) {
    session_wait *w = NULL;
    DL_FOREACH (s->waits, w) {
        if (strcmp(w->mode, mode) == 0)
            return w;
    }
    return NULL;
}

// Calls the waits for the settled mode back, the oldest first. A callback may cancel others and may start new ones.
// Who wants another mode (the settings have just changed) has its turn afterwards.
static void on_tell(void *ctx) {
    session *s = ctx;
    for (session_wait *w = wait_for_mode(s, s->mode); w != NULL; w = wait_for_mode(s, s->mode)) {
        session_verdict verdict = {.err = s->err, .reason = s->reason != NULL ? s->reason : ""};
        session_prepare_fn *fn = w->fn;
        void *fn_ctx = w->ctx;
        session_wait_cancel(w);
        fn(fn_ctx, &verdict);
    }
    if (s->waits != NULL)
        look(s, s->waits->mode);
    else if (s->state == PREPARE_ENDED)
        free_session(s);
}

// Forgets the least recently used sessions that nobody waits for.
static void make_room(session_prepare *p) {
    session *s = NULL, *next = NULL;
    HASH_ITER (hh, p->sessions, s, next) {
        if (HASH_COUNT(p->sessions) < SESSIONS_PREPARED_MAX)
            return;
        if (s->waits == NULL)
            free_session(s);
    }
}

// The session, as the one used last.
static session *find_or_add(session_prepare *p, const char *key) {
    session *s = NULL;
    HASH_FIND_STR(p->sessions, key, s);
    if (s != NULL) {
        HASH_DEL(p->sessions, s);
    } else {
        make_room(p);
        s = xcalloc(1, sizeof *s);
        s->owner = p;
        s->key = xstrdup(key);
        s->mode = xstrdup("");
        s->state = PREPARE_READY; // in no mode: the first wait differs
    }
    HASH_ADD_KEYPTR(hh, p->sessions, s->key, strlen(s->key), s);
    return s;
}

session_wait *session_prepare_start(session_prepare *p, const char *session_key, const char *mode,
                                    session_prepare_fn *fn, void *ctx) {
    if (p->waiting >= SESSION_WAITS_MAX)
        return NULL;
    session *s = find_or_add(p, session_key);
    session_wait *w = xcalloc(1, sizeof *w);
    *w = (session_wait){.session = s, .mode = xstrdup(mode), .fn = fn, .ctx = ctx};
    bool idle = s->waits == NULL;
    DL_APPEND(s->waits, w);
    p->waiting++;
    if (s->state == PREPARE_READY && idle && strcmp(s->mode, mode) != 0)
        look(s, mode);
    else if (s->state == PREPARE_READY || s->state == PREPARE_ENDED)
        loop_timer_set(p->loop, &s->tell, 0, on_tell, s);
    return w;
}
