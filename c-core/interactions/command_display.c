// SPDX-License-Identifier: Apache-2.0
// Settings of ours for a conversation (store/talk_settings.h): what growing answers show, how messages queue. The gateway is not
// asked: its own verbose and reasoning levels want an administrator's rights and change little on our way, and the agent RPC takes
// messages one after another whatever its queue mode is (gateway-protocol notes §10).
#include "base/buf.h"
#include "base/mem.h"
#include "base/parse.h"
#include "interactions/command_gateway.h"
#include "store/talk_settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 6, WORD_MAX_BYTES = 40 };

typedef struct changing {
    command_call *call;
    words_key you, by; // what command_changed says then
    char *value;
} changing;

static void on_changed(void *ctx, bool stored) {
    changing *c = ctx;
    if (stored)
        command_changed(c->call, c->you, c->by, c->value);
    else
        command_answer_word(c->call, WORD_DISPLAY_NOT_STORED);
    free(c->value);
    free(c);
}

static talk_setting now_of(const command_call *call) {
    char *conversation = place_conversation(call->place);
    talk_setting s = talk_settings_get(call->world->talk, call->place->account->id, conversation);
    free(conversation);
    return s;
}

static talk_setting own_of(const command_call *call) {
    char *conversation = place_conversation(call->place);
    talk_setting s = talk_settings_own(call->world->talk, call->place->account->id, conversation);
    free(conversation);
    return s;
}

// said->value is taken.
static void change(command_call *call, const talk_setting *s, const changing *said) {
    changing *c = xmalloc(sizeof *c);
    char *conversation = place_conversation(call->place);
    *c = *said;
    c->call = call;
    talk_settings_put(call->world->talk, call->place->account->id, conversation, s, on_changed, c);
    free(conversation);
}

static void answer_taken(command_call *call, char *text) {
    command_answer(call, text);
    free(text);
}

// --- verbose ---

static words_key verbose_means(talk_verbose v) {
    switch (v) {
    case TALK_VERBOSE_OFF:
        return WORD_DISPLAY_VERBOSE_OFF;
    case TALK_VERBOSE_ON:
        return WORD_DISPLAY_VERBOSE_ON;
    case TALK_VERBOSE_FULL:
        return WORD_DISPLAY_VERBOSE_FULL;
    case TALK_VERBOSE_UNSET:
        break;
    }
    return WORD_DISPLAY_VERBOSE_UNSET;
}

// Where no answer grows there is nothing to show it in: front and a sentence about that, else front alone. The caller frees it.
static char *unless_off(const command_call *call, const char *front) {
    const account_config *rules = call->place->account->config;
    if (rules == NULL || rules->streaming.mode != STREAMING_OFF)
        return xstrdup(front);
    return xasprintf("%s %s", front, words_text(call->person.lang, WORD_DISPLAY_NOT_GROWING));
}

static void run_verbose(command_call *call) {
    talk_setting s = now_of(call);
    words_lang lang = call->person.lang;
    if (*call->argument == '\0') {
        const char *name = talk_verbose_name(s.verbose);
        char *note = unless_off(call, "");
        answer_taken(call,
                     words_fill(lang, WORD_DISPLAY_VERBOSE_IS, "value", name != NULL ? name : "default",
                                "means", words_text(lang, verbose_means(s.verbose)), "note", note, NULL));
        free(note);
        return;
    }
    int found =
        strcasecmp(call->argument, "default") == 0 ? TALK_VERBOSE_UNSET : talk_verbose_find(call->argument);
    if (found < 0) {
        command_answer_word(call, WORD_DISPLAY_VERBOSE_VALUES);
        return;
    }
    s = own_of(call);
    s.verbose = (talk_verbose)found;
    change(call, &s,
           &(changing){.you = WORD_DISPLAY_VERBOSE_CHANGED_YOU,
                       .by = WORD_DISPLAY_VERBOSE_CHANGED_BY,
                       .value = xstrdup(words_text(command_changed_lang(call), verbose_means(s.verbose)))});
}

// --- reasoning ---

static void show_reasoning(command_call *call, bool on) {
    words_lang lang = call->person.lang;
    char *note = unless_off(call, words_text(lang, WORD_DISPLAY_REASONING_NOTE));
    answer_taken(call, words_fill(lang, on ? WORD_DISPLAY_REASONING_IS_ON : WORD_DISPLAY_REASONING_IS_OFF,
                                  "note", note, NULL));
    free(note);
}

static void run_reasoning(command_call *call) {
    talk_setting s = now_of(call);
    words_lang lang = call->person.lang;
    bool on = strcasecmp(call->argument, "on") == 0, off = strcasecmp(call->argument, "off") == 0;
    if (*call->argument == '\0') {
        show_reasoning(call, s.reasoning == TALK_REASONING_ON);
        return;
    }
    if (!on && !off && strcasecmp(call->argument, "default") != 0) {
        answer_taken(call, words_fill(lang, WORD_DISPLAY_REASONING_VALUES, "note",
                                      words_text(lang, WORD_DISPLAY_REASONING_NOTE), NULL));
        return;
    }
    s = own_of(call);
    s.reasoning = on ? TALK_REASONING_ON : off ? TALK_REASONING_OFF : TALK_REASONING_UNSET;
    change(
        call, &s,
        &(changing){.you = on ? WORD_DISPLAY_REASONING_ON_YOU : WORD_DISPLAY_REASONING_OFF_YOU,
                    .by = on ? WORD_DISPLAY_REASONING_ON_BY : WORD_DISPLAY_REASONING_OFF_BY,
                    .value = xstrdup(words_text(command_changed_lang(call), WORD_DISPLAY_REASONING_NOTE))});
}

// --- queue ---

static words_key queue_means(talk_queue q) {
    switch (q) {
    case TALK_QUEUE_COLLECT:
        return WORD_DISPLAY_QUEUE_COLLECT;
    case TALK_QUEUE_INTERRUPT:
        return WORD_DISPLAY_QUEUE_INTERRUPT;
    case TALK_QUEUE_FOLLOWUP:
    case TALK_QUEUE_UNSET:
        break;
    }
    return WORD_DISPLAY_QUEUE_FOLLOWUP;
}

static bool debounce_of(const char *text, int64_t *out_ms) {
    char digits[WORD_MAX_BYTES];
    size_t len = strspn(text, "0123456789");
    const char *unit = text + len;
    int64_t factor = *unit == '\0' || strcasecmp(unit, "s") == 0 ? 1000 : strcasecmp(unit, "ms") == 0 ? 1 : 0;
    if (factor == 0 || len == 0 || len >= sizeof digits)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    uint64_t number = 0;
    if (parse_uint(bytes_str(digits), (uint64_t)(TALK_DEBOUNCE_MAX_MS / factor), &number) != OC_OK)
        return false;
    *out_ms = (int64_t)number * factor;
    return true;
}

// Puts one word into the setting; why not, or WORD_NONE. "steer" and "summarize" are what OpenClaw knows and this way to it does
// not.
static words_key take_word(talk_setting *s, const char *word) {
    uint64_t number = 0;
    int found = talk_queue_find(word);
    if (found > 0) {
        s->queue = (talk_queue)found;
    } else if (strcasecmp(word, "default") == 0) {
        const talk_setting none = TALK_SETTING_NONE;
        s->queue = none.queue;
        s->debounce_ms = none.debounce_ms;
        s->cap = none.cap;
        s->drop = none.drop;
    } else if (strncasecmp(word, "steer", 5) == 0) {
        return WORD_DISPLAY_NO_STEER;
    } else if (strncasecmp(word, "drop:", 5) == 0) {
        found = talk_drop_find(word + 5);
        if (found < 0)
            return strncasecmp(word + 5, "summar", 6) == 0 ? WORD_DISPLAY_NO_SUMMARY
                                                           : WORD_DISPLAY_QUEUE_USAGE;
        s->drop = (talk_drop)found;
    } else if (strncasecmp(word, "cap:", 4) == 0) {
        if (parse_uint(bytes_str(word + 4), TALK_CAP_MAX, &number) != OC_OK || number == 0)
            return WORD_DISPLAY_QUEUE_USAGE;
        s->cap = (int)number;
    } else if (strncasecmp(word, "debounce:", 9) != 0 || !debounce_of(word + 9, &s->debounce_ms)) {
        return WORD_DISPLAY_QUEUE_USAGE;
    }
    return WORD_NONE;
}

static words_key take_words(talk_setting *s, const char *text) {
    char word[WORD_MAX_BYTES];
    for (int i = 0; *text != '\0'; i++) {
        size_t len = strcspn(text, " ");
        if (len >= sizeof word || i == WORDS_MAX)
            return WORD_DISPLAY_QUEUE_USAGE;
        memcpy(word, text, len);
        word[len] = '\0';
        words_key why_not = take_word(s, word);
        if (why_not != WORD_NONE)
            return why_not;
        text += len + strspn(text + len, " ");
    }
    return WORD_NONE;
}

static char *queue_text(words_lang lang, const talk_setting *s) {
    buf out;
    buf_init(&out, 2000);
    char *pause = words_fill(lang, WORD_DISPLAY_QUEUE_PAUSE, "ms", WORDS_NUMBER(s->debounce_ms), NULL);
    char *cap =
        words_fill(lang, s->drop == TALK_DROP_OLD ? WORD_DISPLAY_QUEUE_CAP_OLD : WORD_DISPLAY_QUEUE_CAP_NEW,
                   "count", WORDS_NUMBER(s->cap), NULL);
    oc_err err = buf_append_str(&out, words_text(lang, queue_means(s->queue)));
    if (err == OC_OK && s->debounce_ms >= 0)
        err = buf_printf(&out, "; %s", pause);
    if (err == OC_OK && s->cap > 0)
        err = buf_printf(&out, "; %s", cap);
    (void)err; // three short texts always fit
    free(cap);
    free(pause);
    return buf_take_str(&out);
}

static void show_queue(command_call *call, const talk_setting *s) {
    words_lang lang = call->person.lang;
    char *text = queue_text(lang, s);
    const char *name = talk_queue_name(s->queue);
    answer_taken(call, words_fill(lang, WORD_DISPLAY_QUEUE_IS, "value", name != NULL ? name : "followup",
                                  "means", text, "usage", words_text(lang, WORD_DISPLAY_QUEUE_USAGE), NULL));
    free(text);
}

static void run_queue(command_call *call) {
    talk_setting s = now_of(call);
    if (*call->argument == '\0') {
        show_queue(call, &s);
        return;
    }
    s = own_of(call);
    words_key why_not = take_words(&s, call->argument);
    if (why_not != WORD_NONE) {
        command_answer_word(call, why_not);
        return;
    }
    change(call, &s,
           &(changing){.you = WORD_DISPLAY_QUEUE_CHANGED_YOU,
                       .by = WORD_DISPLAY_QUEUE_CHANGED_BY,
                       .value = queue_text(command_changed_lang(call), &s)});
}

static const command_choice VERBOSE_CHOICES[] = {{"on", WORD_COMMAND_VERBOSE_ON},
                                                 {"full", WORD_COMMAND_VERBOSE_FULL},
                                                 {"off", WORD_COMMAND_VERBOSE_OFF},
                                                 {"default", WORD_COMMAND_AS_SETTINGS},
                                                 {NULL, WORD_NONE}};
static const command_choice REASONING_CHOICES[] = {
    {"on", WORD_COMMAND_REASONING_ON}, {"off", WORD_COMMAND_REASONING_OFF}, {NULL, WORD_NONE}};
static const command_choice QUEUE_CHOICES[] = {{"followup", WORD_COMMAND_QUEUE_FOLLOWUP},
                                               {"collect", WORD_COMMAND_QUEUE_COLLECT},
                                               {"interrupt", WORD_COMMAND_QUEUE_INTERRUPT},
                                               {"default", WORD_COMMAND_AS_SETTINGS},
                                               {NULL, WORD_NONE}};

static const command_row ROWS[] = {
    {.path = "verbose",
     .argument = "[on|full|off]",
     .argument_help = WORD_COMMAND_VERBOSE_ARGUMENT,
     .help = WORD_COMMAND_VERBOSE,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = VERBOSE_CHOICES,
     .run = run_verbose},
    {.path = "reasoning",
     .argument = "[on|off]",
     .argument_help = WORD_COMMAND_REASONING_ARGUMENT,
     .help = WORD_COMMAND_REASONING,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = REASONING_CHOICES,
     .run = run_reasoning},
    {.path = "queue",
     .argument = "[followup|collect|interrupt] [debounce:2s] [cap:N] [drop:old|new]...",
     .argument_help = WORD_COMMAND_QUEUE_ARGUMENT,
     .help = WORD_COMMAND_QUEUE,
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = QUEUE_CHOICES,
     .run = run_queue},
};
const command_rows command_rows_display = {COMMAND_ROWS(ROWS), NULL, WORD_NONE};
