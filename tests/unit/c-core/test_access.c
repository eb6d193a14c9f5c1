// SPDX-License-Identifier: Apache-2.0
// Who is answered. Every row is written by hand from the rules: closed for all but people in AllowFrom, who write to
// the bot directly or mention it where it is a member.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "inbound/access.h"

// Letters of a situation: c configured, o own post, y system, w webhook, b bot, x deleted, k sender known,
// m bot is member, @ mentioned, t has text, l sender listed, e list is empty.
static access_facts facts(char channel_type, const char *letters) {
    return (access_facts){
        .channel_type = channel_type,
        .configured = strchr(letters, 'c') != NULL,
        .own_post = strchr(letters, 'o') != NULL,
        .system_post = strchr(letters, 'y') != NULL,
        .from_webhook = strchr(letters, 'w') != NULL,
        .from_bot = strchr(letters, 'b') != NULL,
        .deleted = strchr(letters, 'x') != NULL,
        .sender_known = strchr(letters, 'k') != NULL,
        .bot_is_member = strchr(letters, 'm') != NULL,
        .mentioned = strchr(letters, '@') != NULL,
        .has_text = strchr(letters, 't') != NULL,
        .sender_listed = strchr(letters, 'l') != NULL,
        .list_empty = strchr(letters, 'e') != NULL,
    };
}

enum { ANSWER = -1 };

static const struct row {
    const char *channels; // each of these
    const char *letters;
    int expected; // ANSWER or the reason
} ROWS[] = {
    // the good cases
    {"D", "ckmtl", ANSWER},
    {"D", "ckm@tl", ANSWER},
    {"OPG", "ckm@tl", ANSWER},
    // who wrote it comes before everything
    {"DOPG", "ckm@tlo", REASON_SELF},
    {"DOPG", "ckm@tly", REASON_SYSTEM_POST},
    {"DOPG", "ckm@tlw", REASON_FROM_WEBHOOK},
    {"DOPG", "ckm@tlb", REASON_FROM_BOT},
    {"DOPG", "ckm@tlx", REASON_DELETED},
    {"DOPG", "o", REASON_SELF},
    {"DOPG", "owb", REASON_SELF},
    {"DOPG", "wb", REASON_FROM_WEBHOOK},
    // not mentioned in a channel: whatever else is true
    {"OPG", "ckmtl", REASON_NO_MENTION},
    {"OPG", "ckmt", REASON_NO_MENTION},
    {"OPG", "mt", REASON_NO_MENTION},
    {"OPG", "", REASON_NO_MENTION},
    // mentioned where it is no member
    {"OPG", "ck@tl", REASON_NOT_MEMBER},
    {"D", "cktl", REASON_NOT_MEMBER},
    {"D", "ck@tl", REASON_NOT_MEMBER},
    // no valid settings
    {"D", "kmtl", REASON_NOT_CONFIGURED},
    {"OPG", "km@tl", REASON_NOT_CONFIGURED},
    // an unknown or deactivated sender
    {"D", "cmtl", REASON_FACTS_UNKNOWN},
    {"OPG", "cm@tl", REASON_FACTS_UNKNOWN},
    // not in the list
    {"D", "ckmt", REASON_DM_NOT_LISTED},
    {"D", "ckm@t", REASON_DM_NOT_LISTED},
    {"D", "ckmte", REASON_DM_NOT_LISTED},
    {"OPG", "ckm@t", REASON_GROUP_NOT_LISTED},
    {"OPG", "ckm@te", REASON_GROUP_EMPTY_LIST},
    // nothing to answer; a stranger learns nothing by it
    {"D", "ckml", REASON_EMPTY_BODY},
    {"D", "ckm", REASON_DM_NOT_LISTED},
    {"OPG", "ckm@l", REASON_EMPTY_BODY},
    // a channel that could not be looked up
    {"?", "ckm@tl", REASON_FACTS_UNKNOWN},
    {"?", "o", REASON_SELF},
    {"?", "", REASON_FACTS_UNKNOWN},
};

static void test_table(void **state) {
    int cells = 0;
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        for (const char *channel = ROWS[i].channels; *channel != '\0'; channel++, cells++) {
            access_facts f = facts(*channel == '?' ? 0 : *channel, ROWS[i].letters);
            access_decision d = access_decide(&f);
            if (d.answer != (ROWS[i].expected == ANSWER) || (!d.answer && (int)d.reason != ROWS[i].expected))
                fail_msg("channel %c, facts \"%s\": got %s", *channel, ROWS[i].letters,
                         d.answer ? "answer" : outcome_reason_name(d.reason));
        }
    }
    assert_true(cells >= 60);
}

// Nobody outside the list is ever answered, in any of all the situations.
static void test_nobody_gets_in(void **state) {
    static const char letters[] = "coywbxkm@tle";
    (void)state;
    for (unsigned bits = 0; bits < 1U << (sizeof letters - 1); bits++) {
        char some[sizeof letters] = "";
        for (unsigned i = 0, len = 0; i < sizeof letters - 1; i++) {
            if ((bits & 1U << i) != 0)
                some[len++] = letters[i];
        }
        for (const char *channel = "DOPG?"; *channel != '\0'; channel++) {
            access_facts f = facts(*channel, some);
            bool may = f.configured && f.sender_listed && f.sender_known && f.bot_is_member && f.has_text &&
                       !f.own_post && !f.system_post && !f.from_webhook && !f.from_bot && !f.deleted &&
                       *channel != '?' && (*channel == 'D' || f.mentioned);
            assert_int_equal(access_decide(&f).answer, may);
        }
    }
}

static void test_facts_of_a_post(void **state) {
    static const struct {
        const char *props, *user, *type, *message;
        bool own, system, webhook, bot, mentioned, text;
    } rows[] = {
        {"{}", "alice", "", "@openclaw hi", false, false, false, false, true, true},
        {"{}", "bot", "", "hi", true, false, false, false, false, true},
        {"{}", "alice", "system_join_channel", "alice joined", false, true, false, false, false, true},
        {"{}", "alice", "me", "waves", false, false, false, false, false, true},
        {"{}", "alice", "custom_zoom", "meeting", false, false, false, false, false, true},
        {"{\"from_webhook\":\"true\"}", "alice", "slack_attachment", "x", false, false, true, false, false,
         true},
        {"{\"from_webhook\":true}", "alice", "", "x", false, false, true, false, false, true},
        {"{\"from_webhook\":\"false\"}", "alice", "", "x", false, false, false, false, false, true},
        {"{\"override_username\":\"admin\"}", "alice", "", "x", false, false, true, false, false, true},
        {"{\"from_bot\":\"true\"}", "alice", "", "x", false, false, false, true, false, true},
        {"{\"from_plugin\":\"true\"}", "alice", "", "x", false, false, false, true, false, true},
        {"{\"from_oauth_app\":\"true\"}", "alice", "", "x", false, false, false, true, false, true},
        {"{\"from_bot\":17}", "alice", "", "x", false, false, false, false, false, true},
        {"{}", "alice", "", "   ", false, false, false, false, false, false},
        {"{}", "alice", "", "\u200b", false, false, false, false, false, false},
        {"{}", "alice", "", "@openclaw", false, false, false, false, true, true},
        {"[]", "alice", "", "`@openclaw`", false, false, false, false, false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        access_facts f = {0};
        cJSON *props = NULL;
        assert_int_equal(json_parse(bytes_str(rows[i].props), &props), OC_OK);
        chat_post post = {
            .user_id = rows[i].user, .type = rows[i].type, .message = rows[i].message, .props = props};
        access_facts_of_post(&post, "bot", "openclaw", &f);
        assert_int_equal(f.own_post, rows[i].own);
        assert_int_equal(f.system_post, rows[i].system);
        assert_int_equal(f.from_webhook, rows[i].webhook);
        assert_int_equal(f.from_bot, rows[i].bot);
        assert_int_equal(f.mentioned, rows[i].mentioned);
        assert_int_equal(f.has_text, rows[i].text);
        cJSON_Delete(props);
    }
}

static void test_files_count_as_text(void **state) {
    access_facts f = {0};
    cJSON *files = json_new_array();
    (void)state;
    json_push(files, json_new_string("f"));
    chat_post post = {.user_id = "alice", .type = "", .message = "", .file_ids = files};
    access_facts_of_post(&post, "bot", "openclaw", &f);
    assert_true(f.has_text);
    cJSON_Delete(files);
}

static void test_every_reason_has_its_words(void **state) {
    (void)state;
    for (int r = 0; r < REASON_COUNT; r++) {
        assert_true(strlen(outcome_of((outcome_reason)r)) > 0);
        assert_true(strlen(outcome_reason_name((outcome_reason)r)) > 0);
        assert_true(strlen(outcome_sentence((outcome_reason)r)) > 10);
        for (int other = 0; other < r; other++)
            assert_string_not_equal(outcome_reason_name((outcome_reason)r),
                                    outcome_reason_name((outcome_reason)other));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_nobody_gets_in),
        cmocka_unit_test(test_facts_of_a_post),
        cmocka_unit_test(test_files_count_as_text),
        cmocka_unit_test(test_every_reason_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
