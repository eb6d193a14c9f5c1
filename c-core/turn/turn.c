// SPDX-License-Identifier: Apache-2.0
#include "turn/turn.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"
#include "delivery/delivery.h"
#include "delivery/marker.h"
#include "inbound/inbound.h"
#include "reply/chunk.h"
#include "session/session_key.h"
#include "turn/prompt.h"
#include "turn/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    TYPING_EVERY_MS = 4000, // clients show typing for about 5 s
    AWAY_TELL_MS = 5000,    // a gateway that is back sooner is not worth a word
    AWAY_MAX_MS = 10 * 60 * 1000,
    RUN_MAX_MS = 30 * 60 * 1000,
    NOTICE_PART = -1,
    FACTS_TRIES_MAX = 8,  // of looking up sender and channel, each up to 10 s
    FACTS_PAUSE_MS = 500, // before the first repetition, then twice as long each time
    REPORT_PART = -2,
    SENTENCE_PART = -3, // instead of an answer; fits into one post
};

typedef struct remembering remembering;

struct turn {
    turn_world *world;
    turn_events events;
    void *ctx;
    turn_state state;
    chat_post_ticket *ticket;
    chat_post post; // its strings and JSON are ours
    char *place, *sender_name, *channel_name, *text;
    char channel_type;
    chat_kind kind;
    reply_mode reply_mode; // of the rules when the post was admitted
    outcome_reason reason; // what the outcome will be once the delivery is through
    int posted;            // parts of the answer
    int facts_tries;       // that failed for now
    remembering *remembering;
    inbound *inbound;
    gateway_run *run;
    delivery *delivery;
    loop_timer typing, limit, away;
};

const char *turn_state_name(turn_state s) {
    static const char *const names[] = {"remembering", "deciding",   "queued",    "waiting",
                                        "running",     "delivering", "reporting", "done"};
    return names[s];
}

turn_state turn_get_state(const turn *t) {
    return t->state;
}

const char *turn_place(const turn *t) {
    return t->place;
}

// The one place where a turn changes its state. What belongs to the state that is left ends here.
static void move(turn *t, turn_state to) {
    log_debug("turn", "post_id", t->post.id, "from", turn_state_name(t->state), "to", turn_state_name(to));
    loop_timer_cancel(&t->limit);
    loop_timer_cancel(&t->away);
    if (to != TURN_RUNNING)
        loop_timer_cancel(&t->typing);
    t->state = to;
}

static void note(turn *t, record_state state, int parts) {
    const record r = {.state = state, .reason = t->reason, .parts = parts};
    journal_note(t->world->journal, t->post.id, t->post.create_at_ms, &r);
}

// The outcome that is owed to whoever handed us the post. It is told when it is written: should this process die in
// between, the next one is handed the post again and must not come to another outcome.
typedef struct owed {
    chat_post_ticket *ticket;
    outcome_reason reason;
} owed;

static void on_recorded(void *ctx, bool written) {
    owed *o = ctx;
    if (written)
        chat_post_outcome(o->ticket, o->reason);
    else
        chat_post_leave(o->ticket);
    free(o);
}

static void tell_outcome(turn *t) {
    owed *o = xmalloc(sizeof *o);
    *o = (owed){.ticket = t->ticket, .reason = t->reason};
    t->ticket = NULL;
    if (outcome_concerns(o->reason))
        journal_when_written(t->world->journal, t->post.create_at_ms, on_recorded, o);
    else
        on_recorded(o, true);
}

static void finish(turn *t, outcome_reason reason) {
    move(t, TURN_DONE);
    t->reason = reason;
    // What does not concern a bot is no business of the journal, and a repetition has its outcome there already.
    if (outcome_concerns(reason))
        note(t, RECORD_CLOSED, t->posted);
    if (t->ticket != NULL)
        tell_outcome(t);
    t->events.finished(t->ctx, t);
}

static const account_config *rules_of(const turn *t) {
    return t->world->config != NULL ? config_default(t->world->config) : NULL;
}

static const account_config *ask_rules(void *ctx) {
    return rules_of(ctx);
}

// The session's key with this agent.
static char *key_of(const turn *t, const char *agent) {
    const account_config *rules = rules_of(t);
    session_place place = {
        .agent = agent,
        .account = rules != NULL ? rules->id : "default",
        .name = rules != NULL ? rules->session_name : "",
        .scope = rules != NULL ? rules->dm_scope : DM_SCOPE_CHANNEL_PEER,
        .kind = t->kind,
        .channel_id = t->post.channel_id,
        .user_id = t->post.user_id,
    };
    char *base = session_base_key(&place);
    session_names names =
        session_names_of(base, t->kind, session_thread(t->kind, t->reply_mode, t->post.root_id, t->post.id));
    char *key = xstrdup(names.key);
    session_names_free(&names);
    free(base);
    return key;
}

static const char *reply_root(const turn *t) {
    return session_reply_root(t->kind, t->reply_mode, t->post.root_id, t->post.id);
}

// --- typing ---

static void show_typing(void *ctx) {
    turn *t = ctx;
    chat_typing(t->world->chat, t->world->bot_user_id, t->post.channel_id, reply_root(t));
    loop_timer_set(t->world->loop, &t->typing, TYPING_EVERY_MS, show_typing, t);
}

// --- DELIVERING and REPORTING ---

static void post_parts(turn *t, char *const *texts, size_t count, int first_part, delivery_fn *fn) {
    part wanted[PARTS_MAX] = {{0}};
    delivery_request request = {
        .turn = t->post.id,
        .bot_user_id = t->world->bot_user_id,
        .channel_id = t->post.channel_id,
        .root_id = reply_root(t),
        .first_part = first_part,
        .maybe_posted = t->post.again,
        .remembered_until_ms = t->post.remembered_until_ms,
    };
    for (size_t i = 0; i < count; i++)
        wanted[i].text = texts[i];
    t->delivery = delivery_create(t->world->loop, t->world->chat, &request);
    delivery_finish(t->delivery, wanted, count, fn, t);
}

static void on_reported(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    (void)posted;
    t->delivery = NULL;
    if (error != NULL)
        log_error("a person could not even be told that an answer is lost", "post_id", t->post.id, "error",
                  error);
    t->world->counts.reported_lost++;
    finish(t, REASON_NOT_POSTED);
}

static void on_delivered(void *ctx, const char *error, size_t posted) {
    turn *t = ctx;
    t->delivery = NULL;
    t->posted = (int)posted;
    if (error == NULL) {
        t->world->counts.posted += t->reason == REASON_ANSWERED;
        finish(t, t->reason);
        return;
    }
    log_error("an answer could not be posted", "post_id", t->post.id, "error", error);
    char *sentence = xstrdup(words_not_posted());
    move(t, TURN_REPORTING);
    post_parts(t, &sentence, 1, REPORT_PART, on_reported);
    free(sentence);
}

static void deliver(turn *t, const char *text, outcome_reason reason) {
    chunks parts = chunk_split(text, POST_MAX_RUNES, CHUNK_LENGTH);
    size_t count = parts.count < PARTS_MAX ? parts.count : PARTS_MAX;
    t->reason = reason;
    if (count == 0) {
        chunks_free(&parts);
        finish(t, REASON_SILENT);
        return;
    }
    move(t, TURN_DELIVERING);
    if (parts.count > PARTS_MAX) {
        log_warn("an answer was cut: it is too long", "post_id", t->post.id);
        free(parts.items[PARTS_MAX - 1]);
        parts.items[PARTS_MAX - 1] = xstrdup(words_answer_cut());
    }
    t->world->counts.produced += reason == REASON_ANSWERED;
    note(t, RECORD_POSTING, (int)count);
    // A sentence of ours must not be taken for the answer's first part by the next process.
    post_parts(t, parts.items, count, reason == REASON_ANSWERED ? 0 : SENTENCE_PART, on_delivered);
    chunks_free(&parts);
}

void turn_refuse(turn *t, const char *sentence, outcome_reason reason) {
    if (sentence == NULL)
        finish(t, reason);
    else
        deliver(t, sentence, reason);
}

// --- RUNNING ---

static void on_run_done(void *ctx, const gateway_run_result *result) {
    turn *t = ctx;
    t->run = NULL;
    switch (result->outcome) {
    case GATEWAY_RUN_OK:
        deliver(t, result->text, REASON_ANSWERED);
        return;
    case GATEWAY_RUN_SILENT:
        finish(t, REASON_SILENT);
        return;
    case GATEWAY_RUN_ERROR:
    case GATEWAY_RUN_ABORTED:
    case GATEWAY_RUN_REFUSED:
    case GATEWAY_RUN_LOST:
        break;
    }
    char *sentence = words_run_failed(result);
    log_warn("a run gave no answer", "post_id", t->post.id, "reason", result->sentence);
    deliver(t, sentence,
            result->outcome == GATEWAY_RUN_REFUSED ? REASON_PERMISSION
            : result->outcome == GATEWAY_RUN_LOST  ? REASON_RUN_LOST
                                                   : REASON_TOLD_ERROR);
    free(sentence);
}

static void on_run_limit(void *ctx) {
    turn *t = ctx;
    gateway_run_cancel(t->run, true);
    t->run = NULL;
    deliver(t, words_run_too_long(), REASON_RUN_TOO_LONG);
}

static void run(turn *t, const gateway_status *status) {
    static const gateway_run_events events = {.done = on_run_done};
    const account_config *c = config_default(t->world->config);
    prompt_facts facts = {.sender_name = t->sender_name,
                          .channel_name = t->channel_name,
                          .channel_type = t->channel_type,
                          .text = t->text,
                          .file_count = cJSON_GetArraySize(t->post.file_ids)};
    char *key = key_of(t, *c->agent != '\0' ? c->agent : status->default_agent),
         *message = prompt_message(&facts), *system_prompt = prompt_system(&facts);
    char *idempotency_key = xasprintf("mm-%s", t->post.id);
    gateway_run_request request = {
        .idempotency_key = idempotency_key,
        .session_key = key,
        .message = message,
        .extra_system_prompt = system_prompt,
        .permission_mode = permission_mode_name(c->permission),
        .earlier_boot_id = t->post.again ? t->world->earlier_boot_id : NULL,
        .earlier_ms = loop_wall_ms(t->world->loop) - t->post.create_at_ms,
    };
    move(t, TURN_RUNNING);
    note(t, RECORD_SENT, 0);
    if (!loop_timer_armed(&t->typing))
        show_typing(t);
    loop_timer_set(t->world->loop, &t->limit, RUN_MAX_MS, on_run_limit, t);
    t->run = gateway_run_start(t->world->gateway, &request, &events, t);
    free(key);
    free(message);
    free(system_prompt);
    free(idempotency_key);
    if (t->run == NULL)
        deliver(t, words_queue_full(), REASON_QUEUE_FULL);
}

// --- WAITING ---

static void on_notice_posted(void *ctx, const chat_error *error, const chat_post *post) {
    (void)ctx, (void)post;
    if (error->err != OC_OK)
        log_warn("a person could not be told that the gateway is away", "error", error->message);
}

static void on_still_away(void *ctx) {
    turn *t = ctx;
    gateway_status status = gateway_get_status(t->world->gateway);
    cJSON *props = marker_props(t->post.id, NOTICE_PART);
    chat_create_post(t->world->chat,
                     &(chat_post){.user_id = t->world->bot_user_id,
                                  .channel_id = t->post.channel_id,
                                  .root_id = reply_root(t),
                                  .message = words_gateway_away(&status),
                                  .props = props},
                     on_notice_posted, NULL);
    cJSON_Delete(props);
}

static void on_away_too_long(void *ctx) {
    deliver(ctx, words_gateway_away_too_long(), REASON_GATEWAY_AWAY);
}

static void on_unconfigured(void *ctx) {
    finish(ctx, REASON_NOT_CONFIGURED);
}

void turn_go(turn *t, bool say_away) {
    gateway_status status = gateway_get_status(t->world->gateway);
    if (t->world->config == NULL) { // the settings went while it waited
        move(t, TURN_WAITING);
        loop_timer_set(t->world->loop, &t->limit, 0, on_unconfigured, t);
    } else if (status.state == GATEWAY_READY) {
        run(t, &status);
    } else if (t->state != TURN_WAITING) {
        move(t, TURN_WAITING);
        loop_timer_set(t->world->loop, &t->limit, AWAY_MAX_MS, on_away_too_long, t);
        if (say_away)
            loop_timer_set(t->world->loop, &t->away, AWAY_TELL_MS, on_still_away, t);
    }
}

// --- DECIDING ---

static void decide(void *ctx);

// The bot was called where it is no member, by somebody who may use it.
static void hint(turn *t) {
    char *sentence = words_not_member(t->world->bot_username);
    chat_post post = {.channel_id = t->post.channel_id, .root_id = t->post.root_id, .message = sentence};
    chat_send_ephemeral(t->world->chat, t->post.user_id, &post, NULL, NULL);
    free(sentence);
}

static void on_decided(void *ctx, const inbound_result *result) {
    turn *t = ctx;
    t->inbound = NULL;
    // Refusing for a passing trouble would leave a person without a word, and lose an answer that is there already.
    if (result->passing && t->facts_tries < FACTS_TRIES_MAX) {
        loop_timer_set(t->world->loop, &t->limit, (int64_t)FACTS_PAUSE_MS << t->facts_tries++, decide, t);
        return;
    }
    const access_decision *d = result->decision;
    if (d->verdict != ACCESS_ANSWER) {
        log_debug("a post is not answered", "post_id", t->post.id, "reason", outcome_reason_name(d->reason));
        if (d->verdict == ACCESS_HINT)
            hint(t);
        finish(t, d->reason);
        return;
    }
    const account_config *rules = rules_of(t);
    t->kind = chat_kind_of((const char[]){result->channel_type, '\0'});
    t->reply_mode = session_reply_mode(rules, t->kind);
    t->channel_type = result->channel_type;
    t->sender_name = xstrdup(result->sender_name);
    t->channel_name = xstrdup(result->channel_name);
    t->text = xstrdup(result->text);
    t->place = key_of(t, rules->agent);
    move(t, TURN_QUEUED);
    note(t, RECORD_TAKEN, 0);
    show_typing(t);
    t->events.admitted(t->ctx, t);
}

static void decide(void *ctx) {
    turn *t = ctx;
    move(t, TURN_DECIDING);
    t->inbound = inbound_decide(t->world->chat, ask_rules, t->world->bot_user_id, t->world->bot_username,
                                &t->post, on_decided, t);
}

// --- REMEMBERING ---

// The journal cannot be told that nobody waits any more: the turn is found again, or not, through this.
struct remembering {
    turn *turn; // NULL: it was destroyed meanwhile
};

static void on_record(void *ctx, const record *r, bool readable) {
    remembering *m = ctx;
    turn *t = m->turn;
    (void)readable; // what cannot be read is as good as unknown: run and posts are looked for all the same
    free(m);
    if (t == NULL)
        return;
    t->remembering = NULL;
    if (r != NULL && r->state == RECORD_CLOSED)
        finish(t, REASON_DUPLICATE);
    else
        decide(t);
}

void turn_decide(turn *t) {
    if (!t->post.again) {
        decide(t);
        return;
    }
    move(t, TURN_REMEMBERING);
    remembering *m = xmalloc(sizeof *m);
    m->turn = t;
    t->remembering = m;
    journal_find(t->world->journal, (const char *const *)t->world->nodes, t->post.id, t->post.create_at_ms,
                 on_record, m);
}

// --- life ---

const char *turn_user_id(const turn *t) {
    return t->post.user_id;
}

const char *turn_channel_id(const turn *t) {
    return t->post.channel_id;
}

int64_t turn_create_at_ms(const turn *t) {
    return t->post.create_at_ms;
}

bool turn_again(const turn *t) {
    return t->post.again;
}

turn *turn_create(turn_world *w, const chat_post *post, chat_post_ticket *ticket, const turn_events *events,
                  void *ctx) {
    turn *t = xcalloc(1, sizeof *t);
    t->world = w;
    t->events = *events;
    t->ctx = ctx;
    t->state = TURN_REMEMBERING;
    t->ticket = ticket;
    t->post = chat_post_dup(post);
    return t;
}

void turn_destroy(turn *t) {
    if (t == NULL)
        return;
    loop_timer_cancel(&t->typing);
    loop_timer_cancel(&t->limit);
    loop_timer_cancel(&t->away);
    inbound_forget(t->inbound);
    if (t->run != NULL)
        gateway_run_cancel(t->run, false);
    delivery_cancel(t->delivery);
    if (t->ticket != NULL)
        chat_post_leave(t->ticket);
    if (t->remembering != NULL)
        t->remembering->turn = NULL;
    chat_post_free(&t->post);
    free(t->place);
    free(t->sender_name);
    free(t->channel_name);
    free(t->text);
    free(t);
}
