// SPDX-License-Identifier: Apache-2.0
// Every hook and API call there and back: a value with every field set → JSON → value → gob → value → JSON.
#include "schema/convert.h"
#include "schema/table.h"

#include "base/json.h"
#include "schema_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_MAX_BYTES = 64 << 20, TEXT_MAX_BYTES = 16 << 20, NESTING = 4 };

typedef struct texts {
    buf json, tail;
    arena memory;
} texts;

static void texts_init(texts *t) {
    buf_init(&t->json, TEXT_MAX_BYTES);
    buf_init(&t->tail, TEXT_MAX_BYTES);
    arena_init(&t->memory, ARENA_MAX_BYTES);
}

static void texts_free(texts *t) {
    buf_free(&t->json);
    buf_free(&t->tail);
    arena_free(&t->memory);
}

static cJSON *parsed(const buf *json) {
    cJSON *value = NULL;
    assert_int_equal(json_parse(buf_bytes(json), &value), OC_OK);
    return value;
}

// What Go would see: through our encoder and decoder.
static gob_value over_the_wire(texts *t, gob_decoder *decoder, const gob_type *type, const gob_value *value,
                               buf *wire) {
    gob_encoder *encoder = gob_encoder_create();
    gob_value out;
    size_t used = 0;
    assert_int_equal(gob_encode(encoder, type, value, wire), OC_OK);
    gob_encoder_destroy(encoder);
    assert_int_equal(gob_decode(decoder, buf_bytes(wire), &used, &t->memory, &out, NULL), OC_OK);
    assert_int_equal(used, wire->len);
    return out;
}

static void assert_same(const buf *got, const buf *want) {
    if (!bytes_equal(buf_bytes(got), buf_bytes(want)))
        print_error("got  %.*s\nwant %.*s\n", (int)got->len, (const char *)buf_bytes(got).data,
                    (int)want->len, (const char *)buf_bytes(want).data);
    assert_true(bytes_equal(buf_bytes(got), buf_bytes(want)));
}

static void args_there_and_back(const schema_call *call) {
    texts first, second;
    char error[256] = "";
    buf wire;
    gob_value back;
    texts_init(&first);
    texts_init(&second);
    buf_init(&wire, TEXT_MAX_BYTES);
    gob_decoder *decoder = gob_decoder_create();
    gob_value value = schema_full_value(&first.memory, call->args, NESTING);
    assert_int_equal(schema_args_to_json(call, &value, &first.json, &first.tail), OC_OK);
    cJSON *params = parsed(&first.json);
    assert_int_equal(cJSON_GetArraySize(params), (int)call->args->field_count);
    oc_err err = schema_args_from_json(call, params, buf_bytes(&first.tail), &first.memory, &back, error,
                                       sizeof error);
    assert_string_equal(error, "");
    assert_int_equal(err, OC_OK);
    gob_value seen = over_the_wire(&first, decoder, call->args, &back, &wire);
    assert_int_equal(schema_args_to_json(call, &seen, &second.json, &second.tail), OC_OK);
    assert_same(&second.json, &first.json);
    assert_same(&second.tail, &first.tail);
    cJSON_Delete(params);
    gob_decoder_destroy(decoder);
    buf_free(&wire);
    texts_free(&second);
    texts_free(&first);
}

static void reply_there_and_back(const schema_call *call, bool with_error) {
    texts first, second;
    char error_text[256] = "";
    cJSON *error = NULL, *error_again = NULL, *result = NULL;
    buf wire;
    gob_value back;
    texts_init(&first);
    texts_init(&second);
    buf_init(&wire, TEXT_MAX_BYTES);
    gob_decoder *decoder = gob_decoder_create();
    gob_value value = schema_full_reply(&first.memory, call->reply, with_error, NESTING);
    bool can_fail = with_error && value.list.count > 0;
    assert_int_equal(schema_reply_to_json(call, &value, &first.json, &first.tail, &error), OC_OK);
    assert_true(can_fail == (error != NULL));
    if (!can_fail)
        result = parsed(&first.json);
    oc_err err = schema_reply_from_json(call, result, error, buf_bytes(&first.tail), &first.memory, &back,
                                        error_text, sizeof error_text);
    assert_string_equal(error_text, "");
    assert_int_equal(err, OC_OK);
    gob_value seen = over_the_wire(&first, decoder, call->reply, &back, &wire);
    assert_int_equal(schema_reply_to_json(call, &seen, &second.json, &second.tail, &error_again), OC_OK);
    assert_same(&second.json, &first.json);
    assert_same(&second.tail, &first.tail);
    if (can_fail) {
        assert_string_equal(json_text(error, "message"), SCHEMA_VALUES_TEXT);
        assert_string_equal(json_text(error_again, "message"), SCHEMA_VALUES_TEXT);
        assert_int_equal(json_int(error_again, "code", 0), 500);
    }
    cJSON_Delete(result);
    cJSON_Delete(error);
    cJSON_Delete(error_again);
    gob_decoder_destroy(decoder);
    buf_free(&wire);
    texts_free(&second);
    texts_free(&first);
}

static void there_and_back(const schema_call *call) {
    print_message("%s\n", call->name);
    args_there_and_back(call);
    reply_there_and_back(call, false);
    reply_there_and_back(call, true);
}

static void every_hook(void **state) {
    (void)state;
    for (size_t i = 0; schema_hook_at(i) != NULL; i++)
        there_and_back(schema_hook_at(i));
}

static void every_api_call(void **state) {
    (void)state;
    for (size_t i = 0; schema_api_at(i) != NULL; i++)
        there_and_back(schema_api_at(i));
}

static void names_are_found(void **state) {
    (void)state;
    size_t hooks = 0, calls = 0;
    for (; schema_hook_at(hooks) != NULL; hooks++)
        assert_ptr_equal(schema_hook(schema_hook_at(hooks)->name), schema_hook_at(hooks));
    for (; schema_api_at(calls) != NULL; calls++)
        assert_ptr_equal(schema_api(schema_api_at(calls)->name), schema_api_at(calls));
    assert_true(hooks >= 20 && calls >= 119);
    assert_null(schema_hook("NoSuchHook"));
    assert_null(schema_hook(""));
    assert_null(schema_api("MessageHasBeenPosted"));
    assert_null(schema_api("createPost"));
    assert_null(schema_hook_at((size_t)-1));
}

// Nothing set: what stands in the places of absent values.
static void nothing_set(void **state) {
    (void)state;
    static const struct {
        const char *call, *args, *reply;
    } ROWS[] = {
        {"GetChannelByName", "[\"\",\"\",false]", "null"},
        {"GetUsersInTeam", "[\"\",0,0]", "[]"},
        {"KVSet", "[\"\",null]", "null"},
        {"KVGet", "[\"\"]", "null"},
        {"KVList", "[0,0]", "[]"},
        {"KVCompareAndSet", "[\"\",null,null]", "false"},
        {"CreatePost", "[null]", "null"},
        {"GetEmojiImage", "[\"\"]", "[null,\"\"]"},
        {"LogInfo", "[\"\",[]]", "null"},
        {"SavePluginConfig", "[{}]", "null"},
        {"GetPluginConfig", "[]", "{}"},
        {"EnsureBotUser", "[null]", "\"\""},
        {"LoadPluginConfiguration", "[]", "null"},
        {"PluginHTTPStream", "[0,null,0]", "[0,{}]"},
    };
    gob_value nothing = {.kind = GOB_STRUCT};
    for (size_t i = 0; i < SCHEMA_COUNT(ROWS); i++) {
        texts t;
        cJSON *error = NULL;
        texts_init(&t);
        print_message("%s\n", ROWS[i].call);
        assert_int_equal(schema_args_to_json(schema_api(ROWS[i].call), &nothing, &t.json, &t.tail), OC_OK);
        assert_true(bytes_is(buf_bytes(&t.json), ROWS[i].args));
        buf_clear(&t.json);
        assert_int_equal(schema_reply_to_json(schema_api(ROWS[i].call), &nothing, &t.json, &t.tail, &error),
                         OC_OK);
        assert_true(bytes_is(buf_bytes(&t.json), ROWS[i].reply));
        assert_null(error);
        texts_free(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(nothing_set),
        cmocka_unit_test(every_hook),
        cmocka_unit_test(every_api_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
