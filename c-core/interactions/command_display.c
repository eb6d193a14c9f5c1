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
    char *what;
} changing;

static void on_changed(void *ctx, bool stored) {
    changing *c = ctx;
    if (stored)
        command_changed(c->call, c->what);
    else
        command_answer(c->call, "The server did not store this; nothing was changed. Try again in a moment.");
    free(c->what);
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

// what is taken.
static void change(command_call *call, const talk_setting *s, char *what) {
    changing *c = xmalloc(sizeof *c);
    char *conversation = place_conversation(call->place);
    *c = (changing){.call = call, .what = what};
    talk_settings_put(call->world->talk, call->place->account->id, conversation, s, on_changed, c);
    free(conversation);
}

static void answer_taken(command_call *call, char *text) {
    command_answer(call, text);
    free(text);
}

// --- verbose ---

static const char *verbose_means(talk_verbose v) {
    switch (v) {
    case TALK_VERBOSE_OFF:
        return "growing answers here do not show which tools are at work";
    case TALK_VERBOSE_ON:
        return "growing answers here show which tools are at work";
    case TALK_VERBOSE_FULL:
        return "growing answers here show which tools are at work, with the text of commands";
    case TALK_VERBOSE_UNSET:
        break;
    }
    return "growing answers here show what the bot's settings say";
}

// Where no answer grows there is nothing to show it in.
static const char *unless_off(const command_call *call) {
    const account_config *rules = call->place->account->config;
    return rules != NULL && rules->streaming.mode == STREAMING_OFF
               ? " But the bot's setting `streaming.mode` is `off`: answers do not grow, so nothing of it is "
                 "seen."
               : "";
}

static void run_verbose(command_call *call) {
    talk_setting s = now_of(call);
    if (*call->argument == '\0') {
        const char *name = talk_verbose_name(s.verbose);
        answer_taken(call,
                     xasprintf("Verbose is `%s`: %s.%s `/openclaw verbose <on|off|full|default>` changes it.",
                               name != NULL ? name : "default", verbose_means(s.verbose), unless_off(call)));
        return;
    }
    int found =
        strcasecmp(call->argument, "default") == 0 ? TALK_VERBOSE_UNSET : talk_verbose_find(call->argument);
    if (found < 0) {
        command_answer(call, "Verbose can be `on`, `off`, `full` or `default`.");
        return;
    }
    s = own_of(call);
    s.verbose = (talk_verbose)found;
    change(call, &s, xasprintf("changed what is shown: %s", verbose_means(s.verbose)));
}

// --- reasoning ---

static const char REASONING_NOTE[] = "What the agent thinks is never posted, only that it thinks.";

static void run_reasoning(command_call *call) {
    talk_setting s = now_of(call);
    bool on = strcasecmp(call->argument, "on") == 0, off = strcasecmp(call->argument, "off") == 0;
    if (*call->argument == '\0') {
        answer_taken(
            call, xasprintf("Reasoning is `%s`: growing answers here %s. %s%s `/openclaw reasoning <on|off>` "
                            "changes it.",
                            s.reasoning == TALK_REASONING_ON ? "on" : "off",
                            s.reasoning == TALK_REASONING_ON ? "say when the agent thinks"
                                                             : "do not say when the agent thinks",
                            REASONING_NOTE, unless_off(call)));
        return;
    }
    if (!on && !off && strcasecmp(call->argument, "default") != 0) {
        answer_taken(call, xasprintf("Reasoning can be `on` or `off`. %s", REASONING_NOTE));
        return;
    }
    s = own_of(call);
    s.reasoning = on ? TALK_REASONING_ON : off ? TALK_REASONING_OFF : TALK_REASONING_UNSET;
    change(call, &s,
           on ? xasprintf("has growing answers here say when the agent thinks. %s", REASONING_NOTE)
              : xstrdup("has growing answers here say nothing of the agent's thinking"));
}

// --- queue ---

static const char *queue_means(talk_queue q) {
    switch (q) {
    case TALK_QUEUE_COLLECT:
        return "what a person writes while the agent is at work is given to it as one message";
    case TALK_QUEUE_INTERRUPT:
        return "a new message ends what the agent is doing";
    case TALK_QUEUE_FOLLOWUP:
    case TALK_QUEUE_UNSET:
        break;
    }
    return "messages are answered one after another";
}

// "steer", "summarize": what OpenClaw knows and this way to it does not.
static const char NO_STEER[] =
    "This gateway connection gives messages to the agent one after another: a message cannot "
    "be slipped into a run that is at work, so `steer` is not there. `interrupt` ends the run, "
    "`collect` joins what waits.";
static const char NO_SUMMARY[] = "Messages beyond the cap cannot be summed up: `drop` can be `old` or `new`.";
static const char QUEUE_USAGE[] =
    "Write `/openclaw queue [followup|collect|interrupt|default] [debounce:2s] [cap:N] "
    "[drop:old|new]`; debounce up to 60s, cap up to 20.";

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

// Puts one word into the setting; why not, or NULL.
static const char *take_word(talk_setting *s, const char *word) {
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
        return NO_STEER;
    } else if (strncasecmp(word, "drop:", 5) == 0) {
        found = talk_drop_find(word + 5);
        if (found < 0)
            return strncasecmp(word + 5, "summar", 6) == 0 ? NO_SUMMARY : QUEUE_USAGE;
        s->drop = (talk_drop)found;
    } else if (strncasecmp(word, "cap:", 4) == 0) {
        if (parse_uint(bytes_str(word + 4), TALK_CAP_MAX, &number) != OC_OK || number == 0)
            return QUEUE_USAGE;
        s->cap = (int)number;
    } else if (strncasecmp(word, "debounce:", 9) != 0 || !debounce_of(word + 9, &s->debounce_ms)) {
        return QUEUE_USAGE;
    }
    return NULL;
}

static const char *take_words(talk_setting *s, const char *text) {
    char word[WORD_MAX_BYTES];
    for (int i = 0; *text != '\0'; i++) {
        size_t len = strcspn(text, " ");
        if (len >= sizeof word || i == WORDS_MAX)
            return QUEUE_USAGE;
        memcpy(word, text, len);
        word[len] = '\0';
        const char *why_not = take_word(s, word);
        if (why_not != NULL)
            return why_not;
        text += len + strspn(text + len, " ");
    }
    return NULL;
}

static char *queue_text(const talk_setting *s) {
    buf out;
    buf_init(&out, 1000);
    oc_err err = buf_append_str(&out, queue_means(s->queue));
    if (err == OC_OK && s->debounce_ms >= 0)
        err = buf_printf(&out, "; a pause of %lld ms ends a message", (long long)s->debounce_ms);
    if (err == OC_OK && s->cap > 0)
        err = buf_printf(&out, "; at most %d wait, beyond that the %s one goes", s->cap,
                         s->drop == TALK_DROP_OLD ? "oldest waiting" : "new");
    (void)err;
    return buf_take_str(&out);
}

static void run_queue(command_call *call) {
    talk_setting s = now_of(call);
    if (*call->argument == '\0') {
        char *text = queue_text(&s);
        const char *name = talk_queue_name(s.queue);
        answer_taken(call,
                     xasprintf("Queue is `%s`: %s. %s", name != NULL ? name : "followup", text, QUEUE_USAGE));
        free(text);
        return;
    }
    s = own_of(call);
    const char *why_not = take_words(&s, call->argument);
    if (why_not != NULL) {
        command_answer(call, why_not);
        return;
    }
    char *text = queue_text(&s);
    change(call, &s, xasprintf("changed how messages queue here: %s", text));
    free(text);
}

static const command_choice VERBOSE_CHOICES[] = {{"on", "Show which tools are at work"},
                                                 {"full", "With the text of commands"},
                                                 {"off", "Do not show tools"},
                                                 {"default", "As the bot's settings say"},
                                                 {NULL, NULL}};
static const command_choice REASONING_CHOICES[] = {
    {"on", "Say when the agent thinks"}, {"off", "Say nothing of it"}, {NULL, NULL}};
static const command_choice QUEUE_CHOICES[] = {{"followup", "One message after another"},
                                               {"collect", "Join what waits into one message"},
                                               {"interrupt", "A new message ends the run"},
                                               {"default", "As the bot's settings say"},
                                               {NULL, NULL}};

static const command_row ROWS[] = {
    {.path = "verbose",
     .argument = "[on|full|off]",
     .argument_help = "What growing answers show",
     .help = "Show or hide which tools are at work",
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = VERBOSE_CHOICES,
     .run = run_verbose},
    {.path = "reasoning",
     .argument = "[on|off]",
     .argument_help = "Whether it is shown that the agent thinks",
     .help = "Show or hide that the agent thinks",
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = REASONING_CHOICES,
     .run = run_reasoning},
    {.path = "queue",
     .argument = "[followup|collect|interrupt] [debounce:2s] [cap:N] [drop:old|new]...",
     .argument_help = "What becomes of messages while the agent is at work",
     .help = "Show or set how messages wait for the agent",
     .right = COMMAND_FOR_TALKERS,
     .placed = true,
     .native = true,
     .choices = QUEUE_CHOICES,
     .run = run_queue},
};
const command_rows command_rows_display = {COMMAND_ROWS(ROWS), NULL, NULL};
