// SPDX-License-Identifier: Apache-2.0
// The pairing desks of two nodes with one store, two accounts and people who ask. Included by tests.
#ifndef OC_FAKES_PAIRING_BENCH_H
#define OC_FAKES_PAIRING_BENCH_H

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "interactions/pairing.h"
#include "support/english.h"

#include <stdio.h>

static char ALICE[] = "alicealicealicealicealicea", CAROL[] = "carolcarolcarolcarolcarola";
static char BOT[] = "botbotbotbotbotbotbotbotbo", SALES_BOT[] = "botsales";
static char DEFAULT_ID[] = "default", SALES_ID[] = "sales", DAVE[] = "@dave", BOT_NAME[] = "openclaw";
static char ERIN[] = "erinerinerinerinerinerinab", GROUP[] = "ops", GROUP_ENTRY[] = "accessGroup:ops";
static char *MEMBERS[] = {ERIN, NULL};
static access_group GROUPS[] = {{.name = GROUP, .supported = true, .members = MEMBERS}};
static char *APPROVERS[] = {CAROL, DAVE, GROUP_ENTRY, NULL};
static account_config RULES, SALES_RULES;
static account ACCOUNTS[2];
static size_t ACCOUNT_COUNT;

typedef struct node {
    pairings *store;
    journal *journal;
    pairing_desk *desk;
} node;
static loop *LOOP;
static node ONE, TWO; // share one store
static char RELEASED[64], RELEASED_ACCOUNT[16];
static int RELEASES;

static const account *account_at(void *ctx, size_t index) {
    (void)ctx;
    return index < ACCOUNT_COUNT ? &ACCOUNTS[index] : NULL;
}

static void on_release(void *ctx, const chat_post *post, const char *account_id) {
    (void)ctx;
    RELEASES++;
    snprintf(RELEASED, sizeof RELEASED, "%s", post->id);
    snprintf(RELEASED_ACCOUNT, sizeof RELEASED_ACCOUNT, "%s", account_id);
}

static void start(node *n, const char *name) {
    n->store = pairings_create(LOOP, &THE_CHAT);
    n->journal = journal_create(LOOP, &THE_CHAT, name);
    pairing_world w = {.loop = LOOP,
                       .chat = &THE_CHAT,
                       .store = n->store,
                       .journal = n->journal,
                       .node = name,
                       .account = account_at,
                       .release = on_release};
    n->desk = pairing_desk_create(&w);
    pairing_desk_resume(n->desk);
}

static void stop(node *n) {
    pairings_destroy(n->store);
    pairing_desk_destroy(n->desk);
    journal_destroy(n->journal);
    *n = (node){0};
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    fake_chat_create();
    RULES = (account_config){
        .id = DEFAULT_ID, .approvers = APPROVERS, .access_groups = GROUPS, .access_group_count = 1};
    SALES_RULES = (account_config){.id = SALES_ID};
    ACCOUNTS[0] = (account){.config = &RULES, .id = DEFAULT_ID, .bot_user_id = BOT, .bot_username = BOT_NAME};
    ACCOUNTS[1] =
        (account){.config = &SALES_RULES, .id = SALES_ID, .bot_user_id = SALES_BOT, .bot_username = SALES_ID};
    ACCOUNT_COUNT = 2;
    RELEASES = 0;
    start(&ONE, "n1");
    start(&TWO, "n2");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    stop(&ONE);
    stop(&TWO);
    loop_destroy(LOOP);
    fake_chat_destroy();
    return 0;
}

static void settle(void) {
    fake_clock_pass(LOOP, 3000);
}

// --- asking ---

static char TEXT[4096];
static bool LET_IN;
static int TOLD;

static void on_asked(void *ctx, bool let_in, const char *text) {
    (void)ctx;
    TOLD++;
    LET_IN = let_in;
    snprintf(TEXT, sizeof TEXT, "%s", text != NULL ? english_of(text) : "");
}

static void ask_about(node *n, const account *a, const char *user, const char *post_id) {
    static const char channel[] = "dm1";
    if (fake_chat_post(post_id) == NULL)
        fake_chat_add_post(post_id, channel, user, "", "hello?");
    chat_post post = {.id = post_id,
                      .channel_id = channel,
                      .user_id = user,
                      .root_id = "",
                      .message = "hello?",
                      .type = "",
                      .pending_post_id = "",
                      .create_at_ms = FAKE_NOW_MS};
    int before = TOLD;
    pairing_desk_ask(n->desk, a, &post, "alice", on_asked, NULL);
    settle();
    assert_int_equal(TOLD, before + 1);
}

static void ask(node *n, const char *post_id) {
    ask_about(n, &ACCOUNTS[0], ALICE, post_id);
}

// The code in the text between the fences.
static inline const char *code(void) {
    static char found[9];
    const char *at = strstr(TEXT, "```\n");
    assert_non_null(at);
    snprintf(found, sizeof found, "%s", at + 4);
    assert_int_equal(strspn(found, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"), 8);
    return found;
}

#endif
