// SPDX-License-Identifier: Apache-2.0
// Finding users, channels and teams: who sees what, all pages, how well a name fits; every call of the server fails once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fakes/fake_chat.c"
#include "outbound/directory.h"

#include <stdio.h>

// ann is in acme, bob in both teams, eve in neither; gus is a guest of #ops. The bot is in acme and beta.
static const char WORLD[] =
    "{\"users\":["
    "{\"id\":\"bot\",\"username\":\"openclaw\",\"is_bot\":true},"
    "{\"id\":\"poll\",\"username\":\"poll-maker\",\"is_bot\":true},"
    "{\"id\":\"ann\",\"username\":\"ann\",\"first_name\":\"Ann\",\"last_name\":\"Lee\"},"
    "{\"id\":\"bob\",\"username\":\"bob.jones\",\"nickname\":\"Annie's friend\"},"
    "{\"id\":\"joanna\",\"username\":\"joanna\",\"first_name\":\"Jo\",\"nickname\":\"jj\"},"
    "{\"id\":\"eve\",\"username\":\"eve\"},"
    "{\"id\":\"gus\",\"username\":\"gus\",\"roles\":\"system_guest\"},"
    "{\"id\":\"old\",\"username\":\"annold\",\"delete_at\":5}],"
    "\"teams\":["
    "{\"id\":\"acme1\",\"name\":\"acme\",\"display_name\":\"Acme "
    "Corp\",\"members\":[\"bot\",\"poll\",\"ann\",\"bob\",\"joanna\",\"gus\",\"old\"]},"
    "{\"id\":\"beta1\",\"name\":\"beta\",\"display_name\":\"Beta\",\"members\":[\"bot\",\"bob\"]},"
    "{\"id\":\"far1\",\"name\":\"far\",\"display_name\":\"Far\",\"members\":[\"eve\",\"bob\"]}],"
    "\"channels\":["
    "{\"id\":\"c1\",\"team_id\":\"acme1\",\"name\":\"town-square\",\"display_name\":\"Town "
    "Square\",\"type\":\"O\",\"members\":[\"bot\",\"ann\"]},"
    "{\"id\":\"c2\",\"team_id\":\"acme1\",\"name\":\"ops\",\"display_name\":\"Operations\",\"type\":\"P\","
    "\"members\":[\"bot\",\"ann\",\"gus\"]},"
    "{\"id\":\"c3\",\"team_id\":\"acme1\",\"name\":\"hidden\",\"display_name\":\"Hidden\",\"type\":\"P\","
    "\"members\":[\"ann\"]},"
    "{\"id\":\"c4\",\"team_id\":\"acme1\",\"name\":\"bots-only\",\"display_name\":\"Bots\",\"type\":\"P\","
    "\"members\":[\"bot\"]},"
    "{\"id\":\"c5\",\"team_id\":\"beta1\",\"name\":\"town-square\",\"display_name\":\"Town "
    "Square\",\"type\":\"O\",\"members\":[]},"
    "{\"id\":\"c6\",\"team_id\":\"far1\",\"name\":\"town-square\",\"display_name\":\"Town "
    "Square\",\"type\":\"O\",\"members\":[\"eve\"]},"
    "{\"id\":\"c7\",\"team_id\":\"acme1\",\"name\":\"gone\",\"display_name\":\"Gone\",\"type\":\"O\","
    "\"delete_at\":4,\"members\":[\"bot\",\"ann\"]},"
    "{\"id\":\"d1\",\"name\":\"ann__bot\",\"type\":\"D\",\"members\":[\"ann\",\"bot\"]},"
    "{\"id\":\"g1\",\"name\":\"ghash\",\"type\":\"G\",\"members\":[\"ann\",\"bot\",\"bob\"]}]}";

static chat *CHAT;

static struct {
    int count;
    oc_err err;
    bool more;
    char text[4096]; // "name/team name/team …"
    char sentence[256];
} GOT;

static void on_found(void *ctx, oc_err err, const char *sentence, const directory_entry *entries,
                     size_t count, bool more) {
    (void)ctx;
    GOT.count++;
    GOT.err = err;
    GOT.more = more;
    GOT.text[0] = '\0';
    snprintf(GOT.sentence, sizeof GOT.sentence, "%s", sentence);
    assert_true((err == OC_OK) == (*sentence == '\0'));
    for (size_t i = 0, used = 0; i < count && used < sizeof GOT.text; i++)
        used += (size_t)snprintf(GOT.text + used, sizeof GOT.text - used, "%s%s%s%s", i > 0 ? " " : "",
                                 entries[i].name, *entries[i].team != '\0' ? "/" : "", entries[i].team);
}

static void find(directory_kind kind, const char *viewer, const char *team, const char *text, int limit) {
    memset(&GOT, 0, sizeof GOT);
    directory_find(CHAT,
                   &(directory_query){.kind = kind,
                                      .text = text,
                                      .team = team,
                                      .bot_user_id = "bot",
                                      .viewer_id = viewer,
                                      .limit = limit},
                   on_found, NULL);
    assert_int_equal(GOT.count, 1);
}

static int set_up(void **state) {
    (void)state;
    CHAT = fake_chat_create();
    FAKE.world = cJSON_Parse(WORLD);
    assert_non_null(FAKE.world);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fake_chat_destroy();
    return 0;
}

static const struct {
    directory_kind kind;
    const char *viewer, *team, *text, *found;
} ROWS[] = {
    {DIRECTORY_TEAMS, "", "", "", "acme beta"},
    {DIRECTORY_TEAMS, "ann", "", "", "acme"},
    {DIRECTORY_TEAMS, "bob", "", "", "acme beta"}, // not far: the bot is not there
    {DIRECTORY_TEAMS, "eve", "", "", ""},
    {DIRECTORY_TEAMS, "", "", "corp", "acme"},

    {DIRECTORY_USERS, "", "", "", "ann bob.jones gus joanna poll-maker"},
    {DIRECTORY_USERS, "", "beta", "", "bob.jones"},
    {DIRECTORY_USERS, "ann", "", "", "ann bob.jones gus joanna poll-maker"},
    {DIRECTORY_USERS, "eve", "", "", ""},
    {DIRECTORY_USERS, "gus", "", "", "ann gus"},
    {DIRECTORY_USERS, "gus", "", "bob", ""},
    {DIRECTORY_USERS, "gus", "", "an", "ann"},
    {DIRECTORY_USERS, "ann", "", "@ann", "ann bob.jones"}, // exact, then the beginning of a nickname
    {DIRECTORY_USERS, "ann", "", "LEE", "ann"},
    {DIRECTORY_USERS, "ann", "", "jones", "bob.jones"}, // nobody's name begins so: all are read
    {DIRECTORY_USERS, "ann", "", "anna", "joanna"},
    {DIRECTORY_USERS, "ann", "", "bjns", "bob.jones"},
    {DIRECTORY_USERS, "ann", "", "annold", ""}, // deactivated
    {DIRECTORY_USERS, "ann", "", "openclaw", ""},
    {DIRECTORY_USERS, "ann", "", "eve", ""},

    {DIRECTORY_CHANNELS, "", "", "", "bots-only/acme ops/acme town-square/acme town-square/beta"},
    {DIRECTORY_CHANNELS, "ann", "", "", "ops/acme town-square/acme"},
    {DIRECTORY_CHANNELS, "bob", "", "", "town-square/acme town-square/beta"},
    {DIRECTORY_CHANNELS, "bob", "beta1", "", "town-square/beta"},
    {DIRECTORY_CHANNELS, "gus", "", "", "ops/acme"},
    {DIRECTORY_CHANNELS, "eve", "", "", ""},
    {DIRECTORY_CHANNELS, "admin", "", "", ""}, // in no team
    {DIRECTORY_CHANNELS, "ann", "", "#town-square", "town-square/acme"},
    {DIRECTORY_CHANNELS, "ann", "", "square", "town-square/acme"},
    {DIRECTORY_CHANNELS, "ann", "", "operat", "ops/acme"},
    {DIRECTORY_CHANNELS, "ann", "", "twnsq", "town-square/acme"},
    {DIRECTORY_CHANNELS, "ann", "", "hidden", ""},
    {DIRECTORY_CHANNELS, "ann", "", "gone", ""},
};

static void test_who_sees_what(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        find(ROWS[i].kind, ROWS[i].viewer, ROWS[i].team, ROWS[i].text, 0);
        if (GOT.err != OC_OK || strcmp(GOT.text, ROWS[i].found) != 0)
            fail_msg("row %zu (%s, \"%s\"): %d %s[%s]", i, ROWS[i].viewer, ROWS[i].text, GOT.err,
                     GOT.sentence, GOT.text);
        assert_false(GOT.more);
    }
}

// A bot without the right to public channels lists those that it is in.
static void test_rights(void **state) {
    (void)state;
    FAKE.denied_permission = "read_public_channel";
    find(DIRECTORY_CHANNELS, "", "", "", 0);
    assert_string_equal(GOT.text, "bots-only/acme ops/acme town-square/acme");
}

static void test_refused(void **state) {
    (void)state;
    find(DIRECTORY_USERS, "ann", "beta", "", 0); // not her team
    assert_int_equal(GOT.err, OC_ENOTFOUND);
    assert_non_null(strstr(GOT.sentence, "beta"));
    char text[200] = {0};
    memset(text, 'a', sizeof text - 1);
    find(DIRECTORY_USERS, "ann", "", text, 0);
    assert_int_equal(GOT.err, OC_EINVAL);
}

// Errors are errors, never lists that are too short: each call of a question fails once.
static void test_failures(void **state) {
    static const struct {
        directory_kind kind;
        const char *viewer, *text;
        int calls;
    } rows[] = {
        {DIRECTORY_TEAMS, "ann", "", 3},      // the bot's two teams, whether ann is in each
        {DIRECTORY_USERS, "ann", "", 5},      // … the right, the team's members
        {DIRECTORY_USERS, "ann", "ann", 5},   // … the search
        {DIRECTORY_USERS, "ann", "jones", 6}, // … and the members
        {DIRECTORY_USERS, "gus", "", 11},     // … the right, the bot's six channels, the members of one
        {DIRECTORY_CHANNELS, "ann", "",
         9}, // … the bot's channels, both ones' rights, the public ones, two private ones
        {DIRECTORY_CHANNELS, "", "town", 7}, // the bot's channels, right and the public ones of two teams
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int before = FAKE.calls;
        find(rows[i].kind, rows[i].viewer, "", rows[i].text, 0);
        assert_int_equal(GOT.err, OC_OK);
        assert_int_equal(FAKE.calls - before, rows[i].calls);
        for (int at = 0; at < rows[i].calls; at++) {
            FAKE.fail_skip = at;
            FAKE.fail_next = 1;
            FAKE.failure = (chat_error){.err = OC_EREMOTE, .http_status = 500, .id = "", .message = "broken"};
            find(rows[i].kind, rows[i].viewer, "", rows[i].text, 0);
            assert_int_equal(FAKE.fail_next, 0);
            assert_int_equal(GOT.err, OC_EREMOTE);
            assert_non_null(strstr(GOT.sentence, "broken"));
            assert_string_equal(GOT.text, "");
        }
    }
}

static void add_members(int count) {
    cJSON *users = cJSON_GetObjectItemCaseSensitive(FAKE.world, "users");
    cJSON *members = cJSON_GetObjectItemCaseSensitive(world_find("teams", "id", "beta1"), "members");
    for (int i = 0; i < count; i++) {
        char id[16];
        snprintf(id, sizeof id, "u%04d", i);
        cJSON *user = json_new_object();
        json_add_string(user, "id", id);
        json_add_string(user, "username", id);
        json_push(users, user);
        json_push(members, json_new_string(id));
    }
}

static void add_channels(int count) {
    cJSON *channels = cJSON_GetObjectItemCaseSensitive(FAKE.world, "channels");
    for (int i = 0; i < count; i++) {
        char id[16];
        snprintf(id, sizeof id, "p%04d", i);
        cJSON *channel = json_new_object();
        json_add_string(channel, "id", id);
        json_add_string(channel, "name", id);
        json_add_string(channel, "type", "O");
        json_add_string(channel, "team_id", "beta1");
        json_push(channels, channel);
    }
}

// W-45: not the first page only. Lists say that there is more.
static void test_pages(void **state) {
    (void)state;
    add_members(650);
    find(DIRECTORY_USERS, "", "beta", "0649", 0); // on the fourth page, and no beginning
    assert_string_equal(GOT.text, "u0649");
    assert_false(GOT.more);
    find(DIRECTORY_USERS, "bob", "", "u0123", 0);
    assert_string_equal(GOT.text, "u0123");
    find(DIRECTORY_USERS, "bob", "beta", "", 3);
    assert_string_equal(GOT.text, "bob.jones u0000 u0001");
    assert_true(GOT.more);
    find(DIRECTORY_USERS, "bob", "beta", "u", 0);
    assert_true(GOT.more);

    add_channels(650);
    find(DIRECTORY_CHANNELS, "bob", "", "p0649", 0);
    assert_string_equal(GOT.text, "p0649/beta");
    find(DIRECTORY_CHANNELS, "bob", "", "", 2);
    assert_string_equal(GOT.text, "p0000/beta p0001/beta");
    assert_true(GOT.more);
}

static void test_fits(void **state) {
    static const struct {
        const char *text, *name, *display;
        directory_fit fit;
    } rows[] = {
        {"", "anything", "", FIT_EXACT},
        {"Ann", "ann", "", FIT_EXACT},
        {"ann lee", "ann", "Ann Lee", FIT_EXACT},
        {"an", "ann", "", FIT_PREFIX},
        {"lee", "ann", "Ann Lee", FIT_WORD},
        {"square", "town-square", "", FIT_WORD},
        {"quar", "town-square", "", FIT_PART},
        {"tsq", "town-square", "", FIT_FUZZY},
        {"ts", "town-square", "", FIT_NONE},
        {"qst", "town-square", "", FIT_NONE},
        {"ann", "bob", "", FIT_NONE},
        {"own-s own", "own-own-s own", "", FIT_WORD},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (directory_fits(rows[i].text, rows[i].name, rows[i].display) != rows[i].fit)
            fail_msg("row %zu: %s", i, rows[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_sees_what, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pages, set_up, tear_down),
        cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
