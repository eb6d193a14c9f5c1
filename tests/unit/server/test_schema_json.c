// SPDX-License-Identifier: Apache-2.0
// JSON → gob: what each value becomes, and each way to get it wrong; gob → JSON: values that a host would not send.
#include "schema/convert.h"
#include "schema/table.h"
#include "schema/writer.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_MAX_BYTES = 1 << 20, TEXT_MAX_BYTES = 1 << 20 };

static const char TAIL[] = "0123456789";

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

static oc_err read_args(fixture *f, const char *call, gob_value *out) {
    return schema_args_from_json(schema_api(call), f->tree, bytes_str(TAIL), &f->memory, out, f->error,
                                 sizeof f->error);
}

// Arguments that are refused, and the sentence.
static const struct {
    const char *call, *params, *error;
} REFUSED[] = {
    {"CreatePost", "{}", "CreatePost: params: must be an array"},
    {"CreatePost", "[1]", "CreatePost: params[0]: must be an object"},
    {"CreatePost", "[{},{}]", "CreatePost: params[1]: there are too many values"},
    {"CreatePost", "[{\"messsage\":\"hi\"}]", "CreatePost: params[0].messsage: there is no such field"},
    {"CreatePost", "[{\"Message\":\"hi\"}]", "CreatePost: params[0].Message: there is no such field"},
    {"CreatePost", "[{\"message\":5}]", "CreatePost: params[0].message: must be a string"},
    {"CreatePost", "[{\"is_pinned\":1}]", "CreatePost: params[0].is_pinned: must be a bool"},
    {"CreatePost", "[{\"create_at\":1.5}]", "CreatePost: params[0].create_at: must be a whole number"},
    {"CreatePost", "[{\"create_at\":\"1\"}]", "CreatePost: params[0].create_at: must be a whole number"},
    {"CreatePost", "[{\"create_at\":1e16}]", "CreatePost: params[0].create_at: is too large to be exact"},
    {"CreatePost", "[{\"create_at\":-1e300}]", "CreatePost: params[0].create_at: is too large to be exact"},
    {"CreatePost", "[{\"file_ids\":\"a\"}]", "CreatePost: params[0].file_ids: must be an array"},
    {"CreatePost", "[{\"file_ids\":[\"a\",null]}]", "CreatePost: params[0].file_ids[1]: must be a string"},
    {"CreatePost", "[{\"props\":[]}]", "CreatePost: params[0].props: must be an object"},
    {"CreatePost", "[{\"metadata\":{\"files\":[{},{\"nmae\":1}]}}]",
     "CreatePost: params[0].metadata.files[1].nmae: there is no such field"},
    {"CreatePost", "[{\"metadata\":{\"images\":{\"u\":{\"width\":\"1\"}}}}]",
     "CreatePost: params[0].metadata.images.u.width: must be a whole number"},
    {"CreatePost", "[{\"metadata\":{\"translations\":{\"de\":{\"object\":\"\xFF\"}}}}]",
     "CreatePost: params[0].metadata.translations.de.object: must be valid UTF-8"},
    {"KVSet", "[\"k\",7]", "KVSet: params[1]: must be a string or {\"$tail\":[offset,length]}"},
    {"KVSet", "[\"k\",{\"$tail\":[0]}]", "KVSet: params[1]: must be a string or {\"$tail\":[offset,length]}"},
    {"KVSet", "[\"k\",{\"$tail\":[0,1,2]}]",
     "KVSet: params[1]: must be a string or {\"$tail\":[offset,length]}"},
    {"KVSet", "[\"k\",{\"$tail\":[0,\"1\"]}]",
     "KVSet: params[1]: must be a string or {\"$tail\":[offset,length]}"},
    {"KVSet", "[\"k\",{\"$tail\":[0,11]}]", "KVSet: params[1]: points outside the message's tail"},
    {"KVSet", "[\"k\",{\"$tail\":[10,1]}]", "KVSet: params[1]: points outside the message's tail"},
    {"KVSet", "[\"k\",{\"$tail\":[-1,1]}]", "KVSet: params[1]: points outside the message's tail"},
    {"KVSet", "[\"k\",{\"$tail\":[0,-1]}]", "KVSet: params[1]: points outside the message's tail"},
    {"KVSet", "[\"k\",{\"$tail\":[0.5,1]}]", "KVSet: params[1]: points outside the message's tail"},
    {"KVSet", "[\"k\",{\"$tail\":[1e30,1e30]}]", "KVSet: params[1]: points outside the message's tail"},
    {"GetUsersByIds", "[{\"0\":\"a\"}]", "GetUsersByIds: params[0]: must be an array"},
    {"PluginHTTP", "[{\"url\":7}]", "PluginHTTP: params[0].url: must be a string"},
    {"PluginHTTPStream", "[-1]", "PluginHTTPStream: params[0]: must be a whole number that is not negative"},
    {"RegisterCommand", "[{\"autocomplete_data\":{\"Arguments\":[{\"Data\":{}}]}}]",
     "RegisterCommand: params[0].autocomplete_data.Arguments[0].Data: needs a Type beside it: TextInput, "
     "StaticList or "
     "DynamicList"},
    {"RegisterCommand",
     "[{\"autocomplete_data\":{\"Arguments\":[{\"Type\":\"TextInput\",\"Data\":{\"FetchURL\":\"\"}}]}}]",
     "RegisterCommand: params[0].autocomplete_data.Arguments[0].Data.FetchURL: there is no such field"},
};

static void refused_arguments(void **state) {
    (void)state;
    for (size_t i = 0; i < SCHEMA_COUNT(REFUSED); i++) {
        fixture f;
        gob_value out;
        start(&f, REFUSED[i].params);
        assert_int_equal(read_args(&f, REFUSED[i].call, &out), OC_ETYPE);
        assert_string_equal(f.error, REFUSED[i].error);
        end(&f);
    }
}

static void error_text_is_optional_and_bounded(void **state) {
    (void)state;
    fixture f;
    gob_value out;
    start(&f, "[{\"messsage\":\"hi\"}]");
    assert_int_equal(
        schema_args_from_json(schema_api("CreatePost"), f.tree, bytes_str(""), &f.memory, &out, NULL, 0),
        OC_ETYPE);
    memset(f.error, 'x', sizeof f.error);
    assert_int_equal(
        schema_args_from_json(schema_api("CreatePost"), f.tree, bytes_str(""), &f.memory, &out, f.error, 10),
        OC_ETYPE);
    assert_string_equal(f.error, "CreatePos");
    assert_int_equal(f.error[10], 'x');
    end(&f);
}

static void long_places_are_cut(void **state) {
    (void)state;
    fixture f;
    gob_value out;
    buf json;
    buf_init(&json, TEXT_MAX_BYTES);
    assert_int_equal(buf_append_str(&json, "[{\"metadata\":{\"images\":{\""), OC_OK);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(buf_append_byte(&json, 'k'), OC_OK);
    assert_int_equal(buf_append_str(&json, "\":{\"width\":true}}}}]"), OC_OK);
    char *text = buf_take_str(&json);
    start(&f, text);
    assert_int_equal(read_args(&f, "CreatePost", &out), OC_ETYPE);
    assert_non_null(strstr(f.error, "kkk"));
    assert_non_null(strstr(f.error, "width: must be a whole number"));
    end(&f);
    free(text);
}

// A JSON array of that depth, as the value of a prop.
static char *nested(int depth) {
    buf json;
    buf_init(&json, TEXT_MAX_BYTES);
    oc_err err = buf_append_str(&json, "[{\"props\":{\"a\":");
    for (int i = 0; i < 2 * depth && err == OC_OK; i++)
        err = buf_append_byte(&json, i < depth ? '[' : ']');
    if (err == OC_OK)
        err = buf_append_str(&json, "}}]");
    assert_int_equal(err, OC_OK);
    return buf_take_str(&json);
}

static void nesting_has_an_end(void **state) {
    (void)state;
    for (int depth = 1; depth <= 200; depth++) {
        fixture f;
        gob_value out;
        char *json = nested(depth);
        start(&f, json);
        oc_err err = read_args(&f, "CreatePost", &out);
        assert_int_equal(err, depth <= GOB_DEPTH_MAX - 3 ? OC_OK : OC_ELIMIT);
        assert_true((err == OC_OK) == (strstr(f.error, "is nested too deep") == NULL));
        if (err == OC_OK) { // the encoder takes as much
            gob_encoder *encoder = gob_encoder_create();
            assert_int_equal(gob_encode(encoder, schema_api("CreatePost")->args, &out, &f.json), OC_OK);
            gob_encoder_destroy(encoder);
        }
        end(&f);
        free(json);
    }
}

static void an_arena_that_is_too_small(void **state) {
    (void)state;
    static const char params[] =
        "[{\"message\":\"hi\",\"file_ids\":[\"a\"],\"props\":{\"a\":[1,{\"b\":null}],\"c\":\"d\"},"
        "\"metadata\":{\"translations\":{\"de\":{\"object\":{\"a\":1}}}}}]";
    oc_err err = OC_ELIMIT;
    for (size_t max = 0; err != OC_OK; max += 64) {
        fixture f;
        gob_value out;
        start(&f, params);
        f.memory.max_bytes = max;
        err = read_args(&f, "CreatePost", &out);
        if (err != OC_OK)
            assert_int_equal(err, OC_ELIMIT);
        assert_true((err == OC_OK) == (strstr(f.error, "is too big") == NULL));
        assert_true(max < 65536);
        end(&f);
    }
}

// What JSON becomes in an `any`: registered name and kind.
static const struct {
    const char *json, *name;
    gob_kind kind;
} ANYS[] = {
    {"\"x\"", "string", GOB_STRING},
    {"5", "float64", GOB_FLOAT},
    {"-0.5", "float64", GOB_FLOAT},
    {"true", "bool", GOB_BOOL},
    {"{}", "map[string]interface {}", GOB_MAP},
    {"[]", "[]interface {}", GOB_SLICE},
    {"{\"$tail\":[0,1]}", "map[string]interface {}", GOB_MAP}, // in props it means nothing
};

static void what_an_any_holds(void **state) {
    (void)state;
    for (size_t i = 0; i < SCHEMA_COUNT(ANYS); i++) {
        fixture f;
        gob_value out;
        start(&f, ANYS[i].json);
        assert_int_equal(schema_value_from_json(ANY, "props", f.tree, bytes_str(""), &f.memory, &out, f.error,
                                                sizeof f.error),
                         OC_OK);
        assert_int_equal(out.kind, GOB_INTERFACE);
        assert_string_equal(out.list.name, ANYS[i].name);
        assert_int_equal(out.list.items[0].kind, ANYS[i].kind);
        assert_non_null(out.list.items[0].type);
        end(&f);
    }
}

static void a_post_for_the_wire(void **state) {
    (void)state;
    fixture f;
    gob_value args;
    start(&f, "[{\"message\":\"hi\",\"channel_id\":\"c\",\"create_at\":9007199254740992,\"is_pinned\":true,"
              "\"root_id\":null,"
              "\"props\":{\"n\":null,\"a\":[1,null]}}]");
    assert_int_equal(read_args(&f, "CreatePost", &args), OC_OK);
    const gob_value *post = gob_get(&args, "A");
    assert_non_null(post);
    assert_int_equal(post->list.count, 5);
    assert_int_equal(gob_get(post, "CreateAt")->integer, 9007199254740992);
    assert_true(gob_get(post, "IsPinned")->boolean);
    assert_true(bytes_is(gob_get(post, "Message")->text, "hi"));
    assert_null(gob_get(post, "RootId"));
    const gob_value *props = gob_get(post, "Props");
    assert_int_equal(props->list.count, 2);
    assert_int_equal(props->list.items[1].kind, GOB_NIL);
    assert_int_equal(props->list.items[3].list.items[0].list.items[1].kind, GOB_NIL);
    // Fields come in the table's order, as Go writes them.
    assert_string_equal(post->list.names[0], "CreateAt");
    assert_string_equal(post->list.names[4], "Props");
    end(&f);
}

static void bytes_come_from_the_tail_or_a_string(void **state) {
    (void)state;
    fixture f;
    gob_value args;
    start(&f, "[\"key\",{\"$tail\":[2,3]},{\"atomic\":true,\"old_value\":\"old\",\"expire_in_seconds\":60}]");
    assert_int_equal(read_args(&f, "KVSetWithOptions", &args), OC_OK);
    assert_true(bytes_is(gob_get(&args, "B")->text, "234"));
    assert_true(bytes_is(gob_get(gob_get(&args, "C"), "OldValue")->text, "old"));
    end(&f);
    start(&f, "[\"key\",{\"$tail\":[10,0]}]");
    assert_int_equal(read_args(&f, "KVSet", &args), OC_OK);
    assert_int_equal(gob_get(&args, "B")->text.len, 0);
    end(&f);
    start(&f, "[\"key\"]"); // what is not given is zero
    assert_int_equal(read_args(&f, "KVSet", &args), OC_OK);
    assert_null(gob_get(&args, "B"));
    end(&f);
    start(&f, NULL);
    assert_int_equal(read_args(&f, "KVDeleteAll", &args), OC_OK);
    assert_int_equal(args.list.count, 0);
    end(&f);
}

static void autocomplete_data_by_its_type(void **state) {
    (void)state;
    static const struct {
        const char *kind, *data, *name;
    } ROWS[] = {
        {"TextInput", "{\"Hint\":\"[text]\",\"Pattern\":\".*\"}", "*model.AutocompleteTextArg"},
        {"StaticList", "{\"PossibleArguments\":[{\"Item\":\"on\",\"HelpText\":\"h\"}]}",
         "*model.AutocompleteStaticListArg"},
        {"DynamicList", "{\"FetchURL\":\"dynamic/x\"}", "*model.AutocompleteDynamicListArg"},
    };
    for (size_t i = 0; i < SCHEMA_COUNT(ROWS); i++) {
        fixture f;
        gob_value args;
        char json[512];
        snprintf(json, sizeof json,
                 "[{\"trigger\":\"agent\",\"autocomplete_data\":{\"Trigger\":\"agent\",\"Arguments\":[{"
                 "\"Data\":%s,"
                 "\"Type\":\"%s\"}]}}]",
                 ROWS[i].data, ROWS[i].kind);
        start(&f, json);
        assert_int_equal(read_args(&f, "RegisterCommand", &args), OC_OK);
        const gob_value *list = gob_get(gob_get(gob_get(&args, "A"), "AutocompleteData"), "Arguments");
        const gob_value *data = gob_get(&list->list.items[0], "Data");
        assert_int_equal(data->kind, GOB_INTERFACE);
        assert_string_equal(data->list.name, ROWS[i].name);
        assert_ptr_equal(data->list.items[0].type, schema_registered_type(ROWS[i].name));
        end(&f);
    }
}

// --- replies ---

static const struct {
    const char *call, *result, *error, *want;
} REPLIES[] = {
    {"ExecuteCommand", "{\"text\":\"ok\"}", NULL, ""},
    {"ExecuteCommand", "{\"txt\":\"ok\"}", NULL, "ExecuteCommand: result.txt: there is no such field"},
    {"ExecuteCommand", NULL, "{\"code\":403,\"message\":\"no\"}", ""},
    {"MessageHasBeenPosted", "{\"outcome\":\"answered\"}", NULL,
     ""}, // a hook without reply: the core may say what it likes
    {"MessageHasBeenPosted", NULL, "{\"code\":1,\"message\":\"no\"}",
     "MessageHasBeenPosted: error: this call has no error in its reply"},
    {"MessageWillBePosted", "[{\"message\":\"x\"},\"\"]", NULL, ""},
    {"MessageWillBePosted", "{\"message\":\"x\"}", NULL, "MessageWillBePosted: result: must be an array"},
    {"MessageWillBePosted", "[null,\"\",1]", NULL,
     "MessageWillBePosted: result[2]: there are too many values"},
    {"OnDeactivate", NULL, "{\"code\":1}", "OnDeactivate: error: has no message"},
    {"OnDeactivate", NULL, "{\"message\":\"cannot\"}", ""},
};

static void replies_from_json(void **state) {
    (void)state;
    for (size_t i = 0; i < SCHEMA_COUNT(REPLIES); i++) {
        fixture f;
        gob_value out;
        cJSON *error = NULL;
        start(&f, REPLIES[i].result);
        if (REPLIES[i].error != NULL)
            assert_int_equal(json_parse(bytes_str(REPLIES[i].error), &error), OC_OK);
        oc_err err = schema_reply_from_json(schema_hook(REPLIES[i].call), f.tree, error, bytes_str(""),
                                            &f.memory, &out, f.error, sizeof f.error);
        assert_string_equal(f.error, REPLIES[i].want);
        assert_int_equal(err, REPLIES[i].want[0] == '\0' ? OC_OK : OC_ETYPE);
        cJSON_Delete(error);
        end(&f);
    }
}

static void an_app_error_from_json(void **state) {
    (void)state;
    static const struct {
        const char *error;
        int64_t status;
        const char *message, *id;
    } ROWS[] = {
        {"{\"code\":403,\"message\":\"no\"}", 403, "no", ""},
        {"{\"code\":-32601,\"message\":\"no method\"}", 500, "no method", ""},
        {"{\"code\":99,\"message\":\"m\"}", 500, "m", ""},
        {"{\"message\":\"m\"}", 500, "m", ""},
        {"{\"code\":1,\"message\":\"m\",\"data\":{\"id\":\"x.y\",\"status_code\":404,\"message\":\"inner\"}}",
         404, "inner", "x.y"},
        {"{\"code\":401,\"message\":\"m\",\"data\":\"text\"}", 401, "m", ""},
    };
    for (size_t i = 0; i < SCHEMA_COUNT(ROWS); i++) {
        fixture f;
        gob_value out;
        start(&f, ROWS[i].error);
        assert_int_equal(schema_reply_from_json(schema_hook("ExecuteCommand"), NULL, f.tree, bytes_str(""),
                                                &f.memory, &out, f.error, sizeof f.error),
                         OC_OK);
        cJSON_Delete(f.tree); // nothing may be borrowed from what was made on the way
        f.tree = NULL;
        const gob_value *app_error = gob_get(&out, "B");
        assert_non_null(app_error);
        assert_int_equal(gob_get(app_error, "StatusCode")->integer, ROWS[i].status);
        assert_true(bytes_is(gob_get(app_error, "Message")->text, ROWS[i].message));
        assert_true(bytes_is(gob_get(app_error, "Id")->text, ROWS[i].id));
        end(&f);
    }
}

// --- gob → JSON ---

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
        cmocka_unit_test(refused_arguments),
        cmocka_unit_test(error_text_is_optional_and_bounded),
        cmocka_unit_test(long_places_are_cut),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(an_arena_that_is_too_small),
        cmocka_unit_test(what_an_any_holds),
        cmocka_unit_test(a_post_for_the_wire),
        cmocka_unit_test(bytes_come_from_the_tail_or_a_string),
        cmocka_unit_test(autocomplete_data_by_its_type),
        cmocka_unit_test(replies_from_json),
        cmocka_unit_test(an_app_error_from_json),
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
