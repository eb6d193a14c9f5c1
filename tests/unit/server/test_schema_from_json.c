// SPDX-License-Identifier: Apache-2.0
// JSON → gob: what each value becomes, and each way to get it wrong.
#include "schema/convert.h"
#include "schema/table.h"

#include "base/json.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
