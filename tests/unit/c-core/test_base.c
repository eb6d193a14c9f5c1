// SPDX-License-Identifier: Apache-2.0
// The small helpers that everything stands on: buffers, arenas, JSON, numbers, secrets, random bytes, log lines.
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/log_levels.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/random.h"
#include "base/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

// --- buffers --------------------------------------------------------------------------------------------------

static void test_buf_maximum(void **state) {
    (void)state;
    buf b;
    buf_init(&b, 10);
    assert_int_equal(buf_append_str(&b, "12345678"), OC_OK);
    assert_int_equal(buf_append_str(&b, "abc"), OC_ELIMIT);
    assert_true(bytes_is(buf_bytes(&b), "12345678")); // unchanged
    assert_int_equal(buf_append_byte(&b, 'a'), OC_OK);
    assert_int_equal(buf_append(&b, "b", 1), OC_OK);
    assert_int_equal(buf_append_byte(&b, 'c'), OC_ELIMIT);
    assert_int_equal(buf_append(&b, NULL, 0), OC_OK);
    buf_consume(&b, 3); // room comes back at the front
    assert_int_equal(buf_append_str(&b, "xyz"), OC_OK);
    assert_true(bytes_is(buf_bytes(&b), "45678abxyz"));
    uint8_t *where = NULL;
    assert_int_equal(buf_reserve(&b, SIZE_MAX, &where), OC_ELIMIT);
    buf_free(&b);
    assert_int_equal(buf_bytes(&b).len, 0);
    assert_int_equal(buf_append_str(&b, "usable"), OC_OK);
    buf_free(&b);
}

static void test_buf_as_a_stream(void **state) {
    (void)state;
    buf b;
    uint8_t next_in = 0, next_out = 0;
    buf_init(&b, 5000);
    // Sizes without a common divisor, so that every way of moving and growing happens.
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 7 + round % 300 && b.len < 4000; i++)
            assert_int_equal(buf_append_byte(&b, next_in++), OC_OK);
        size_t take = b.len < 131 ? b.len : 131 + (size_t)round % 40;
        take = take < b.len ? take : b.len;
        bytes content = buf_bytes(&b);
        for (size_t i = 0; i < take; i++)
            assert_int_equal(content.data[i], next_out++);
        buf_consume(&b, take);
    }
    buf_consume(&b, 1000000); // at most all
    assert_int_equal(b.len, 0);
    buf_free(&b);
}

static void test_buf_text(void **state) {
    (void)state;
    buf b;
    buf_init(&b, 600);
    assert_int_equal(buf_printf(&b, "%s-%d", "a", 7), OC_OK);
    assert_int_equal(buf_printf(&b, "%0300d", 1), OC_OK); // beyond the first allocation
    assert_int_equal(buf_printf(&b, "%0400d", 1), OC_ELIMIT);
    assert_int_equal(b.len, 303);
    buf_truncate(&b, 3);
    buf_truncate(&b, 100);
    assert_int_equal(b.len, 3);
    char *text = buf_take_str(&b);
    assert_string_equal(text, "a-7");
    free(text);
    text = buf_take_str(&b);
    assert_string_equal(text, "");
    free(text);
    buf_clear(&b);
    buf_free(&b);
    buf_free(&b);
}

// --- arenas ---------------------------------------------------------------------------------------------------

static void test_arena(void **state) {
    (void)state;
    arena a;
    arena_init(&a, 100000);
    for (size_t size = 1; size < 300; size++) {
        unsigned char *memory = arena_alloc(&a, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
    }
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&a, NULL, 0), "");
    arena_reset(&a);
    assert_non_null(arena_array(&a, 100, 8));
    arena_free(&a);
    arena_free(&a);
}

static void test_arena_maximum(void **state) {
    static const struct {
        size_t count, size;
        bool fits;
    } rows[] = {
        {1, 1000, true},      {1, 1008, true},          {1, 1009, false},     {10, 100, true},
        {11, 100, false},     {SIZE_MAX, 2, false},     {2, SIZE_MAX, false}, {SIZE_MAX / 2, 2, false},
        {1, SIZE_MAX, false}, {1, SIZE_MAX - 7, false}, {0, 8, true},         {8, 0, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena a;
        arena_init(&a, 1008);
        assert_int_equal(arena_array(&a, rows[i].count, rows[i].size) != NULL, rows[i].fits);
        arena_free(&a);
    }
    arena a;
    arena_init(&a, 64);
    assert_non_null(arena_alloc(&a, 40));
    assert_null(arena_alloc(&a, 40)); // together too much
    assert_null(arena_strndup(&a, "x", SIZE_MAX));
    arena_free(&a);
}

// --- JSON -----------------------------------------------------------------------------------------------------

static void test_json_parsing(void **state) {
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {"{}", true},   {" [1,2] \r\n\t", true}, {"null", true},   {"\"a\"", true},     {"1e3", true},
        {"", false},    {"{} x", false},         {"{}{}", false},  {"{", false},        {"[1,]", false},
        {"nul", false}, {"\"a", false},          {"[1 2]", false}, {"{\"a\":}", false}, {"{a:1}", false},
        {" ", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *value = NULL;
        // Not terminated: what lies behind must not be read.
        size_t len = strlen(rows[i].text);
        char *copy = xmalloc(len > 0 ? len : 1);
        memcpy(copy, rows[i].text, len);
        assert_int_equal(json_parse(bytes_of(copy, len), &value) == OC_OK, rows[i].valid);
        assert_int_equal(value != NULL, rows[i].valid);
        cJSON_Delete(value);
        free(copy);
    }
}

static void test_json_depth(void **state) {
    (void)state;
    char *text = xmalloc(3000);
    for (size_t depth = 900; depth <= 1100; depth += 200) {
        cJSON *value = NULL;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(json_parse(bytes_of(text, 2 * depth), &value), depth < 1000 ? OC_OK : OC_EMALFORMED);
        cJSON_Delete(value);
    }
    free(text);
}

static void test_json_reading(void **state) {
    (void)state;
    cJSON *o = NULL;
    assert_int_equal(
        json_parse(bytes_str("{\"s\":\"x\",\"n\":null,\"i\":9007199254740992,\"big\":1e300,\"neg\":-5,"
                             "\"half\":1.9,\"t\":true,\"f\":false,\"a\":[1],\"S\":\"other\"}"),
                   &o),
        OC_OK);
    assert_string_equal(json_string(o, "s"), "x");
    assert_string_equal(json_text(o, "S"), "other"); // case counts
    assert_null(json_string(o, "i"));
    assert_string_equal(json_text(o, "none"), "");
    assert_null(json_get(o, "n"));
    assert_true(json_int(o, "i", 0) == INT64_C(9007199254740992));
    assert_true(json_int(o, "big", 7) == 7);
    assert_true(json_int(o, "neg", 7) == -5);
    assert_true(json_int(o, "half", 7) == 1);
    assert_true(json_int(o, "s", 7) == 7);
    assert_true(json_bool(o, "t", false));
    assert_false(json_bool(o, "f", true));
    assert_true(json_bool(o, "i", true));
    assert_non_null(json_array(o, "a"));
    assert_null(json_array(o, "s"));
    assert_null(json_get(NULL, "s"));
    assert_null(json_get(json_get(o, "a"), "s"));
    cJSON_Delete(o);
}

static void test_json_building(void **state) {
    (void)state;
    buf b;
    cJSON *o = json_new_object();
    json_add_string(o, "s", "a\"b");
    json_add_string(o, "none", NULL);
    json_add_int(o, "i", 999999999999999);
    json_add_bool(o, "t", true);
    json_add(json_add_object(o, "o"), "n", json_new_string_n("abcdef", 2));
    json_push(json_add_array(o, "a"), json_new_bool(false));
    buf_init(&b, 1000);
    assert_int_equal(json_print(o, &b), OC_OK);
    assert_true(bytes_is(buf_bytes(&b), "{\"s\":\"a\\\"b\",\"none\":\"\",\"i\":999999999999999,\"t\":true,"
                                        "\"o\":{\"n\":\"ab\"},\"a\":[false]}"));
    buf_free(&b);
    buf_init(&b, 10);
    assert_int_equal(json_print(o, &b), OC_ELIMIT);
    buf_free(&b);
    cJSON_Delete(o);
}

// --- numbers and ids ------------------------------------------------------------------------------------------

static void test_parse_uint(void **state) {
    static const struct {
        const char *text;
        uint64_t max;
        oc_err err;
        uint64_t value;
    } rows[] = {
        {"0", 0, OC_OK, 0},
        {"7", 7, OC_OK, 7},
        {"007", 7, OC_OK, 7},
        {"8", 7, OC_ELIMIT, 0},
        {"65535", 65535, OC_OK, 65535},
        {"65536", 65535, OC_ELIMIT, 0},
        {"18446744073709551615", UINT64_MAX, OC_OK, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, OC_ELIMIT, 0},
        {"99999999999999999999999", UINT64_MAX, OC_ELIMIT, 0},
        {"", 9, OC_EMALFORMED, 0},
        {"-1", 9, OC_EMALFORMED, 0},
        {"+1", 9, OC_EMALFORMED, 0},
        {" 1", 9, OC_EMALFORMED, 0},
        {"1 ", 9, OC_EMALFORMED, 0},
        {"1a", 99, OC_EMALFORMED, 0},
        {"0x1", 99, OC_EMALFORMED, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t value = 0;
        assert_int_equal(parse_uint(bytes_str(rows[i].text), rows[i].max, &value), rows[i].err);
        assert_true(value == rows[i].value);
    }
}

static void test_parse_id(void **state) {
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {"abcdefghijklmnopqrstuvwxyz", true},
        {"01234567890123456789012345", true},
        {"abcdefghijklmnopqrstuvwxy", false},
        {"abcdefghijklmnopqrstuvwxyz0", false},
        {"Abcdefghijklmnopqrstuvwxyz", false},
        {"abcdefghijklm opqrstuvwxyz", false},
        {"", false},
        {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(parse_is_mm_id(rows[i].text), rows[i].valid);
}

// --- secrets, random bytes ------------------------------------------------------------------------------------

static void test_secret(void **state) {
    (void)state;
    secret *a = secret_create("token"), *b = secret_create("token"), *c = secret_create("tokem");
    secret *longer = secret_create("tokens"), *none = secret_create(NULL), *copy = secret_dup(a);
    assert_true(secret_equal(a, b));
    assert_true(secret_equal(a, copy));
    assert_false(secret_equal(a, c));
    assert_false(secret_equal(a, longer));
    assert_true(secret_equal(none, NULL));
    assert_false(secret_equal(a, NULL));
    assert_true(secret_empty(none) && secret_empty(NULL));
    assert_false(secret_empty(a));
    assert_string_equal(secret_reveal(a), "token");
    assert_string_equal(secret_reveal(NULL), "");
    assert_null(secret_dup(NULL));
    secret *all[] = {a, b, c, longer, none, copy, NULL};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        secret_destroy(all[i]);
    char memory[4] = "abc";
    secret_wipe(memory, sizeof memory);
    assert_memory_equal(memory, "\0\0\0\0", 4);
}

static void test_random(void **state) {
    (void)state;
    char a[33], b[33];
    random_hex(a, 16);
    random_hex(b, 16);
    assert_int_equal(strlen(a), 32);
    assert_int_equal(strspn(a, "0123456789abcdef"), 32);
    assert_string_not_equal(a, b);
    random_seed_for_test(5);
    random_hex(a, 16);
    random_seed_for_test(5);
    random_hex(b, 16);
    assert_string_equal(a, b);
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t value = random_below(7);
        assert_in_range(value, 0, 6);
        seen |= 1U << value;
    }
    assert_int_equal(seen, 0x7f);
    assert_int_equal(random_below(1), 0);
    random_seed_for_test(0);
}

// --- log ------------------------------------------------------------------------------------------------------

static void to_text(void *ctx, log_level level, const char *message, const log_field *fields, size_t count) {
    oc_err err = buf_printf(ctx, "%s|%s", log_level_name(level), message);
    for (size_t i = 0; i < count && err == OC_OK; i++)
        err = buf_printf(ctx, "|%s=%s", fields[i].key, fields[i].value);
    assert_int_equal(err == OC_OK ? buf_append_byte(ctx, '\n') : err, OC_OK);
}

static void test_log(void **state) {
    (void)state;
    buf b;
    const char *nothing = NULL;
    buf_init(&b, 1000);
    log_set_sink(to_text, &b);
    log_info("Two fields", "a", "1", "b", nothing);
    log_debug("Not at this level");
    log_set_level(LOG_ERROR);
    log_warn("Nor this");
    log_error("But this");
    log_set_level(LOG_INFO);
    log_set_sink(NULL, NULL);
    assert_true(
        bytes_is(buf_bytes(&b), "info|Two fields|a=1|b=|component=core\nerror|But this|component=core\n"));
    buf_free(&b);
    assert_int_equal(log_level_find("warn"), LOG_WARN);
    assert_int_equal(log_level_find("loud"), -1);
    assert_int_equal(log_level_find(NULL), -1);
}

static void test_log_components(void **state) {
    static const struct {
        const char *levels, *file;
        log_level level;
        const char *component; // NULL: not written
    } rows[] = {
        {"info", "c-core/gateway/run.c", LOG_INFO, "gateway"},
        {"info", "c-core/gateway/run.c", LOG_DEBUG, NULL},
        {"info, gateway=debug", "c-core/gateway/run.c", LOG_DEBUG, "gateway"},
        {"info, gateway=debug", "c-core/turn/turns.c", LOG_DEBUG, NULL},
        {"info, gateway=debug", "c-core/turn/turns.c", LOG_INFO, "turn"},
        {" Gateway = ERROR ", "c-core/gateway/run.c", LOG_WARN, NULL},
        {" Gateway = ERROR ", "c-core/turn/turns.c", LOG_INFO, "turn"},
        {"error,core=warn", "c-core/app.c", LOG_WARN, "core"},
        {"error,shim=debug", "server/main.c", LOG_DEBUG, "shim"},
        {"error,audit=info", "audit", LOG_INFO, "audit"},
        {"audit=error", "audit", LOG_INFO, NULL},
        {"info", "c-core/elsewhere/x.c", LOG_INFO, "core"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        log_levels levels;
        char *wrong = log_levels_read(rows[i].levels, &levels);
        assert_null(wrong);
        log_set_levels(&levels);
        const char *found = log_component_if(rows[i].file, rows[i].level);
        if (rows[i].component == NULL)
            assert_null(found);
        else
            assert_string_equal(found, rows[i].component);
    }
    log_set_level(LOG_INFO);
    static const char *const bad[] = {"",      "loud",        "gateway",     "gateway=",          "=debug",
                                      "info=", "nosuch=info", "debug, info", "gateway=debug=info"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        log_levels levels = {.least = LOG_ERROR};
        char *wrong = log_levels_read(bad[i], &levels);
        assert_non_null(wrong);
        assert_int_equal(levels.least, LOG_ERROR);
        free(wrong);
    }
}

static void test_log_line(void **state) {
    (void)state;
    int pipe_fds[2], kept = dup(STDERR_FILENO);
    char line[5000], *huge = xmalloc(10000);
    memset(huge, 'x', 9999);
    huge[9999] = '\0';
    const log_field fields[] = {{.key = "a", .value = "b\n[ERROR] forged"}, {.key = "long", .value = huge}};
    assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
    dup2(pipe_fds[1], STDERR_FILENO);
    log_to_stderr(NULL, LOG_WARN, "Message", fields, 2);
    dup2(kept, STDERR_FILENO);
    ssize_t len = read(pipe_fds[0], line, sizeof line - 1);
    assert_in_range(len, 4000, 4096);
    line[len] = '\0';
    assert_memory_equal(line, "[WARN] Message a=b [ERROR] forged long=xxx", 42);
    assert_int_equal(strcspn(line, "\n"), len - 1); // one line, whatever is in it
    close(kept);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    free(huge);
}

static void test_error_texts(void **state) {
    (void)state;
    for (int err = OC_OK; err <= OC_ESYS; err++)
        assert_true(strlen(oc_err_text((oc_err)err)) > 1);
    assert_non_null(oc_err_text((oc_err)9999));
}

static void test_memory(void **state) {
    (void)state;
    char *text = xasprintf("%s %d", "a", 1);
    assert_string_equal(text, "a 1");
    free(text);
    text = xstrdup(NULL);
    assert_string_equal(text, "");
    free(text);
    text = xstrndup("abcdef", 2);
    assert_string_equal(text, "ab");
    text = xrealloc(text, 10000);
    assert_string_equal(text, "ab");
    free(text);
    int *zeroed = xcalloc(100, sizeof *zeroed);
    for (int i = 0; i < 100; i++)
        assert_int_equal(zeroed[i], 0);
    free(zeroed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_maximum),    cmocka_unit_test(test_buf_as_a_stream),
        cmocka_unit_test(test_buf_text),       cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_maximum),  cmocka_unit_test(test_json_parsing),
        cmocka_unit_test(test_json_depth),     cmocka_unit_test(test_json_reading),
        cmocka_unit_test(test_json_building),  cmocka_unit_test(test_parse_uint),
        cmocka_unit_test(test_parse_id),       cmocka_unit_test(test_secret),
        cmocka_unit_test(test_random),         cmocka_unit_test(test_log),
        cmocka_unit_test(test_log_components), cmocka_unit_test(test_log_line),
        cmocka_unit_test(test_error_texts),    cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
