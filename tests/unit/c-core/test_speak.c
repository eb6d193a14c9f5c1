// SPDX-License-Identifier: Apache-2.0
// Messages that agents begin, from the gateway's event or history to posts, between a fake chat server and a fake gateway.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "fakes/two_accounts.h"
#include "outbound/speak.h"

#include <stdio.h>
#include <utlist.h>

#define ALICE "alicealicealicealicealicea"
#define GONE "gonealicealicealicealicea1"
#define CHANNEL "publicpublicpublicpublicpu"
#define GROUP "privatepublicpublicpublicp"
#define OUTSIDE "publicpublicpublicpubliout"
#define ROOT "rootrootrootrootrootrootro"
#define KEY_DM "agent:main:mattermost:direct:" ALICE
#define KEY_CHANNEL "agent:main:mattermost:channel:" CHANNEL
enum { GATEWAY_NOW = 5000000 }; // its clock at the start

static loop *LOOP;
static accounts *ACCOUNTS;
static config *RULES;
static resolver *RESOLVER;
static media *MEDIA;
static pairings *PAIRED;
static participation *THREADS;
static speak *SPEAK;
static bool MAY;
static cJSON *HISTORIES; // session key → rows
static cJSON *USED;      // session key → updatedAt
static int LISTS, LOOKS;
static bool DEAF; // the gateway answers nothing

static void on_settled(void *ctx) {
    (void)ctx;
}
static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}
static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}
static bool may(void *ctx) {
    (void)ctx;
    return MAY;
}

// --- the gateway ---

static cJSON *list_payload(void) {
    cJSON *payload = json_new_object(), *sessions = json_add_array(payload, "sessions");
    const cJSON *used = NULL;
    LISTS++;
    json_add_int(payload, "ts", GATEWAY_NOW + FAKE_NOW_MS);
    cJSON_ArrayForEach(used, USED) {
        cJSON *one = json_new_object();
        json_add_string(one, "key", used->string);
        json_add_int(one, "updatedAt", (int64_t)used->valuedouble);
        json_push(sessions, one);
    }
    return payload;
}

static cJSON *history_payload(const char *key) {
    cJSON *payload = json_new_object();
    LOOKS++;
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(HISTORIES, key);
    cJSON_AddItemToObject(payload, "messages", rows != NULL ? cJSON_Duplicate(rows, 1) : cJSON_CreateArray());
    return payload;
}

typedef struct pending {
    char *id;
    cJSON *payload;
    struct pending *next;
} pending;
static pending *PENDING;

static oc_err on_request(void *ctx, const char *id, const char *method, const cJSON *params) {
    pending *p = xcalloc(1, sizeof *p);
    (void)ctx;
    p->id = xstrdup(id);
    p->payload = strcmp(method, "sessions.list") == 0 ? list_payload()
                                                      : history_payload(json_text(params, "sessionKey"));
    LL_APPEND(PENDING, p);
    return OC_OK;
}

static void answer_requests(void) {
    while (PENDING != NULL && !DEAF) {
        pending *p = PENDING;
        LL_DELETE(PENDING, p);
        cJSON *frame = json_new_object();
        json_add_string(frame, "type", "res");
        json_add_string(frame, "id", p->id);
        json_add_bool(frame, "ok", true);
        json_add(frame, "payload", p->payload);
        requests_on_response(RUNS.requests, frame);
        cJSON_Delete(frame);
        free(p->id);
        free(p);
    }
}

static void pass(int64_t ms) {
    for (int64_t at = 0; at < ms; at += 100) {
        answer_requests();
        fake_clock_pass(LOOP, 100);
    }
}

static cJSON *message_of(const char *text) {
    cJSON *m = json_new_object(), *block = json_new_object();
    json_add_string(m, "role", "assistant");
    json_add_string(block, "type", "text");
    json_add_string(block, "text", text);
    json_push(json_add_array(m, "content"), block);
    json_add_int(m, "timestamp", GATEWAY_NOW + FAKE_NOW_MS);
    return m;
}

// The run's words in the history.
static void write_down(const char *key, const char *run_id, const char *text) {
    cJSON *rows = cJSON_GetObjectItemCaseSensitive(HISTORIES, key);
    if (rows == NULL)
        rows = json_add_array(HISTORIES, key);
    cJSON *row = message_of(text);
    json_add_string(row, "stopReason", "stop");
    json_add_string(json_add_object(row, "__openclaw"), "runId", run_id);
    json_push(rows, row);
    cJSON_DeleteItemFromObjectCaseSensitive(USED, key);
    json_add_int(USED, key, GATEWAY_NOW + FAKE_NOW_MS);
}

static void tell(const char *key, const char *run_id, const char *text) {
    if (!RUNS.events.wants_session(RUNS.ctx, bytes_str(key)))
        return;
    cJSON *m = message_of(text);
    RUNS.events.final(RUNS.ctx,
                      &(gateway_final){.session_key = key, .run_id = run_id, .text = text, .message = m});
    cJSON_Delete(m);
}

static void say(const char *key, const char *run_id, const char *text) {
    write_down(key, run_id, text);
    tell(key, run_id, text);
    pass(5000); // early ones are looked for in the channel first
}

// --- one process after the other ---

static void start(bool active) {
    SPEAK = speak_create(&(speak_parts){.loop = LOOP,
                                        .chat = &THE_CHAT,
                                        .accounts = ACCOUNTS,
                                        .resolver = RESOLVER,
                                        .media = MEDIA,
                                        .paired = PAIRED,
                                        .threads = THREADS,
                                        .may = may});
    speak_set_active(SPEAK, active);
}

static void connected(void) {
    RUNS.events.ready(RUNS.ctx);
    pass(500);
}

static void set_up_core(void) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    RESOLVER = resolver_create(LOOP, &THE_CHAT);
    MEDIA = media_create(LOOP, NULL, &THE_CHAT);
    PAIRED = pairings_create(LOOP, &THE_CHAT);
    THREADS = participation_create(LOOP, &THE_CHAT);
    start(true);
    accounts_apply(ACCOUNTS, RULES);
    pass(100);
}

static void tear_down_core(void) {
    speak_set_active(SPEAK, false);
    accounts_destroy(ACCOUNTS);
    speak_destroy(SPEAK);
    media_destroy(MEDIA);
    resolver_destroy(RESOLVER);
    pairings_destroy(PAIRED);
    participation_destroy(THREADS);
}

static void restart_core(void) {
    tear_down_core();
    set_up_core();
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    RULES = one_account(ALICE);
    HISTORIES = json_new_object();
    USED = json_new_object();
    LISTS = LOOKS = 0;
    MAY = true;
    DEAF = false;
    (void)fake_chat_create();
    fake_runs_create(GATEWAY_READY);
    RUNS.requests = requests_create(LOOP, on_request, NULL);
    set_up_core();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    tear_down_core();
    DEAF = false;
    answer_requests();
    requests_destroy(RUNS.requests);
    RUNS.requests = NULL;
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_chat_destroy();
    fake_runs_destroy();
    cJSON_Delete(HISTORIES);
    cJSON_Delete(USED);
    return 0;
}

static const fake_posted *only_post(void) {
    assert_int_equal(FAKE.post_count, 1);
    return &FAKE.posts[0];
}

// --- tests ---

static void test_places(void **state) {
    static const struct {
        const char *key, *channel_id, *root_id;
    } rows[] = {
        {KEY_DM, "dm-" ALICE, ""},
        {KEY_DM ":thread:" ROOT, "dm-" ALICE, ROOT},
        {KEY_CHANNEL, CHANNEL, ""},
        {KEY_CHANNEL ":thread:" ROOT, CHANNEL, ROOT},
        {"agent:main:mattermost:group:" GROUP, GROUP, ""},
    };
    (void)state;
    connected();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        say(rows[i].key, "run", "a job's text");
        assert_int_equal(FAKE.post_count, i + 1);
        assert_string_equal(FAKE.posts[i].channel_id, rows[i].channel_id);
        assert_string_equal(FAKE.posts[i].root_id, rows[i].root_id);
        assert_string_equal(FAKE.posts[i].message, "a job's text");
        assert_string_equal(FAKE.posts[i].user_id, "bot");
        assert_int_equal(strlen(FAKE.posts[i].turn), 16);
    }
}

static void test_not_posted(void **state) {
    static const char *const keys[] = {
        "agent:main:main",
        "agent:main:subagent:0e7a8e3c-0000-4000-8000-000000000000",
        "agent:other:mattermost:channel:" CHANNEL,
        "agent:main:mattermost:channel:" OUTSIDE, // the bot is no member
        "agent:main:mattermost:group:" CHANNEL,   // of another kind
        "agent:main:mattermost:direct:" GONE,
        "agent:main:mattermost:direct:bobbobbobbobbobbobbobbobbo", // not let in
    };
    (void)state;
    connected();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        say(keys[i], "run", "a text");
    say(KEY_DM, "quiet", "NO_REPLY");
    say(KEY_DM, "heartbeat", "HEARTBEAT_OK");
    assert_int_equal(FAKE.post_count, 0);
}

static void test_once(void **state) {
    (void)state;
    connected();
    say(KEY_DM, "run", "a text");
    tell(KEY_DM, "run", "a text");
    pass(10000);
    connected();
    pass(10000);
    assert_string_equal(only_post()->message, "a text");
}

// Words and files as they stand in the history, which the event does not have.
static void test_files(void **state) {
    (void)state;
    connected();
    write_down(KEY_CHANNEL, "run", "look\nMEDIA:../secret.txt");
    tell(KEY_CHANNEL, "run", "look");
    pass(5000);
    assert_non_null(strstr(only_post()->message, "look"));
    assert_null(strstr(only_post()->message, "MEDIA:"));
    assert_non_null(strstr(only_post()->message, "secret.txt")); // a line that says why not
}

static void test_late_history(void **state) {
    (void)state;
    connected();
    tell(KEY_DM, "run", "as heard");
    pass(1000);
    assert_int_equal(FAKE.post_count, 0);
    write_down(KEY_DM, "run", "as written");
    pass(6000);
    assert_string_equal(only_post()->message, "as written");
}

static void test_no_history(void **state) {
    (void)state;
    connected();
    tell(KEY_DM, "run", "as heard");
    pass(20000);
    assert_string_equal(only_post()->message, "as heard");
}

// Of a wake no chat event tells.
static void test_wake(void **state) {
    (void)state;
    connected();
    pass(60000);
    write_down(KEY_DM, "wake", "time to go");
    write_down(KEY_CHANNEL, "heartbeat", "HEARTBEAT_OK");
    RUNS.events.heartbeat(RUNS.ctx);
    pass(5000);
    assert_string_equal(only_post()->message, "time to go");
    RUNS.events.heartbeat(RUNS.ctx);
    pass(5000);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_while_away(void **state) {
    (void)state;
    write_down(KEY_DM, "ancient", "before we came");
    pass(120000);
    connected();
    assert_int_equal(FAKE.post_count, 0);
    say(KEY_DM, "one", "while here");
    tear_down_core();
    pass(600000);
    write_down(KEY_DM, "two", "while away");
    write_down(KEY_CHANNEL, "three", "while away, too");
    pass(600000);
    set_up_core();
    connected();
    pass(5000);
    assert_int_equal(FAKE.post_count, 3);
    restart_core();
    connected();
    pass(10000);
    assert_int_equal(FAKE.post_count, 3);
}

// Nothing was written down of it, but its post tells.
static void test_killed_behind_the_post(void **state) {
    (void)state;
    connected();
    pass(60000);
    write_down(KEY_DM, "one", "a text");
    tell(KEY_DM, "one", "a text");
    pass(600); // less than it takes to be written down
    assert_int_equal(FAKE.post_count, 1);
    restart_core();
    connected();
    pass(10000);
    assert_int_equal(FAKE.post_count, 1);
}

static void test_not_our_task(void **state) {
    (void)state;
    speak_set_active(SPEAK, false);
    connected();
    say(KEY_DM, "run", "a text");
    assert_int_equal(LISTS + LOOKS, 0);
    assert_int_equal(FAKE.post_count, 0);
    speak_set_active(SPEAK, true); // it is the first time: what was before is not ours
    pass(1000);
    assert_int_equal(FAKE.post_count, 0);
    speak_set_active(SPEAK, false);
    pass(100000);
    write_down(KEY_DM, "two", "between two nodes");
    speak_set_active(SPEAK, true);
    pass(5000);
    assert_string_equal(only_post()->message, "between two nodes");
    MAY = false; // the lease's time has just run out
    say(KEY_DM, "three", "of somebody else");
    assert_int_equal(FAKE.post_count, 1);
}

static void test_limit(void **state) {
    char run[16];
    (void)state;
    RULES->accounts[0].speaks_per_hour = 3;
    connected();
    for (int i = 0; i < 10; i++) {
        snprintf(run, sizeof run, "run%d", i);
        say(KEY_CHANNEL, run, "flood");
    }
    assert_int_equal(FAKE.post_count, 4);
    assert_string_equal(FAKE.posts[2].message, "flood");
    assert_non_null(strstr(FAKE.posts[3].message, "held back"));
    say(KEY_DM, "other", "elsewhere there is room");
    assert_int_equal(FAKE.post_count, 5);
    pass(3600000);
    say(KEY_CHANNEL, "later", "room again");
    assert_string_equal(FAKE.posts[5].message, "room again");
    RULES->accounts[0].speaks_per_hour = 0;
    say(KEY_CHANNEL, "never", "not at all");
    assert_int_equal(FAKE.post_count, 6);
}

static void test_server_fails(void **state) {
    (void)state;
    connected();
    FAKE.fail_call = "create_post";
    FAKE.fail_next = 9;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    write_down(KEY_DM, "run", "a text");
    tell(KEY_DM, "run", "a text");
    pass(120000);
    assert_string_equal(only_post()->message, "a text");
}

static void test_gateway_deaf(void **state) {
    (void)state;
    connected();
    DEAF = true;
    write_down(KEY_DM, "run", "a text");
    tell(KEY_DM, "run", "a text");
    pass(5000);
    assert_int_equal(FAKE.post_count, 0);
    DEAF = false;
    pass(200000);
    assert_string_equal(only_post()->message, "a text");
}

static void test_store_fails_at_first(void **state) {
    (void)state;
    FAKE.fail_call = "kv_get";
    FAKE.fail_next = 3;
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "down"};
    connected();
    write_down(KEY_DM, "old", "before it is known what is old");
    pass(30000);
    say(KEY_DM, "run", "a text");
    assert_true(LISTS > 0);
    assert_string_equal(FAKE.posts[FAKE.post_count - 1].message, "a text");
}

// Nothing is asked and nothing stored while nobody speaks, but once in half an hour.
static void test_costs(void **state) {
    (void)state;
    connected();
    pass(5000);
    int calls = FAKE.calls, lists = LISTS;
    pass(3600000);
    assert_int_equal(LISTS, lists);
    assert_true(FAKE.calls - calls <= 4);
}

static void test_many(void **state) {
    char run[16], text[32];
    (void)state;
    RULES->accounts[0].speaks_per_hour = 1000;
    connected();
    pass(60000);
    for (int i = 0; i < 150; i++) {
        snprintf(run, sizeof run, "run%d", i);
        snprintf(text, sizeof text, "text %d", i);
        write_down(i % 2 == 0 ? KEY_DM : KEY_CHANNEL, run, text);
        tell(i % 2 == 0 ? KEY_DM : KEY_CHANNEL, run, text);
        pass(i % 7 == 0 ? 700 : 0);
    }
    pass(30000);
    assert_int_equal(FAKE.post_count, 150);
    for (size_t i = 0; i < 150; i++) { // each once
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(FAKE.posts[i].message, FAKE.posts[k].message);
    }
}

int main(void) {
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_places),
        TEST(test_not_posted),
        TEST(test_once),
        TEST(test_files),
        TEST(test_late_history),
        TEST(test_no_history),
        TEST(test_wake),
        TEST(test_while_away),
        TEST(test_killed_behind_the_post),
        TEST(test_not_our_task),
        TEST(test_limit),
        TEST(test_server_fails),
        TEST(test_gateway_deaf),
        TEST(test_store_fails_at_first),
        TEST(test_costs),
        TEST(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
