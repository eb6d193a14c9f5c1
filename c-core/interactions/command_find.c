// SPDX-License-Identifier: Apache-2.0
// Looking up people and channels: their ids stand in settings (allowFrom, groups …) and are what the agent is told to write to.
#include "base/buf.h"
#include "base/mem.h"
#include "chat/views.h"
#include "interactions/commands.h"
#include "outbound/directory.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10, TEXT_MAX_BYTES = 16384 };

typedef struct finding {
    command_call *call;
    char *text, *bot_user_id;
    buf out;
    bool fits; // in what an answer may hold
} finding;

static void end(finding *f, const char *text) {
    command_answer(f->call, text);
    buf_free(&f->out);
    free(f->text);
    free(f->bot_user_id);
    free(f);
}

static void ask(finding *f, directory_kind kind, directory_fn *fn) {
    const directory_query query = {.kind = kind,
                                   .text = f->text,
                                   .team = "",
                                   .bot_user_id = f->bot_user_id,
                                   .viewer_id = f->call->person.id,
                                   .limit = SHOWN};
    directory_find(f->call->world->chat, &query, fn, f);
}

// Names come from people: as code they are shown as they are and mention nobody. Mattermost's names of users and addresses hold no
// backticks; display names may.
static void add_code(finding *f, const char *text) {
    f->fits = f->fits && buf_append_byte(&f->out, '`') == OC_OK;
    for (; *text != '\0' && f->fits; text++)
        f->fits = buf_append_byte(&f->out, *text == '`' || *text == '\n' ? ' ' : (uint8_t)*text) == OC_OK;
    f->fits = f->fits && buf_append_byte(&f->out, '`') == OC_OK;
}

static void add(finding *f, const char *text) {
    f->fits = f->fits && buf_append_str(&f->out, text) == OC_OK;
}

static void add_entry(finding *f, const directory_entry *e) {
    char *name = *e->team != '\0' ? xasprintf("%s/#%s", e->team, e->name) : xasprintf("@%s", e->name);
    add(f, "\n* ");
    add_code(f, name);
    if (*e->display != '\0') {
        add(f, " ");
        add_code(f, e->display);
    }
    if (e->is_bot || e->type == 'P') {
        add(f, " ");
        add(f, words_text(f->call->person.lang, e->is_bot ? WORD_FIND_BOT : WORD_FIND_PRIVATE));
    }
    add(f, ": ");
    add_code(f, e->target);
    free(name);
}

static void add_entries(finding *f, const directory_entry *entries, size_t count, bool more) {
    for (size_t i = 0; i < count; i++)
        add_entry(f, &entries[i]);
    if (more) {
        add(f, "\n* ");
        add(f, words_text(f->call->person.lang, WORD_FIND_MORE));
    }
}

static void show(finding *f) {
    if (f->out.len == 0) {
        add(f, "\n");
        add(f, words_text(f->call->person.lang, WORD_FIND_NOBODY));
    }
    char *text = buf_take_str(&f->out);
    end(f, text + 1); // each line begins with its line end
    free(text);
}

static void on_channels(void *ctx, oc_err err, const char *sentence, const directory_entry *entries,
                        size_t count, bool more) {
    finding *f = ctx;
    if (err != OC_OK) {
        end(f, sentence);
        return;
    }
    add_entries(f, entries, count, more);
    show(f);
}

static void on_users(void *ctx, oc_err err, const char *sentence, const directory_entry *entries,
                     size_t count, bool more) {
    finding *f = ctx;
    if (err != OC_OK) {
        end(f, sentence);
        return;
    }
    add_entries(f, entries, count, more);
    if (*f->text == '@')
        show(f);
    else
        ask(f, DIRECTORY_CHANNELS, on_channels);
}

// The bot of the place; where there is none, the first one.
static const account *bot_of(const command_call *call) {
    const place_world *places = &call->world->place;
    return call->place != NULL ? call->place->account : places->account(places->ctx, 0);
}

static void run_find(command_call *call) {
    const account *bot = bot_of(call);
    if (bot == NULL) {
        command_answer_word(call, WORD_FIND_NO_BOT);
        return;
    }
    finding *f = xcalloc(1, sizeof *f);
    *f = (finding){.call = call,
                   .text = xstrdup(call->argument),
                   .bot_user_id = xstrdup(bot->bot_user_id),
                   .fits = true};
    buf_init(&f->out, TEXT_MAX_BYTES);
    if (*f->text == '#' || *f->text == '~')
        ask(f, DIRECTORY_CHANNELS, on_channels);
    else
        ask(f, DIRECTORY_USERS, on_users);
}

static const command_row ROWS[] = {
    {.path = "find",
     .argument = "<name>",
     .argument_help = WORD_COMMAND_FIND_ARGUMENT,
     .help = WORD_COMMAND_FIND,
     .right = COMMAND_FOR_TALKERS | COMMAND_FOR_ADMINS,
     .placed = true,
     .run = run_find},
};
const command_rows command_rows_find = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
