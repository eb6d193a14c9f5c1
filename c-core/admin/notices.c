// SPDX-License-Identifier: Apache-2.0
#include "admin/notices.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 60000, AT_ONCE_MAX = 3 };

static const char *const KEYS[NOTICE_TOPICS] = {
    [NOTICE_SETTINGS] = "notice.settings", [NOTICE_REMARKS] = "notice.remarks",
    [NOTICE_GATEWAY] = "notice.gateway",   [NOTICE_BESIDE] = "notice.beside",
    [NOTICE_ACCOUNTS] = "notice.accounts",
};
static const char WELL[] = "well"; // what the store holds while nothing is wrong

typedef struct topic {
    notices *owner;
    const char *key;
    char *wanted;     // the text to be told next, NULL when there is none
    char *marker;     // what the store shall hold then: the text itself, or WELL
    bool busy;        // a notice is on its way
    int said;         // lately; no more than AT_ONCE_MAX
    loop_timer quiet; // armed while something was said lately: one is forgotten each time
} topic;

struct notices {
    loop *loop;
    chat *chat;
    char *bot;
    topic topics[NOTICE_TOPICS];
};

// One direct message on its way to one administrator.
typedef struct message {
    chat *chat;
    char *bot, *text;
} message;

notices *notices_create(loop *l, chat *c) {
    notices *n = xcalloc(1, sizeof *n);
    n->loop = l;
    n->chat = c;
    for (int i = 0; i < NOTICE_TOPICS; i++)
        n->topics[i] = (topic){.owner = n, .key = KEYS[i]};
    return n;
}

void notices_destroy(notices *n) {
    if (n == NULL)
        return;
    for (int i = 0; i < NOTICE_TOPICS; i++) {
        loop_timer_cancel(&n->topics[i].quiet);
        free(n->topics[i].wanted);
        free(n->topics[i].marker);
    }
    free(n->bot);
    free(n);
}

static void message_free(message *m) {
    free(m->bot);
    free(m->text);
    free(m);
}

static void on_posted(void *ctx, const chat_error *error, const chat_post *post) {
    (void)ctx, (void)post;
    if (error->err != OC_OK)
        log_warn("an administrator could not be told", "error", error->message);
}

static void on_direct_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    message *m = ctx;
    if (error->err == OC_OK) {
        cJSON *props = json_new_object();
        cJSON *mark = json_add_object(props, "openclaw");
        json_add_string(mark, "notice", "admin");
        chat_create_post(
            m->chat,
            &(chat_post){.user_id = m->bot, .channel_id = channel->id, .message = m->text, .props = props},
            on_posted, NULL);
        cJSON_Delete(props);
    } else {
        log_warn("no direct channel to an administrator", "error", error->message);
    }
    message_free(m);
}

// --- one notice: read what the store holds, put the new marker there, then tell everybody ---

typedef struct sending {
    topic *topic;
    char *text, *marker;
} sending;

static void speak(topic *t);

static void finish(sending *s) {
    topic *t = s->topic;
    free(s->text);
    free(s->marker);
    free(s);
    t->busy = false;
    speak(t); // something newer may wait
}

static void on_admins(void *ctx, const chat_error *error, const cJSON *ids) {
    sending *s = ctx;
    notices *n = s->topic->owner;
    const cJSON *id = NULL;
    if (error->err != OC_OK)
        log_warn("the system administrators could not be listed", "error", error->message);
    cJSON_ArrayForEach(id, ids) {
        message *m = xmalloc(sizeof *m);
        *m = (message){.chat = n->chat, .bot = xstrdup(n->bot), .text = xstrdup(s->text)};
        chat_direct_channel(n->chat, n->bot, cJSON_GetStringValue(id), on_direct_channel, m);
    }
    finish(s);
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
    t->said++;
    if (!loop_timer_armed(&t->quiet))
        loop_timer_set(t->owner->loop, &t->quiet, QUIET_MS, on_quiet_over, t);
    chat_system_admins(t->owner->chat, on_admins, s);
}

static void on_last(void *ctx, const chat_error *error, bytes last, bool found) {
    sending *s = ctx;
    bool well = strcmp(s->marker, WELL) == 0;
    bool nothing_new = found ? bytes_is(last, s->marker) : well;
    if (error->err == OC_OK && nothing_new) {
        finish(s);
        return;
    }
    chat_kv_compare_and_set(s->topic->owner->chat, s->topic->key, found ? last : bytes_of(NULL, 0),
                            bytes_str(s->marker), 0, on_claimed, s);
}

static void speak(topic *t) {
    if (t->busy || t->wanted == NULL || t->owner->bot == NULL || t->said >= AT_ONCE_MAX)
        return;
    sending *s = xmalloc(sizeof *s);
    *s = (sending){.topic = t, .text = t->wanted, .marker = t->marker};
    t->wanted = NULL;
    t->marker = NULL;
    t->busy = true;
    chat_kv_get(t->owner->chat, t->key, on_last, s);
}

static void want(topic *t, const char *text, const char *marker) {
    free(t->wanted);
    free(t->marker);
    t->wanted = xstrdup(text);
    t->marker = xstrdup(marker);
    speak(t);
}

void notices_set_bot(notices *n, const char *bot_user_id) {
    free(n->bot);
    n->bot = xstrdup(bot_user_id);
    for (int i = 0; i < NOTICE_TOPICS; i++)
        speak(&n->topics[i]);
}

void notices_tell(notices *n, notice_topic which, const char *text) {
    want(&n->topics[which], text, text);
}

void notices_well(notices *n, notice_topic which, const char *text) {
    want(&n->topics[which], text, WELL);
}
