// SPDX-License-Identifier: Apache-2.0
#include "external_doctor.h"

#include "account/accounts.h"
#include "admin/doctor.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "chat/callback_url.h"
#include "chat/http.h"
#include "chat/rest_chat.h"
#include "chat/rest_front.h"
#include "external_mode.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#define CHECK_TRIGGER "openclaw-doctor"

enum {
    KNOWN_WITHIN_MS =
        2000, // before it is asked what is wrong: the server has said who we are, the stream delivers
    ASKED_WITHIN_MS = 2500, // then: five seconds are what it may take
    LOOK_EVERY_MS = 50,
    STOP_WITHIN_MS = 1000,
    JSON_MAX_BYTES = 16 << 20,
};

typedef struct checkup checkup;

typedef struct patient { // an account that is looked at
    checkup *owner;
    char *id;
    net *net;
    chat *chat;
    accounts *accounts;
    config *rules;
    doctor *doctor;
    bool applied, settled, registered, asked, told, stopped;
    struct patient *prev, *next;
} patient;

struct checkup {
    loop *loop;
    external_config config;
    sqlite_store *store;
    rest_front *callbacks;
    char *callbacks_base;
    patient *patients;
    bool running, json, ill, stopping;
    cJSON *reports;
    int64_t began_ms;
    loop_timer look, limit;
};

// --- nobody is served ---

static void on_post(void *ctx, const chat_post *post, chat_post_ticket *ticket) {
    (void)ctx, (void)post;
    chat_post_leave(ticket);
}

static void on_post_edited(void *ctx, const chat_post *now, const chat_post *before,
                           chat_post_ticket *ticket) {
    (void)ctx, (void)now, (void)before;
    chat_post_leave(ticket);
}

static void on_command(void *ctx, const chat_command *command, chat_command_ticket *ticket) {
    (void)ctx, (void)command;
    chat_command_answer(ticket, "");
}

static void on_http(void *ctx, chat_http *request) {
    (void)ctx;
    chat_http_answer_error(request, 503, "The bot is being looked at: try again in a moment.");
}

static void on_event(void *ctx) {
    (void)ctx;
}

static void on_missed(void *ctx, int64_t since_ms) {
    (void)ctx, (void)since_ms;
}

static void on_stopping(void *ctx) {
    patient *p = ctx;
    chat_stopped(p->chat);
}

static void on_state(void *ctx, rest_chat_state state, const char *why) {
    (void)ctx, (void)state, (void)why;
}

// --- callbacks: only where nobody else listens ---

static chat *chat_at(void *ctx, size_t index) {
    const checkup *c = ctx;
    const patient *p = NULL;
    DL_FOREACH (c->patients, p) {
        if (index-- == 0)
            return p->chat;
    }
    return NULL;
}

static rest_front_trust trusted(void *ctx) {
    const checkup *c = ctx;
    return (rest_front_trust){c->config.rules->callbacks_proxies, c->config.rules->callbacks_real_ip};
}

static void listen_for_callbacks(checkup *c) {
    const char *at = c->config.rules->callbacks_listen;
    char *why = NULL;
    if (*at != '\0' && !c->running)
        c->callbacks = rest_front_listen(c->loop, at, &(rest_front_owner){chat_at, trusted, c}, &why);
    if (why != NULL)
        log_error("nobody can call us", "reason", why);
    c->callbacks_base = *at != '\0' && why == NULL ? callback_base_of(at) : xstrdup("");
    free(why);
}

// --- the end ---

static void on_stopped(void *ctx) {
    patient *p = ctx;
    const patient *one = NULL;
    p->stopped = true;
    DL_FOREACH (p->owner->patients, one) {
        if (!one->stopped)
            return;
    }
    loop_stop(p->owner->loop);
}

static void on_limit(void *ctx) {
    checkup *c = ctx;
    loop_stop(c->loop);
}

// The command that was made for a try is taken away; those of a running program stay.
static void end(checkup *c) {
    patient *p = NULL, *next = NULL;
    c->stopping = true;
    if (c->running) {
        loop_stop(c->loop);
        return;
    }
    loop_timer_set(c->loop, &c->limit, STOP_WITHIN_MS, on_limit, c);
    DL_FOREACH_SAFE (c->patients, p, next)
        rest_chat_stop(p->chat, on_stopped, p);
}

static void add_json(checkup *c, const patient *p, const doctor_report *report) {
    cJSON *one = json_new_object();
    json_add_string(one, "account", p->id);
    json_add(one, "report", doctor_report_json(report, WORDS_EN));
    json_push(c->reports, one);
}

static void on_report(void *ctx, const doctor_report *report) {
    patient *p = ctx;
    checkup *c = p->owner;
    c->ill = c->ill || doctor_report_count(report, DOCTOR_WRONG) > 0;
    if (c->json) {
        add_json(c, p, report);
    } else {
        char *text = doctor_report_text(report);
        printf("Account %s:\n%s\n", p->id, text);
        free(text);
    }
    p->told = true;
}

// --- one account ---

static account *account_at(void *ctx, size_t index) {
    const patient *p = ctx;
    return index < accounts_count(p->accounts) ? accounts_at(p->accounts, index) : NULL;
}

static bool has_rules(void *ctx) {
    const patient *p = ctx;
    return p->rules != NULL || !p->applied; // the file was read before
}

static char *problems(void *ctx) {
    const patient *p = ctx;
    return accounts_problems(p->accounts);
}

static void on_settled(void *ctx) {
    patient *p = ctx;
    p->settled = true;
}

static void on_account(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_gateway(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static void on_settings(void *ctx, const chat_error *error, const cJSON *values) {
    patient *p = ctx;
    config_problems found;
    (void)error;
    p->rules = config_from_settings(values, &found);
    config_problems_free(&found);
    p->applied = true;
    accounts_apply(p->accounts, p->rules);
}

static void on_registered(void *ctx, const chat_error *error) {
    patient *p = ctx;
    (void)error; // stands in chat_connection
    p->registered = true;
}

// Whether the server can call us is tried by a command; a program that runs has made some.
static void offer_command(patient *p) {
    const chat_connection way = chat_get_connection(p->chat);
    p->registered = p->owner->running || *way.callbacks == '\0';
    if (!p->registered)
        chat_register_command(p->chat,
                              &(chat_command_info){.trigger = CHECK_TRIGGER,
                                                   .display_name = "OpenClaw's doctor",
                                                   .description = "Tries whether the program can be called",
                                                   .hint = ""},
                              on_registered, p);
}

static void begin(checkup *c, const account_config *a) {
    static const chat_events events = {.activate = on_event,
                                       .post = on_post,
                                       .post_edited = on_post_edited,
                                       .command = on_command,
                                       .http = on_http,
                                       .settings_changed = on_event,
                                       .missed = on_missed,
                                       .stopping = on_stopping,
                                       .gone = on_event};
    static const accounts_events account_events = {
        .settled = on_settled, .bot = on_account, .status = on_gateway};
    patient *p = xcalloc(1, sizeof *p);
    p->owner = c;
    p->id = xstrdup(a->id);
    p->net = net_create(c->loop);
    p->chat = rest_chat_create(c->loop, &(rest_chat_options){.account = p->id,
                                                             .server = &a->server,
                                                             .settings = c->config.text,
                                                             .owners = a->owners,
                                                             .callbacks = c->callbacks_base,
                                                             .net = p->net,
                                                             .store = c->store,
                                                             .state = on_state,
                                                             .ctx = p});
    p->accounts = accounts_create(c->loop, p->chat, p->net, &account_events, p);
    accounts_hold_nodes(p->accounts, false);
    p->doctor = doctor_create(&(doctor_world){.loop = c->loop,
                                              .chat = p->chat,
                                              .account = account_at,
                                              .hold = account_hold,
                                              .release = account_release,
                                              .has_rules = has_rules,
                                              .problems = problems,
                                              .ctx = p,
                                              .within_ms = ASKED_WITHIN_MS});
    DL_APPEND(c->patients, p);
    chat_on(p->chat, &events, p);
    rest_chat_start(p->chat);
}

static void destroy(patient *p) {
    DL_DELETE(p->owner->patients, p);
    rest_chat_close(p->chat);
    doctor_destroy(p->doctor);
    accounts_destroy(p->accounts);
    rest_chat_destroy(p->chat);
    net_destroy(p->net);
    config_destroy(p->rules);
    free(p->id);
    free(p);
}

// Goes on with an account as far as it has come; true when it has been asked what is wrong.
static bool look_at(patient *p, bool late) {
    const chat_connection way = chat_get_connection(p->chat);
    if (p->asked)
        return true;
    if (way.known && !p->applied) {
        chat_activated(p->chat);
        chat_load_settings(p->chat, on_settings, p);
        offer_command(p);
    }
    if (!late && !way.token_refused && !(p->settled && way.delivers && p->registered))
        return false;
    p->asked = true;
    doctor_ask(p->doctor, on_report, p);
    return true;
}

static void look(void *ctx) {
    checkup *c = ctx;
    patient *p = NULL;
    bool done = true, late = loop_now_ms(c->loop) - c->began_ms > KNOWN_WITHIN_MS;
    DL_FOREACH (c->patients, p)
        done = look_at(p, late) && p->told && done;
    if (done)
        end(c);
    else
        loop_timer_set(c->loop, &c->look, LOOK_EVERY_MS, look, c);
}

static void print_json(const cJSON *reports) {
    buf text;
    buf_init(&text, JSON_MAX_BYTES);
    if (json_print(reports, &text) == OC_OK)
        printf("%.*s\n", (int)text.len, (const char *)buf_bytes(&text).data);
    buf_free(&text);
}

int external_doctor_run(external_config *first, sqlite_store *store, bool running, bool json) {
    checkup c = {
        .config = *first, .store = store, .running = running, .json = json, .loop = loop_create(NULL)};
    *first = (external_config){.text = NULL};
    signal(SIGPIPE, SIG_IGN);
    c.reports = json_new_array();
    if (c.loop != NULL) {
        c.began_ms = loop_now_ms(c.loop);
        listen_for_callbacks(&c);
        for (size_t i = 0; i < c.config.rules->account_count; i++) {
            if (c.config.rules->accounts[i].enabled)
                begin(&c, &c.config.rules->accounts[i]);
        }
        loop_timer_set(c.loop, &c.look, 0, look, &c);
        loop_run(c.loop);
        if (json)
            print_json(c.reports);
    }
    while (c.patients != NULL)
        destroy(c.patients);
    rest_front_destroy(c.callbacks);
    free(c.callbacks_base);
    cJSON_Delete(c.reports);
    int code = c.loop == NULL ? EXTERNAL_SYSTEM : c.ill ? EXTERNAL_ILL : EXTERNAL_OK;
    if (c.loop != NULL)
        loop_destroy(c.loop);
    external_config_free(&c.config);
    sqlite_store_close(store);
    return code;
}

// --- the database of a program that runs ---

static const char *const SUFFIXES[] = {"", "-wal", "-shm", "-lock"};

sqlite_store *external_doctor_copy(const char *path, char **folder, char **why) {
    char made[] = "/tmp/openclaw-doctor-XXXXXX"; // mode 0700
    sqlite_store *used = sqlite_store_open(path, SQLITE_STORE_COPY, why), *copy = NULL;
    *folder = NULL;
    if (used == NULL)
        return NULL;
    if (mkdtemp(made) == NULL) {
        *why = xstrdup("there is no room in /tmp for a copy of the database that is in use");
    } else {
        *folder = xstrdup(made);
        char *file = xasprintf("%s/state.db", made);
        if (sqlite_store_backup(used, file, why) == OC_OK)
            copy = sqlite_store_open(file, SQLITE_STORE_OWN, why);
        free(file);
    }
    sqlite_store_close(used);
    return copy;
}

void external_doctor_forget(char *folder) {
    if (folder == NULL)
        return;
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        char *file = xasprintf("%s/state.db%s", folder, SUFFIXES[i]);
        (void)unlink(file);
        free(file);
    }
    if (rmdir(folder) != 0)
        log_warn("a folder with a copy of the database is left", "folder", folder);
    free(folder);
}
