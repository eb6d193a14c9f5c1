// SPDX-License-Identifier: Apache-2.0
// The agent's tools between a fake chat server (people, channels and posts laid out below) and a fake gateway. Included by tests.
#ifndef OC_FAKES_TOOL_BENCH_H
#define OC_FAKES_TOOL_BENCH_H

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "outbound/tools.h"

#include <stdio.h>

#define BOT "botbotbotbotbotbotbotbotbo"
#define ANN "annannannannannannannannan"
#define BOB "bobbobbobbobbobbobbobbobbo"
#define EVE "eveeveeveeveeveeveeveeveev" // deactivated
#define GUS "gusgusgusgusgusgusgusgusgu" // a guest
#define ACME "acmeacmeacmeacmeacmeacmeac"
#define BETA "betabetabetabetabetabetabe"
#define TOWN "townatownatownatownatowna0"  // public, with everybody but gus
#define NEWS "newsnewsnewsnewsnewsnewsne"  // public, ann may only read there
#define LOBBY "lobbylobbylobbylobbylobbyl" // public, with gus
#define OPS "opsopsopsopsopsopsopsopsop"   // private, with ann
#define BOSS "bossbossbossbossbossbossbo"  // private, with the bot and bob, not ann
#define LONE "lonelonelonelonelonelonelo"  // public, without the bot
#define FAR "farfarfarfarfarfarfarfarfa"   // public, of another team
#define POST_OPS "postopspostopspostopsposto"
#define POST_BOSS "postbosspostbosspostbosspo"
#define POST_TOWN "posttownposttownposttownpo"
#define POST_DM "postdmpostdmpostdmpostdmpo"
#define OWN "ownownownownownownownownow"      // the bot's, in the direct message
#define OWN_TOWN "owntownowntownowntownownto" // the bot's, in #town
#define BUTTONS "buttonsbuttonsbuttonsbutto"  // the bot's, with buttons
#define NOTICE "noticenoticenoticenoticeno"   // the bot's, no answer
#define NOTHING "zzzzzzzzzzzzzzzzzzzzzzzzzz"
#define DM_ANN "dmannannannannannannannann"
#define FILE_DM "filedmfiledmfiledmfiledmfi"
#define FILE_BOSS "filebossfilebossfilebossfi"

#define DIRECT "agent:main:mattermost:direct:" ANN
#define IN_TOWN "agent:main:mattermost:channel:" TOWN
#define IN_LOBBY "agent:main:mattermost:channel:" LOBBY
#define IN_OPS "agent:main:mattermost:group:" OPS

static const char WORLD[] =
    "{\"users\":["
    "{\"id\":\"" BOT "\",\"username\":\"openclaw\",\"is_bot\":true},"
    "{\"id\":\"" ANN "\",\"username\":\"ann\"},{\"id\":\"" BOB "\",\"username\":\"bob\"},"
    "{\"id\":\"" EVE "\",\"username\":\"eve\",\"delete_at\":5},"
    "{\"id\":\"" GUS "\",\"username\":\"gus\",\"roles\":\"system_guest\"}],"
    "\"teams\":["
    "{\"id\":\"" ACME "\",\"name\":\"acme\",\"members\":[\"" BOT "\",\"" ANN "\",\"" BOB "\",\"" GUS "\"]},"
    "{\"id\":\"" BETA "\",\"name\":\"beta\",\"members\":[\"" BOT "\",\"" ANN "\"]}],"
    "\"channels\":["
    "{\"id\":\"" TOWN "\",\"team_id\":\"" ACME "\",\"name\":\"town\",\"type\":\"O\",\"members\":[\"" BOT
    "\",\"" ANN "\",\"" BOB "\"]},"
    "{\"id\":\"" NEWS "\",\"team_id\":\"" ACME "\",\"name\":\"news\",\"type\":\"O\",\"members\":[\"" BOT
    "\",\"" ANN "\"],\"denied\":[\"" ANN " create_post\"]},"
    "{\"id\":\"" LOBBY "\",\"team_id\":\"" ACME "\",\"name\":\"lobby\",\"type\":\"O\",\"members\":[\"" BOT
    "\",\"" GUS "\"]},"
    "{\"id\":\"" OPS "\",\"team_id\":\"" ACME "\",\"name\":\"ops\",\"type\":\"P\",\"members\":[\"" BOT
    "\",\"" ANN "\"]},"
    "{\"id\":\"" BOSS "\",\"team_id\":\"" ACME "\",\"name\":\"boss\",\"type\":\"P\",\"members\":[\"" BOT
    "\",\"" BOB "\"]},"
    "{\"id\":\"" LONE "\",\"team_id\":\"" ACME "\",\"name\":\"lone\",\"type\":\"O\",\"members\":[\"" ANN
    "\"]},"
    "{\"id\":\"" FAR "\",\"team_id\":\"" BETA "\",\"name\":\"far\",\"type\":\"O\",\"members\":[\"" BOT
    "\",\"" ANN "\"]},"
    "{\"id\":\"" DM_ANN "\",\"name\":\"" ANN "__" BOT "\",\"type\":\"D\",\"members\":[\"" BOT "\",\"" ANN
    "\"]}]}";

static loop *LOOP;
static accounts *ACCOUNTS;
static resolver *RESOLVER;
static tools *TOOLS;
static config *RULES;

static void on_settled(void *ctx) {
    (void)ctx;
}

static void on_bot_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void on_status(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static void add_own(const char *id, const char *channel, int number, bool buttons) {
    fake_posted *p = fake_chat_add_post(id, channel, BOT, "", "mine");
    cJSON *mark = json_new_object();
    p->props = json_new_object();
    json_add_string(mark, "turn", "t");
    json_add_int(mark, "part", number);
    json_add(p->props, "openclaw", mark);
    if (buttons)
        json_push(json_add_array(p->props, "attachments"), json_new_object());
}

static void add_file(const char *id, const char *post_id) {
    fake_posted *p = fake_chat_post(post_id);
    p->file_ids = json_new_array();
    json_push(p->file_ids, json_new_string(id));
    fake_chat_add_file(id, "notes.txt", "text/plain", bytes_str("what is written there"));
}

static config *rules_of(const char *advanced) {
    config_problems problems;
    cJSON *settings = json_new_object();
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "allowfrom", "*");
    json_add_string(settings, "advanced", advanced);
    config *c = config_from_settings(settings, &problems);
    if (c == NULL)
        fail_msg("%s", problems.items[0].sentence);
    cJSON_Delete(settings);
    config_problems_free(&problems);
    return c;
}

static void with_rules(const char *advanced) {
    static const accounts_events events = {.settled = on_settled, .bot = on_bot_made, .status = on_status};
    RULES = rules_of(advanced);
    ACCOUNTS = accounts_create(LOOP, &THE_CHAT, NULL, &events, NULL);
    accounts_apply(ACCOUNTS, RULES);
    fake_clock_pass(LOOP, 100);
    assert_int_equal(accounts_count(ACCOUNTS), 1);
    TOOLS = tools_create(
        &(tools_parts){.loop = LOOP, .chat = &THE_CHAT, .accounts = ACCOUNTS, .resolver = RESOLVER});
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    FAKE.world = cJSON_Parse(WORLD);
    assert_non_null(FAKE.world);
    FAKE.ensured = BOT;
    fake_runs_create(GATEWAY_READY);
    RESOLVER = resolver_create(LOOP, c);
    fake_chat_add_post(POST_OPS, OPS, ANN, "", "plan of ops");
    fake_chat_add_post(POST_BOSS, BOSS, BOB, "", "plan of the boss");
    fake_chat_add_post(POST_TOWN, TOWN, BOB, "", "plan of the town");
    fake_chat_add_post(POST_DM, DM_ANN, ANN, "", "plan of ann");
    add_own(OWN, DM_ANN, 0, false);
    add_own(OWN_TOWN, TOWN, 0, false);
    add_own(BUTTONS, DM_ANN, 0, true);
    add_own(NOTICE, DM_ANN, -1, false);
    add_file(FILE_DM, POST_DM);
    add_file(FILE_BOSS, POST_BOSS);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    resolver_destroy(RESOLVER);
    tools_destroy(TOOLS);
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_runs_destroy();
    fake_chat_destroy();
    return 0;
}

// --- a call and its answer ---

static struct {
    int count;
    char *code, *text, *image; // image: "" for none
} ANSWER;

static void on_answer(void *ctx, const tool_result *result) {
    (void)ctx;
    ANSWER.count++;
    free(ANSWER.code);
    free(ANSWER.text);
    free(ANSWER.image);
    ANSWER.image = xstrdup(result->image);
    ANSWER.code = xstrdup(result->code);
    ANSWER.text = xstrdup(result->text);
}

static tool_run *call_keyed(const char *session, const char *name, const char *args, const char *key) {
    cJSON *parsed = cJSON_Parse(args);
    const tool *t = tool_by_name(name);
    assert_non_null(t);
    free(ANSWER.code);
    free(ANSWER.text);
    ANSWER.code = ANSWER.text = NULL;
    ANSWER.count = 0;
    tool_run *r = tools_call(TOOLS,
                             &(tool_call){.tool = t,
                                          .args = parsed,
                                          .gateway = accounts_at(ACCOUNTS, 0)->gateway,
                                          .session_key = session,
                                          .idempotency_key = key},
                             on_answer, NULL);
    cJSON_Delete(parsed);
    assert_int_equal(ANSWER.count, 0);
    return r;
}

static void call_as(const char *session, const char *name, const char *args, const char *key) {
    (void)call_keyed(session, name, args, key);
    for (int i = 0; i < 3; i++) { // files go on when they are told to
        fake_clock_pass(LOOP, 100);
        fake_chat_answer_all();
    }
    assert_int_equal(ANSWER.count, 1);
}

static inline void call(const char *session, const char *name, const char *args) {
    call_as(session, name, args, "");
}

static inline void wants(const char *code, const char *part) {
    if (strcmp(ANSWER.code, code) != 0 || strstr(ANSWER.text, part) == NULL)
        fail_msg("%s %s instead of %s %s", ANSWER.code, ANSWER.text, code, part);
}

static inline size_t posts_in(const char *channel_id) {
    size_t count = 0;
    for (size_t i = 0; i < FAKE.post_count; i++)
        count += strcmp(FAKE.posts[i].channel_id, channel_id) == 0 && !FAKE.posts[i].deleted;
    return count;
}

#define ALL "actions: {messages: true, search: true}\n"
#define READ "actions: {messages: true, search: true, elsewhere: read}\n"
#define WRITE "actions: {messages: true, search: true, elsewhere: write}\n"
#define P(id) "{\"postId\":\"" id "\"}"
#define T(target) "{\"target\":\"" target "\"}"
#define S(target) "{\"target\":\"" target "\",\"text\":\"hello\"}"
#define E(id) "{\"postId\":\"" id "\",\"emoji\":\"eyes\"}"
#define F(id) "{\"action\":\"fetch\",\"fileId\":\"" id "\"}"
#define X(id) "{\"postId\":\"" id "\",\"text\":\"new\"}"

#endif
