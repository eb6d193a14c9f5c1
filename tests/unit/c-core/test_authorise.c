// SPDX-License-Identifier: Apache-2.0
// Who may do what with a tool: rows by hand, and what must hold for every combination of facts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "outbound/authorise.h"

#include <string.h>

static tools_config all_on(tools_reach reach) {
    return (tools_config){.messages = true,
                          .reactions = true,
                          .send = true,
                          .search = true,
                          .edit = true,
                          .remove = true,
                          .pin = true,
                          .files = true,
                          .directory = true,
                          .elsewhere = reach};
}

// --- rows: one letter for each fact that is true ---

typedef struct row {
    tool_id tool;
    tool_origin origin;
    tools_reach reach;
    // a: person active, h: bot in the room, g: guests there, t: target known, o: own place, x: archived, s: same team, b: bot is member,
    // m: bot may, v: asker sees, y: asker may, d: direct to a person, l: listed, p: a post, k: the bot's, w: words, -: switched off
    const char *facts;
    char type;
    authorise_verdict verdict;
} row;

static const row ROWS[] = {
    // nobody, nothing configured, switched off
    {TOOL_READ, ORIGIN_NOBODY, TOOLS_REACH_WRITE, "ahtosbmvyl", 'O', AUTHORISE_NO_SESSION},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_NONE, "-atobm", 'D', AUTHORISE_OFF},
    // before the target is known
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_NONE, "a", 0, AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_NONE, "", 0, AUTHORISE_PERSON},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "h", 0, AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "", 0, AUTHORISE_BOT_LEFT},
    {TOOL_SEND, ORIGIN_MCP, TOOLS_REACH_WRITE, "l", 0, AUTHORISE_READ_ONLY},
    {TOOL_READ, ORIGIN_MCP, TOOLS_REACH_NONE, "", 0, AUTHORISE_ALLOW},
    // at home
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobm", 'D', AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobm", 'P', AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmg", 'G', AUTHORISE_ALLOW}, // guests at home are no harm
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "htob", 'O', AUTHORISE_BOT_MAY_NOT},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmx", 'O', AUTHORISE_ARCHIVED},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmx", 'O', AUTHORISE_ALLOW},
    // a person, elsewhere
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_NONE, "atbmvy", 'O', AUTHORISE_ELSEWHERE},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmvy", 'O', AUTHORISE_ALLOW},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmvy", 'P', AUTHORISE_ALLOW},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmvy", 'G', AUTHORISE_ALLOW},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmvy", 'D',
     AUTHORISE_UNSEEN}, // other people's direct messages
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbm", 'O', AUTHORISE_UNSEEN},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbm", 'P', AUTHORISE_UNSEEN},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atmvy", 'P', AUTHORISE_BOT_OUTSIDE},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmv", 'P', AUTHORISE_ASKER_MAY_NOT},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmvy", 'O', AUTHORISE_ELSEWHERE},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmvy", 'O', AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmv", 'O', AUTHORISE_ASKER_MAY_NOT},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbvy", 'O', AUTHORISE_BOT_MAY_NOT},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmd", 'D', AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_READ, "atbmd", 'D', AUTHORISE_ELSEWHERE},
    {TOOL_READ, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmd", 'D', AUTHORISE_UNSEEN},
    {TOOL_REACT, ORIGIN_PERSON, TOOLS_REACH_WRITE, "atbmdp", 'D', AUTHORISE_UNSEEN},
    // a channel, elsewhere
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_NONE, "htsbm", 'O', AUTHORISE_ELSEWHERE},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_READ, "htsbm", 'O', AUTHORISE_ALLOW},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_READ, "htbm", 'O', AUTHORISE_ROOM},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsbmvy", 'P', AUTHORISE_ROOM},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsbmvy", 'G', AUTHORISE_ROOM},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsbmvyd", 'D', AUTHORISE_ROOM},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsbmg", 'O', AUTHORISE_GUESTS},
    {TOOL_READ, ORIGIN_ROOM, TOOLS_REACH_READ, "htsm", 'O', AUTHORISE_BOT_OUTSIDE},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_READ, "htsbm", 'O', AUTHORISE_ELSEWHERE},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsbm", 'O', AUTHORISE_ALLOW},
    {TOOL_SEND, ORIGIN_ROOM, TOOLS_REACH_WRITE, "htsb", 'O', AUTHORISE_BOT_MAY_NOT},
    // MCP
    {TOOL_READ, ORIGIN_MCP, TOOLS_REACH_NONE, "tlbm", 'P', AUTHORISE_ALLOW},
    {TOOL_READ, ORIGIN_MCP, TOOLS_REACH_WRITE, "tbm", 'O', AUTHORISE_UNSEEN},
    {TOOL_READ, ORIGIN_MCP, TOOLS_REACH_NONE, "tlm", 'O', AUTHORISE_BOT_OUTSIDE},
    {TOOL_REACT, ORIGIN_MCP, TOOLS_REACH_WRITE, "tlbmp", 'O', AUTHORISE_READ_ONLY},
    // posts
    {TOOL_EDIT, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobmpkw", 'D', AUTHORISE_ALLOW},
    {TOOL_EDIT, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobmpw", 'D', AUTHORISE_NOT_OWN_POST},
    {TOOL_EDIT, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobmpk", 'D', AUTHORISE_BUTTONS},
    {TOOL_DELETE, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmpw", 'O', AUTHORISE_NOT_OWN_POST},
    {TOOL_DELETE, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmpkw", 'O', AUTHORISE_ALLOW},
    {TOOL_DELETE, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmkw", 'O', AUTHORISE_NOT_OWN_POST}, // no post at all
    {TOOL_PIN, ORIGIN_ROOM, TOOLS_REACH_NONE, "htobmp", 'O', AUTHORISE_ALLOW},
    {TOOL_REACT, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobmp", 'D', AUTHORISE_ALLOW},
};

static bool has(const char *facts, char letter) {
    return strchr(facts, letter) != NULL;
}

static authorise_facts facts_of(const row *r, tools_config *rules) {
    const char *f = r->facts;
    *rules = all_on(r->reach);
    if (has(f, '-'))
        *(bool *)((char *)rules + tool_at(r->tool)->setting_offset) = false;
    return (authorise_facts){
        .tool = tool_at(r->tool),
        .rules = rules,
        .writes = tool_at(r->tool)->writes,
        .origin = r->origin,
        .person_active = has(f, 'a'),
        .room_has_bot = has(f, 'h'),
        .room_has_guests = has(f, 'g'),
        .target_known = has(f, 't'),
        .own_place = has(f, 'o'),
        .type = r->type,
        .archived = has(f, 'x'),
        .same_team = has(f, 's'),
        .bot_is_member = has(f, 'b'),
        .bot_may = has(f, 'm'),
        .asker_sees = has(f, 'v'),
        .asker_may = has(f, 'y'),
        .direct_to_person = has(f, 'd'),
        .listed = has(f, 'l'),
        .is_post = has(f, 'p'),
        .post_is_bots = has(f, 'k'),
        .post_is_words = has(f, 'w'),
    };
}

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        tools_config rules;
        const authorise_facts f = facts_of(&ROWS[i], &rules);
        const authorise_verdict v = authorise(&f);
        if (v != ROWS[i].verdict)
            fail_msg("row %zu \"%s\": %s instead of %s", i, ROWS[i].facts, authorise_name(v),
                     authorise_name(ROWS[i].verdict));
    }
}

static void test_no_account(void **state) {
    (void)state;
    tools_config rules;
    const row home = {TOOL_SEND, ORIGIN_PERSON, TOOLS_REACH_NONE, "atobm", 'D', AUTHORISE_ALLOW};
    authorise_facts f = facts_of(&home, &rules);
    f.rules = NULL;
    assert_int_equal(authorise(&f), AUTHORISE_NO_ACCOUNT);
}

// --- what holds for every combination ---

// Said in other words than the code: what must be true of whatever is allowed.
static bool may_be(const authorise_facts *f) {
    const bool person = f->origin == ORIGIN_PERSON, room = f->origin == ORIGIN_ROOM;
    const bool read_far = f->rules->elsewhere >= TOOLS_REACH_READ,
               write_far = f->rules->elsewhere == TOOLS_REACH_WRITE;
    if (f->tool->own_posts && (!f->is_post || !f->post_is_bots || !f->post_is_words))
        return false;
    if (f->origin == ORIGIN_MCP)
        return !f->writes && f->listed && f->bot_is_member && f->bot_may;
    if (!(person ? f->person_active : room && f->room_has_bot) || !f->bot_may || (f->writes && f->archived))
        return false;
    if (f->own_place)
        return true;
    if (!read_far || (f->writes && !write_far))
        return false;
    if (person && f->direct_to_person)
        return f->writes && !f->is_post;
    if (!f->bot_is_member)
        return false;
    return person ? f->type != 'D' && f->asker_sees && f->asker_may
                  : f->type == 'O' && f->same_team && !f->room_has_guests;
}

static void test_all(void **state) {
    enum { BITS = 14 };
    static const char types[] = "OPDG";
    static const tool_id tools[] = {TOOL_SEND, TOOL_READ, TOOL_EDIT};
    size_t allowed = 0;
    (void)state;
    for (int bits = 0; bits < 1 << BITS; bits++) {
        for (int more = 0; more < 4 * 4 * 3 * 3; more++) {
            tools_config rules = all_on((tools_reach)(more / 16 % 3));
            authorise_facts f = {.tool = tool_at(tools[more / 48]),
                                 .rules = &rules,
                                 .writes = tool_at(tools[more / 48])->writes,
                                 .origin = (tool_origin)(more % 4),
                                 .target_known = true,
                                 .type = types[more / 4 % 4],
                                 .person_active = bits & 1,
                                 .room_has_bot = bits >> 1 & 1,
                                 .room_has_guests = bits >> 2 & 1,
                                 .own_place = bits >> 3 & 1,
                                 .archived = bits >> 4 & 1,
                                 .same_team = bits >> 5 & 1,
                                 .bot_is_member = bits >> 6 & 1,
                                 .bot_may = bits >> 7 & 1,
                                 .asker_sees = bits >> 8 & 1,
                                 .asker_may = bits >> 9 & 1,
                                 .direct_to_person = bits >> 10 & 1,
                                 .listed = bits >> 11 & 1,
                                 .is_post = bits >> 12 & 1,
                                 .post_is_bots = bits >> 13 & 1,
                                 .post_is_words = bits >> 13 & 1};
            const bool may = f.origin != ORIGIN_NOBODY && may_be(&f);
            if ((authorise(&f) == AUTHORISE_ALLOW) != may)
                fail_msg("bits %x, more %d: %s", bits, more, authorise_name(authorise(&f)));
            allowed += may;
        }
    }
    assert_true(allowed > 1000);
}

// Each refusal says something of its own.
static void test_words(void **state) {
    (void)state;
    for (int i = 0; i < AUTHORISE_COUNT; i++) {
        assert_true(strlen(authorise_code((authorise_verdict)i)) > 1);
        assert_int_equal(i == AUTHORISE_ALLOW, strlen(authorise_sentence((authorise_verdict)i)) < 20);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(authorise_name((authorise_verdict)i),
                                    authorise_name((authorise_verdict)k));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_no_account),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
