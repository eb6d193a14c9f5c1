// SPDX-License-Identifier: Apache-2.0
// The way of a command from its text to its answer: who is it, where is it, may they, run.
#include "interactions/commands.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "chat/audit.h"
#include "interactions/command_gateway.h"

#include <stdlib.h>
#include <string.h>

typedef struct engine {
    command_call call; // the first one: known by it
    command_match match;
    char *channel_id, *root_id, *team_id, *trigger_id;
    char *text; // of an answer that waits for the post for everybody
    bool late;  // the person was told to wait: what follows is a message of its own
    command_text_fn *fn;
    void *ctx;
} engine;

// --- answering ---

static void tell_late(const engine *e, const command_reply *reply) {
    const bot_place *p = e->call.place;
    if (*reply->text != '\0')
        chat_send_ephemeral(e->call.world->chat, e->call.person.id,
                            &(chat_post){.user_id = p != NULL ? p->account->bot_user_id : "",
                                         .channel_id = e->channel_id,
                                         .root_id = e->root_id,
                                         .message = reply->text,
                                         .props = reply->props},
                            NULL, NULL);
}

static void end(engine *e, const command_reply *reply) {
    char *text = words_in(e->call.person.lang, reply->text);
    const command_reply read = {.text = text, .props = reply->props, .everybody = reply->everybody};
    if (e->late)
        tell_late(e, &read);
    else
        e->fn(e->ctx, &read);
    free(text);
    place_free(e->call.place);
    command_match_free(&e->match);
    free(e->channel_id);
    free(e->root_id);
    free(e->team_id);
    free(e->trigger_id);
    free(e->text);
    free(e);
}

static void on_told_everybody(void *ctx, const chat_error *error, const chat_post *post) {
    engine *e = ctx;
    (void)post;
    if (error->err != OC_OK)
        log_warn("what a command did could not be told to the channel", "channel_id", e->channel_id, "error",
                 error->message);
    end(e, &(command_reply){.text = e->text});
}

static void tell_everybody(engine *e, const command_reply *reply) {
    e->text = xstrdup(reply->text);
    char *everybody = words_in(command_changed_lang(&e->call), reply->everybody);
    chat_create_post(e->call.world->chat,
                     &(chat_post){.user_id = e->call.place->account->bot_user_id,
                                  .channel_id = e->channel_id,
                                  .root_id = e->root_id,
                                  .message = everybody},
                     on_told_everybody, e);
    free(everybody);
}

void command_answer_with(command_call *call, const command_reply *reply) {
    engine *e = call->engine;
    // What changes something is told to everybody there.
    if (reply->everybody != NULL)
        audit(call->world->chat, AUDIT_COMMAND, call->person.id, "", "command", call->row->path, "channel",
              e->channel_id);
    if (reply->everybody != NULL && call->place != NULL)
        tell_everybody(e, reply);
    else
        end(e, reply);
}

void command_wait(command_call *call, const char *text) {
    engine *e = call->engine;
    char *said = words_in(call->person.lang, text);
    if (!e->late)
        e->fn(e->ctx, &(command_reply){.text = said});
    e->late = true;
    free(said);
}

void command_answer(command_call *call, const char *text) {
    command_answer_with(call, &(command_reply){.text = text});
}

void command_answer_word(command_call *call, words_key key) {
    command_answer(call, words_text(call->person.lang, key));
}

// --- may they ---

static char *usage_of(words_lang lang, const command_row *row) {
    char *command =
        xasprintf("/" COMMAND_TRIGGER " %s%s%s", row->path, *row->argument != '\0' ? " " : "", row->argument);
    char *text =
        words_fill(lang, WORD_COMMAND_USAGE, "command", command, "help", words_text(lang, row->help), NULL);
    free(command);
    return text;
}

static char *usage(words_lang lang, const command_match *m) {
    switch (m->verdict) {
    case COMMAND_LACKS_ARGUMENT:
    case COMMAND_TOO_MUCH:
        return usage_of(lang, m->row);
    case COMMAND_UNKNOWN:
    case COMMAND_NOT_OURS:
    case COMMAND_FOUND:
        break;
    }
    return xstrdup(words_text(lang, WORD_COMMAND_UNKNOWN));
}

static void run(engine *e) {
    command_call *call = &e->call;
    if (e->match.verdict != COMMAND_FOUND) {
        char *text = usage(call->person.lang, &e->match);
        command_answer(call, text);
        free(text);
        return;
    }
    log_debug("a command", "command", call->row->path, "user", call->person.id);
    metric_count(METRIC_COMMANDS, call->row->path, 1);
    call->row->run(call);
}

static void refuse(engine *e, const char *sentence) {
    audit(e->call.world->chat, AUDIT_COMMAND, e->call.person.id, "refused", "command", e->call.row->path,
          "channel", e->channel_id);
    command_answer(&e->call, sentence);
}

static void on_place(void *ctx, place_verdict verdict, bot_place *p) {
    engine *e = ctx;
    const command_row *row = e->call.row;
    e->call.place = p;
    if (p != NULL && p->allowed)
        e->call.roles |= COMMAND_FOR_TALKERS | (p->owner ? COMMAND_FOR_OWNERS : 0);
    if (commands_may(row, e->call.roles))
        run(e);
    else
        refuse(e, p == NULL || !p->allowed ? place_sentence(e->call.person.lang, verdict, p)
                                           : words_text(e->call.person.lang, WORD_COMMAND_REFUSED));
}

static void on_person(void *ctx, const person *p) {
    engine *e = ctx;
    const command_row *row = e->match.row;
    const command_world *w = e->call.world;
    e->call.person = *p;
    if (p->human)
        e->call.roles = COMMAND_FOR_EVERYBODY | (p->admin ? COMMAND_FOR_ADMINS : 0) |
                        (pairing_desk_approves_somewhere(w->pairing, p) ? COMMAND_FOR_APPROVERS : 0);
    if (row != NULL && p->human && row->placed) {
        const place_request where = {
            .user_id = p->id, .channel_id = e->channel_id, .root_id = e->root_id, .bot = e->match.bot};
        place_find(&w->place, &where, on_place, e);
    } else if (row != NULL && !commands_may(row, e->call.roles)) {
        refuse(e, words_text(p->lang, WORD_COMMAND_REFUSED));
    } else {
        run(e);
    }
}

void commands_run(const command_world *w, const chat_command *c, command_text_fn *fn, void *ctx) {
    engine *e = xcalloc(1, sizeof *e);
    *e = (engine){.match = commands_find(c->command),
                  .channel_id = xstrdup(c->channel_id),
                  .root_id = xstrdup(c->root_id),
                  .team_id = xstrdup(c->team_id),
                  .trigger_id = xstrdup(c->trigger_id),
                  .fn = fn,
                  .ctx = ctx};
    e->call = (command_call){.world = w,
                             .row = e->match.row,
                             .argument = e->match.argument,
                             .channel_id = e->channel_id,
                             .root_id = e->root_id,
                             .team_id = e->team_id,
                             .trigger_id = e->trigger_id,
                             .engine = e};
    person_look(w->chat, c->user_id, on_person, e);
}

// --- slash commands ---

static void answer_ticket(void *ctx, const command_reply *reply) {
    const chat_command_result result = {.text = reply->text, .props = reply->props};
    chat_command_reply(ctx, &result);
}

void commands_execute(const command_world *w, const chat_command *command, chat_command_ticket *ticket) {
    commands_run(w, command, answer_ticket, ticket);
}

void commands_register(chat *c, chat_done_fn *fn, void *ctx) {
    words_lang lang = chat_server_lang(c);
    cJSON *autocomplete = commands_autocomplete(lang);
    chat_command_info info = {.trigger = COMMAND_TRIGGER,
                              .display_name = "OpenClaw",
                              .description = words_text(lang, WORD_COMMAND_DESCRIPTION),
                              .hint = "[command]",
                              .autocomplete = autocomplete};
    chat_register_command(c, &info, fn, ctx);
    cJSON_Delete(autocomplete);
}
