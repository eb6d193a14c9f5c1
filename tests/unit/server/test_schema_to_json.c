// SPDX-License-Identifier: Apache-2.0
// gob → JSON: values as hosts send them, and such as no host would.
#include "schema/convert.h"
#include "schema/table.h"
#include "schema/writer.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_MAX_BYTES = 1 << 20, TEXT_MAX_BYTES = 1 << 20 };

typedef struct fixture {
    buf json, tail;
    arena memory;
    cJSON *tree;
    char error[256];
} fixture;

static void start(fixture *f, const char *json) {
    *f = (fixture){0};
    buf_init(&f->json, TEXT_MAX_BYTES);
    buf_init(&f->tail, TEXT_MAX_BYTES);
    arena_init(&f->memory, ARENA_MAX_BYTES);
    if (json != NULL)
        assert_int_equal(json_parse(bytes_str(json), &f->tree), OC_OK);
}

static void end(fixture *f) {
    cJSON_Delete(f->tree);
    buf_free(&f->json);
    buf_free(&f->tail);
    arena_free(&f->memory);
}

static gob_value text_value(const char *text) {
    return (gob_value){.kind = GOB_STRING, .text = bytes_str(text)};
}

static gob_value struct_of(const char **names, gob_value *items, size_t count) {
    gob_value v = {.kind = GOB_STRUCT};
    v.list.names = names;
    v.list.items = items;
    v.list.count = count;
    return v;
}

static gob_value held(const char *name, gob_value *inside) {
    gob_value v = {.kind = GOB_INTERFACE};
    v.list.name = name;
    v.list.items = inside;
    v.list.count = 1;
    return v;
}

static void assert_json(const gob_type *type, const gob_value *value, const char *want) {
    fixture f;
    start(&f, NULL);
    assert_int_equal(buf_append_str(&f.json, "before "), OC_OK);
    oc_err err = schema_value_to_json(type, value, &f.json, &f.tail);
    char *got = buf_take_str(&f.json);
    if (want == NULL) {
        assert_int_not_equal(err, OC_OK);
        assert_string_equal(got, "before "); // nothing is left behind
        assert_int_equal(f.tail.len, 0);
    } else {
        assert_int_equal(err, OC_OK);
        assert_string_equal(got + strlen("before "), want);
    }
    free(got);
    end(&f);
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        double number;
        const char *want;
    } FLOATS[] = {
        {0, "0"},
        {-0.0, "0"},
        {1.5, "1.5"},
        {-3, "-3"},
        {9007199254740991.0, "9007199254740991"},
        {1e300, "1.0000000000000001e+300"},
        {0.1, "0.10000000000000001"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < SCHEMA_COUNT(FLOATS); i++)
        assert_json(&GOB_T_FLOAT, &(gob_value){.kind = GOB_FLOAT, .number = FLOATS[i].number},
                    FLOATS[i].want);
    assert_json(INT, &(gob_value){.kind = GOB_INT, .integer = INT64_MIN}, "-9223372036854775808");
    assert_json(UINT, &(gob_value){.kind = GOB_UINT, .uinteger = UINT64_MAX}, "18446744073709551615");
}

static void kinds_that_do_not_fit(void **state) {
    (void)state;
    gob_value number = {.kind = GOB_INT, .integer = 1}, text = text_value("x");
    gob_value list = {.kind = GOB_SLICE};
    list.list.items = &number;
    list.list.count = 1;
    gob_value map = {.kind = GOB_MAP};
    gob_value pair[] = {{.kind = GOB_BOOL, .boolean = true}, text};
    map.list.items = pair;
    map.list.count = 1;
    const char *names[] = {"Message", "Id"};
    gob_value fields[] = {text, number};
    gob_value post = struct_of(names, fields, 2);
    assert_json(STRING, &number, NULL);
    assert_json(INT, &text, NULL);
    assert_json(UINT, &number, NULL);
    assert_json(LIST(STRING), &list, NULL);
    assert_json(LIST(STRING), &text, NULL);
    assert_json(MAP(STRING), &map, NULL); // a key that is no text
    assert_json(ANY, &text, NULL);
    assert_json(MODEL(Post), &post, NULL);
    assert_json(MODEL(Post), &list, NULL);
}

static void absent_and_nil(void **state) {
    (void)state;
    gob_value nil = {.kind = GOB_NIL}, empty_interface = {.kind = GOB_INTERFACE},
              complex_number = {.kind = GOB_COMPLEX};
    assert_json(ANY, &nil, "null");
    assert_json(ANY, &empty_interface, "null");
    assert_json(MODEL(Post), NULL, "null");
    assert_json(LIST(STRING), NULL, "[]");
    assert_json(HEADER, NULL, "{}");
    assert_json(STRING, NULL, "\"\"");
    gob_value any = held("complex128", &complex_number);
    assert_json(ANY, &any, "null");
}

static void what_newer_servers_send(void **state) {
    (void)state;
    const char *names[] = {"Brand", "Message", "New", "Id"};
    gob_value fields[] = {text_value("x"), text_value("hi"), {.kind = GOB_STRUCT}, text_value("p")};
    gob_value post = struct_of(names, fields, 4);
    assert_json(MODEL(Post), &post, "{\"message\":\"hi\",\"id\":\"p\"}");
    gob_value unknown =
        held("*model.Brandnew", &post); // fields of a struct that nobody knows keep their names
    assert_json(ANY, &unknown, "{\"Brand\":\"x\",\"Message\":\"hi\",\"New\":{},\"Id\":\"p\"}");
}

static void keys_of_maps(void **state) {
    (void)state;
    gob_value pairs[] = {
        text_value("a\"b"), text_value("1"), {.kind = GOB_INT, .integer = -5}, text_value("2")};
    gob_value map = {.kind = GOB_MAP};
    map.list.items = pairs;
    map.list.count = 2;
    assert_json(MAP(STRING), &map, "{\"a\\\"b\":\"1\",\"-5\":\"2\"}");
}

static void urls_and_times(void **state) {
    (void)state;
    static const uint8_t epoch[] = {1, 0, 0, 0, 14, 0x77, 0x91, 0xf7, 0, 0, 0, 0, 0, 0xff, 0xff};
    gob_value url = {.kind = GOB_OPAQUE, .text = bytes_str("/a?b=1")};
    gob_value time = {.kind = GOB_OPAQUE, .text = bytes_of(epoch, sizeof epoch)};
    assert_json(URL_TEXT, &url, "\"/a?b=1\"");
    assert_json(TIME, &time, "\"1970-01-01T00:00:00Z\"");
    assert_json(TIME, &url, "null");
    url.kind = GOB_BYTES; // another Go
    assert_json(URL_TEXT, &url, "\"/a?b=1\"");
    url.kind = GOB_STRING;
    assert_json(URL_TEXT, &url, "\"/a?b=1\"");
    gob_value any = held("somebody.Opaque", &time);
    assert_json(ANY, &any, "null");
    fixture f;
    gob_value out;
    start(&f, "\"1970-01-01T00:00:00Z\"");
    assert_int_equal(
        schema_value_from_json(TIME, "x", f.tree, bytes_str(""), &f.memory, &out, f.error, sizeof f.error),
        OC_OK);
    assert_true(bytes_equal(out.text, bytes_of(epoch, sizeof epoch)));
    end(&f);
    start(&f, "\"soon\"");
    assert_int_equal(
        schema_value_from_json(TIME, "x", f.tree, bytes_str(""), &f.memory, &out, f.error, sizeof f.error),
        OC_ETYPE);
    assert_string_equal(f.error, "x: value: must be a time as RFC 3339");
    end(&f);
}

static void settings_are_a_value(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } ROWS[] = {
        {"{\"gatewayurl\": \"ws://x\", \"n\": 12345678901234567890}",
         "{\"gatewayurl\": \"ws://x\", \"n\": 12345678901234567890}"},
        {"", "null"},
        {"null", "null"},
        {"{\"a\":", NULL},
        {"{} {}", NULL},
        {"{\"a\":\"\xFF\"}", NULL},
    };
    for (size_t i = 0; i < SCHEMA_COUNT(ROWS); i++)
        assert_json(JSON_TEXT, &(gob_value){.kind = GOB_BYTES, .text = bytes_str(ROWS[i].text)},
                    ROWS[i].want);
}

static void errors_of_go(void **state) {
    (void)state;
    const char *names[] = {"Code", "Err"};
    gob_value fields[] = {{.kind = GOB_INT, .integer = 1}, text_value("it \"broke\"\n")};
    gob_value error_string = struct_of(names, fields, 2), app_error = struct_of(names, fields, 0);
    gob_value error_values[] = {held("*plugin.ErrorString", &error_string), held("*pq.Error", &app_error),
                                held("*model.AppError", &app_error)};
    static const char *const WANT[] = {"it \"broke\"\n", "*pq.Error", ""};
    for (size_t i = 0; i < 3; i++) {
        const char *reply_names[] = {"A", "B"};
        gob_value reply_fields[] = {text_value("ignored"), error_values[i]};
        gob_value reply = struct_of(reply_names, reply_fields, 2);
        cJSON *error = NULL;
        fixture f;
        start(&f, NULL);
        assert_int_equal(schema_reply_to_json(schema_api("EnsureBotUser"), &reply, &f.json, &f.tail, &error),
                         OC_OK);
        assert_int_equal(f.json.len, 0);
        assert_string_equal(json_text(error, "message"), WANT[i]);
        assert_int_equal(json_int(error, "code", 0), 500);
        cJSON_Delete(error);
        end(&f);
    }
}

static void buffers_that_are_full(void **state) {
    (void)state;
    const char *names[] = {"Filename", "Body"};
    gob_value fields[] = {text_value("name"), {.kind = GOB_BYTES, .text = bytes_str("0123456789")}};
    gob_value file = struct_of(names, fields, 2);
    static const char want[] = "{\"filename\":\"name\",\"body\":{\"$tail\":[0,10]}}";
    for (size_t max = 0; max <= sizeof want; max++) {
        buf json, tail;
        buf_init(&json, max);
        buf_init(&tail, 10);
        oc_err err = schema_value_to_json(MODEL(FileData), &file, &json, &tail);
        assert_int_equal(err, max < sizeof want - 1 ? OC_ELIMIT : OC_OK);
        assert_int_equal(json.len, err == OC_OK ? sizeof want - 1 : 0);
        assert_int_equal(tail.len, err == OC_OK ? 10 : 0);
        buf_free(&json);
        buf_free(&tail);
        buf_init(&tail, 9);
        buf_init(&json, TEXT_MAX_BYTES);
        assert_int_equal(schema_value_to_json(MODEL(FileData), &file, &json, &tail), OC_ELIMIT);
        assert_int_equal(json.len, 0);
        buf_free(&json);
        buf_free(&tail);
    }
}

static void replies_of_the_wrong_shape(void **state) {
    (void)state;
    gob_value number = {.kind = GOB_INT};
    cJSON *error = NULL;
    fixture f;
    start(&f, NULL);
    assert_int_equal(schema_args_to_json(schema_api("GetUser"), &number, &f.json, &f.tail), OC_ETYPE);
    assert_int_equal(schema_args_to_json(schema_api("GetUser"), NULL, &f.json, &f.tail), OC_ETYPE);
    assert_int_equal(schema_reply_to_json(schema_api("GetUser"), &number, &f.json, &f.tail, &error),
                     OC_ETYPE);
    assert_null(error);
    assert_int_equal(f.json.len, 0);
    end(&f);
}

static void headers_for_the_response_writer(void **state) {
    (void)state;
    fixture f;
    gob_value out;
    start(&f, "{\"Content-Type\":[\"text/html\"],\"Set-Cookie\":[\"a\",\"b\"]}");
    assert_int_equal(schema_value_from_json(&SCHEMA_HEADER, "header", f.tree, bytes_str(""), &f.memory, &out,
                                            f.error, sizeof f.error),
                     OC_OK);
    assert_int_equal(out.list.count, 2);
    assert_int_equal(out.list.items[3].list.count, 2);
    assert_json(&SCHEMA_HEADER, &out, "{\"Content-Type\":[\"text/html\"],\"Set-Cookie\":[\"a\",\"b\"]}");
    end(&f);
    start(&f, "{\"Content-Type\":\"text/html\"}");
    assert_int_equal(schema_value_from_json(&SCHEMA_HEADER, "header", f.tree, bytes_str(""), &f.memory, &out,
                                            f.error, sizeof f.error),
                     OC_ETYPE);
    assert_string_equal(f.error, "header: value.Content-Type: must be an array");
    end(&f);
    start(&f, "null");
    assert_int_equal(schema_value_from_json(&SCHEMA_HEADER, "header", f.tree, bytes_str(""), &f.memory, &out,
                                            f.error, sizeof f.error),
                     OC_ETYPE);
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(kinds_that_do_not_fit),
        cmocka_unit_test(absent_and_nil),
        cmocka_unit_test(what_newer_servers_send),
        cmocka_unit_test(keys_of_maps),
        cmocka_unit_test(urls_and_times),
        cmocka_unit_test(settings_are_a_value),
        cmocka_unit_test(errors_of_go),
        cmocka_unit_test(buffers_that_are_full),
        cmocka_unit_test(replies_of_the_wrong_shape),
        cmocka_unit_test(headers_for_the_response_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
