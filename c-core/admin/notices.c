// SPDX-License-Identifier: Apache-2.0
#include "admin/notices.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUIET_MS = 60000,
    AT_ONCE_MAX = 3,
    CLAIM_MS = 120000, // who has put a notice into the store and has not told it by then is gone
    AGAIN_MS = 60000,  // nobody could be told: after this, and each time twice as long …
    AGAIN_MAX_MS = 3600 * 1000,
    PROCESS_BYTES = 8,
    VALUE_VERSION = 1,
    VALUE_MAX_BYTES = 64 << 10,
    USER_ID_BYTES = 64,
};

static const char *const KEYS[NOTICE_TOPICS] = {
    [NOTICE_SETTINGS] = "notice.settings", [NOTICE_REMARKS] = "notice.remarks",
    [NOTICE_GATEWAY] = "notice.gateway",   [NOTICE_BESIDE] = "notice.beside",
    [NOTICE_ACCOUNTS] = "notice.accounts",
};
static const char WELL[] = "well"; // what the store holds while nothing is wrong

// What the store holds of a topic: {"v":1,"said":marker,"greeted":true,"claim":{"by":process,"at":ms}}. Before version 1 it was
// the marker alone.
typedef struct record {
    char *said;         // NULL: nothing was ever told
    bool greeted;       // the first "all is well" was told, or need not be
    char *claimed_by;   // NULL: it was told to the end
    int64_t claimed_ms; // wall clock
} record;

typedef struct topic {
    notices *owner;
    const char *key;
    char *wanted;     // the text to be told next, NULL when there is none
    char *first;      // instead of wanted when all is well for the first time ever; NULL: nothing then
    char *marker;     // what the store shall hold then: the text itself, or WELL
    bool busy;        // a notice is on its way
    bool nobody;      // it was logged that nobody could be told
    int64_t again_ms; // the last pause after nobody could be told; 0: there was none
    loop_timer again; // armed: wanted waits for it
    int said;         // lately; no more than AT_ONCE_MAX
    loop_timer quiet; // armed while something was said lately: one is forgotten each time
} topic;

struct notices {
    loop *loop;
    chat *chat;
    char *bot;
    char *node;    // begins the names of all its processes, of which one lives at a time
    char *process; // names our claims
    topic topics[NOTICE_TOPICS];
};

notices *notices_create(loop *l, chat *c, const char *node) {
    char own[2 * PROCESS_BYTES + 1];
    notices *n = xcalloc(1, sizeof *n);
    n->loop = l;
    n->chat = c;
    random_hex(own, PROCESS_BYTES);
    n->node = xasprintf("%s-", node);
    n->process = xasprintf("%s%s", n->node, own);
    for (int i = 0; i < NOTICE_TOPICS; i++)
        n->topics[i] = (topic){.owner = n, .key = KEYS[i]};
    return n;
}

static void forget_wanted(topic *t) {
    free(t->wanted);
    free(t->first);
    free(t->marker);
    t->wanted = t->first = t->marker = NULL;
}

void notices_destroy(notices *n) {
    if (n == NULL)
        return;
    for (int i = 0; i < NOTICE_TOPICS; i++) {
        loop_timer_cancel(&n->topics[i].quiet);
        loop_timer_cancel(&n->topics[i].again);
        forget_wanted(&n->topics[i]);
    }
    free(n->bot);
    free(n->node);
    free(n->process);
    free(n);
}

// --- the stored value ---

static record record_read(bytes value, bool found) {
    record r = {.said = NULL};
    cJSON *json = NULL;
    if (!found || value.len > VALUE_MAX_BYTES)
        return r;
    if (json_parse(value, &json) == OC_OK && json_int(json, "v", 0) >= VALUE_VERSION) {
        const cJSON *claim = json_get(json, "claim");
        const char *by = json_string(claim, "by");
        r.said = xstrdup(json_text(json, "said"));
        r.greeted = json_bool(json, "greeted", false);
        r.claimed_by = by != NULL ? xstrdup(by) : NULL;
        r.claimed_ms = json_int(claim, "at", 0);
    } else {
        r.said = xstrndup((const char *)value.data, value.len);
        r.greeted = true;
    }
    cJSON_Delete(json);
    return r;
}

static void record_free(record *r) {
    free(r->said);
    free(r->claimed_by);
}

// The caller frees it.
static char *record_text(const record *r) {
    buf out;
    cJSON *json = json_new_object();
    json_add_int(json, "v", VALUE_VERSION);
    json_add_string(json, "said", r->said);
    json_add_bool(json, "greeted", r->greeted);
    if (r->claimed_by != NULL) {
        cJSON *claim = json_add_object(json, "claim");
        json_add_string(claim, "by", r->claimed_by);
        json_add_int(claim, "at", r->claimed_ms);
    }
    buf_init(&out, VALUE_MAX_BYTES);
    oc_err err = json_print(json, &out);
    cJSON_Delete(json);
    (void)err; // markers are notices, which are cut far below this
    return buf_take_str(&out);
}

// --- one notice: read what the store holds, claim it there, tell everybody, and note that it was told ---

typedef struct sending {
    topic *topic;
    char *text, *first, *marker;
    bool greets;     // first is told, not text
    record now;      // what the store will hold
    bool stored;     // the claim stands there
    size_t open, ok; // direct messages that have no answer; that arrived
} sending;

static void speak(topic *t);

static void finish(sending *s) {
    topic *t = s->topic;
    free(s->text);
    free(s->first);
    free(s->marker);
    record_free(&s->now);
    free(s);
    t->busy = false;
    speak(t); // something newer may wait
}

static void on_again(void *ctx) {
    speak(ctx);
}

// It stays wanted, unless something newer is.
static void wait_and_speak(sending *s, int64_t pause_ms) {
    topic *t = s->topic;
    if (t->wanted == NULL) {
        t->wanted = s->text;
        t->first = s->first;
        t->marker = s->marker;
        s->text = s->first = s->marker = NULL;
        loop_timer_set(t->owner->loop, &t->again, pause_ms, on_again, t);
    }
    finish(s);
}

static void nobody_told(sending *s) {
    topic *t = s->topic;
    t->again_ms = t->again_ms == 0 ? AGAIN_MS : 2 * t->again_ms;
    if (t->again_ms > AGAIN_MAX_MS)
        t->again_ms = AGAIN_MAX_MS;
    if (!t->nobody)
        log_warn("no administrator could be told; it is tried again from time to time", "notice", t->key);
    t->nobody = true;
    wait_and_speak(s, t->again_ms);
}

static void on_noted(void *ctx, const chat_error *error, bool stored) {
    sending *s = ctx;
    (void)stored; // else another node has something newer to say
    if (error->err != OC_OK)
        log_warn("that a notice was told could not be stored", "error", error->message);
    finish(s);
}

static void told(sending *s) {
    topic *t = s->topic;
    if (s->ok == 0) {
        nobody_told(s);
        return;
    }
    t->nobody = false;
    t->again_ms = 0;
    if (!s->stored) {
        finish(s);
        return;
    }
    char *claimed = record_text(&s->now);
    free(s->now.claimed_by);
    s->now.claimed_by = NULL;
    s->now.greeted = s->now.greeted || s->greets;
    char *text = record_text(&s->now);
    chat_kv_compare_and_set(t->owner->chat, t->key, bytes_str(claimed), bytes_str(text), 0, on_noted, s);
    free(claimed);
    free(text);
}

static void one_told(sending *s, bool ok) {
    s->ok += ok ? 1 : 0;
    s->open--;
    if (s->open == 0)
        told(s);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    (void)post;
    if (error->err != OC_OK)
        log_warn("an administrator could not be told", "error", error->message);
    one_told(ctx, error->err == OC_OK);
}

// One administrator who is being told.
typedef struct telling {
    sending *of;
    char user_id[USER_ID_BYTES];
} telling;

static void on_direct_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    telling *one = ctx;
    sending *s = one->of;
    notices *n = s->topic->owner;
    words_lang lang = chat_lang(n->chat, one->user_id);
    free(one);
    if (error->err != OC_OK) {
        log_warn("no direct channel to an administrator", "error", error->message);
        one_told(s, false);
        return;
    }
    cJSON *props = json_new_object();
    cJSON *mark = json_add_object(props, "openclaw");
    json_add_string(mark, "notice", "admin");
    char *text = words_in(lang, s->greets ? s->first : s->text);
    chat_create_post(
        n->chat, &(chat_post){.user_id = n->bot, .channel_id = channel->id, .message = text, .props = props},
        on_posted, s);
    free(text);
    cJSON_Delete(props);
}

// Their language is known now, or the server's has to do.
static void on_admin(void *ctx, const chat_error *error, const chat_user *user) {
    telling *one = ctx;
    const notices *n = one->of->topic->owner;
    (void)error, (void)user;
    chat_direct_channel(n->chat, n->bot, one->user_id, on_direct_channel, one);
}

static void on_admins(void *ctx, const chat_error *error, const cJSON *ids) {
    sending *s = ctx;
    notices *n = s->topic->owner;
    const cJSON *id = NULL;
    if (error->err != OC_OK)
        log_warn("the system administrators could not be listed", "error", error->message);
    s->open = 1; // until all are asked for
    cJSON_ArrayForEach(id, ids) {
        telling *one = xcalloc(1, sizeof *one);
        one->of = s;
        snprintf(one->user_id, sizeof one->user_id, "%s", cJSON_GetStringValue(id));
        s->open++;
        chat_get_user(n->chat, one->user_id, on_admin, one);
    }
    one_told(s, false);
}

static void on_quiet_over(void *ctx) {
    topic *t = ctx;
    t->said--;
    if (t->said > 0)
        loop_timer_set(t->owner->loop, &t->quiet, QUIET_MS, on_quiet_over, t);
    speak(t);
}

static void on_claimed(void *ctx, const chat_error *error, bool stored) {
    sending *s = ctx;
    topic *t = s->topic;
    // Not stored: another node says the same. A store that fails is no reason to keep silent.
    if (!stored && error->err == OC_OK) {
        finish(s);
        return;
    }
    s->stored = stored;
    t->said++;
    if (!loop_timer_armed(&t->quiet))
        loop_timer_set(t->owner->loop, &t->quiet, QUIET_MS, on_quiet_over, t);
    chat_system_admins(t->owner->chat, on_admins, s);
}

// What is to be done about a notice, by what the store holds.
typedef enum step {
    SAY_NOTHING, // it was told, or nothing is new
    SAY_IT,
    SAY_FIRST, // all is well for the first time
    WAIT,      // another process is telling it
} step;

static step decide(const sending *s, const record *last, int64_t now_ms) {
    bool well = strcmp(s->marker, WELL) == 0;
    bool same = last->said != NULL && strcmp(last->said, s->marker) == 0;
    bool claimed = same && last->claimed_by != NULL;
    // Another process of this node ended before it had told it.
    bool ours =
        claimed && strncmp(last->claimed_by, s->topic->owner->node, strlen(s->topic->owner->node)) == 0;
    if (claimed && !ours && now_ms >= last->claimed_ms && now_ms - last->claimed_ms < CLAIM_MS)
        return WAIT;
    if (well && s->first != NULL && !last->greeted)
        return SAY_FIRST;
    bool known = same || (well && last->said == NULL);
    return known && !claimed ? SAY_NOTHING : SAY_IT;
}

static void claim(sending *s, bytes old, bool found, bool greeted) {
    notices *n = s->topic->owner;
    s->now = (record){.said = xstrdup(s->marker),
                      .greeted = greeted,
                      .claimed_by = xstrdup(n->process),
                      .claimed_ms = loop_wall_ms(n->loop)};
    char *text = record_text(&s->now);
    chat_kv_compare_and_set(n->chat, s->topic->key, found ? old : bytes_of(NULL, 0), bytes_str(text), 0,
                            on_claimed, s);
    free(text);
}

static void on_last(void *ctx, const chat_error *error, bytes last, bool found) {
    sending *s = ctx;
    record r = record_read(last, found);
    step next = error->err == OC_OK ? decide(s, &r, loop_wall_ms(s->topic->owner->loop)) : SAY_IT;
    bool greeted = r.greeted;
    record_free(&r);
    s->greets = next == SAY_FIRST;
    if (next == SAY_NOTHING)
        finish(s);
    else if (next == WAIT)
        wait_and_speak(s, CLAIM_MS);
    else
        claim(s, last, found, greeted);
}

static void speak(topic *t) {
    bool waits = t->busy || t->said >= AT_ONCE_MAX || loop_timer_armed(&t->again);
    if (waits || t->wanted == NULL || t->owner->bot == NULL)
        return;
    sending *s = xcalloc(1, sizeof *s);
    *s = (sending){.topic = t, .text = t->wanted, .first = t->first, .marker = t->marker};
    t->wanted = t->first = t->marker = NULL;
    t->busy = true;
    chat_kv_get(t->owner->chat, t->key, on_last, s);
}

static void want(topic *t, const char *text, const char *first, const char *marker) {
    forget_wanted(t);
    t->wanted = xstrdup(text);
    t->first = first != NULL ? xstrdup(first) : NULL;
    t->marker = words_in(WORDS_EN, marker);
    loop_timer_cancel(&t->again);
    speak(t);
}

void notices_set_bot(notices *n, const char *bot_user_id) {
    free(n->bot);
    n->bot = xstrdup(bot_user_id);
    for (int i = 0; i < NOTICE_TOPICS; i++)
        speak(&n->topics[i]);
}

void notices_tell(notices *n, notice_topic which, const char *text) {
    want(&n->topics[which], text, NULL, text);
}

void notices_well(notices *n, notice_topic which, const char *text) {
    want(&n->topics[which], text, NULL, WELL);
}

void notices_well_first(notices *n, notice_topic which, const char *text, const char *first) {
    want(&n->topics[which], text, first, WELL);
}
