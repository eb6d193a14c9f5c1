// SPDX-License-Identifier: Apache-2.0
// A conversation reads, searches and changes nothing that its people cannot see: every tool × place × session × setting, from the
// call to what the server was asked to do. Expected values are written by hand from the rules (docs/tools.md), not from the code.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "fakes/fake_gateway_runs.c"
#include "outbound/tools.h"

#include <stdio.h>

// Ids of 26 characters: a name, and padding of one letter.
#define BOT "bot00000000000000000000000"
#define ANN "ann00000000000000000000000" // who talks to the bot
#define BOB "bob00000000000000000000000"
#define CAT "cat00000000000000000000000"
#define ACME "acme0000000000000000000000"
#define BETA "beta0000000000000000000000"

// The places: members, and what ann sees of each in her own client.
#define OWN_DM "dmann000000000000000000000"  // hers with the bot
#define OPEN "open0000000000000000000000"    // public, ann and the bot
#define AWAY "away0000000000000000000000"    // public of her team, the bot without her
#define NOBOT "nobot000000000000000000000"   // public, ann without the bot
#define OTHER "other000000000000000000000"   // public of a team that she is not in, with the bot
#define ROOM "room0000000000000000000000"    // private, ann and the bot
#define SECRET "secret00000000000000000000"  // private, the bot and bob
#define BOBS_DM "dmbob000000000000000000000" // bob's with the bot
#define TWO_DM "dmtwo000000000000000000000"  // ann's with bob
#define GROUP "group000000000000000000000"   // ann, bob and the bot
#define GROUP2 "groupx00000000000000000000"  // bob, cat and the bot
#define OLD "old00000000000000000000000"     // archived, ann and the bot
#define ADMIN "adminadminadminadminadmina"   // a system administrator, member of nothing but acme

#define CHANNEL(id, team, name, type, extra, members)                                                        \
    "{\"id\":\"" id "\",\"team_id\":\"" team "\",\"name\":\"" name "\",\"type\":\"" type "\"" extra          \
    ",\"members\":[" members "]}"
#define M(id) "\"" id "\""

static const char
    WORLD[] = "{\"users\":[{\"id\":\"" BOT "\",\"username\":\"openclaw\",\"is_bot\":true},"
              "{\"id\":\"" ANN "\",\"username\":\"ann\"},{\"id\":\"" BOB "\",\"username\":\"bob\"},"
              "{\"id\":\"" CAT "\",\"username\":\"cat\"},{\"id\":\"" ADMIN "\",\"username\":\"root\"}],"
              "\"teams\":["
              "{\"id\":\"" ACME
              "\",\"name\":\"acme\",\"members\":[" M(BOT) "," M(ANN) "," M(BOB) "," M(ADMIN) "]},"
                                                                                             "{\"id\":\"" BETA "\",\"name\":\"beta\",\"members\":[" M(BOT) "," M(BOB) "," M(CAT) "]}],"
                                                                                                                                                                                 "\"channels\":[" CHANNEL(OWN_DM, "", ANN "__" BOT, "D", "", M(ANN) "," M(BOT)) "," CHANNEL(OPEN,
                                                                                                                                                                                                                                                                            ACME,
                                                                                                                                                                                                                                                                            "open",
                                                                                                                                                                                                                                                                            "O",
                                                                                                                                                                                                                                                                            "", M(ANN) "," M(BOT)) "," CHANNEL(AWAY,
                                                                                                                                                                                                                                                                                                               ACME,
                                                                                                                                                                                                                                                                                                               "away",
                                                                                                                                                                                                                                                                                                               "O",
                                                                                                                                                                                                                                                                                                               "",
                                                                                                                                                                                                                                                                                                               M(BOT)) "," CHANNEL(NOBOT,
                                                                                                                                                                                                                                                                                                                                   ACME,
                                                                                                                                                                                                                                                                                                                                   "nobot", "O", "", M(ANN)) "," CHANNEL(OTHER,
                                                                                                                                                                                                                                                                                                                                                                         BETA,
                                                                                                                                                                                                                                                                                                                                                                         "other",
                                                                                                                                                                                                                                                                                                                                                                         "O", "", M(BOT) "," M(BOB)) "," CHANNEL(ROOM, ACME, "room", "P", "", M(ANN) "," M(BOT)) "," CHANNEL(SECRET, ACME, "secret", "P", "", M(BOT) "," M(BOB)) "," CHANNEL(BOBS_DM, "", BOB "__" BOT, "D", "", M(BOB) "," M(BOT)) "," CHANNEL(TWO_DM,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                ANN "__" BOB, "D", "", M(ANN) "," M(BOB)) "," CHANNEL(GROUP,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      "",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      "g1",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      "G",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      "",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      M(ANN) "," M(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          BOB) "," M(BOT)) "," CHANNEL(GROUP2,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "g2",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "G",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       M(BOB) "," M(CAT) "," M(BOT)) "," CHANNEL(OLD,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 ACME,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "old",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "O",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 ",\"delete_at\":5",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 M(ANN) "," M(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     BOT)) "]}";

// What may be done there, by the setting actions.elsewhere: off, read, write. "-" nothing, "r" read, "w" read and write.
typedef struct reach {
    const char *place, *by_setting;
} reach;
typedef struct session_reach {
    const char *session;
    reach places[12];
} session_reach;

static const session_reach EXPECTED[] = {
    {"agent:main:mattermost:direct:" ANN,
     {{OWN_DM, "www"},
      {OPEN, "-rw"},
      {AWAY, "-rr"}, // she can look into it, but not post without joining
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "-rw"},
      {SECRET, "---"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "-rw"},
      {GROUP2, "---"},
      {OLD, "-rr"}}},
    {"agent:main:mattermost:direct:" ADMIN, // may post in public channels, and sees no private ones
     {{OWN_DM, "---"},
      {OPEN, "-rw"},
      {AWAY, "-rw"},
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "---"},
      {SECRET, "---"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "---"},
      {GROUP2, "---"},
      {OLD, "-rr"}}},
    {"agent:main:mattermost:channel:" OPEN, // what is public to all of the team
     {{OWN_DM, "---"},
      {OPEN, "www"},
      {AWAY, "-rw"},
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "---"},
      {SECRET, "---"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "---"},
      {GROUP2, "---"},
      {OLD, "-rr"}}},
    {"agent:main:mattermost:group:" SECRET,
     {{OWN_DM, "---"},
      {OPEN, "-rw"},
      {AWAY, "-rw"},
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "---"},
      {SECRET, "www"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "---"},
      {GROUP2, "---"},
      {OLD, "-rr"}}},
    {"agent:main:mattermost:group:" GROUP, // of no team: nothing else
     {{OWN_DM, "---"},
      {OPEN, "---"},
      {AWAY, "---"},
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "---"},
      {SECRET, "---"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "www"},
      {GROUP2, "---"},
      {OLD, "---"}}},
    {"agent:main:main", // nobody's
     {{OWN_DM, "---"},
      {OPEN, "---"},
      {AWAY, "---"},
      {NOBOT, "---"},
      {OTHER, "---"},
      {ROOM, "---"},
      {SECRET, "---"},
      {BOBS_DM, "---"},
      {TWO_DM, "---"},
      {GROUP, "---"},
      {GROUP2, "---"},
      {OLD, "---"}}},
};
enum { SESSIONS = sizeof EXPECTED / sizeof *EXPECTED, PLACES = 12 };

// What is done in a place. before, an id and behind are the arguments: of the place itself ('c'), of somebody's post there ('p'),
// of a post of the bot ('b'), of a file ('f').
static const struct {
    const char *tool, *before;
    char id;
    const char *behind;
    bool writes;
} DEEDS[] = {
    {"mattermost_read", "{\"target\":\"channel:", 'c', "\"}", false},
    {"mattermost_read", "{\"target\":\"group:", 'c', "\",\"limit\":5}", false},
    {"mattermost_read", "{\"target\":\"", 'c', "\"}", false},
    {"mattermost_read", "{\"threadId\":\"", 'p', "\"}", false},
    {"mattermost_search", "{\"query\":\"words\",\"target\":\"channel:", 'c', "\"}", false},
    {"mattermost_file", "{\"action\":\"fetch\",\"fileId\":\"", 'f', "\"}", false},
    {"mattermost_send", "{\"text\":\"sent\",\"target\":\"channel:", 'c', "\"}", true},
    {"mattermost_send", "{\"text\":\"sent\",\"target\":\"", 'c', "\"}", true},
    {"mattermost_send", "{\"text\":\"sent\",\"threadId\":\"", 'p', "\"}", true},
    {"mattermost_react", "{\"emoji\":\"eyes\",\"postId\":\"", 'p', "\"}", true},
    {"mattermost_pin", "{\"postId\":\"", 'p', "\"}", true},
    {"mattermost_edit", "{\"text\":\"edited\",\"postId\":\"", 'b', "\"}", true},
    {"mattermost_delete", "{\"postId\":\"", 'b', "\"}", true},
};
enum { DEEDS_COUNT = sizeof DEEDS / sizeof *DEEDS };

static const char *const SETTINGS[] = {"off", "read", "write"};

static loop *LOOP;
static accounts *ACCOUNTS;
static resolver *RESOLVER;
static tools *TOOLS;
static config *RULES;

// The id of something that lies in a place.
static char *id_of(const char *place, char kind) {
    char *id = xstrdup(place);
    id[25] = kind;
    return id;
}

static void lay_out(const char *place) {
    char *said = id_of(place, 'p'), *own = id_of(place, 'b'), *file = id_of(place, 'f');
    fake_posted *p = fake_chat_add_post(said, place, BOB, "", "words of this place");
    p->file_ids = json_new_array();
    json_push(p->file_ids, json_new_string(file));
    fake_chat_add_file(file, "notes.txt", "text/plain", bytes_str("what is written there"));
    p = fake_chat_add_post(own, place, BOT, "", "mine");
    cJSON *mark = json_new_object();
    json_add_string(mark, "turn", "t");
    json_add_int(mark, "part", 0);
    p->props = json_new_object();
    json_add(p->props, "openclaw", mark);
    free(said);
    free(own);
    free(file);
}

static void nothing_settled(void *ctx) {
    (void)ctx;
}

static void nothing_made(void *ctx, const account *a) {
    (void)ctx, (void)a;
}

static void nothing_told(void *ctx, gateway *g, const gateway_status *status) {
    (void)ctx, (void)g, (void)status;
}

static void begin(const char *elsewhere) {
    static const accounts_events events = {nothing_settled, nothing_made, nothing_told};
    config_problems problems;
    cJSON *settings = json_new_object();
    char *advanced = xasprintf("dmPolicy: open\nallowFrom: [\"*\"]\ngroupPolicy: open\n"
                               "actions: {messages: true, search: true, perMinute: 0, elsewhere: %s}\n",
                               elsewhere);
    json_add_string(settings, "gatewaytoken", "t");
    json_add_string(settings, "advanced", advanced);
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    FAKE.world = cJSON_Parse(WORLD);
    assert_non_null(FAKE.world);
    FAKE.ensured = BOT;
    fake_runs_create(GATEWAY_READY);
    RULES = config_from_settings(settings, &problems);
    if (RULES == NULL)
        fail_msg("%s", problems.items[0].sentence);
    config_problems_free(&problems);
    ACCOUNTS = accounts_create(LOOP, c, NULL, &events, NULL);
    accounts_apply(ACCOUNTS, RULES);
    fake_clock_pass(LOOP, 100);
    RESOLVER = resolver_create(LOOP, c);
    TOOLS = tools_create(&(tools_parts){.loop = LOOP, .chat = c, .accounts = ACCOUNTS, .resolver = RESOLVER});
    for (int i = 0; i < PLACES; i++)
        lay_out(EXPECTED[0].places[i].place);
    cJSON_Delete(settings);
    free(advanced);
}

static void end(void) {
    resolver_destroy(RESOLVER);
    tools_destroy(TOOLS);
    accounts_destroy(ACCOUNTS);
    config_destroy(RULES);
    loop_destroy(LOOP);
    fake_runs_destroy();
    fake_chat_destroy();
}

static struct {
    int count;
    char *code, *text;
} ANSWER;

static void forget_answer(void) {
    free(ANSWER.code);
    free(ANSWER.text);
    memset(&ANSWER, 0, sizeof ANSWER);
}

static void on_answer(void *ctx, const tool_result *result) {
    (void)ctx;
    ANSWER.count++;
    ANSWER.code = xstrdup(result->code);
    ANSWER.text = xstrdup(result->text);
}

static void call(const char *session, const char *name, const char *args) {
    cJSON *parsed = cJSON_Parse(args);
    assert_non_null(parsed);
    forget_answer();
    (void)tools_call(TOOLS,
                     &(tool_call){.tool = tool_by_name(name),
                                  .args = parsed,
                                  .gateway = accounts_at(ACCOUNTS, 0)->gateway,
                                  .session_key = session,
                                  .idempotency_key = ""},
                     on_answer, NULL);
    cJSON_Delete(parsed);
    for (int i = 0; i < 3; i++) {
        fake_clock_pass(LOOP, 100);
        fake_chat_answer_all();
    }
    assert_int_equal(ANSWER.count, 1);
}

// Everything that the server holds, as one number: a refused call changes none of it.
static size_t changes(void) {
    size_t sum = FAKE.post_count + (size_t)FAKE.reactions_made + (size_t)FAKE.edits;
    for (size_t i = 0; i < FAKE.post_count; i++)
        sum += (size_t)FAKE.posts[i].edits + FAKE.posts[i].deleted + FAKE.posts[i].pinned;
    return sum;
}

static char *args_of(int deed, const char *place) {
    char *id = DEEDS[deed].id == 'c' ? xstrdup(place) : id_of(place, DEEDS[deed].id);
    char *args = xasprintf("%s%s%s", DEEDS[deed].before, id, DEEDS[deed].behind);
    free(id);
    return args;
}

static void check(const char *session, const reach *r, int setting, int deed) {
    const char may = r->by_setting[setting];
    const bool expected = DEEDS[deed].writes ? may == 'w' : may != '-';
    char *args = args_of(deed, r->place);
    size_t before = changes();
    call(session, DEEDS[deed].tool, args);
    const bool done = *ANSWER.code == '\0';
    if (done != expected)
        fail_msg("%s %s of %s with elsewhere %s: %s %s", DEEDS[deed].tool, args, session, SETTINGS[setting],
                 ANSWER.code, ANSWER.text);
    assert_int_equal(changes() != before, expected && DEEDS[deed].writes);
    if (!expected) { // not even what there is
        assert_null(strstr(ANSWER.text, "words of this place"));
        assert_null(strstr(ANSWER.text, "what is written there"));
    }
    free(args);
}

static void test_every_tool_in_every_place(void **state) {
    (void)state;
    for (int session = 0; session < SESSIONS; session++) {
        for (int setting = 0; setting < 3; setting++) {
            for (int deed = 0; deed < DEEDS_COUNT; deed++) {
                begin(SETTINGS[setting]); // each deed finds the places as they were
                for (int place = 0; place < PLACES; place++)
                    check(EXPECTED[session].session, &EXPECTED[session].places[place], setting, deed);
                end();
            }
        }
    }
    forget_answer();
}

static char *without(const char *text, const char *id) {
    const char *at = strstr(text, id);
    return at != NULL ? xasprintf("%.*s%s", (int)(at - text), text, at + strlen(id)) : xstrdup(text);
}

// Nobody learns from a refusal whether a place is there: it reads as for an id of nothing at all.
static void test_refusals_tell_nothing(void **state) {
    static const char *const unseen[] = {OTHER, SECRET, BOBS_DM, TWO_DM, GROUP2};
    static const char nothing[] = "nothing0000000000000000000";
    (void)state;
    begin("write");
    for (int session = 0; session < 3; session++) {
        for (int deed = 0; deed < DEEDS_COUNT; deed++) {
            char *args = args_of(deed, nothing);
            call(EXPECTED[session].session, DEEDS[deed].tool, args);
            char *code = xstrdup(ANSWER.code), *text = without(ANSWER.text, nothing);
            free(args);
            for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
                args = args_of(deed, unseen[i]);
                call(EXPECTED[session].session, DEEDS[deed].tool, args);
                char *said = without(ANSWER.text, unseen[i]);
                if (strcmp(ANSWER.code, code) != 0 || strcmp(said, text) != 0)
                    fail_msg("%s %s of %s: %s %s instead of %s %s", DEEDS[deed].tool, args,
                             EXPECTED[session].session, ANSWER.code, said, code, text);
                free(args);
                free(said);
            }
            free(code);
            free(text);
        }
    }
    end();
    forget_answer();
}

// A search without a place finds posts of exactly the places that may be read; the server itself searches only where somebody is a
// member: the person, or in a channel's name the bot. Archived channels are its own matter.
static void test_search_everywhere(void **state) {
    static const char *const searchers[SESSIONS] = {ANN, ADMIN, BOT, BOT, BOT, BOT};
    (void)state;
    for (int session = 0; session < SESSIONS; session++) {
        for (int setting = 0; setting < 3; setting++) {
            begin(SETTINGS[setting]);
            call(EXPECTED[session].session, "mattermost_search", "{\"query\":\"words\",\"limit\":50}");
            for (int place = 0; place < PLACES; place++) {
                const reach *r = &EXPECTED[session].places[place];
                bool member = world_has_member(world_find("channels", "id", r->place), searchers[session]);
                char *id = id_of(r->place, 'p');
                const bool found = strstr(ANSWER.text, id) != NULL;
                const bool expected = r->by_setting[setting] != '-' && member;
                if (found != expected && strcmp(r->place, OLD) != 0)
                    fail_msg("%s, elsewhere %s, a post of %s: %d", EXPECTED[session].session,
                             SETTINGS[setting], r->place, found);
                if (found && r->by_setting[setting] == '-')
                    fail_msg("%s finds a post of %s", EXPECTED[session].session, r->place);
                free(id);
            }
            end();
        }
    }
    forget_answer();
}

// The directory names no place that the people of the conversation cannot see.
static void test_directory(void **state) {
    static const struct {
        const char *session;
        const char *names[8]; // of the channels, NULL behind the last
    } rows[] = {
        {"agent:main:mattermost:direct:" ANN, {"open", "away", "nobot", "room", NULL}},
        {"agent:main:mattermost:direct:" ADMIN, {"open", "away", "nobot", NULL}},
        {"agent:main:mattermost:channel:" OPEN, {"open", "away", "nobot", NULL}},
        {"agent:main:mattermost:group:" SECRET, {"open", "away", "nobot", NULL}},
        {"agent:main:mattermost:group:" GROUP, {NULL}},
        {"agent:main:main", {NULL}},
    };
    static const char *const all[] = {"open", "away", "nobot", "other", "room", "secret", "old"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin("write");
        call(rows[i].session, "mattermost_directory", "{\"kind\":\"channels\"}");
        for (size_t name = 0; name < sizeof all / sizeof *all; name++) {
            char *quoted = xasprintf("\"name\":\"%s\"", all[name]);
            bool expected = false;
            for (const char *const *at = rows[i].names; *at != NULL; at++)
                expected = expected || strcmp(*at, all[name]) == 0;
            if ((strstr(ANSWER.text, quoted) != NULL) != expected)
                fail_msg("%s and #%s: %s", rows[i].session, all[name], ANSWER.text);
            free(quoted);
        }
        end();
    }
    forget_answer();
}

// Switched off, nothing works, not even in the conversation itself.
static void test_switches(void **state) {
    (void)state;
    begin("write");
    account_config *rules = (account_config *)accounts_at(ACCOUNTS, 0)->config;
    rules->tools.messages = rules->tools.reactions = rules->tools.send = rules->tools.search = false;
    rules->tools.edit = rules->tools.remove = rules->tools.pin = rules->tools.files = false;
    rules->tools.directory = false;
    for (int deed = 0; deed < DEEDS_COUNT; deed++) {
        const reach off = {OWN_DM, "---"};
        check(EXPECTED[0].session, &off, 2, deed);
    }
    call(EXPECTED[0].session, "mattermost_directory", "{\"kind\":\"users\"}");
    assert_string_equal(ANSWER.code, "NOT_ALLOWED");
    end();
    forget_answer();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tool_in_every_place),
        cmocka_unit_test(test_refusals_tell_nothing),
        cmocka_unit_test(test_search_everywhere),
        cmocka_unit_test(test_directory),
        cmocka_unit_test(test_switches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
