// SPDX-License-Identifier: Apache-2.0
// What the agent is given, under attack: whatever people write (data/injection.txt), nothing of it comes into the system
// prompt, nothing of it stands at the start of a line, and the message can be taken apart again without doubt.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "inbound/context_select.h"
#include "inbound/visible_text.h"
#include "turn/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 1000, TEXTS_MIN = 200, TEXT_MAX_BYTES = 1 << 20, SAID_MAX = 8 };

static const char NONCE[] = "deadbeef"; // as if it had been guessed
static char *TEXTS[TEXTS_MAX];
static size_t TEXT_COUNT;

// --- the corpus ---

static void put_rune(buf *out, uint32_t rune) {
    uint8_t coded[4];
    size_t len = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--, rune >>= 6)
        coded[i] = (uint8_t)(0x80 | (rune & 0x3F));
    coded[0] = (uint8_t)(lead[len] | rune);
    assert_int_equal(buf_append(out, coded, len), OC_OK);
}

static size_t number(const char **at, unsigned base) {
    size_t value = 0;
    for (; strchr("0123456789ABCDEF", **at) != NULL && **at != '\0'; (*at)++)
        value = value * base + (size_t)(**at <= '9' ? **at - '0' : **at - 'A' + 10);
    return value;
}

static void unescape(const char *line, const char *end, buf *out);

// Up to the brace that closes what was opened before at.
static const char *closing(const char *at) {
    for (int depth = 1; *at != '\0'; at++) {
        depth += (*at == '{') - (*at == '}');
        if (depth == 0)
            return at;
    }
    fail_msg("an escape is not closed");
    return NULL;
}

static const char *unescape_one(const char *at, buf *out) {
    static const char letters[] = "nrt\\", meant[] = "\n\r\t\\";
    const char *known = strchr(letters, *at);
    if (known != NULL) {
        assert_int_equal(buf_append_byte(out, (uint8_t)meant[known - letters]), OC_OK);
        return at + 1;
    }
    char kind = *at == '{' ? '{' : *at++;
    assert_int_equal(*at++, '{');
    const char *end = closing(at);
    size_t value = number(&at, kind == '{' ? 10 : 16);
    if (kind == 'u')
        put_rune(out, (uint32_t)value);
    else if (kind == 'x')
        assert_int_equal(buf_append_byte(out, (uint8_t)value), OC_OK);
    else
        for (size_t i = 0; i < value; i++)
            unescape(at + 1, end, out);
    return end + 1;
}

static void unescape(const char *line, const char *end, buf *out) {
    while (line < end) {
        if (*line == '\\')
            line = unescape_one(line + 1, out);
        else
            assert_int_equal(buf_append_byte(out, (uint8_t)*line++), OC_OK);
    }
}

static int read_corpus(void **state) {
    char line[4096];
    FILE *f = fopen("tests/unit/c-core/data/injection.txt", "r");
    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        buf out;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "#: ", 3) == 0)
            continue;
        buf_init(&out, TEXT_MAX_BYTES);
        unescape(line, line + strlen(line), &out);
        assert_true(TEXT_COUNT < TEXTS_MAX);
        TEXTS[TEXT_COUNT++] = buf_take_str(&out);
    }
    fclose(f);
    assert_true(TEXT_COUNT >= TEXTS_MIN);
    return 0;
}

static int free_corpus(void **state) {
    (void)state;
    while (TEXT_COUNT > 0)
        free(TEXTS[--TEXT_COUNT]);
    return 0;
}

// --- a message, taken apart ---

typedef struct taken_apart {
    char *said[SAID_MAX]; // what others said, in order
    size_t count;
    char *question;
} taken_apart;

static void add_line(char **text, const char *line, size_t len) {
    char *longer = *text == NULL ? xstrndup(line, len) : xasprintf("%s\n%.*s", *text, (int)len, line);
    free(*text);
    *text = longer;
}

// Fails the test at a line that should not be there.
static taken_apart take_apart(const char *message, const char *asker) {
    enum { BEFORE, IN_BLOCK, IN_QUESTION } where = BEFORE;
    taken_apart t = {0};
    char *start = xasprintf("%s: ", asker), *end = xasprintf("[end %s]", NONCE);
    for (const char *line = message; line != NULL;) {
        const char *next = strchr(line, '\n');
        size_t len = next != NULL ? (size_t)(next - line) : strlen(line);
        assert_true(*line != '/');
        if (where == BEFORE && strncmp(line, "[begin ", 7) == 0) {
            where = IN_BLOCK;
        } else if (where == IN_BLOCK && len == strlen(end) && strncmp(line, end, len) == 0) {
            where = BEFORE;
        } else if (where == IN_BLOCK && strncmp(line, "|   ", 4) == 0) {
            assert_true(t.count > 0);
            add_line(&t.said[t.count - 1], line + 4, len - 4);
        } else if (where == IN_BLOCK && strncmp(line, "| ", 2) == 0) {
            assert_true(t.count < SAID_MAX);
            t.count++;
        } else if (where == BEFORE && strncmp(line, "[profile ", 9) == 0) {
            assert_non_null(memchr(line, '{', len));
        } else if (where == BEFORE) {
            assert_int_equal(strncmp(line, start, strlen(start)), 0);
            add_line(&t.question, line + strlen(start), len - strlen(start));
            where = IN_QUESTION;
        } else {
            assert_int_equal(where, IN_QUESTION);
            assert_int_equal(strncmp(line, "  ", 2), 0);
            add_line(&t.question, line + 2, len - 2);
        }
        line = next != NULL ? next + 1 : NULL;
    }
    assert_int_equal(where, IN_QUESTION);
    free(start);
    free(end);
    return t;
}

static void taken_apart_free(taken_apart *t) {
    for (size_t i = 0; i < t->count; i++)
        free(t->said[i]);
    free(t->question);
}

// --- what stands in it ---

static prompt_facts facts_with(const char *text, const context *c) {
    return (prompt_facts){.sender = "alice",
                          .reactions = "",
                          .people = PEOPLE_USERNAME,
                          .channel_name = "town-square",
                          .channel_type = 'O',
                          .text = text,
                          .files = "",
                          .instructions = "Be kind.",
                          .context = c,
                          .nonce = NONCE};
}

static char *as_seen(const char *text, size_t max_bytes) {
    char *seen = visible_text(bytes_str(text), max_bytes);
    bytes trimmed = utf8_trim(bytes_str(seen));
    char *copy = xstrndup((const char *)trimmed.data, trimmed.len);
    free(seen);
    return copy;
}

static void add_post(cJSON *list, const char *id, const char *user_id, int64_t at_ms, const char *message) {
    cJSON *post = json_add_object(cJSON_GetObjectItemCaseSensitive(list, "posts"), id);
    json_add_string(post, "id", id);
    json_add_string(post, "user_id", user_id);
    json_add_string(post, "channel_id", "town");
    json_add_string(post, "message", message);
    json_add_int(post, "create_at", at_ms);
}

static context *context_with(const char *text) {
    account_config rules;
    account_config_init(&rules);
    rules.history_limit = 50;
    cJSON *list = json_new_object();
    json_add_object(list, "posts");
    add_post(list, "p1", "bob", 1000, "before");
    add_post(list, "p2", "mallory", 2000, text);
    add_post(list, "p3", "bob", 3000, "after");
    const context_rules r = {.config = &rules,
                             .bot_user_id = "bot",
                             .bot_username = "openclaw",
                             .kind = CHAT_CHANNEL,
                             .channel_id = "town",
                             .root_id = "",
                             .post_id = "p4",
                             .asked_ms = 4000};
    const chat_user users[] = {
        {.id = "bob", .username = "bob", .roles = ""},
        {.id = "mallory", .username = "mallory", .roles = ""},
    };
    const context_facts f = {.users = users, .user_count = 2};
    context_candidates candidates;
    context_candidates_read(list, &r, &candidates);
    context *c = context_choose(&candidates, &r, &f);
    cJSON_Delete(list);
    account_config_clear(&rules);
    return c;
}

static void test_as_a_question(void **state) {
    const prompt_facts plain = facts_with("hello", NULL);
    char *expected = prompt_system(&plain);
    (void)state;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const prompt_facts f = facts_with(TEXTS[i], NULL);
        char *message = prompt_message(&f), *system_prompt = prompt_system(&f),
             *seen = as_seen(TEXTS[i], PROMPT_TEXT_MAX_BYTES);
        assert_string_equal(system_prompt, expected);
        taken_apart t = take_apart(message, "alice");
        assert_int_equal(t.count, 0);
        assert_string_equal(t.question, seen);
        taken_apart_free(&t);
        free(seen);
        free(system_prompt);
        free(message);
    }
    free(expected);
}

static void test_as_something_said_before(void **state) {
    const prompt_facts plain = facts_with("hello", NULL);
    char *expected = prompt_system(&plain);
    (void)state;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        char *seen = as_seen(TEXTS[i], CONTEXT_MESSAGE_MAX_BYTES);
        bool empty = *seen == '\0';
        context *c = context_with(TEXTS[i]);
        const prompt_facts f = facts_with("hello", c);
        char *message = prompt_message(&f), *system_prompt = prompt_system(&f);
        assert_string_equal(system_prompt, expected);
        taken_apart t = take_apart(message, "alice");
        assert_int_equal(t.count, empty ? 2 : 3);
        assert_string_equal(t.said[0], "before");
        assert_string_equal(empty ? "" : t.said[1], seen);
        assert_string_equal(t.said[t.count - 1], "after");
        assert_string_equal(t.question, "hello");
        taken_apart_free(&t);
        free(system_prompt);
        free(message);
        context_free(c);
        free(seen);
    }
    free(expected);
}

// Mattermost does not allow such names, but nobody need rely on that.
static void test_as_names(void **state) {
    (void)state;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const chat_user user = {.id = TEXTS[i],
                                .username = TEXTS[i],
                                .nickname = TEXTS[i],
                                .first_name = TEXTS[i],
                                .last_name = TEXTS[i],
                                .locale = TEXTS[i],
                                .roles = ""};
        unsigned all = PEOPLE_USERNAME | PEOPLE_NICKNAME | PEOPLE_FULL_NAME | PEOPLE_LOCALE | PEOPLE_ID;
        prompt_facts f = facts_with("hello", NULL);
        char *name = prompt_name(all, user.username, user.id);
        cJSON *profile = prompt_profile(all, &user);
        f.sender = name;
        f.channel_name = TEXTS[i];
        f.profile = profile;
        f.people = all;
        char *message = prompt_message(&f), *system_prompt = prompt_system(&f);
        taken_apart t = take_apart(message, name);
        assert_string_equal(t.question, "hello");
        for (const char *p = name; *p != '\0'; p++)
            assert_true(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_", *p) !=
                        NULL);
        if (strpbrk(TEXTS[i], " \n@/:") != NULL) // more than a word
            assert_null(strstr(system_prompt, TEXTS[i]));
        taken_apart_free(&t);
        free(system_prompt);
        free(message);
        cJSON_Delete(profile);
        free(name);
    }
}

static void test_nobody_sees_nothing(void **state) {
    static const struct {
        const char *text, *seen;
    } rows[] = {
        {"a\xE2\x80\x8B\xE2\x80\xAE"
         "b\xEF\xBB\xBF",
         "ab"},
        {"a\r\nb\rc\xE2\x80\xA8"
         "d",
         "a\nb\nc\nd"},
        {"\xF3\xA0\x81\xA9\xF3\xA0\x81\xA7x", "x"},
        {"\xE2\x9D\xA4\xEF\xB8\x8F\xEF\xB8\x8E!", "\xE2\x9D\xA4\xEF\xB8\x8F!"},
        {"tab\tstays", "tab\tstays"},
        {"bad \xFF byte", "bad \xEF\xBF\xBD byte"},
        {"\x1B[31mred", "[31mred"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *seen = visible_text(bytes_str(rows[i].text), 100);
        assert_string_equal(seen, rows[i].seen);
        free(seen);
    }
    char *cut = visible_text(bytes_str("\xC3\xA9\xC3\xA9\xC3\xA9"), 5),
         *line = visible_line(bytes_str("a\n\tb"), 9);
    assert_string_equal(cut, "\xC3\xA9\xC3\xA9 […]");
    assert_string_equal(line, "a  b");
    free(cut);
    free(line);
}

static void test_what_is_told_of_people(void **state) {
    const chat_user user = {.id = "u1",
                            .username = "ann.b",
                            .nickname = "",
                            .first_name = "Ann",
                            .last_name = "Bee",
                            .locale = "de",
                            .roles = ""};
    (void)state;
    assert_null(prompt_profile(PEOPLE_USERNAME | PEOPLE_NICKNAME, &user));
    cJSON *profile = prompt_profile(PEOPLE_FULL_NAME | PEOPLE_ID, &user);
    char *printed = cJSON_PrintUnformatted(profile), *name = prompt_name(PEOPLE_ID, "ann.b", "u1"),
         *other = prompt_name(0, "ann.b", "u1"), *third = prompt_name(0, "bob", "u2");
    assert_string_equal(printed, "{\"full_name\":\"Ann Bee\",\"id\":\"u1\"}");
    assert_string_equal(name, "u1");
    assert_null(strstr(other, "ann"));
    assert_string_not_equal(other, third);
    free(third);
    free(other);
    free(name);
    cJSON_free(printed);
    cJSON_Delete(profile);
}

static void test_the_administrators_words(void **state) {
    prompt_facts f = facts_with("hello", NULL);
    (void)state;
    char *with = prompt_system(&f);
    f.instructions = "";
    char *without = prompt_system(&f);
    assert_non_null(strstr(with, "for this place:\nBe kind."));
    assert_int_equal(strncmp(with, without, strlen(without)), 0);
    assert_null(strstr(without, "administrator"));
    free(without);
    free(with);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_a_question),
        cmocka_unit_test(test_as_something_said_before),
        cmocka_unit_test(test_as_names),
        cmocka_unit_test(test_nobody_sees_nothing),
        cmocka_unit_test(test_what_is_told_of_people),
        cmocka_unit_test(test_the_administrators_words),
    };
    return cmocka_run_group_tests(tests, read_corpus, free_corpus);
}
