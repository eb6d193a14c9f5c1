// SPDX-License-Identifier: Apache-2.0
#include "interactions/commands.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct command_call {
    const command_world *world;
    person person;
    bool approver;
    command_match match;
    command_text_fn *fn;
    void *ctx;
};

static void answer(void *ctx, const char *text) {
    command_call *call = ctx;
    call->fn(call->ctx, text);
    command_match_free(&call->match);
    free(call);
}

// --- what the commands do ---

static void run_help(command_call *call, const char *argument) {
    (void)argument;
    char *text = commands_help(&call->person, call->approver);
    answer(call, text);
    free(text);
}

static void run_pairing_list(command_call *call, const char *argument) {
    (void)argument;
    pairing_desk_list(call->world->pairing, &call->person, answer, call);
}

static void run_pairing_approve(command_call *call, const char *code) {
    pairing_desk_decide_code(call->world->pairing, &call->person, code, true, answer, call);
}

static void run_pairing_deny(command_call *call, const char *code) {
    pairing_desk_decide_code(call->world->pairing, &call->person, code, false, answer, call);
}

static void run_pairing_remove(command_call *call, const char *who) {
    pairing_desk_remove(call->world->pairing, &call->person, who, answer, call);
}

static void run_why(command_call *call, const char *post) {
    why_explain(&call->world->why, post, answer, call);
}

static const command_row TABLE[] = {
    {"help", "", "", "Show what you can do", COMMAND_FOR_EVERYBODY, run_help},
    {"pairing list", "", "", "Show who asks to talk to the bot", COMMAND_FOR_APPROVERS, run_pairing_list},
    {"pairing approve", "<code>", "The code of the request", "Let the person with this code talk to the bot",
     COMMAND_FOR_APPROVERS, run_pairing_approve},
    {"pairing deny", "<code>", "The code of the request", "Turn the request with this code down",
     COMMAND_FOR_APPROVERS, run_pairing_deny},
    {"pairing remove", "<user>", "The user name of somebody who was let in",
     "Take back that somebody was let in", COMMAND_FOR_APPROVERS, run_pairing_remove},
    {"why", "<post>", "The post's link, or its id", "Explain why the bot answered a post or did not",
     COMMAND_FOR_ADMINS, run_why},
};

const command_row *commands_table(size_t *count) {
    *count = sizeof TABLE / sizeof *TABLE;
    return TABLE;
}

// --- giving one ---

static const char REFUSED[] = "You may not use this command. `/openclaw help` shows what you can do.";

static char *usage(const command_match *m) {
    switch (m->verdict) {
    case COMMAND_LACKS_ARGUMENT:
    case COMMAND_TOO_MUCH:
        return xasprintf("Write `/" COMMAND_TRIGGER " %s%s%s`: %s.", m->row->path,
                         *m->row->argument != '\0' ? " " : "", m->row->argument, m->row->help);
    case COMMAND_UNKNOWN:
    case COMMAND_NOT_OURS:
    case COMMAND_FOUND:
        break;
    }
    return xstrdup("There is no such command. `/" COMMAND_TRIGGER " help` shows what you can do.");
}

static void on_person(void *ctx, const person *p) {
    command_call *call = ctx;
    const command_row *row = call->match.row;
    call->person = *p;
    call->approver = pairing_desk_approves_somewhere(call->world->pairing, p);
    if (row != NULL && !commands_may(row, p, call->approver)) {
        log_info("a command was refused", "command", row->path, "user", p->id);
        answer(call, REFUSED);
    } else if (call->match.verdict != COMMAND_FOUND) {
        char *text = usage(&call->match);
        answer(call, text);
        free(text);
    } else {
        log_debug("a command", "command", row->path, "user", p->id);
        row->run(call, call->match.argument);
    }
}

void commands_run(const command_world *w, const char *user_id, const char *text, command_text_fn *fn,
                  void *ctx) {
    command_call *call = xcalloc(1, sizeof *call);
    *call = (command_call){.world = w, .match = commands_find(text), .fn = fn, .ctx = ctx};
    person_look(w->chat, user_id, on_person, call);
}

static void answer_ticket(void *ctx, const char *text) {
    chat_command_answer(ctx, text);
}

void commands_execute(const command_world *w, const chat_command *command, chat_command_ticket *ticket) {
    commands_run(w, command->user_id, command->command, answer_ticket, ticket);
}

void commands_register(chat *c, chat_done_fn *fn, void *ctx) {
    cJSON *autocomplete = commands_autocomplete();
    chat_command_info info = {.trigger = COMMAND_TRIGGER,
                              .display_name = "OpenClaw",
                              .description = "Talk to and look after the OpenClaw bot",
                              .hint = "[command]",
                              .autocomplete = autocomplete};
    chat_register_command(c, &info, fn, ctx);
    cJSON_Delete(autocomplete);
}
