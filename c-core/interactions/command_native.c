// SPDX-License-Identifier: Apache-2.0
#include "interactions/command_native.h"

#include "base/log.h"
#include "base/mem.h"
#include "interactions/command_clash.h"
#include "interactions/slash_text.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
    TRIES_MAX = 10,
    PAUSE_MS = 3000,
    SKILLS_EVERY_MS = 5 * 60 * 1000, // skills come and go at the gateway
    SKILLS_MS = 10000,
};

typedef enum command_state {
    COMMAND_WANTED,      // it is to be registered
    COMMAND_REGISTERING, // the server is asked
    COMMAND_THERE,
    COMMAND_LEAVING, // it is being taken back
} command_state;

typedef struct native {
    native_commands *owner; // NULL: gone
    char *trigger;          // without slash
    char *skill;            // NULL: a row's, or /openclaw
    char *description;      // of a skill
    const command_row *row; // NULL: a skill's, or /openclaw
    command_state state;
    bool kept; // still wanted, in the look that goes on
    int tries;
    UT_hash_handle hh;
} native;

struct native_commands {
    const command_world *world;
    native *all;
    loop_timer again;
    int64_t asked_ms; // a gateway for its skills; 0: no question is open
    int64_t skills_ms;
    bool skills_known;
    bool looked; // for commands of others with the same names
};

native_commands *native_create(const command_world *w) {
    native_commands *n = xcalloc(1, sizeof *n);
    n->world = w;
    return n;
}

static void forget(native_commands *n, native *c) {
    HASH_DEL(n->all, c);
    free(c->trigger);
    free(c->skill);
    free(c->description);
    free(c);
}

void native_destroy(native_commands *n) {
    if (n == NULL)
        return;
    loop_timer_cancel(&n->again);
    native *c, *next;
    HASH_ITER (hh, n->all, c, next)
        forget(n, c);
    free(n);
}

// --- one command at the server ---

static void refresh(void *ctx) {
    native_refresh(ctx);
}

static void try_again(native_commands *n) {
    if (!loop_timer_armed(&n->again))
        loop_timer_set(n->world->loop, &n->again, PAUSE_MS, refresh, n);
}

static void on_registered(void *ctx, const chat_error *error) {
    native *c = ctx;
    c->state = error->err == OC_OK ? COMMAND_THERE : COMMAND_WANTED;
    if (error->err == OC_OK) {
        c->tries = 0;
        if (!c->kept) // nobody wants it any more
            try_again(c->owner);
        return;
    }
    log_error("a slash command could not be registered", "command", c->trigger, "error", error->message);
    if (c->tries++ < TRIES_MAX)
        try_again(c->owner);
}

static void register_one(native *c) {
    chat *server = c->owner->world->chat;
    words_lang lang = chat_server_lang(server);
    c->state = COMMAND_REGISTERING;
    if (c->row == NULL && c->skill == NULL) {
        commands_register(server, on_registered, c);
        return;
    }
    cJSON *autocomplete = c->row != NULL ? commands_native_autocomplete(lang, c->row) : NULL;
    char *description = slash_description(c->row != NULL ? words_text(lang, c->row->help) : c->description);
    const chat_command_info info = {.trigger = c->trigger,
                                    .display_name = "OpenClaw",
                                    .description = description,
                                    .hint = c->row != NULL ? c->row->argument : "[args]",
                                    .autocomplete = autocomplete};
    chat_register_command(server, &info, on_registered, c);
    cJSON_Delete(autocomplete);
    free(description);
}

static void on_unregistered(void *ctx, const chat_error *error) {
    native *c = ctx;
    if (error->err != OC_OK)
        log_warn(
            "a slash command could not be taken back; it answers as it did until the plugin is restarted",
            "command", c->trigger, "error", error->message);
    if (c->kept) // wanted again meanwhile
        try_again(c->owner);
    forget(c->owner, c);
}

// --- which ones are wanted ---

// Returns NULL when another one has the trigger.
static native *want(native_commands *n, const char *trigger, const command_row *row, const char *skill) {
    native *c = NULL;
    HASH_FIND_STR(n->all, trigger, c);
    if (c != NULL && (c->row != row || (c->skill == NULL) != (skill == NULL) ||
                      (skill != NULL && strcmp(c->skill, skill) != 0)))
        return NULL;
    if (c == NULL) {
        c = xcalloc(1, sizeof *c);
        *c = (native){.owner = n, .trigger = xstrdup(trigger), .row = row};
        c->skill = skill != NULL ? xstrdup(skill) : NULL;
        HASH_ADD_KEYPTR(hh, n->all, c->trigger, strlen(c->trigger), c);
    }
    c->kept = true;
    return c;
}

static bool wants(const native_commands *n, bool skills) {
    const account *a;
    for (size_t i = 0; (a = n->world->place.account(n->world->place.ctx, i)) != NULL; i++) {
        if (a->config != NULL && a->config->native_commands == YES &&
            (!skills || a->config->native_skills == YES))
            return true;
    }
    return false;
}

static void want_rows(native_commands *n) {
    const command_row *row;
    (void)want(n, COMMAND_TRIGGER, NULL, NULL);
    for (size_t i = 0; wants(n, false) && (row = commands_row(i)) != NULL; i++) {
        if (!row->native)
            continue;
        char *trigger = xasprintf(COMMAND_NATIVE_PREFIX "%s", row->path);
        (void)want(n, trigger, row, NULL);
        free(trigger);
    }
}

static void keep_skills(native_commands *n) {
    native *c, *next;
    HASH_ITER (hh, n->all, c, next) {
        if (c->skill != NULL)
            c->kept = true;
    }
}

// Those that nobody wants any more go; the others come.
static void settle(native_commands *n) {
    native *c, *next;
    HASH_ITER (hh, n->all, c, next) {
        if (c->kept && c->state == COMMAND_WANTED && c->tries <= TRIES_MAX) {
            register_one(c);
        } else if (!c->kept && c->state == COMMAND_THERE) {
            c->state = COMMAND_LEAVING;
            chat_unregister_command(n->world->chat, c->trigger, on_unregistered, c);
        } else if (!c->kept && c->state == COMMAND_WANTED) {
            forget(n, c);
        }
    }
}

static void begin(native_commands *n) {
    native *c, *next;
    HASH_ITER (hh, n->all, c, next)
        c->kept = false;
    want_rows(n);
}

// --- skills ---

static void want_skill(native_commands *n, const cJSON *command) {
    const char *name = json_text(command, "name");
    char *trigger = slash_trigger_of_skill(name);
    native *c = trigger != NULL ? want(n, trigger, NULL, name) : NULL;
    if (c == NULL) {
        log_warn("a skill gets no slash command: its name is taken or cannot be one", "skill", name);
    } else if (c->description == NULL) {
        const char *said = json_text(command, "description");
        c->description = *said != '\0' ? xstrdup(said)
                                       : words_fill(chat_server_lang(n->world->chat), WORD_COMMAND_RUN_SKILL,
                                                    "skill", name, NULL);
    }
    free(trigger);
}

static void on_skills(void *ctx, const request_reply *reply) {
    native_commands *n = ctx;
    const cJSON *command = NULL;
    int count = 0;
    n->asked_ms = 0;
    if (reply->err != OC_OK) {
        log_warn("the gateway's skills could not be listed: their slash commands stay as they are", "error",
                 json_text(reply->error, "message"));
        return;
    }
    n->skills_known = true;
    n->skills_ms = loop_now_ms(n->world->loop);
    begin(n);
    cJSON_ArrayForEach(command, json_array(reply->payload, "commands")) {
        if (strcmp(json_text(command, "source"), "skill") == 0 && wants(n, true) &&
            count++ < NATIVE_SKILLS_MAX)
            want_skill(n, command);
    }
    if (count > NATIVE_SKILLS_MAX)
        log_warn("some skills get no slash command: there are too many");
    settle(n);
}

static account *with_skills(const native_commands *n) {
    account *a;
    for (size_t i = 0; (a = n->world->place.account(n->world->place.ctx, i)) != NULL; i++) {
        bool wanted =
            a->config != NULL && a->config->native_commands == YES && a->config->native_skills == YES;
        if (wanted && a->gateway != NULL && gateway_get_status(a->gateway).state == GATEWAY_READY)
            return a;
    }
    return NULL;
}

static void ask_skills(native_commands *n) {
    account *a = with_skills(n);
    bool fresh = n->skills_known && loop_now_ms(n->world->loop) - n->skills_ms < SKILLS_EVERY_MS;
    int64_t now_ms = loop_now_ms(n->world->loop);
    bool open =
        n->asked_ms != 0 && now_ms - n->asked_ms < 2 * SKILLS_MS; // a gateway that is removed never answers
    if (a == NULL || open || fresh)
        return;
    cJSON *params = json_new_object();
    json_add_string(params, "scope", "text");
    json_add_bool(params, "includeArgs", false);
    const gateway_status status = gateway_get_status(a->gateway);
    const char *agent = *a->config->agent != '\0' ? a->config->agent : status.default_agent;
    if (*agent != '\0') // with several agents the gateway wants to be told
        json_add_string(params, "agentId", agent);
    if (gateway_call(a->gateway, "commands.list", params, SKILLS_MS, on_skills, n) != NULL)
        n->asked_ms = now_ms;
}

// Once each time that somebody begins to want them.
static void look_for_clashes(native_commands *n) {
    const account *first = n->world->place.account(n->world->place.ctx, 0);
    bool wanted = wants(n, false);
    if (wanted && !n->looked && first != NULL)
        command_clash_look(n->world->chat, first->bot_user_id);
    n->looked = wanted;
}

void native_refresh(native_commands *n) {
    begin(n);
    look_for_clashes(n);
    if (wants(n, true))
        keep_skills(n); // until it is known what there is now
    else
        n->skills_known = false;
    settle(n);
    ask_skills(n);
}

// --- running one ---

static const char *skill_named(void *ctx, const char *trigger) {
    const native_commands *n = ctx;
    native *c = NULL;
    HASH_FIND_STR(n->all, trigger, c);
    return c != NULL ? c->skill : NULL;
}

// "/oc_github list issues" → "/openclaw skill github list issues"; NULL when it is no skill's.
static char *as_skill(native_commands *n, const char *text) {
    size_t length = strcspn(text, " \t\r\n");
    char *word = xstrndup(text, length), *trigger = slash_trigger(word), *out = NULL;
    if (skill_named(n, trigger) != NULL) {
        char *command = slash_text(trigger, text + length, skill_named, n);
        out = xasprintf("/" COMMAND_TRIGGER " skill %s", command + 1);
        free(command);
    }
    free(trigger);
    free(word);
    return out;
}

void native_execute(native_commands *n, const chat_command *command, chat_command_ticket *ticket) {
    char *skill = as_skill(n, command->command);
    chat_command given = *command;
    if (skill != NULL)
        given.command = skill;
    commands_execute(n->world, &given, ticket);
    free(skill);
}
