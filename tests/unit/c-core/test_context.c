// SPDX-License-Identifier: Apache-2.0
// Which posts are context for a question, what of posts is read at all, and how often bots answered bots.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "inbound/bot_hops.h"
#include "inbound/context_select.h"
#include "inbound/post_text.h"

#include <stdio.h>

static char ALICE[] = "alicealicealicealicealicea";
enum { DAY_MS = 24 * 3600 * 1000, ASKED_MS = 2 * DAY_MS };

typedef struct row {
    const char *id, *user, *root, *message;
    int64_t ago_ms;
    const char *extra; // further members, as JSON, or NULL
} row;

static cJSON *list_of(const row *rows, size_t count) {
    cJSON *list = json_new_object(), *posts = json_add_object(list, "posts");
    for (size_t i = 0; i < count; i++) {
        cJSON *post = rows[i].extra != NULL ? cJSON_Parse(rows[i].extra) : json_new_object();
        assert_non_null(post);
        json_add_string(post, "id", rows[i].id);
        json_add_string(post, "user_id", rows[i].user);
        json_add_string(post, "channel_id", "town");
        json_add_string(post, "root_id", rows[i].root);
        json_add_string(post, "message", rows[i].message);
        json_add_int(post, "create_at", ASKED_MS - rows[i].ago_ms);
        json_add(posts, rows[i].id, post);
    }
    return list;
}

static char **entries(const char *one) {
    char **list = xcalloc(2, sizeof(char *));
    list[0] = one != NULL ? xstrdup(one) : NULL;
    return list;
}

static void free_entries(char **list) {
    free(list[0]);
    free(list);
}

typedef struct setting {
    const char *root;
    int limit;
    context_visibility visibility;
    const char *file_names; // JSON
} setting;

static const chat_user USERS[] = {
    {.id = "alicealicealicealicealicea", .username = "alice", .roles = ""},
    {.id = "bob", .username = "bob", .roles = ""},
    {.id = "bot2", .username = "other-bot", .roles = "", .is_bot = true},
};

// The ids that are chosen, in order: "a b c".
static char *chosen(const row *rows, size_t count, const setting *s) {
    account_config rules;
    account_config_init(&rules);
    char **old = rules.group_allow_from;
    rules.group_allow_from = entries(ALICE);
    rules.history_limit = s->limit > 0 ? s->limit : 50;
    rules.context_visibility = s->visibility;
    const context_rules r = {.config = &rules,
                             .bot_user_id = "bot",
                             .bot_username = "openclaw",
                             .kind = CHAT_CHANNEL,
                             .channel_id = "town",
                             .root_id = s->root != NULL ? s->root : "",
                             .post_id = "q",
                             .asked_ms = ASKED_MS};
    cJSON *list = list_of(rows, count), *names = cJSON_Parse(s->file_names != NULL ? s->file_names : "{}");
    const context_facts f = {.users = USERS, .user_count = 3, .file_names = names};
    context_candidates candidates;
    context_candidates_read(list, &r, &candidates);
    context *c = context_choose(&candidates, &r, &f);
    buf out;
    buf_init(&out, 100000);
    for (size_t i = 0; c != NULL && i < c->count; i++)
        assert_int_equal(buf_printf(&out, "%s%s%s%s%s", i > 0 ? " " : "", c->items[i].post_id,
                                    s->file_names != NULL ? "=" : "",
                                    s->file_names != NULL ? c->items[i].text : "",
                                    c->items[i].bot    ? "(bot)"
                                    : c->items[i].hook ? "(hook)"
                                                       : ""),
                         OC_OK);
    context_free(c);
    cJSON_Delete(names);
    cJSON_Delete(list);
    free_entries(rules.group_allow_from);
    rules.group_allow_from = old;
    account_config_clear(&rules);
    return buf_take_str(&out);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ASSERT_CHOSEN(rows, expected, ...)                                                                   \
    do {                                                                                                     \
        char *got = chosen(rows, COUNT(rows), &(const setting){__VA_ARGS__});                                \
        assert_string_equal(got, expected);                                                                  \
        free(got);                                                                                           \
    } while (0)

static void test_up_to_the_bots_last_word(void **state) {
    static const row rows[] = {
        {"a", "bob", "", "before", 9000, NULL},
        {"b", "bot", "", "an answer", 8000, NULL},
        {"c", "bot", "", "the gateway is away", 7000,
         "{\"props\":{\"openclaw\":{\"turn\":\"x\",\"part\":-1}}}"},
        {"d", "bob", "", "after", 6000, NULL},
        {"e", "bob", "r", "in a thread", 5000, NULL},
        {"f", "bob", "", "joined", 4000, "{\"type\":\"system_join_channel\"}"},
        {"g", "bob", "", "gone", 3000, "{\"delete_at\":5}"},
        {"h", "bot2", "", "beep", 2000, "{\"props\":{\"from_bot\":\"true\"}}"},
        {"i", "bob", "", "hook", 1000, "{\"props\":{\"from_webhook\":\"true\"}}"},
        {"q", ALICE, "", "@openclaw well?", 0, NULL},
        {"z", "bob", "", "later", -1000, NULL},
    };
    (void)state;
    ASSERT_CHOSEN(rows, "d h(bot) i(hook)", .limit = 50);
    ASSERT_CHOSEN(rows, "h(bot) i(hook)", .limit = 2);
    ASSERT_CHOSEN(rows, "", .visibility = CONTEXT_ALLOWLIST);
}

static void test_in_a_thread(void **state) {
    static const row rows[] = {
        {"r", "bob", "", "the beginning", 9000, NULL}, {"a", ALICE, "r", "listed", 8000, NULL},
        {"b", "bob", "r", "not listed", 7000, NULL},   {"x", "bob", "", "beside", 6000, NULL},
        {"q", ALICE, "r", "@openclaw well?", 0, NULL},
    };
    (void)state;
    ASSERT_CHOSEN(rows, "r a b", .root = "r");
    ASSERT_CHOSEN(rows, "a", .root = "r", .visibility = CONTEXT_ALLOWLIST);
    ASSERT_CHOSEN(rows, "r a", .root = "r", .visibility = CONTEXT_ALLOWLIST_QUOTE);
}

static void test_an_earlier_question_ends_it(void **state) {
    static const row rows[] = {
        {"a", "bob", "", "old", 9000, NULL},
        {"b", ALICE, "", "@openclaw first?", 8000, NULL},
        {"c", "bob", "", "@openclaw I may not ask", 7000, NULL},
        {"d", ALICE, "", "talk", 6000, NULL},
    };
    (void)state;
    ASSERT_CHOSEN(rows, "c d", .limit = 50);
}

static void test_bounds(void **state) {
    static const row old[] = {{"a", "bob", "", "x", DAY_MS + 1, NULL}, {"b", "bob", "", "y", DAY_MS, NULL}};
    row many[150];
    char ids[150][8], *long_text = xcalloc(1, 5001);
    (void)state;
    ASSERT_CHOSEN(old, "b", .limit = 50);
    memset(long_text, 'x', 5000);
    for (size_t i = 0; i < COUNT(many); i++) {
        snprintf(ids[i], sizeof ids[i], "p%zu", i);
        many[i] = (row){ids[i], "bob", "", i < 144 ? "x" : long_text, (int64_t)(150 - i) * 1000, NULL};
    }
    ASSERT_CHOSEN(many, "p147 p148 p149", .limit = 50); // 16 KiB
    for (size_t i = 0; i < COUNT(many); i++)
        many[i].message = "x";
    char *got = chosen(many, COUNT(many), &(const setting){.limit = 1000});
    assert_int_equal(strncmp(got, "p50 ", 4), 0);
    free(got);
    free(long_text);
}

static void test_files_and_rich_posts(void **state) {
    static const row rows[] = {
        {"a", "bob", "", "see", 3000, "{\"file_ids\":[\"f1\",\"f2\",7]}"},
        {"b", "bob", "", "", 2000,
         "{\"props\":{\"attachments\":[{\"title\":\"Build\",\"text\":\"failed\"}]}}"},
        {"c", "bob", "", " \xE2\x80\x8B", 1000, NULL},
    };
    (void)state;
    ASSERT_CHOSEN(rows, "a=see\n[file a.txt]\n[file] b=Build\nfailed",
                  .file_names = "{\"f1\":\"a.\\u202etxt\"}");
}

static void test_what_a_post_says(void **state) {
    static const struct {
        const char *type, *message, *props, *said;
    } table[] = {
        {"", "hi", NULL, "hi"},
        {"me", "*waves*", "{\"message\":\"waves\"}", "waves"},
        {"me", "*waves*", NULL, "*waves*"},
        {"", "hi", "{\"message\":\"other\"}", "hi"},
        {"", "", "{\"attachments\":[{\"fallback\":\"f\"}]}", "f"},
        {"", "m",
         "{\"attachments\":[{\"pretext\":\"p\",\"author_name\":\"a\",\"title\":\"t\",\"text\":\"x\","
         "\"fallback\":\"f\",\"footer\":\"o\",\"fields\":[{\"title\":\"k\",\"value\":\"v\"},{\"value\":"
         "7},{\"title\":\"n\",\"value\":8}]},{\"text\":\"second\"}]}",
         "m\n\np\na\nt\nx\nk: v\n7\nn: 8\no\n\nsecond"},
        {"", "m", "{\"attachments\":\"none\"}", "m"},
        {"", "m", "{\"attachments\":[null,7,\"x\",{\"text\":9,\"fields\":{\"a\":1}}]}", "m"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        cJSON *props = table[i].props != NULL ? cJSON_Parse(table[i].props) : NULL;
        chat_post post = {.type = table[i].type, .message = table[i].message, .props = props};
        char *said = post_text(&post);
        assert_string_equal(said, table[i].said);
        free(said);
        cJSON_Delete(props);
    }
}

static void test_bots_that_answer_bots(void **state) {
    static const row rows[] = {
        {"a", "bot", "", "answer", 9000, NULL},
        {"b", ALICE, "", "a person", 8000, NULL},
        {"c", "bot2", "", "beep", 7000, "{\"props\":{\"from_bot\":\"true\"}}"},
        {"d", "bot", "", "answer", 6000, "{\"props\":{\"openclaw\":{\"turn\":\"c\",\"part\":0}}}"},
        {"e", "bot", "", "its rest", 5500, "{\"props\":{\"openclaw\":{\"turn\":\"c\",\"part\":1}}}"},
        {"f", "bot2", "", "beep", 5000, "{\"props\":{\"from_bot\":\"true\"}}"},
        {"g", "bot", "", "answer", 4000, "{\"props\":{\"openclaw\":{\"turn\":\"f\",\"part\":0}}}"},
        {"q", "bot2", "", "beep", 0, "{\"props\":{\"from_bot\":\"true\"}}"},
        {"z", ALICE, "", "later", -1000, NULL},
    };
    cJSON *list = list_of(rows, COUNT(rows));
    const chat_post post = {.id = "q", .root_id = "", .create_at_ms = ASKED_MS};
    (void)state;
    assert_int_equal(bot_hops_count(list, &post, "bot"), 2);
    assert_int_equal(bot_hops_count(NULL, &post, "bot"), 0);
    cJSON_Delete(list);
}

// --- the look-ups ---

static context *GOT;
static int TOLD;

static void on_context(void *ctx, context *c) {
    (void)ctx;
    context_free(GOT);
    GOT = c;
    TOLD++;
}

typedef struct bench {
    loop *loop;
    account_config rules;
    account account;
    chat_post post;
} bench;

static void begin(bench *b) {
    static char id[] = "default", bot[] = "bot", name[] = "openclaw";
    *b = (bench){.loop = loop_create(&FAKE_CLOCK)};
    account_config_init(&b->rules);
    b->rules.history_limit = 50;
    b->account = (account){.config = &b->rules, .id = id, .bot_user_id = bot, .bot_username = name};
    b->post = (chat_post){
        .id = "q", .channel_id = "town", .user_id = ALICE, .root_id = "", .create_at_ms = FAKE_NOW_MS};
    (void)fake_chat_create();
    fake_chat_add_post("a", "town", "bob", "", "lunch");
    GOT = NULL;
    TOLD = 0;
}

static void end(bench *b) {
    context_free(GOT);
    GOT = NULL;
    account_config_clear(&b->rules);
    loop_destroy(b->loop);
    fake_chat_destroy();
}

static context_query *gather(bench *b, chat_kind kind) {
    const context_request r = {.account = &b->account, .post = &b->post, .kind = kind};
    return context_gather(b->loop, &THE_CHAT, &r, on_context, NULL);
}

static void test_gathering(void **state) {
    bench b;
    (void)state;
    begin(&b);
    assert_null(gather(&b, CHAT_CHANNEL));
    assert_int_equal(TOLD, 1);
    assert_int_equal(GOT->count, 1);
    assert_string_equal(GOT->items[0].sender, "bob");
    assert_null(gather(&b, CHAT_DIRECT));
    assert_null(GOT);
    b.rules.history_limit = 0;
    assert_null(gather(&b, CHAT_CHANNEL));
    assert_null(GOT);
    assert_int_equal(TOLD, 3);
    end(&b);
}

static void test_it_takes_too_long(void **state) {
    bench b;
    (void)state;
    begin(&b);
    FAKE.hold = true;
    assert_non_null(gather(&b, CHAT_CHANNEL));
    fake_clock_pass(b.loop, CONTEXT_LIMIT_MS - 200);
    assert_int_equal(TOLD, 0);
    fake_clock_pass(b.loop, 400);
    assert_int_equal(TOLD, 1);
    assert_null(GOT);
    fake_chat_answer_all(); // too late, and nothing is left behind
    assert_int_equal(TOLD, 1);
    end(&b);
}

static void test_forgotten(void **state) {
    bench b;
    (void)state;
    begin(&b);
    FAKE.hold = true;
    context_query *q = gather(&b, CHAT_CHANNEL);
    b.account.config = NULL;
    context_forget(q);
    fake_chat_answer_all();
    b.account.config = &b.rules;
    q = gather(&b, CHAT_CHANNEL);
    b.account.config = NULL; // the account is removed
    fake_chat_answer_all();
    assert_int_equal(TOLD, 1);
    assert_null(GOT);
    end(&b);
}

static void test_names_that_cannot_be_had(void **state) {
    static const char *const calls[] = {"get_users_by_ids", "get_file_info"};
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        bench b;
        begin(&b);
        FAKE.posts[0].file_ids = cJSON_Parse("[\"f1\"]");
        fake_chat_add_file("f1", "a.txt", "text/plain", bytes_str("x"));
        FAKE.fail_call = calls[i];
        FAKE.fail_next = 1;
        FAKE.failure = (chat_error){.err = OC_ECLOSED, .id = "", .message = "no"};
        assert_null(gather(&b, CHAT_CHANNEL));
        assert_int_equal(GOT->count, 1);
        assert_string_equal(GOT->items[0].sender, i == 0 ? "" : "bob");
        assert_string_equal(GOT->items[0].text, i == 0 ? "lunch\n[file a.txt]" : "lunch\n[file]");
        end(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_to_the_bots_last_word),    cmocka_unit_test(test_in_a_thread),
        cmocka_unit_test(test_an_earlier_question_ends_it), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_files_and_rich_posts),        cmocka_unit_test(test_what_a_post_says),
        cmocka_unit_test(test_bots_that_answer_bots),       cmocka_unit_test(test_gathering),
        cmocka_unit_test(test_it_takes_too_long),           cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_names_that_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
