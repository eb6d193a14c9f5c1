// SPDX-License-Identifier: Apache-2.0
#include "outbound/speak_post.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "delivery/delivery.h"
#include "outbound/may_talk.h"
#include "outbound/speak_find.h"
#include "reply/media_lines.h"
#include "reply/media_plan.h"
#include "reply/preview.h"
#include "reply/render.h"

#include <stdlib.h>
#include <string.h>

typedef enum speak_state {
    SPEAK_PERSON,  // of a direct message: asking who that is
    SPEAK_PAIRED,  // … and whether they were let in
    SPEAK_PLACE,   // asking for the channel
    SPEAK_MEMBER,  // asking whether the bot is a member of it
    SPEAK_FILES,   // its files are on their way into the server
    SPEAK_POSTING, // its posts are being made
    SPEAK_DONE,    // fn is called next, or nobody wants it any more
} speak_state;

struct speak_post {
    speak_world *world;
    account *account; // held
    session_of place;
    char *session_key, *id, *text;
    bool maybe_posted;
    speak_post_fn *fn;
    void *ctx;
    speak_state state;
    bool waiting; // an answer is outstanding that cannot be called off
    char *channel_id;
    cJSON *payloads, *files;
    media_job *media;
    delivery *delivery;
    speak_end end;
    loop_timer timer;
};

// The one place where the state moves.
static void move(speak_post *p, speak_state to) {
    static const char *const names[] = {"person", "paired", "place", "member", "files", "posting", "done"};
    log_debug("message of an agent", "id", p->id, "from", names[p->state], "to", names[to]);
    p->state = to;
}

static void destroy(speak_post *p) {
    loop_timer_cancel(&p->timer);
    media_cancel(p->media);
    delivery_cancel(p->delivery);
    account_release(p->account);
    cJSON_Delete(p->payloads);
    cJSON_Delete(p->files);
    free(p->session_key);
    free(p->id);
    free(p->text);
    free(p->channel_id);
    free(p);
}

void speak_post_cancel(speak_post *p) {
    if (p == NULL)
        return;
    move(p, SPEAK_DONE);
    p->fn = NULL;
    loop_timer_cancel(&p->timer);
    account_release(p->account); // an answer may be long in coming
    p->account = NULL;
    if (!p->waiting)
        destroy(p);
}

static void tell(void *ctx) {
    speak_post *p = ctx;
    speak_post_fn *fn = p->fn;
    void *whose = p->ctx;
    speak_end how = p->end;
    destroy(p);
    fn(whose, how);
}

static void finish(speak_post *p, speak_end end) {
    move(p, SPEAK_DONE);
    metric_count(METRIC_SPOKEN,
                 end == SPEAK_POSTED    ? "posted"
                 : end == SPEAK_NOTHING ? "passed_over"
                                        : "later",
                 1);
    p->end = end;
    loop_timer_set(p->world->loop, &p->timer, 0, tell, p);
}

static void refuse(speak_post *p, const char *why) {
    log_warn("a message that an agent began is not posted", "session", p->session_key, "reason", why);
    finish(p, SPEAK_NOTHING);
}

static void fail(speak_post *p, const char *why) {
    log_warn("a message that an agent began could not be posted yet", "session", p->session_key, "error",
             why);
    finish(p, SPEAK_FAILED);
}

// Takes note of an answer. Returns whether it is still of interest.
static bool answered(speak_post *p) {
    p->waiting = false;
    if (p->state != SPEAK_DONE)
        return true;
    destroy(p);
    return false;
}

static const account_config *rules_of(speak_post *p) {
    if (p->account->config == NULL)
        refuse(p, "its account was removed");
    return p->account->config;
}

// --- POSTING ---

static void on_delivered(void *ctx, const char *error, size_t posted) {
    speak_post *p = ctx;
    (void)posted;
    p->delivery = NULL;
    if (error != NULL) {
        fail(p, error);
        return;
    }
    if (*p->place.root_id != '\0')
        participation_note(p->world->threads, p->account->id, p->place.root_id);
    finish(p, SPEAK_POSTED);
}

// The first files go with the last words, further ones into posts of their own.
static size_t add_files(const speak_post *p, part wanted[PARTS_MAX], size_t count) {
    const cJSON *ids = NULL;
    bool first = true;
    cJSON_ArrayForEach(ids, p->files) {
        if (!first || count == 0) {
            if (count == PARTS_MAX)
                break;
            wanted[count++] = (part){.text = ""};
        }
        wanted[count - 1].file_ids = ids;
        first = false;
    }
    return count;
}

static void deliver(speak_post *p, const char *text, bool agents_words) {
    part wanted[PARTS_MAX];
    const account_config *rules = rules_of(p);
    if (rules == NULL)
        return;
    size_t limit = p->world->post_limit;
    if (rules->text_chunk_limit > 0 && (size_t)rules->text_chunk_limit < limit)
        limit = (size_t)rules->text_chunk_limit;
    preview *layout = preview_create(rules, p->session_key, limit);
    chunks c = agents_words ? preview_final(layout, text) : chunk_split(text, limit, CHUNK_LENGTH);
    size_t count = 0;
    for (; count < c.count && count < PARTS_MAX; count++)
        wanted[count] = (part){.text = c.items[count]};
    count = add_files(p, wanted, count);
    cJSON *props = agents_words ? render_props(rules) : NULL;
    move(p, SPEAK_POSTING);
    p->delivery = delivery_create(p->world->loop, p->world->chat,
                                  &(delivery_request){.turn = p->id,
                                                      .bot_user_id = p->account->bot_user_id,
                                                      .channel_id = p->channel_id,
                                                      .root_id = p->place.root_id,
                                                      .props = props,
                                                      .maybe_posted = p->maybe_posted});
    delivery_finish(p->delivery, wanted, count, on_delivered, p);
    cJSON_Delete(props);
    chunks_free(&c);
    preview_destroy(layout);
}

// --- FILES ---

// Of what is said there.
static words_lang lang_of(const speak_post *p) {
    chat *c = p->world->chat;
    return p->place.kind == CHAT_DIRECT ? chat_lang(c, p->place.user_id) : chat_server_lang(c);
}

static void on_attached(void *ctx, const media_result *result) {
    speak_post *p = ctx;
    bool quiet = *result->notes == '\0' || *p->text == '\0';
    p->media = NULL;
    p->files = cJSON_Duplicate(result->posts, true);
    char *notes = words_in(lang_of(p), result->notes);
    char *text = xasprintf("%s%s%s", p->text, quiet ? "" : "\n\n", notes);
    deliver(p, text, true);
    free(text);
    free(notes);
}

static void attach(speak_post *p) {
    const account_config *rules = rules_of(p);
    if (rules == NULL)
        return;
    bool wanted = p->account->gateway != NULL && media_wanted(p->payloads);
    media_request request = {
        .gateway = p->account->gateway,
        .agent_id = p->place.agent,
        .session_key = p->session_key,
        .bot_user_id = p->account->bot_user_id,
        .channel_id = p->channel_id,
        .payloads = p->payloads,
        .url_max_bytes = (size_t)(rules->media_max_mb * 1024 * 1024),
        .private_allowed = rules->private_network,
    };
    move(p, SPEAK_FILES);
    p->media = wanted ? media_start(p->world->media, &request, on_attached, p) : NULL;
    if (p->media == NULL)
        deliver(p, p->text, true);
}

// --- the limit ---

static void begin(speak_post *p) {
    const account_config *rules = rules_of(p);
    int held = 0;
    if (rules == NULL)
        return;
    if (rules->speaks_per_hour == 0) {
        finish(p, SPEAK_NOTHING);
        return;
    }
    switch (flood_take(p->world->flood, p->channel_id, rules->speaks_per_hour, loop_now_ms(p->world->loop),
                       &held)) {
    case FLOOD_POST:
        attach(p);
        return;
    case FLOOD_TELL:
        log_warn("agents begin too many messages in a channel: they are held back for an hour", "channel",
                 p->channel_id);
        p->text[0] = '\0';
        char *sentence =
            words_fill(lang_of(p), WORD_SPEAK_HELD_BACK, "limit", WORDS_NUMBER(rules->speaks_per_hour), NULL);
        deliver(p, sentence, false);
        free(sentence);
        return;
    case FLOOD_DROP:
        log_warn("a message that an agent began was held back: there are too many in its channel", "channel",
                 p->channel_id);
        finish(p, SPEAK_NOTHING);
    }
}

// --- MEMBER, PLACE ---

static void on_member(void *ctx, const chat_error *error, bool member) {
    speak_post *p = ctx;
    if (!answered(p))
        return;
    if (error->err != OC_OK)
        fail(p, error->message);
    else if (!member)
        refuse(p, "the bot is not a member of the channel");
    else
        begin(p);
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    speak_post *p = ctx;
    if (!answered(p))
        return;
    if (error->err == OC_ENOTFOUND) {
        refuse(p, "there is no such channel");
    } else if (error->err != OC_OK) {
        fail(p, error->message);
    } else if (channel->delete_at_ms != 0) {
        refuse(p, "the channel is archived");
    } else if (chat_kind_of((char[]){channel->type, '\0'}) != p->place.kind) {
        refuse(p, "the channel is of another kind than the session's key says");
    } else {
        move(p, SPEAK_MEMBER);
        p->waiting = true;
        chat_is_member(p->world->chat, p->place.channel_id, p->account->bot_user_id, on_member, p);
    }
}

static void on_direct(void *ctx, oc_err err, const char *sentence, const resolved *place) {
    speak_post *p = ctx;
    if (!answered(p))
        return;
    if (err == OC_ENOTFOUND || err == OC_EDENIED) {
        refuse(p, sentence);
    } else if (err != OC_OK) {
        fail(p, sentence);
    } else {
        p->channel_id = xstrdup(place->channel_id);
        begin(p);
    }
}

static void find_place(speak_post *p) {
    move(p, SPEAK_PLACE);
    p->waiting = true;
    if (p->place.kind == CHAT_DIRECT) {
        resolve_direct(
            p->world->resolver,
            &(resolve_ask){.bot_user_id = p->account->bot_user_id, .viewer_id = "", .open_direct = true},
            p->place.user_id, on_direct, p);
    } else {
        p->channel_id = xstrdup(p->place.channel_id);
        chat_get_channel(p->world->chat, p->place.channel_id, on_channel, p);
    }
}

// --- PERSON, PAIRED: whoever may not talk to the agent is not talked to ---

static void on_paired(void *ctx, oc_err err, bool approved) {
    speak_post *p = ctx;
    if (!answered(p))
        return;
    if (err != OC_OK)
        fail(p, oc_err_text(err));
    else if (!approved)
        refuse(p, "that person was not let in");
    else
        find_place(p);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    speak_post *p = ctx;
    if (!answered(p))
        return;
    if (error->err == OC_ENOTFOUND) {
        refuse(p, "there is no such person");
        return;
    }
    if (error->err != OC_OK) {
        fail(p, error->message);
        return;
    }
    const account_config *rules = rules_of(p);
    if (rules == NULL)
        return;
    switch (may_talk(user, rules)) {
    case ACCESS_ANSWER:
        find_place(p);
        return;
    case ACCESS_PAIRING:
        move(p, SPEAK_PAIRED);
        p->waiting = true;
        pairings_is_approved(p->world->paired, p->account->id, p->place.user_id, on_paired, p);
        return;
    case ACCESS_IGNORE:
    case ACCESS_REFUSE:
    case ACCESS_HINT:
        refuse(p, "that person may not talk to the agent");
    }
}

// --- the beginning ---

static void go(void *ctx) {
    speak_post *p = ctx;
    char *words = media_lines_take(p->text, &p->payloads), *said = speak_words(words);
    free(words);
    free(p->text);
    p->text = said != NULL ? said : xstrdup("");
    if (said == NULL && !media_wanted(p->payloads)) {
        finish(p, SPEAK_NOTHING);
    } else if (p->place.kind == CHAT_DIRECT) {
        p->waiting = true;
        chat_get_user(p->world->chat, p->place.user_id, on_user, p);
    } else {
        find_place(p);
    }
}

speak_post *speak_post_start(speak_world *w, const speak_message *m, speak_post_fn *fn, void *ctx) {
    speak_post *p = xcalloc(1, sizeof *p);
    *p = (speak_post){.world = w,
                      .account = account_hold(m->account),
                      .place = *m->place,
                      .session_key = xstrdup(m->session_key),
                      .id = xstrdup(m->id),
                      .text = xstrdup(m->text),
                      .maybe_posted = m->maybe_posted,
                      .fn = fn,
                      .ctx = ctx,
                      .state = m->place->kind == CHAT_DIRECT ? SPEAK_PERSON : SPEAK_PLACE};
    loop_timer_set(w->loop, &p->timer, 0, go, p);
    return p;
}
