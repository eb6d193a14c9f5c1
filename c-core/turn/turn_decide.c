// SPDX-License-Identifier: Apache-2.0
// REMEMBERING and DECIDING: whether the account answers, and in which conversation.
#include "turn/turn_private.h"

#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"
#include "inbound/stop_words.h"
#include "interactions/commands.h"
#include "turn/prompt.h"

#include <stdlib.h>
#include <string.h>

enum {
    FACTS_TRIES_MAX = 8,            // of looking up sender and channel, each up to 10 s
    FACTS_PAUSE_MS = 500,           // before the first repetition, then twice as long each time
    HINT_EVERY_MS = 60 * 60 * 1000, // to a person in a channel
};

// --- DECIDING ---

static void decide(void *ctx);

// The bot was called where it is no member, by somebody who may use it.
static void hint(turn *t) {
    char *who = xasprintf("%s %s %s", t->post.user_id, t->post.channel_id, t->account->id);
    bool first = lately_is_first(t->world->hints, who, HINT_EVERY_MS, loop_now_ms(t->world->loop));
    free(who);
    if (!first)
        return;
    char *sentence = words_fill(chat_lang(t->world->chat, t->post.user_id), WORD_TURN_NOT_MEMBER, "bot",
                                t->account->bot_username, NULL);
    chat_post post = {.channel_id = t->post.channel_id, .root_id = t->post.root_id, .message = sentence};
    chat_send_ephemeral(t->world->chat, t->post.user_id, &post, NULL, NULL);
    free(sentence);
}

// Where what the bot says will stand.
static void find_place(turn *t, const inbound_result *result) {
    t->kind = chat_kind_of((const char[]){result->channel_type, '\0'});
    t->reply_mode = session_reply_mode(t->account->config, t->kind);
}

// --- the sender is sent to pairing ---

static void on_asked(void *ctx, bool let_in, const char *text) {
    asking *a = ctx;
    turn *t = a->turn;
    free(a);
    if (t == NULL)
        return;
    t->asking = NULL;
    if (let_in && !t->let_in) {
        t->let_in = true;
        decide(t);
    } else {
        char *said = text != NULL ? words_in(chat_lang(t->world->chat, t->post.user_id), text) : NULL;
        turn_refuse(t, said, REASON_PAIRING);
        free(said);
    }
}

static void ask_for_pairing(turn *t, const inbound_result *result) {
    if (t->world->pairing == NULL) {
        turn_finish(t, REASON_PAIRING);
        return;
    }
    find_place(t, result);
    asking *a = xmalloc(sizeof *a);
    a->turn = t;
    t->asking = a;
    pairing_desk_ask(t->world->pairing, t->account, &t->post, result->sender_name, on_asked, a);
}

// The post asked for pairing, and an earlier process has died before that was written down; meanwhile its sender was let
// in. What answers it is the turn that the pairing desk releases: answering here as well would be twice.
static bool was_released(const turn *t) {
    if (!t->post.again || t->world->paired == NULL)
        return false;
    char *id = account_turn_id(t->account, t->post.id);
    bool released =
        strcmp(t->id, id) == 0 && pairings_let_in_by(t->world->paired, t->account->id, t->post.id);
    free(id);
    return released;
}

// --- it is to be answered ---

static void forget_what_was_decided(turn *t) {
    free(t->sender);
    free(t->username);
    free(t->channel_name);
    free(t->text);
    free(t->place);
    cJSON_Delete(t->sender_profile);
    context_free(t->context);
    t->context = NULL;
}

static void note_decided(turn *t, const inbound_result *result) {
    const account_config *rules = t->account->config;
    unsigned people = rules != NULL ? rules->people_info : PEOPLE_USERNAME;
    forget_what_was_decided(t);
    find_place(t, result);
    t->channel_type = result->channel_type;
    t->channel_name = xstrdup(result->channel_name);
    t->text = xstrdup(result->text);
    t->username = xstrdup(result->sender_name);
    t->by_person = result->sender != NULL && !result->sender->is_bot;
    t->sender = prompt_name(people, result->sender_name, t->post.user_id);
    t->sender_profile = result->sender != NULL ? prompt_profile(people, result->sender) : NULL;
    t->place = turn_session_key(t, turn_agent(t));
}

static void on_context(void *ctx, context *c) {
    turn *t = ctx;
    t->context_query = NULL;
    t->context = c;
    turn_move(t, TURN_QUEUED);
    turn_note(t, RECORD_TAKEN, 0);
    t->events.admitted(t->ctx, t);
}

static void admit(turn *t, const inbound_result *result) {
    note_decided(t, result);
    turn_show_typing(t);
    const context_request request = {.account = t->account, .post = &t->post, .kind = t->kind};
    t->context_query = context_gather(t->world->loop, t->world->chat, &request, on_context, t);
}

static void run_command(turn *t, const inbound_result *result) {
    find_place(t, result);
    turn_run_command(t, result->text);
}

static void remember_for_later(turn *t, const inbound_result *result) {
    note_decided(t, result);
    char *line = xasprintf("%s %s", t->sender, t->text);
    pending_lines_add(t->world->pending, t->place, line);
    free(line);
    turn_end_silently(t, REASON_REACTION);
}

static void run_stop(turn *t, const inbound_result *result) {
    note_decided(t, result);
    turn_run_stop(t, result->addressed);
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
    if (d->verdict == ACCESS_ANSWER) {
        if (was_released(t))
            turn_end_silently(t, REASON_PAIRING);
        else if (t->quiet)
            remember_for_later(t, result);
        else if (stop_words_say(result->text))
            run_stop(t, result);
        else if (result->command != ACCESS_NO_COMMAND)
            run_command(t, result);
        else
            admit(t, result);
        return;
    }
    if (d->verdict == ACCESS_PAIRING) {
        ask_for_pairing(t, result);
        return;
    }
    log_debug("a post is not answered", "turn", t->id, "reason", outcome_reason_name(d->reason));
    if (d->verdict == ACCESS_HINT)
        hint(t);
    turn_end_silently(t, d->reason);
}

// Without a table of commands.
static access_command stop_class(const char *text) {
    return stop_words_say(text) ? ACCESS_ORDINARY : ACCESS_NO_COMMAND;
}

static inbound_sources sources_of(const turn *t) {
    return (inbound_sources){.chat = t->world->chat,
                             .paired = t->world->paired,
                             .threads = t->world->threads,
                             .found_addressed = t->begun, // what stands of its answer must not be taken away
                             .command = t->world->commands != NULL ? turn_command_class : stop_class};
}

// The answer to an earlier question is not heard any more. It may begin another one before this returns.
static void ask_again(turn *t, inbound_fn *fn) {
    inbound_forget(t->inbound);
    t->inbound = NULL;
    const inbound_sources sources = sources_of(t);
    inbound *asked = inbound_decide(&sources, t->account, &t->post, t->event, fn, t);
    if (asked != NULL)
        t->inbound = asked;
}

static void decide(void *ctx) {
    turn *t = ctx;
    turn_move(t, TURN_DECIDING);
    ask_again(t, on_decided);
}

// --- edits and deletions ---

// What people see of the post now is what the agent gets; where it stands and who asked stays.
static void on_revised(void *ctx, const inbound_result *result) {
    turn *t = ctx;
    t->inbound = NULL;
    if (result->decision->verdict != ACCESS_ANSWER && !result->passing) {
        turn_drop(t, result->decision->reason);
        return;
    }
    free(t->text);
    t->text = xstrdup(result->text);
}

void turn_revise(turn *t, const chat_post *now) {
    if (t->event == ACCESS_REACTION || t->event == ACCESS_CLICK) // the post is not what it says
        return;
    chat_post old = t->post;
    t->post = chat_post_dup(now);
    chat_post_free(&old);
    if (t->state == TURN_QUEUED || t->state == TURN_WAITING || t->state == TURN_READING)
        ask_again(t, on_revised);
    else if (t->state == TURN_DECIDING && t->asking == NULL) {
        context_forget(t->context_query);
        t->context_query = NULL;
        inbound_forget(t->inbound);
        t->inbound = NULL;
        decide(t);
    }
}

void turn_drop(turn *t, outcome_reason reason) {
    if (t->state >= TURN_DELIVERING)
        return;
    turn_forget_questions(t);
    context_forget(t->context_query);
    t->context_query = NULL;
    inbound_forget(t->inbound);
    t->inbound = NULL;
    if (t->run != NULL)
        gateway_run_cancel(t->run, true);
    t->run = NULL;
    attachments_read_cancel(t->reading);
    t->reading = NULL;
    media_cancel(t->media);
    t->media = NULL;
    turn_end_silently(t, reason);
}

// --- REMEMBERING ---

// The journal cannot be told that nobody waits any more: the turn is found again, or not, through this.
struct remembering {
    turn *turn; // NULL: it was destroyed meanwhile
};

static turn *who_asked(remembering *m) {
    turn *t = m->turn;
    free(m);
    if (t != NULL)
        t->remembering = NULL;
    return t;
}

// What cannot be read is as good as unknown: run and posts are looked for all the same.
static void on_record(void *ctx, const record *r, bool readable) {
    turn *t = who_asked(ctx);
    (void)readable;
    if (t == NULL)
        return;
    t->begun = r != NULL;
    if (r != NULL && r->state == RECORD_CLOSED)
        turn_finish(t, REASON_DUPLICATE);
    else
        decide(t);
}

void turn_forget_questions(turn *t) {
    if (t->remembering != NULL)
        t->remembering->turn = NULL;
    if (t->asking != NULL)
        t->asking->turn = NULL;
    t->remembering = NULL; // now they belong to whoever answers
    t->asking = NULL;
}

static void remember(turn *t, const char *id, journal_found_fn *fn) {
    remembering *m = xmalloc(sizeof *m);
    m->turn = t;
    t->remembering = m;
    journal_find(t->world->journal, (const char *const *)t->world->nodes, id, t->post.create_at_ms, fn, m);
}

// An edit: the post before it may have been answered or refused.
static void on_earlier_record(void *ctx, const record *r, bool readable) {
    turn *t = who_asked(ctx);
    (void)readable;
    if (t == NULL)
        return;
    if (r != NULL)
        turn_finish(t, REASON_DUPLICATE);
    else
        remember(t, t->id, on_record);
}

// A post that was changed: the edit may have had a turn of its own, whose outcome is the post's.
static void on_edit_record(void *ctx, const record *r, bool readable) {
    turn *t = who_asked(ctx);
    (void)readable;
    if (t == NULL)
        return;
    if (r != NULL && r->state == RECORD_CLOSED)
        turn_finish(t, REASON_DUPLICATE);
    else
        remember(t, t->id, on_record);
}

void turn_decide(turn *t) {
    if (!t->post.again && t->event != ACCESS_EDIT) {
        decide(t);
        return;
    }
    turn_move(t, TURN_REMEMBERING);
    if (t->event == ACCESS_EDIT) {
        char *id = account_turn_id(t->account, t->post.id);
        remember(t, id, on_earlier_record);
        free(id);
    } else if (t->event == ACCESS_POST && t->post.edit_at_ms > 0) {
        char *id = account_turn_id(t->account, t->post.id), *edit = xasprintf("%s.edit", id);
        remember(t, edit, on_edit_record);
        free(edit);
        free(id);
    } else {
        remember(t, t->id, on_record);
    }
}
