// SPDX-License-Identifier: Apache-2.0
// The desks of questions and approvals on a fake chat server and a gateway of which only what waits there is real. Included by tests,
// once each.
#ifndef OC_FAKES_ASK_BENCH_H
#define OC_FAKES_ASK_BENCH_H

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "interactions/approval_desk.h"
#include "interactions/question_desk.h"

#include <stdio.h>

static const char ALICE[] = "alicealicealicealicealicea", BOB[] = "bobbobbobbobbobbobbobbobbo";
#define TOWN "towntowntowntowntowntownto"
#define DM_KEY "agent:main:mattermost:direct:alicealicealicealicealicea"
#define TOWN_KEY "agent:main:mattermost:channel:" TOWN

static loop *LOOP;
static accounts *ACCOUNTS;
static config *RULES;
static buttons *BUTTONS;
static open_asks *STORE;
static asks *ASKS;
static place_world PLACE;
static question_desk *QUESTION_DESK;
static approval_desk *APPROVAL_DESK;

// --- the gateway: what was sent, and what it says ---

typedef struct sent {
    char id[64], method[64];
    cJSON *params;
} sent;
static sent SENT[64];
static size_t SENT_COUNT;
static requests *REQUESTS;
static questions *QUESTIONS;
static approvals *APPROVALS;

struct gateway_control {
    control_events events;
    void *ctx;
};
static struct gateway_control CONTROL;
static const char *CONTROL_LACKS; // why it is not ready; NULL: it is

questions *gateway_questions(gateway *g) {
    (void)g;
    return QUESTIONS;
}

gateway_control *control_create(loop *l, net *n, const control_events *events, void *ctx) {
    (void)l, (void)n;
    CONTROL = (struct gateway_control){.events = *events, .ctx = ctx};
    return &CONTROL;
}

void control_destroy(gateway_control *c) {
    (void)c;
}

void control_configure(gateway_control *c, const gateway_settings *settings, const gateway_identity *identity,
                       const char *device_token) {
    (void)c, (void)settings, (void)identity, (void)device_token;
}

void control_follow(gateway_control *c, bool main_ready) {
    (void)c, (void)main_ready;
}

void control_retry(gateway_control *c) {
    (void)c;
}

gateway_status control_get_status(const gateway_control *c) {
    (void)c;
    return RUNS.status;
}

approvals *control_approvals(gateway_control *c) {
    (void)c;
    return APPROVALS;
}

char *control_why_not(const gateway_control *c) {
    if (c == NULL)
        return xstrdup("not granted");
    return CONTROL_LACKS != NULL ? xstrdup(CONTROL_LACKS) : NULL;
}

static oc_err on_send(void *ctx, const char *id, const char *method, const cJSON *params) {
    (void)ctx;
    sent *s = &SENT[SENT_COUNT++];
    snprintf(s->id, sizeof s->id, "%s", id);
    snprintf(s->method, sizeof s->method, "%s", method);
    s->params = cJSON_Duplicate(params, true);
    return OC_OK;
}

// The newest request's parameters as text; "" when there is none. Valid until the next call.
static const char *last_sent(const char *method) {
    static char text[2048];
    *text = '\0';
    if (SENT_COUNT > 0 && strcmp(SENT[SENT_COUNT - 1].method, method) == 0)
        assert_true(cJSON_PrintPreallocated(SENT[SENT_COUNT - 1].params, text, sizeof text, false));
    return text;
}

static void settle(void) {
    fake_clock_pass(LOOP, 3500);
}

// Answers the newest request: payload, or error where ok is false.
static void reply(bool ok, const char *json) {
    cJSON *frame = json_new_object();
    json_add_string(frame, "type", "res");
    json_add_string(frame, "id", SENT[SENT_COUNT - 1].id);
    json_add_bool(frame, "ok", ok);
    json_add(frame, ok ? "payload" : "error", cJSON_Parse(json));
    requests_on_response(REQUESTS, frame);
    cJSON_Delete(frame);
    settle();
}

static void event(const char *name, const char *json) {
    cJSON *payload = cJSON_Parse(json);
    assert_non_null(payload);
    if (strncmp(name, "question", 8) == 0)
        questions_on_event(QUESTIONS, name, payload);
    else
        approvals_on_event(APPROVALS, name, payload);
    cJSON_Delete(payload);
    settle();
}

// --- runs of ours ---

static const char *RUN_HERE; // its id; NULL: no turn waits for any

static bool find_run(void *ctx, const char *run_id, ask_spot *out) {
    (void)ctx;
    if (RUN_HERE == NULL || strcmp(RUN_HERE, run_id) != 0)
        return false;
    *out = (ask_spot){.account = accounts_at(ACCOUNTS, 0), .kind = CHAT_CHANNEL};
    snprintf(out->channel_id, sizeof out->channel_id, TOWN);
    snprintf(out->root_id, sizeof out->root_id, "rootrootrootrootrootrootro");
    snprintf(out->user_id, sizeof out->user_id, "%s", ALICE);
    return true;
}

// --- beginning and end ---

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_gateway_state(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static account *account_of(void *ctx, size_t index) {
    (void)ctx;
    return index < accounts_count(ACCOUNTS) ? accounts_at(ACCOUNTS, index) : NULL;
}

static const char *default_account(void *ctx) {
    (void)ctx;
    return "default";
}

static int CHANGES; // how often messages were to be heard again

static void on_changed(void *ctx) {
    (void)ctx;
    CHANGES++;
}

// Everything of this process; the chat server with its store stays.
static void begin(void) {
    static const accounts_events events = {
        .settled = on_settled, .bot = on_bot_made, .status = on_gateway_state};
    ask_spots spots = {.run = find_run};
    fake_runs_create(GATEWAY_READY);
    SENT_COUNT = 0;
    CHANGES = 0;
    CONTROL_LACKS = RUN_HERE = NULL;
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    spots.accounts = ACCOUNTS;
    BUTTONS = buttons_create(LOOP, &THE_CHAT);
    STORE = open_asks_create(LOOP, &THE_CHAT);
    ASKS = asks_create(&(asks_world){.loop = LOOP,
                                     .chat = &THE_CHAT,
                                     .buttons = BUTTONS,
                                     .store = STORE,
                                     .node = "n1",
                                     .shown = on_changed});
    PLACE = (place_world){.chat = &THE_CHAT, .account = account_of, .default_account = default_account};
    QUESTION_DESK = question_desk_create(&(question_world){.loop = LOOP,
                                                           .asks = ASKS,
                                                           .buttons = BUTTONS,
                                                           .accounts = ACCOUNTS,
                                                           .spots = spots,
                                                           .place = &PLACE,
                                                           .changed = on_changed});
    APPROVAL_DESK = approval_desk_create(&(approval_world){.loop = LOOP,
                                                           .chat = &THE_CHAT,
                                                           .asks = ASKS,
                                                           .buttons = BUTTONS,
                                                           .accounts = ACCOUNTS,
                                                           .spots = spots});
    accounts_apply(ACCOUNTS, RULES);
    fake_clock_pass(LOOP, 100);
    REQUESTS = requests_create(LOOP, on_send, NULL);
    QUESTIONS = questions_create(LOOP, REQUESTS, &RUNS.events.questions, RUNS.ctx);
    APPROVALS = approvals_create(LOOP, REQUESTS, &CONTROL.events.approvals, CONTROL.ctx);
}

static void end(void) {
    questions_destroy(QUESTIONS);
    approvals_destroy(APPROVALS);
    accounts_destroy(ACCOUNTS);
    requests_destroy(REQUESTS);
    open_asks_destroy(STORE);
    asks_destroy(ASKS);
    question_desk_destroy(QUESTION_DESK);
    approval_desk_destroy(APPROVAL_DESK);
    buttons_destroy(BUTTONS);
    for (size_t i = 0; i < SENT_COUNT; i++)
        cJSON_Delete(SENT[i].params);
    fake_runs_destroy();
}

// allow_from: who may talk to the bot; approver NULL: nobody may decide.
static void begin_with(const char *allow_from, const char *approver, approval_target target) {
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    RULES = one_account(allow_from);
    account_config *a = &RULES->accounts[0];
    a->gateway.control = true;
    a->exec_approval_target = target;
    if (approver != NULL) {
        free(a->exec_approvers);
        a->exec_approvers = xcalloc(2, sizeof *a->exec_approvers);
        a->exec_approvers[0] = xstrdup(approver);
    }
    begin();
}

static int tear_down(void **state) {
    (void)state;
    end();
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

// --- what people do ---

static char TOLD[2048]; // the ephemeral text of the last click, or the error of a submission
static int STATUS;

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    STATUS = status;
    const char *text = json_text(body, "ephemeral_text");
    snprintf(TOLD, sizeof TOLD, "%s", *text != '\0' ? text : json_text(body, "error"));
}

static const cJSON *attachment(size_t post) {
    return cJSON_GetArrayItem(json_array(FAKE.posts[post].props, "attachments"), 0);
}

static const char *closing(size_t post) {
    return json_get(attachment(post), "actions") == NULL ? json_text(attachment(post), "text") : "(open)";
}

static const cJSON *action(size_t post, const char *label) {
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, json_array(attachment(post), "actions")) {
        if (strcmp(json_text(one, "name"), label) == 0)
            return one;
    }
    return NULL;
}

// What the server sends for a click; option: of a menu, or NULL.
static cJSON *click_body(size_t post, const char *label, const char *option) {
    const cJSON *context = json_get(json_get(action(post, label), "integration"), "context");
    assert_non_null(context);
    cJSON *body = json_new_object(), *copy = cJSON_Duplicate(context, true);
    if (option != NULL)
        json_add_string(copy, "selected_option", option);
    json_add(body, "context", copy);
    json_add_string(body, "post_id", FAKE.posts[post].id);
    json_add_string(body, "channel_id", FAKE.posts[post].channel_id);
    json_add_string(body, "trigger_id", "trigger");
    return body;
}

// Takes body.
static void send_click(const char *user_id, cJSON *body) {
    char *text = cJSON_PrintUnformatted(body);
    STATUS = 0;
    *TOLD = '\0';
    buttons_http(BUTTONS, user_id, bytes_str(text), on_answer, NULL);
    fake_clock_pass(LOOP, 10);
    cJSON_free(text);
    cJSON_Delete(body);
}

static inline void click(const char *user_id, size_t post, const char *label) {
    send_click(user_id, click_body(post, label, NULL));
}

#endif
