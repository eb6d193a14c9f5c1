// SPDX-License-Identifier: Apache-2.0
#include "interest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static gob_value string(const char *text) {
    return (gob_value){.kind = GOB_STRING, .text = bytes_str(text)};
}

// A list, struct or map of count items.
static gob_value list_of(gob_kind kind, const char **names, gob_value *items, size_t count) {
    gob_value v = {.kind = kind};
    v.list.names = names;
    v.list.items = items;
    v.list.count = count;
    return v;
}

static gob_value any(const char *name, gob_value *inside) {
    gob_value v = {.kind = GOB_INTERFACE};
    v.list.name = name;
    v.list.items = inside;
    v.list.count = 1;
    return v;
}

static bool wants(const interest *i, const char *user, const char *channel, const char *message) {
    static const char *names[] = {"UserId", "ChannelId", "Message"};
    gob_value items[] = {string(user), string(channel), string(message)};
    gob_value post = list_of(GOB_STRUCT, names, items, 3);
    return interest_wants(i, &post);
}

static bool wants_reply(const interest *i, const char *user, const char *channel, const char *root) {
    static const char *names[] = {"UserId", "ChannelId", "Message", "RootId"};
    gob_value items[] = {string(user), string(channel), string("x"), string(root)};
    gob_value post = list_of(GOB_STRUCT, names, items, 4);
    return interest_wants(i, &post);
}

static oc_err apply(interest *i, oc_err (*fn)(interest *, const cJSON *), const char *json) {
    cJSON *params = cJSON_Parse(json);
    oc_err err = fn(i, params);
    cJSON_Delete(params);
    return err;
}

static interest *filtered(void) {
    interest *i = interest_create();
    assert_int_equal(
        apply(
            i, interest_set,
            "{\"own_user_ids\":[\"me1\",\"me2\"],\"names\":[\"OpenClaw\",\"@claw\"],\"prefixes\":[\"!oc\"]}"),
        OC_OK);
    assert_int_equal(apply(i, interest_channels, "{\"none\":\"none\",\"named\":\"named\",\"all\":\"all\"}"),
                     OC_OK);
    return i;
}

static void test_decisions(void **state) {
    static const struct {
        const char *user, *channel, *message;
        bool wanted;
    } table[] = {
        {"u", "unknown", "anything", true},
        {"u", "all", "anything", true},
        {"u", "none", "hello openclaw", false},
        {"u", "named", "anything", false},
        {"u", "named", "", false},
        {"u", "named", "hello openclaw", true},
        {"u", "named", "OPENCLAW", true},
        {"u", "named", "ask @Claw.", true},
        {"u", "named", "openclawed", true}, // the core decides what a mention is
        {"u", "named", "open claw", false},
        {"u", "named", "!oc status", true},
        {"u", "named", " \n!oc status", true},
        {"u", "named", "!OC", true},
        {"u", "named", "say !oc", false},
        {"u", "named", "!o", false},
        {"me1", "all", "openclaw", false},
        {"me2", "unknown", "openclaw", false},
        {"me", "all", "x", true},
        {"", "", "x", true},
    };
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        if (wants(i, table[k].user, table[k].channel, table[k].message) != table[k].wanted)
            fail_msg("%s in %s: %s", table[k].user, table[k].channel, table[k].message);
    }
    interest_destroy(i);
}

static void test_threads_and_own_posts(void **state) {
    interest *i = filtered();
    (void)state;
    assert_int_equal(apply(i, interest_channels, "{\"threads\":\"threads\"}"), OC_OK);
    assert_true(wants_reply(i, "u", "threads", "root"));
    assert_false(wants_reply(i, "u", "threads", ""));
    assert_false(wants_reply(i, "u", "named", "root"));
    assert_false(wants_reply(i, "me1", "threads", "root"));
    assert_true(wants(i, "u", "threads", "openclaw"));
    assert_false(wants(i, "u", "threads", "x"));
    assert_int_equal(
        apply(i, interest_set, "{\"own_user_ids\":[\"me1\"],\"names\":[\"claw\"],\"own_posts\":true}"),
        OC_OK);
    assert_int_equal(apply(i, interest_channels, "{\"named\":\"named\"}"), OC_OK);
    assert_true(wants(i, "me1", "named", "claw"));
    assert_false(wants(i, "me1", "named", "x"));
    interest_destroy(i);
}

static void test_everything_before_a_filter(void **state) {
    interest *i = interest_create();
    (void)state;
    assert_true(wants(i, "me1", "none", "x"));
    // Classes alone are no filter: own users are not known yet.
    assert_int_equal(apply(i, interest_channels, "{\"none\":\"none\"}"), OC_OK);
    assert_true(wants(i, "u", "none", "x"));
    assert_int_equal(apply(i, interest_set, "{}"), OC_OK);
    assert_int_equal(apply(i, interest_channels, "{\"none\":\"none\"}"), OC_OK);
    assert_false(wants(i, "u", "none", "x"));
    interest_reset(i);
    assert_true(wants(i, "u", "none", "x"));
    interest_destroy(i);
}

static void test_classes_change(void **state) {
    interest *i = filtered();
    (void)state;
    assert_int_equal(apply(i, interest_channels, "{\"none\":\"all\",\"all\":\"none\"}"), OC_OK);
    assert_true(wants(i, "u", "none", "x"));
    assert_false(wants(i, "u", "all", "x"));
    // New words come of new rules: of every channel the core has to say anew what it wants.
    assert_int_equal(apply(i, interest_set, "{\"names\":[\"bob\"]}"), OC_OK);
    assert_true(wants(i, "u", "all", "x"));
    assert_int_equal(apply(i, interest_channels, "{\"named\":\"named\"}"), OC_OK);
    assert_true(wants(i, "u", "named", "hi BOB"));
    assert_false(wants(i, "u", "named", "hi openclaw"));
    assert_true(wants(i, "me1", "named", "bob"));
    interest_destroy(i);
}

// Attachments as a REST client makes them (maps) and as Go plugins do (structs).
static void test_attachments(void **state) {
    static const struct {
        const char *key, *field, *text;
        bool wanted;
    } table[] = {
        {"text", "Text", "for openclaw", true},       {"pretext", "Pretext", "!oc x", true},
        {"fallback", "Fallback", "OPENCLAW", true},   {"title", "Title", "openclaw", true},
        {"footer", "Footer", "OpenClaw", true},       {"author_name", "AuthorName", "openclaw", true},
        {"image_url", "ImageURL", "openclaw", false}, {"text", "Text", "for somebody else", false},
    };
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        gob_value text = string(table[k].text), pair[] = {string(table[k].key), any("string", &text)};
        gob_value map = list_of(GOB_MAP, NULL, pair, 1), field = string(table[k].text);
        gob_value structure = list_of(GOB_STRUCT, (const char *[]){table[k].field}, &field, 1);
        gob_value elements[] = {any("map[string]interface {}", &map)};
        gob_value lists[] = {list_of(GOB_SLICE, NULL, elements, 1), list_of(GOB_SLICE, NULL, &structure, 1)};
        for (size_t shape = 0; shape < 2; shape++) {
            gob_value prop[] = {string("attachments"), any("list", &lists[shape])};
            gob_value items[] = {string("named"), string("nothing"), list_of(GOB_MAP, NULL, prop, 1)};
            gob_value post = list_of(GOB_STRUCT, (const char *[]){"ChannelId", "Message", "Props"}, items, 3);
            if (interest_wants(i, &post) != table[k].wanted)
                fail_msg("%s: %s", table[k].key, table[k].text);
        }
    }
    interest_destroy(i);
}

static void test_fields_of_attachments(void **state) {
    static const struct {
        const char *key, *field, *text;
        bool wanted;
    } table[] = {{"title", "Title", "for openclaw", true},
                 {"value", "Value", "openclaw?", true},
                 {"value", "Value", "somebody", false},
                 {"short", "Short", "openclaw", false}};
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        gob_value text = string(table[k].text), pair[] = {string(table[k].key), any("string", &text)};
        gob_value map = list_of(GOB_MAP, NULL, pair, 1), member = any("string", &text);
        gob_value structure = list_of(GOB_STRUCT, (const char *[]){table[k].field}, &member, 1);
        gob_value entries[] = {any("map[string]interface {}", &map)};
        gob_value maps = list_of(GOB_SLICE, NULL, entries, 1),
                  structs = list_of(GOB_SLICE, NULL, &structure, 1);
        gob_value in_map[] = {string("fields"), any("list", &maps)};
        gob_value attachments[] = {list_of(GOB_MAP, NULL, in_map, 1),
                                   list_of(GOB_STRUCT, (const char *[]){"Fields"}, &structs, 1)};
        for (size_t shape = 0; shape < 2; shape++) {
            gob_value list = list_of(GOB_SLICE, NULL, &attachments[shape], 1);
            gob_value prop[] = {string("attachments"), any("list", &list)};
            gob_value items[] = {string("named"), string("nothing"), list_of(GOB_MAP, NULL, prop, 1)};
            gob_value post = list_of(GOB_STRUCT, (const char *[]){"ChannelId", "Message", "Props"}, items, 3);
            if (interest_wants(i, &post) != table[k].wanted)
                fail_msg("%s: %s", table[k].key, table[k].text);
        }
    }
    interest_destroy(i);
}

static void test_odd_posts(void **state) {
    interest *i = filtered();
    (void)state;
    gob_value number = {.kind = GOB_INT}, nil = {.kind = GOB_NIL}, empty = list_of(GOB_STRUCT, NULL, NULL, 0);
    assert_true(interest_wants(i, &empty)); // no channel: not classified
    assert_true(interest_wants(i, &number));
    gob_value prop[] = {string("attachments"), any("", &nil)};
    gob_value items[] = {string("named"), number, list_of(GOB_MAP, NULL, prop, 1)};
    gob_value post = list_of(GOB_STRUCT, (const char *[]){"ChannelId", "Message", "Props"}, items, 3);
    assert_false(interest_wants(i, &post));
    prop[1] = number;
    assert_false(interest_wants(i, &post));
    items[2] = number;
    assert_false(interest_wants(i, &post));
    interest_destroy(i);
}

static void test_bad_filters_change_nothing(void **state) {
    static const struct {
        const char *json;
        oc_err err;
    } table[] = {
        {"[]", OC_EINVAL},
        {"null", OC_EINVAL},
        {"{\"names\":\"x\"}", OC_EINVAL},
        {"{\"names\":[1]}", OC_EINVAL},
        {"{\"prefixes\":{}}", OC_EINVAL},
        {"{\"names\":[],\"own_user_ids\":[null]}", OC_EINVAL},
    };
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        assert_int_equal(apply(i, interest_set, table[k].json), table[k].err);
        assert_true(wants(i, "u", "named", "openclaw"));
        assert_false(wants(i, "u", "named", "x"));
    }
    assert_int_equal(apply(i, interest_channels, "[]"), OC_EINVAL);
    assert_int_equal(apply(i, interest_channels, "{\"a\":\"sometimes\"}"), OC_EINVAL);
    assert_int_equal(apply(i, interest_channels, "{\"a\":1}"), OC_EINVAL);
    assert_int_equal(apply(i, interest_channels, "{\"\":\"all\"}"), OC_EINVAL);
    interest_destroy(i);
}

static void test_limits(void **state) {
    interest *i = filtered();
    (void)state;
    cJSON *params = cJSON_CreateObject(), *names = cJSON_AddArrayToObject(params, "names");
    for (int k = 0; k <= INTEREST_WORDS_MAX; k++)
        cJSON_AddItemToArray(names, cJSON_CreateString("x"));
    assert_int_equal(interest_set(i, params), OC_ELIMIT);
    cJSON_Delete(params);
    // The oldest channels are forgotten, and so are not known.
    for (int k = 0; k < INTEREST_CHANNELS_MAX; k++) {
        char json[64];
        (void)snprintf(json, sizeof json, "{\"c%d\":\"none\"}", k);
        assert_int_equal(apply(i, interest_channels, json), OC_OK);
    }
    assert_true(wants(i, "u", "named", "x"));
    assert_false(wants(i, "u", "c0", "x"));
    assert_int_equal(apply(i, interest_channels, "{\"one more\":\"none\"}"), OC_OK);
    assert_true(wants(i, "u", "c0", "x"));
    assert_false(wants(i, "u", "c1", "x"));
    interest_destroy(i);
}

// An empty name would be found in every post.
static void test_empty_words_are_left_out(void **state) {
    interest *i = filtered();
    (void)state;
    assert_int_equal(apply(i, interest_set, "{\"names\":[\"\"],\"prefixes\":[\"\"],\"own_user_ids\":[\"\"]}"),
                     OC_OK);
    assert_int_equal(apply(i, interest_channels, "{\"named\":\"named\"}"), OC_OK);
    assert_false(wants(i, "", "named", "x"));
    assert_true(wants(i, "", "all", "x"));
    interest_destroy(i);
}

static gob_value edited(gob_value items[4], const char *user, const char *channel, const char *message,
                        int64_t edit_at) {
    static const char *names[] = {"UserId", "ChannelId", "Message", "EditAt"};
    items[0] = string(user);
    items[1] = string(channel);
    items[2] = string(message);
    items[3] = (gob_value){.kind = GOB_INT, .integer = edit_at};
    return list_of(GOB_STRUCT, names, items, 4);
}

static void test_edits(void **state) {
    static const struct {
        const char *user, *channel, *before, *now;
        int64_t edit_at;
        bool wanted;
    } table[] = {
        {"u", "named", "hello", "hello openclaw", 5, true},   // it names us now
        {"u", "named", "openclaw hi", "never mind", 5, true}, // it did
        {"u", "named", "hello", "hello all", 5, false},
        {"u", "named", "openclaw", "openclaw", 0, false}, // pinned
        {"u", "unknown", "a", "b", 5, true},
        {"u", "unknown", "a", "a", 0, false},
        {"u", "unknown", "a", "b", 0, true}, // within the same millisecond as an earlier one
        {"u", "unknown", "a", "a", 5, true}, // its files
        {"u", "none", "openclaw", "openclaw!", 5, false},
        {"u", "all", "a", "b", 5, true},
        {"me1", "all", "a", "b", 5, false}, // our own previews
    };
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        gob_value a[4], b[4];
        gob_value before = edited(a, table[k].user, table[k].channel, table[k].before, 0);
        gob_value now = edited(b, table[k].user, table[k].channel, table[k].now, table[k].edit_at);
        if (interest_wants_edit(i, &now, &before) != table[k].wanted)
            fail_msg("row %zu", k);
    }
    interest_reset(i); // nothing is known: every edit, but no pin
    gob_value a[4], b[4], c[4];
    gob_value before = edited(a, "u", "none", "a", 0), now = edited(b, "u", "none", "b", 7),
              pinned = edited(c, "u", "none", "a", 0);
    assert_true(interest_wants_edit(i, &now, &before));
    assert_false(interest_wants_edit(i, &pinned, &before));
    interest_destroy(i);
}

static void test_reactions(void **state) {
    static const struct {
        const char *user, *channel;
        bool wanted;
    } table[] = {
        {"u", "named", true},  {"u", "all", true},
        {"u", "none", false},  {"u", "", true}, // an older server does not say where
        {"me1", "all", false}, {"u", "unknown", true},
    };
    interest *i = filtered();
    (void)state;
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        static const char *names[] = {"UserId", "ChannelId"};
        gob_value items[] = {string(table[k].user), string(table[k].channel)};
        gob_value reaction = list_of(GOB_STRUCT, names, items, 2);
        if (interest_wants_reaction(i, &reaction) != table[k].wanted)
            fail_msg("row %zu", k);
    }
    assert_true(interest_is_own(i, bytes_str("me2")));
    assert_false(interest_is_own(i, bytes_str("u")));
    interest_reset(i);
    assert_false(interest_is_own(i, bytes_str("me2")));
    interest_destroy(i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_threads_and_own_posts),
        cmocka_unit_test(test_everything_before_a_filter),
        cmocka_unit_test(test_classes_change),
        cmocka_unit_test(test_attachments),
        cmocka_unit_test(test_fields_of_attachments),
        cmocka_unit_test(test_odd_posts),
        cmocka_unit_test(test_bad_filters_change_nothing),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_empty_words_are_left_out),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_reactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
