// SPDX-License-Identifier: Apache-2.0
// From targets to channels: two teams, a private channel, a guest, a deactivated account; every call of the server fails once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "fakes/fake_clock.h"
#include "outbound/dm_retry.h"
#include "outbound/resolve.h"

#include <stdio.h>

#define BOT "botbotbotbotbotbotbotbotbo"
#define ANN "annannannannannannannannan"
#define BOB "bobbobbobbobbobbobbobbobbo"
#define EVE "eveeveeveeveeveeveeveeveev" // in no team of the bot
#define GUS "gusgusgusgusgusgusgusgusgu" // a guest of #ops alone
#define OLD "oldoldoldoldoldoldoldoldol" // deactivated
#define ACME "acmeacmeacmeacmeacmeacmeac"
#define BETA "betabetabetabetabetabetabe"
#define FAR "farfarfarfarfarfarfarfarfa" // a team without the bot
#define TOWN "townatownatownatownatowna0"
#define TOWN2 "townbtownbtownbtownbtownb0"
#define OPS "opsopsopsopsopsopsopsopsop"     // private, of acme, with the bot, ann and gus
#define HIDDEN "hiddenhiddenhiddenhiddenhi"  // private, of acme, ann alone
#define GONE "gonegonegonegonegonegonego"    // archived
#define NEWS "newsnewsnewsnewsnewsnewsne"    // public, of beta
#define FARTOWN "farcfarcfarcfarcfarcfarcfa" // public, of far
#define DM "dmdmdmdmdmdmdmdmdmdmdmdmdm"      // bot and ann
#define NOBODY "zzzzzzzzzzzzzzzzzzzzzzzzzz"

static const char WORLD[] =
    "{\"users\":["
    "{\"id\":\"" BOT "\",\"username\":\"openclaw\",\"is_bot\":true},"
    "{\"id\":\"" ANN "\",\"username\":\"ann\"},{\"id\":\"" BOB "\",\"username\":\"bob\"},"
    "{\"id\":\"" EVE "\",\"username\":\"eve\"},"
    "{\"id\":\"" GUS "\",\"username\":\"gus\",\"roles\":\"system_guest\"},"
    "{\"id\":\"" OLD "\",\"username\":\"old\",\"delete_at\":5}],"
    "\"teams\":["
    "{\"id\":\"" ACME "\",\"name\":\"acme\",\"members\":[\"" BOT "\",\"" ANN "\",\"" BOB "\",\"" GUS "\"]},"
    "{\"id\":\"" BETA "\",\"name\":\"beta\",\"members\":[\"" BOT "\",\"" BOB "\"]},"
    "{\"id\":\"" FAR "\",\"name\":\"far\",\"members\":[\"" EVE "\"]}],"
    "\"channels\":["
    "{\"id\":\"" TOWN "\",\"team_id\":\"" ACME "\",\"name\":\"town\",\"type\":\"O\",\"members\":[\"" BOT
    "\",\"" ANN "\"]},"
    "{\"id\":\"" TOWN2 "\",\"team_id\":\"" BETA "\",\"name\":\"town\",\"type\":\"O\",\"members\":[\"" BOB
    "\"]},"
    "{\"id\":\"" OPS "\",\"team_id\":\"" ACME "\",\"name\":\"ops\",\"type\":\"P\",\"members\":[\"" BOT
    "\",\"" ANN "\",\"" GUS "\"]},"
    "{\"id\":\"" HIDDEN "\",\"team_id\":\"" ACME "\",\"name\":\"hidden\",\"type\":\"P\",\"members\":[\"" ANN
    "\"]},"
    "{\"id\":\"" GONE "\",\"team_id\":\"" ACME
    "\",\"name\":\"gone\",\"type\":\"O\",\"delete_at\":7,\"members\":[\"" BOT "\",\"" ANN "\"]},"
    "{\"id\":\"" NEWS "\",\"team_id\":\"" BETA "\",\"name\":\"news\",\"type\":\"O\",\"members\":[]},"
    "{\"id\":\"" FARTOWN "\",\"team_id\":\"" FAR "\",\"name\":\"far-away\",\"type\":\"O\",\"members\":[]},"
    "{\"id\":\"" DM "\",\"name\":\"" ANN "__" BOT "\",\"type\":\"D\",\"members\":[\"" BOT "\",\"" ANN
    "\"]}]}";

static loop *LOOP;
static resolver *R;

typedef struct answer {
    int count;
    oc_err err;
    char *sentence, *channel_id, *user_id, *name;
    char type;
    bool archived;
} answer;
static answer ANSWER;

static void answer_clear(void) {
    free(ANSWER.sentence);
    free(ANSWER.channel_id);
    free(ANSWER.user_id);
    free(ANSWER.name);
    ANSWER = (answer){.count = 0};
}

static void on_answer(void *ctx, oc_err err, const char *sentence, const resolved *place) {
    (void)ctx;
    int count = ANSWER.count + 1;
    answer_clear();
    ANSWER = (answer){.count = count, .err = err, .sentence = xstrdup(sentence)};
    assert_true((err == OC_OK) == (place != NULL));
    assert_true((err == OC_OK) == (*sentence == '\0'));
    if (place == NULL)
        return;
    ANSWER.channel_id = xstrdup(place->channel_id);
    ANSWER.user_id = xstrdup(place->user_id);
    ANSWER.name = xstrdup(place->name);
    ANSWER.type = place->type;
    ANSWER.archived = place->archived;
}

static int set_up(void **state) {
    (void)state;
    LOOP = loop_create(&FAKE_CLOCK);
    chat *c = fake_chat_create();
    FAKE.world = cJSON_Parse(WORLD);
    assert_non_null(FAKE.world);
    R = resolver_create(LOOP, c);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    resolver_destroy(R);
    loop_destroy(LOOP);
    fake_chat_destroy();
    answer_clear();
    return 0;
}

static void ask_for(const char *viewer, const char *home, bool open_direct, const char *text) {
    const resolve_ask ask = {
        .bot_user_id = BOT, .viewer_id = viewer, .home_team_id = home, .open_direct = open_direct};
    answer_clear();
    resolve_target(R, &ask, text, on_answer, NULL);
}

// Each kind of target, for an administrator ("") and for people.
static const struct {
    const char *viewer, *home, *text;
    oc_err err;
    const char *channel_id, *user_id, *says;
} PLACES[] = {
    {"", "", "channel:" TOWN, OC_OK, TOWN, "", ""},
    {"", "", "group:" OPS, OC_OK, OPS, "", ""},
    {"", "", TOWN, OC_OK, TOWN, "", ""}, // no user has that id
    {"", "", ANN, OC_OK, "", ANN, ""},
    {"", "", "user:" ANN, OC_OK, "", ANN, ""},
    {"", "", "mattermost:" BOB, OC_OK, "", BOB, ""},
    {"", "", "@Ann", OC_OK, "", ANN, ""},
    {"", "", "user:@bob", OC_OK, "", BOB, ""},
    {"", "", "user:bob", OC_OK, "", BOB, ""},
    {"", "", "#ops", OC_OK, OPS, "", ""},
    {"", "", "#OPS", OC_OK, OPS, "", ""},
    {"", "", "~ops", OC_OK, OPS, "", ""},
    {"", "", "channel:ops", OC_OK, OPS, "", ""},
    {"", "", "news", OC_OK, NEWS, "", ""}, // public in a team of the bot
    {"", "", "acme/#town", OC_OK, TOWN, "", ""},
    {"", "", "Beta/#town", OC_OK, TOWN2, "", ""},
    {"", "", BETA "/#town", OC_OK, TOWN2, "", ""},
    {"", "", "#town", OC_ECONFLICT, "", "", "acme/#town beta/#town"},
    {"", BETA, "#town", OC_OK, TOWN2, "", ""}, // where it is said
    {"", FAR, "#town", OC_ECONFLICT, "", "", "acme/#town beta/#town"},
    {ANN, "", "#town", OC_OK, TOWN, "", ""}, // ann is in one of the teams only
    {"", "", DM, OC_OK, DM, ANN, ""},
    // what there is not
    {"", "", "", OC_EINVAL, "", "", "Recipient is required"},
    {"", "", "@", OC_EINVAL, "", "", "Username is required"},
    {"", "", "@zed", OC_ENOTFOUND, "", "", "@zed"},
    {"", "", "user:" NOBODY, OC_ENOTFOUND, "", "", NOBODY},
    {"", "", NOBODY, OC_ENOTFOUND, "", "", "no user and no channel"},
    {"", "", "channel:" NOBODY, OC_ENOTFOUND, "", "", NOBODY},
    {"", "", "#nowhere", OC_ENOTFOUND, "", "", "not found in any team"},
    {"", "", "far/#far-away", OC_ENOTFOUND, "", "", "no team \"far\""},
    {"", "", "acme/#news", OC_ENOTFOUND, "", "", "in the team acme"},
    // what the bot or the person does not see does not exist
    {"", "", "#hidden", OC_ENOTFOUND, "", "", "not found"},
    {"", "", HIDDEN, OC_ENOTFOUND, "", "", "no user and no channel"},
    {ANN, "", "#hidden", OC_ENOTFOUND, "", "", "not found"},
    {ANN, "", "channel:" HIDDEN, OC_ENOTFOUND, "", "", "no channel"},
    {BOB, "", "#ops", OC_ENOTFOUND, "", "", "not found"},
    {BOB, "", "channel:" OPS, OC_ENOTFOUND, "", "", "no channel"},
    {BOB, "", DM, OC_ENOTFOUND, "", "", "no channel"}, // of two others
    {ANN, "", "channel:" NEWS, OC_ENOTFOUND, "", "", "no channel"},
    {ANN, "", "channel:" FARTOWN, OC_ENOTFOUND, "", "", "no channel"},
    {EVE, "", "channel:" FARTOWN, OC_ENOTFOUND, "", "", "no channel"}, // eve sees it, the bot does not
    {GUS, "", "#ops", OC_OK, OPS, "", ""},
    {GUS, "", "acme/#town", OC_ENOTFOUND, "", "", "in the team acme"}, // public, but a guest is not in it
    {GUS, "", "@ann", OC_OK, "", ANN, ""},                             // both are in #ops
    {GUS, "", BOB, OC_ENOTFOUND, "", "", "no user and no channel"},
    {GUS, "", "@bob", OC_ENOTFOUND, "", "", "@bob"},
    {BOB, "", "@eve", OC_OK, "", EVE, ""},
    // archived: it can be read; deactivated: nobody reads it
    {"", "", "channel:" GONE, OC_OK, GONE, "", ""},
    {"", "", "#gone", OC_ENOTFOUND, "", "", "not found"},
    {"", "", "@old", OC_EDENIED, "", "", "deactivated"},
    {"", "", BOT, OC_EDENIED, "", "", "bot itself"},
};

static void test_places(void **state) {
    (void)state;
    for (int again = 0; again < 2; again++) { // the second time from what is kept
        for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
            ask_for(PLACES[i].viewer, PLACES[i].home, false, PLACES[i].text);
            assert_int_equal(ANSWER.count, 1);
            if (ANSWER.err != PLACES[i].err)
                fail_msg("row %zu %s: %d %s", i, PLACES[i].text, ANSWER.err, ANSWER.sentence);
            if (PLACES[i].err == OC_OK) {
                assert_string_equal(ANSWER.channel_id, PLACES[i].channel_id);
                assert_string_equal(ANSWER.user_id, PLACES[i].user_id);
                assert_int_equal(ANSWER.archived, strcmp(PLACES[i].channel_id, GONE) == 0);
            } else if (strstr(ANSWER.sentence, PLACES[i].says) == NULL) {
                fail_msg("row %zu %s: %s", i, PLACES[i].text, ANSWER.sentence);
            }
        }
    }
}

// W-53 and all the others: whatever call fails, the answer is its failure and never another place.
static void test_failures(void **state) {
    static const struct {
        const char *text, *call;
    } rows[] = {
        {TOWN, "get_user"},
        {TOWN, "get_channel"},
        {TOWN, "is_member"},
        {"@bob", "get_user_by_username"},
        {"@bob", "has_permission"},
        {"#ops", "teams_of_user"},
        {"#ops", "channel_by_name"},
        {"#ops", "is_member"},
        {"channel:" NEWS, "is_team_member"},
        {"channel:" NEWS, "has_team_permission"},
        {"user:" ANN, "get_user"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *viewer = strcmp(rows[i].text, "channel:" NEWS) == 0 ? BOB : ANN;
        FAKE.fail_call = rows[i].call;
        FAKE.fail_next = 1;
        FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
        ask_for(viewer, "", false, rows[i].text);
        assert_int_equal(ANSWER.count, 1);
        if (ANSWER.err != OC_EREMOTE || strstr(ANSWER.sentence, "broken") == NULL)
            fail_msg("%s, %s: %d %s", rows[i].text, rows[i].call, ANSWER.err, ANSWER.sentence);
        assert_int_equal(FAKE.fail_next, 0);
        ask_for(viewer, "", false, rows[i].text); // nothing wrong was kept
        assert_int_equal(ANSWER.err, OC_OK);
    }
}

// In external mode the server itself hides channels that the bot is not in: as if there were none.
static void test_forbidden(void **state) {
    static const char *const rows[][2] = {{"channel:" OPS, "get_channel"}, {"acme/#ops", "channel_by_name"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FAKE.fail_call = rows[i][1];
        FAKE.fail_next = 1;
        FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "no"};
        ask_for("", "", false, rows[i][0]);
        assert_int_equal(ANSWER.err, OC_ENOTFOUND);
    }
    FAKE.fail_call = "get_user"; // of a user it says nothing
    FAKE.fail_next = 1;
    ask_for("", "", false, TOWN);
    assert_int_equal(ANSWER.err, OC_EREMOTE);
}

static cJSON *channel_of(const char *id) {
    return world_find("channels", "id", id);
}

static void set_text(const char *id, const char *key, const char *value) {
    cJSON_ReplaceItemInObjectCaseSensitive(channel_of(id), key, json_new_string(value));
}

// W-43: renamed, archived and made-anew channels are followed.
static void test_renamed(void **state) {
    (void)state;
    ask_for("", "", false, "#ops");
    assert_string_equal(ANSWER.channel_id, OPS);
    set_text(OPS, "name", "operations");
    ask_for("", "", false, "#ops");
    assert_int_equal(ANSWER.err, OC_ENOTFOUND);
    ask_for("", "", false, "#operations");
    assert_string_equal(ANSWER.channel_id, OPS);
    // archived, and another one with its name
    json_add_int(channel_of(OPS), "delete_at", 9);
    set_text(NEWS, "name", "operations");
    ask_for("", "", false, "#operations");
    assert_string_equal(ANSWER.channel_id, NEWS);
    // of another team now
    set_text(NEWS, "team_id", ACME);
    ask_for("", "", false, "beta/#operations");
    assert_int_equal(ANSWER.err, OC_ENOTFOUND);
    // one of two has another name now, and has it back
    set_text(TOWN2, "name", "town2");
    ask_for("", "", false, "#town");
    assert_string_equal(ANSWER.channel_id, TOWN);
    set_text(TOWN2, "name", "town");
    ask_for("", "", false, "#town");
    assert_int_equal(ANSWER.err, OC_ECONFLICT);
}

static void test_direct(void **state) {
    (void)state;
    ask_for(ANN, "", true, "@bob");
    assert_int_equal(ANSWER.err, OC_OK);
    assert_int_equal(ANSWER.type, 'D');
    assert_string_equal(ANSWER.user_id, BOB);
    char *id = xstrdup(ANSWER.channel_id);
    assert_int_not_equal(strlen(id), 0);
    FAKE.fail_call = "direct_channel"; // is not asked again
    FAKE.fail_next = 1;
    ask_for(ANN, "", true, "user:" BOB);
    assert_string_equal(ANSWER.channel_id, id);
    FAKE.fail_next = 0;
    free(id);
    answer_clear();
    resolve_direct(R, &(resolve_ask){.bot_user_id = BOT}, NOBODY, on_answer, NULL);
    assert_int_equal(ANSWER.err, OC_ENOTFOUND);
}

// Failures that may pass are tried again after a wait; the others are not.
static void test_direct_retries(void **state) {
    const dm_channel_retry rules = {
        .max_retries = 2, .initial_delay_ms = 1000, .max_delay_ms = 10000, .timeout_ms = 5000};
    const resolve_ask ask = {.bot_user_id = BOT, .retry = &rules};
    (void)state;
    FAKE.fail_call = "direct_channel";
    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 503, .id = "", .message = "busy"};
    FAKE.fail_next = 2;
    resolve_direct(R, &ask, BOB, on_answer, NULL);
    assert_int_equal(ANSWER.count, 0);
    assert_int_equal(FAKE.fail_next, 1);
    fake_clock_pass(LOOP, 900); // the wait is 1000 to 2000
    assert_int_equal(FAKE.fail_next, 1);
    fake_clock_pass(LOOP, 1200);
    assert_int_equal(FAKE.fail_next, 0);
    assert_int_equal(ANSWER.count, 0);
    fake_clock_pass(LOOP, 4100); // 2000 to 4000
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(ANSWER.err, OC_OK);

    FAKE.fail_next = 3; // more often than the account wants
    answer_clear();
    resolve_direct(R, &ask, EVE, on_answer, NULL);
    fake_clock_pass(LOOP, 7000);
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(ANSWER.err, OC_EREMOTE);
    assert_non_null(strstr(ANSWER.sentence, "busy"));
    assert_int_equal(FAKE.fail_next, 0);

    FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 403, .id = "", .message = "no"};
    FAKE.fail_next = 1;
    answer_clear();
    resolve_direct(R, &ask, EVE, on_answer, NULL);
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(ANSWER.err, OC_EREMOTE);
}

// An attempt without an answer is given up after its time, and an answer that comes late is taken all the same.
static void test_direct_silent(void **state) {
    const dm_channel_retry rules = {
        .max_retries = 1, .initial_delay_ms = 1000, .max_delay_ms = 1000, .timeout_ms = 5000};
    (void)state;
    FAKE.hold = true;
    resolve_direct(R, &(resolve_ask){.bot_user_id = BOT, .retry = &rules}, BOB, on_answer, NULL);
    fake_clock_pass(LOOP, 5500);
    assert_int_equal(ANSWER.count, 0);
    fake_chat_answer_all(); // during the wait for the second attempt
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(ANSWER.err, OC_OK);
    fake_clock_pass(LOOP, 20000);
    assert_int_equal(ANSWER.count, 1);

    answer_clear();
    resolve_direct(R, &(resolve_ask){.bot_user_id = BOT, .retry = &rules}, EVE, on_answer, NULL);
    fake_clock_pass(LOOP, 12000);
    assert_int_equal(ANSWER.count, 1);
    assert_int_equal(ANSWER.err, OC_ETIMEOUT);
    fake_chat_answer_all(); // nobody waits any more
    assert_int_equal(ANSWER.count, 1);
}

// The end of the resolver ends what is open; answers that come afterwards touch nothing.
static void test_destroyed(void **state) {
    static const char *const texts[] = {"#ops", "@ann", TOWN, ("channel:" OPS)};
    (void)state;
    FAKE.hold = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        resolve_target(R, &(resolve_ask){.bot_user_id = BOT, .viewer_id = ANN}, texts[i], on_answer, NULL);
    assert_int_equal(ANSWER.count, 0);
    resolver_destroy(R);
    R = NULL;
    assert_int_equal(ANSWER.count, 4);
    assert_int_equal(ANSWER.err, OC_ECLOSED);
    fake_chat_answer_all();
    assert_int_equal(ANSWER.count, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forbidden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_renamed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_direct, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_direct_retries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_direct_silent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_destroyed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
