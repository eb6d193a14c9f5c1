// SPDX-License-Identifier: Apache-2.0
// Two nodes with buttons of a kind "turn" over one fake chat, for tests that include this.
#ifndef OC_FAKES_BUTTON_BENCH_H
#define OC_FAKES_BUTTON_BENCH_H

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "interactions/buttons.h"

#include <stdio.h>

static loop *LOOP;
static buttons *ONE, *TWO; // two nodes, one store
static char NONCE[64];
static cJSON *ATTACHMENT;
static oc_err MADE;

// What the handler saw last, and what it does.
static int CLICKS, ASKED;
static char SEEN[256];
static bool DENY, UNDO, KEEP, LATER;
static click_ticket *HELD_TICKET;

static void may(void *ctx, const button_click *click, click_ticket *t) {
    (void)ctx, (void)click;
    ASKED++;
    if (DENY)
        buttons_refuse(t, "not_allowed", "You may not.");
    else
        buttons_admit(t);
}

static void answer(const button_click *click, click_ticket *t) {
    char *chosen = buttons_chosen_text(WORDS_EN, click);
    buttons_answer(t, &(button_result){.ephemeral_text = UNDO ? "That failed." : "Noted.",
                                       .chosen = UNDO || KEEP ? NULL : chosen,
                                       .undo = UNDO});
    free(chosen);
}

static void clicked(void *ctx, const button_click *click, click_ticket *t) {
    (void)ctx;
    CLICKS++;
    snprintf(SEEN, sizeof SEEN, "%s|%s|%s|%s|%s|%s|%s", click->id, click->label, click->value,
             click->account_id, click->post_id, click->by->username, json_text(click->data, "session"));
    if (LATER)
        HELD_TICKET = t;
    else
        answer(click, t);
}

static buttons *node(void) {
    buttons *b = buttons_create(LOOP, &THE_CHAT);
    buttons_register(b, &(button_kind){.name = "turn", .may = may, .clicked = clicked});
    return b;
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    ONE = node();
    TWO = node();
    CLICKS = ASKED = 0;
    DENY = UNDO = KEEP = LATER = false;
    HELD_TICKET = NULL;
    *SEEN = *NONCE = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    buttons_destroy(ONE);
    buttons_destroy(TWO);
    cJSON_Delete(ATTACHMENT);
    ATTACHMENT = NULL;
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void on_made(void *ctx, oc_err err, const char *nonce, const cJSON *attachment) {
    (void)ctx;
    MADE = err;
    snprintf(NONCE, sizeof NONCE, "%s", nonce != NULL ? nonce : "");
    cJSON_Delete(ATTACHMENT);
    ATTACHMENT = cJSON_Duplicate(attachment, 1);
}

static const button_option SIZES[] = {{"Small", "s"}, {"Large", "l"}};
static const button_action ACTIONS[] = {
    {.id = "yes-1", .label = "Yes", .style = "primary", .value = "yes please"},
    {.id = "yes_1", .label = "No", .style = "purple"},
    {.id = "", .label = "Size", .options = SIZES, .option_count = 2},
};
static const char *const ALICE_ONLY[] = {"alice", NULL};

static void make(buttons *b, const char *const *users, bool reusable) {
    cJSON *data = json_new_object();
    json_add_string(data, "session", "agent:main:x");
    buttons_make(b,
                 &(button_set){.kind = "turn",
                               .account_id = "default",
                               .bot_user_id = "bot",
                               .channel_id = "town",
                               .text = "Choose",
                               .actions = ACTIONS,
                               .count = 3,
                               .user_ids = users,
                               .reusable = reusable,
                               .lives_ms = BUTTONS_LIVE_MIN_MS,
                               .data = data},
                 on_made, NULL);
    cJSON_Delete(data);
    assert_int_equal(MADE, OC_OK);
}

// The post with the set under it, and something else of somebody else's.
static void post_it(const char *id) {
    fake_posted *p = fake_chat_add_post(id, "town", "bot", "", "What shall I do?");
    p->props = json_new_object();
    json_add_string(p->props, "other", "stays");
    cJSON *list = json_add_array(p->props, "attachments");
    json_push(list, cJSON_Parse("{\"text\":\"another attachment\"}"));
    json_push(list, cJSON_Duplicate(ATTACHMENT, 1));
}

static void make_posted(const char *const *users, bool reusable) {
    make(ONE, users, reusable);
    post_it("p1");
    buttons_bind(ONE, NONCE, "p1");
}

static const cJSON *action(int number) {
    return cJSON_GetArrayItem(json_array(ATTACHMENT, "actions"), number);
}

static cJSON *body_of(int number, const char *post, const char *channel) {
    cJSON *body = json_new_object();
    json_add_string(body, "post_id", post);
    json_add_string(body, "channel_id", channel);
    json_add(body, "context",
             cJSON_Duplicate(json_get(json_get(action(number), "integration"), "context"), 1));
    return body;
}

static int STATUS, ANSWERS;
static char TEXT[1024], FAULT[1024];

static void on_answer(void *ctx, int status, const cJSON *body) {
    (void)ctx;
    ANSWERS++;
    STATUS = status;
    snprintf(TEXT, sizeof TEXT, "%s", json_text(body, "ephemeral_text"));
    snprintf(FAULT, sizeof FAULT, "%s", json_text(body, "error"));
}

static void send_text(buttons *b, const char *user, const char *body) {
    STATUS = ANSWERS = 0;
    *TEXT = *FAULT = '\0';
    buttons_http(b, user, bytes_str(body), on_answer, NULL);
}

static void send_body(buttons *b, const char *user, cJSON *body) {
    char *text = cJSON_PrintUnformatted(body);
    send_text(b, user, text);
    free(text);
    cJSON_Delete(body);
}

static void click_on(buttons *b, const char *user, int number) {
    send_body(b, user, body_of(number, "p1", "town"));
}

static int64_t count_of(const buttons *b, const char *word) {
    cJSON *counts = buttons_counts(b);
    int64_t count = json_int(counts, word, 0);
    cJSON_Delete(counts);
    return count;
}

static inline const cJSON *attachments(void) {
    return json_array(fake_chat_post("p1")->props, "attachments");
}

#endif
