// SPDX-License-Identifier: Apache-2.0
// The plugin adapter's lists and rights: which call of Mattermost's each is, and what its answers and errors become.
#include "chat_bench.h"

#include <stdio.h>

typedef struct heard {
    int calls;
    oc_err err;
    char text[256];
    bool flag;
} heard;

static void on_json(void *ctx, const chat_error *error, const cJSON *value) {
    heard *h = ctx;
    char *text = cJSON_PrintUnformatted(value);
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s", text != NULL ? text : "");
    cJSON_free(text);
}

static void on_flag(void *ctx, const chat_error *error, bool flag) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    h->flag = flag;
}

static void on_channel(void *ctx, const chat_error *error, const chat_channel *channel) {
    heard *h = ctx;
    h->calls++;
    h->err = error->err;
    snprintf(h->text, sizeof h->text, "%s", channel->id);
}

static void ask_list(chat_bench *b, int which, heard *h) {
    switch (which) {
    case 0:
        chat_teams_of_user(b->chat, "u", on_json, h);
        break;
    case 1:
        chat_channels_of_user(b->chat, "t", "u", on_json, h);
        break;
    case 2:
        chat_public_channels(b->chat, "t", 2, 50, on_json, h);
        break;
    case 3:
        chat_users_in_team(b->chat, "t", 2, 50, on_json, h);
        break;
    case 4:
        chat_users_in_channel(b->chat, "c", 2, 50, on_json, h);
        break;
    default:
        chat_search_users(b->chat, "t", "an", 50, on_json, h);
        break;
    }
}

static void test_lists(void **state) {
    static const struct {
        const char *method, *params;
    } rows[] = {
        {"GetTeamsForUser", "[\"u\"]"},
        {"GetChannelsForTeamForUser", "[\"t\",\"u\",false]"},
        {"GetPublicChannelsForTeam", "[\"t\",2,50]"},
        {"GetUsersInTeam", "[\"t\",2,50]"},
        {"GetUsersInChannel", "[\"c\",\"username\",2,50]"},
        {"SearchUsers", "[{\"term\":\"an\",\"team_id\":\"t\",\"limit\":50}]"},
    };
    chat_bench *b = *state;
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        const bench_script script[] = {
            {rows[i].method, "[{\"id\":\"x\"}]", 0, NULL},
            {rows[i].method, "null", 0, NULL}, // Go's empty list
            {rows[i].method, NULL, 404, "x"},  // nothing there
            {rows[i].method, NULL, 500, "x"},
        };
        static const char *const lists[] = {"[{\"id\":\"x\"}]", "[]", "[]", "[]"};
        static const oc_err errors[] = {OC_OK, OC_OK, OC_OK, OC_EREMOTE};
        heard h = {0};
        BENCH_SCRIPT(b, script);
        for (int answer = 0; answer < 4; answer++) {
            ask_list(b, i, &h);
            bench_until(b, h.calls == answer + 1);
            assert_string_equal(h.text, lists[answer]);
            assert_int_equal(h.err, errors[answer]);
        }
        assert_string_equal(bench_params(b, rows[i].method), rows[i].params);
    }
}

static void test_channel_by_name(void **state) {
    static const bench_script script[] = {
        {"GetChannelByName", "{\"id\":\"c\",\"name\":\"town\"}", 0, NULL},
        {"GetChannelByName", NULL, 404, "x"},
    };
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, script);
    chat_channel_by_name(b->chat, "t", "town", on_channel, &h);
    bench_until(b, h.calls == 1);
    assert_string_equal(h.text, "c");
    assert_string_equal(bench_params(b, "GetChannelByName"), "[\"t\",\"town\",false]");
    chat_channel_by_name(b->chat, "t", "town", on_channel, &h);
    bench_until(b, h.calls == 2);
    assert_int_equal(h.err, OC_ENOTFOUND);
}

static void test_team_members(void **state) {
    static const bench_script script[] = {
        {"GetTeamMember", "{\"team_id\":\"t\",\"user_id\":\"u\"}", 0, NULL},
        {"GetTeamMember", "{\"team_id\":\"t\",\"user_id\":\"u\",\"delete_at\":5}", 0, NULL}, // has left
        {"GetTeamMember", NULL, 404, "x"},
        {"GetTeamMember", NULL, 500, "x"},
    };
    static const bool member[] = {true, false, false, false};
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, script);
    for (int i = 0; i < 4; i++) {
        chat_is_team_member(b->chat, "t", "u", on_flag, &h);
        bench_until(b, h.calls == i + 1);
        assert_int_equal(h.flag, member[i]);
        assert_int_equal(h.err, i < 3 ? OC_OK : OC_EREMOTE);
    }
}

static void test_rights(void **state) {
    static const bench_script script[] = {
        {"HasPermissionToTeam", "true", 0, NULL},
        {"HasPermissionTo", "true", 0, NULL},
    };
    chat_bench *b = *state;
    heard h = {0};
    BENCH_SCRIPT(b, script);
    chat_has_team_permission(b->chat, "u", "t", "read_public_channel", on_flag, &h);
    bench_until(b, h.calls == 1);
    assert_true(h.flag);
    assert_string_equal(bench_params(b, "HasPermissionToTeam"),
                        "[\"u\",\"t\",{\"id\":\"read_public_channel\"}]");
    chat_has_permission(b->chat, "u", "view_members", on_flag, &h);
    bench_until(b, h.calls == 2);
    assert_string_equal(bench_params(b, "HasPermissionTo"), "[\"u\",{\"id\":\"view_members\"}]");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_lists),
        WITH(test_channel_by_name),
        WITH(test_team_members),
        WITH(test_rights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
