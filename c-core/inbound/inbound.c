// SPDX-License-Identifier: Apache-2.0
// In what order: the post itself; its channel; whether the bot takes part in its thread, where that would make a difference;
// membership and sender at once; for a bot how often it was answered; for a stranger whether pairing let them in. It ends as
// soon as the rest can make no difference.
#include "inbound/inbound.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/views.h"
#include "inbound/bot_hops.h"
#include "inbound/post_facts.h"
#include "inbound/post_text.h"
#include "inbound/trigger.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct inbound {
    inbound_sources sources;
    const account *account; // not to be looked at once it is forgotten
    inbound_fn *fn;         // NULL: forgotten
    void *ctx;
    chat_post post;     // its strings and JSON are ours
    access_facts facts; // their texts are those of the post and the ones below
    char channel_type;
    char *bot_user_id, *text, *channel_name;
    cJSON *sender; // NULL: unknown
    int open;      // of the look-ups that go on at once
    bool running;  // inbound_decide has not returned yet
    bool done;     // the result has been told
    bool passing;  // a look-up failed, and not because there is no such thing
};

static void destroy(inbound *i) {
    chat_post_free(&i->post);
    free(i->bot_user_id);
    free(i->text);
    free(i->channel_name);
    cJSON_Delete(i->sender);
    free(i);
}

void inbound_forget(inbound *i) {
    if (i != NULL)
        i->fn = NULL;
}

static const account_config *rules_of(const inbound *i) {
    return i->fn != NULL ? i->account->config : NULL;
}

// A command may be answered all the same, when somebody gives it who may.
static bool is_addressed(const inbound *i) {
    const access_facts *f = &i->facts;
    return f->kind == CHAT_DIRECT || f->mentioned || f->by_pattern || f->prefixed || f->participant ||
           f->found_addressed || !trigger_required(rules_of(i), i->post.channel_id);
}

static void finish(inbound *i, const access_decision *decision) {
    const chat_user sender = chat_user_view(i->sender);
    const account_config *rules = rules_of(i);
    inbound_result result = {
        .command = rules != NULL && rules->text_commands ? i->facts.command : ACCESS_NO_COMMAND,
        .decision = decision,
        .passing = i->passing && decision->verdict != ACCESS_ANSWER,
        .channel_type = i->channel_type,
        .channel_name = i->channel_name,
        .sender_name = sender.username,
        .sender = i->sender != NULL ? &sender : NULL,
        .addressed = is_addressed(i),
        .text = i->text,
    };
    i->done = true;
    if (i->fn != NULL)
        i->fn(i->ctx, &result);
    if (!i->running)
        destroy(i);
}

// What failed is perhaps there when it is asked again.
static void note_failure(inbound *i, const chat_error *error, const char *what) {
    i->passing = i->passing || error->err != OC_ENOTFOUND;
    log_warn("a fact about a post could not be looked up", "post_id", i->post.id, "fact", what, "error",
             error->message);
}

// --- the last questions: pairing, and bots that answer bots ---

static void conclude(inbound *i) {
    access_decision d = access_decide(&i->facts, rules_of(i));
    finish(i, &d);
}

static void on_paired(void *ctx, oc_err err, bool approved) {
    inbound *i = ctx;
    i->passing = i->passing || err != OC_OK; // who was let in must not be sent away for that
    i->facts.paired = approved;
    conclude(i);
}

static void on_talk(void *ctx, const chat_error *error, const cJSON *post_list) {
    inbound *i = ctx;
    if (error->err != OC_OK) {
        note_failure(i, error, "what bots said before");
        i->facts.bot_hops = INT_MAX;
    } else {
        i->facts.bot_hops = bot_hops_count(post_list, &i->post, i->bot_user_id);
    }
    conclude(i);
}

static void ask_talk(inbound *i) {
    if (*i->post.root_id != '\0')
        chat_get_thread(i->sources.chat, i->post.root_id, on_talk, i);
    else
        chat_get_posts_before(i->sources.chat, i->post.channel_id, i->post.id, BOT_HOPS_POSTS, on_talk, i);
}

static void decide(inbound *i) {
    access_decision d = access_decide(&i->facts, rules_of(i));
    bool asks = d.verdict == ACCESS_PAIRING || d.reason == REASON_EVENT_NO_PAIRING;
    if (asks && i->sources.paired != NULL && i->fn != NULL)
        pairings_is_approved(i->sources.paired, i->account->id, i->post.user_id, on_paired, i);
    else if (i->facts.sender_is_bot && d.verdict == ACCESS_ANSWER)
        ask_talk(i);
    else
        finish(i, &d);
}

// --- membership and sender ---

static void arrived(inbound *i) {
    if (--i->open == 0)
        decide(i);
}

static void on_user(void *ctx, const chat_error *error, const chat_user *user) {
    inbound *i = ctx;
    access_facts *f = &i->facts;
    if (error->err != OC_OK) {
        note_failure(i, error, "sender");
    } else {
        i->sender = chat_user_to_json(user);
        f->sender_name = json_text(i->sender, "username");
        f->sender_known = *user->username != '\0';
        f->sender_deactivated = user->delete_at_ms != 0;
        f->sender_is_bot = user->is_bot;
        f->sender_is_guest = strstr(user->roles, "system_guest") != NULL;
    }
    arrived(i);
}

static void ask_user(inbound *i) {
    i->open++;
    chat_get_user(i->sources.chat, i->post.user_id, on_user, i);
}

static void on_member(void *ctx, const chat_error *error, bool member) {
    inbound *i = ctx;
    i->facts.bot_is_member = error->err == OC_OK && member;
    if (error->err != OC_OK) {
        note_failure(i, error, "the bot's membership");
        i->passing = true;
        i->facts.channel_known = false;
    }
    // Of other people's direct channels not even the sender need be known.
    if (i->facts.kind == CHAT_DIRECT && i->facts.bot_is_member)
        ask_user(i);
    arrived(i);
}

static void ask_people(inbound *i) {
    i->open = 2; // the membership, and a hand of our own until all is asked
    if (i->facts.kind != CHAT_DIRECT)
        ask_user(i);
    chat_is_member(i->sources.chat, i->post.channel_id, i->bot_user_id, on_member, i);
    arrived(i);
}

// --- channel and thread ---

static void on_thread(void *ctx, bool takes_part, bool readable) {
    inbound *i = ctx;
    access_decision d;
    i->facts.participant = takes_part;
    i->passing = i->passing || !readable;
    if (access_settled(&i->facts, rules_of(i), &d))
        finish(i, &d);
    else
        ask_people(i);
}

// Whether it counts if the bot takes part in the thread.
static bool thread_counts(const inbound *i) {
    const account_config *rules = rules_of(i);
    return rules != NULL && rules->thread_participation && i->sources.threads != NULL &&
           *i->post.root_id != '\0' && i->facts.kind != CHAT_DIRECT;
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    inbound *i = ctx;
    access_decision d;
    if (error->err != OC_OK) {
        note_failure(i, error, "channel");
        conclude(i);
        return;
    }
    i->channel_type = channel->type;
    i->facts.channel_known = true;
    i->facts.kind = chat_kind_of((const char[]){channel->type, '\0'});
    free(i->channel_name);
    i->channel_name = xstrdup(channel->name);
    if (!access_settled(&i->facts, rules_of(i), &d))
        ask_people(i);
    else if (thread_counts(i))
        participation_ask(i->sources.threads, i->account->id, i->post.root_id, on_thread, i);
    else
        finish(i, &d);
}

// --- the post itself ---

static void read_post(inbound *i) {
    char *said = post_text(&i->post);
    trigger t = trigger_read(said, i->account->bot_username, rules_of(i));
    post_facts_read(&i->post, i->bot_user_id, &i->facts);
    i->facts.mentioned = t.mentioned;
    i->facts.by_pattern = t.by_pattern;
    i->facts.prefixed = t.prefixed;
    i->facts.has_body = t.has_body || cJSON_GetArraySize(i->post.file_ids) > 0;
    if (i->sources.command != NULL && !post_is_me(&i->post))
        i->facts.command = i->sources.command(t.body);
    i->facts.channel_id = i->post.channel_id;
    i->facts.sender_name = "";
    i->text = post_is_me(&i->post) ? xasprintf("*%s*", t.body) : xstrdup(t.body); // as people see it
    trigger_free(&t);
    free(said);
}

inbound *inbound_decide(const inbound_sources *s, const account *a, const chat_post *post, access_event event,
                        inbound_fn *fn, void *ctx) {
    inbound *i = xcalloc(1, sizeof *i);
    access_decision d;
    *i = (inbound){.sources = *s, .account = a, .fn = fn, .ctx = ctx, .running = true};
    i->post = chat_post_dup(post);
    i->facts.event = event;
    i->facts.found_addressed = s->found_addressed;
    i->bot_user_id = xstrdup(a->bot_user_id);
    i->channel_name = xstrdup("");
    read_post(i);
    if (access_settled(&i->facts, rules_of(i), &d))
        finish(i, &d);
    else
        chat_get_channel(s->chat, i->post.channel_id, on_channel, i);
    i->running = false;
    if (!i->done)
        return i;
    destroy(i);
    return NULL;
}
