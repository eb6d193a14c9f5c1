// SPDX-License-Identifier: Apache-2.0
// Values that a real host and a Go plugin exchanged (recorded streams, also the seeds of fuzz_schema), as JSON.
#include "schema/schema.h"

#include "base/json.h"
#include "wire/netrpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAM_MAX_BYTES = 64 << 10, ARENA_MAX_BYTES = 16 << 20, CALLS_MAX = 16 };

// An answer's JSON is the result, or the error when it carries one.
static const struct {
    const char *seed, *call;
    uint64_t seq;
    const char *want;
} ROWS[] = {
    {"06-hooks", "OnActivate", 1, "[1,2]"},
    {"06-hooks", "MessageHasBeenPosted", 3,
     "[{\"request_id\":\"7znx8q1s6tfp5fmq88qyf9goih\",\"ip_address\":\"127.0.0.1\",\"accept_lan"
     "guage\":\"en\",\"user_agent\":\"harness\"},{\"id\":\"raza4o6rc3n5zbn7s73yy5y8yc\",\"create_a"
     "t\":1795407448028,\"update_at\":1795407448028,\"user_id\":\"dxk9jt7tpin9tguadf74qqts3y"
     "\",\"channel_id\":\"kzcoeo81q7d6tmpu1ns9xi38no\",\"message\":\"!edit hi\",\"props\":{\"from_"
     "client\":\"web\",\"n\":7,\"f\":1.5,\"nested\":{\"a\":[1,\"x\",true,null]}},\"file_ids\":[\"aaaaa"
     "aaaaaaaaaaaaaaaaaaaaa\"]}]"},
    {"06-api", "UpdatePost", 4,
     "[{\"id\":\"5rmkbqqra7dricwam88az88keh\",\"create_at\":1795407448029,\"update_at\":179540"
     "7448029,\"user_id\":\"jmepa9yakjye3xfgdhafnddfoo\",\"channel_id\":\"kzcoeo81q7d6tmpu1ns"
     "9xi38no\",\"root_id\":\"raza4o6rc3n5zbn7s73yy5y8yc\",\"message\":\"you said: hi (edited)"
     "\",\"props\":{}}]"},
    {"07-api", "RegisterCommand", 2,
     "[{\"trigger\":\"ref\",\"auto_complete\":true,\"auto_complete_desc\":\"Reference command\","
     "\"auto_complete_hint\":\"[text]\",\"display_name\":\"Ref\"}]"},
    {"07-api", "CreatePost", 3,
     "[{\"user_id\":\"o9z8gd1ag3yyxq6q8ri3b365ac\",\"channel_id\":\"wgy5u7dmdidit8aekebsstktu"
     "w\",\"root_id\":\"mf17ucrgspfyjczm9dntxumdec\",\"message\":\"you said: \",\"props\":{\"attac"
     "hments\":[{\"text\":\"choose\",\"actions\":[{\"id\":\"yes\",\"type\":\"button\",\"name\":\"Yes\",\"s"
     "tyle\":\"good\",\"integration\":{\"url\":\"/plugins/refplugin/act\",\"context\":{\"v\":\"yes\","
     "\"n\":1,\"f\":1.5,\"b\":true}}}]}]}}]"},
    {"07-api", "CreatePost", 4,
     "[{\"user_id\":\"o9z8gd1ag3yyxq6q8ri3b365ac\",\"channel_id\":\"wgy5u7dmdidit8aekebsstktu"
     "w\",\"root_id\":\"87dc9wda6trp8jnmx95cqrzzee\",\"message\":\"you said: \",\"props\":{\"attac"
     "hments\":[{\"text\":\"choose\",\"actions\":[{\"id\":\"yes\",\"type\":\"button\",\"name\":\"Yes\",\"i"
     "ntegration\":{\"url\":\"/plugins/refplugin/act\",\"context\":{\"v\":\"any\"}}}]}]}}]"},
    {"07-api-replies", "CreatePost", 3,
     "{\"id\":\"x5gkpejusbnu3c9mdpyrzf7tuc\",\"create_at\":1795407448329,\"update_at\":1795407"
     "448329,\"user_id\":\"o9z8gd1ag3yyxq6q8ri3b365ac\",\"channel_id\":\"wgy5u7dmdidit8aekebs"
     "stktuw\",\"root_id\":\"mf17ucrgspfyjczm9dntxumdec\",\"message\":\"you said: \",\"props\":{\""
     "attachments\":[{\"text\":\"choose\",\"actions\":[{\"id\":\"yes\",\"type\":\"button\",\"name\":\"Ye"
     "s\",\"style\":\"good\",\"integration\":{\"url\":\"/plugins/refplugin/act\",\"context\":{\"v\":\""
     "yes\",\"n\":1,\"f\":1.5,\"b\":true}}}]}]}}"},
    {"08-hooks", "ExecuteCommand", 2,
     "[{\"request_id\":\"mitu4nyk7ifbdygsoobyd3x3bh\",\"ip_address\":\"127.0.0.1\",\"accept_lan"
     "guage\":\"en\",\"user_agent\":\"harness\"},{\"user_id\":\"5mju7wsgzpg4xffi6z3nfynkjy\",\"cha"
     "nnel_id\":\"aj8hcunxq3g18eyd9jxdrmxiua\",\"team_id\":\"3g9bhnpymby68dp9aqfp6g3pfy\",\"tr"
     "igger_id\":\"ytx87ca6bfr78rh9ma3xaje15c\",\"command\":\"/ref some text\",\"site_url\":\"ht"
     "tp://127.0.0.1:39075\"}]"},
    {"09-hooks", "ServeHTTP", 2,
     "[3,{\"method\":\"GET\",\"url\":\"/bench/small?x=1&y=a%20b\",\"proto\":\"HTTP/1.1\",\"proto_ma"
     "jor\":1,\"proto_minor\":1,\"header\":{\"Accept\":[\"text/plain\"],\"Mattermost-User-Id\":[\""
     "q6bitzb9rj8b88xgn51iwftt8c\"]},\"host\":\"example.com\",\"remote_addr\":\"127.0.0.1:9\",\""
     "request_uri\":\"/plugins/refplugin/bench/small?x=1&y=a%20b\"},{\"session_id\":\"sessio"
     "n-q6bitzb9rj8b88xgn51iwftt8c\",\"request_id\":\"bw5ds1a5b7b77xr9s5iyaosoih\",\"ip_addr"
     "ess\":\"127.0.0.1\",\"accept_language\":\"en\"},4]"},
    {"13-api", "KVSetWithOptions", 3,
     "[\"key\",{\"$tail\":[0,9]},{\"atomic\":true,\"expire_in_seconds\":60}]"},
    {"13-api-replies", "LoadPluginConfiguration", 0, "{\"greeting\":\"hi\"}"},
    {"13-api-replies", "KVSetWithOptions", 3, "true"},
    {"13-api-replies", "KVGet", 4, "{\"$tail\":[0,9]}"},
    {"13-api-replies", "KVList", 5, "[\"key\",\"mmi_botid\"]"},
    {"14-api-replies", "GetUser", 3,
     "{\"id\":\"mtwoiy6pmig7xj1fdru4zgoeaa\",\"create_at\":1795407450360,\"update_at\":1795407"
     "450360,\"username\":\"alice\",\"email\":\"alice@example.com\",\"roles\":\"system_user\",\"not"
     "ify_props\":{\"desktop\":\"mention\"},\"locale\":\"en\",\"timezone\":{\"automaticTimezone\":\""
     "\",\"manualTimezone\":\"\",\"useAutomaticTimezone\":\"true\"}}"},
    {"14-api-replies", "GetUser", 4,
     "{\"code\":404,\"message\":\"harness.not_found\",\"data\":{\"id\":\"harness.not_found\",\"mess"
     "age\":\"harness.not_found\",\"status_code\":404,\"where\":\"GetUser\"}}"},
    {"17-api-replies", "GetConfig", 3,
     "{\"ServiceSettings\":{\"SiteURL\":\"http://127.0.0.1:37661\",\"ListenAddress\":\":8065\",\""
     "EnableLinkPreviews\":true,\"EnableCustomEmoji\":true,\"PostEditTimeLimit\":-1,\"Thread"
     "AutoFollow\":true,\"CollapsedThreads\":\"always_on\",\"MaximumPayloadSizeBytes\":300000"
     "},\"TeamSettings\":{\"SiteName\":\"Mattermost\",\"RestrictDirectMessage\":\"any\",\"MaxNoti"
     "ficationsPerChannel\":1000,\"TeammateNameDisplay\":\"username\"},\"FileSettings\":{\"Ena"
     "bleFileAttachments\":true,\"MaxFileSize\":104857600},\"PrivacySettings\":{\"ShowEmailA"
     "ddress\":true,\"ShowFullName\":true},\"LocalizationSettings\":{\"DefaultServerLocale\":"
     "\"en\",\"DefaultClientLocale\":\"en\"},\"ClusterSettings\":{},\"MetricsSettings\":{\"Listen"
     "Address\":\":8067\"},\"PluginSettings\":{\"Enable\":true,\"EnableHealthCheck\":true,\"Dire"
     "ctory\":\"./plugins\",\"Plugins\":{},\"PluginStates\":{\"com.mattermost.calls\":{\"Enable\""
     ":true},\"com.mattermost.nps\":{\"Enable\":true},\"mattermost-ai\":{\"Enable\":true},\"pla"
     "ybooks\":{\"Enable\":true}}}}"},
    {"19-hooks", "OnPluginClusterEvent", 2,
     "[{\"request_id\":\"976baeejsid3ich99z39qf1gqa\",\"ip_address\":\"127.0.0.1\",\"accept_lan"
     "guage\":\"en\",\"user_agent\":\"harness\"},{\"id\":\"ev1\",\"data\":{\"$tail\":[0,7]}}]"},
    {"20-activation-fails", "OnActivate", 1, "{\"code\":500,\"message\":\"asked to fail\"}"},
};

static size_t read_seed(const char *name, uint8_t *out) {
    char path[256];
    snprintf(path, sizeof path, "tests/fuzz/seeds/schema/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        print_error("%s is missing: run the tests in the repository's root\n", path);
    assert_non_null(file);
    size_t len = fread(out, 1, STREAM_MAX_BYTES, file);
    assert_true(len > 1 && len < STREAM_MAX_BYTES);
    fclose(file);
    return len;
}

static void assert_message(const schema_call *call, bool is_answer, const gob_value *body, const char *want) {
    buf json, tail;
    cJSON *error = NULL;
    buf_init(&json, 1 << 20);
    buf_init(&tail, 1 << 20);
    if (is_answer)
        assert_int_equal(schema_reply_to_json(call, body, &json, &tail, &error), OC_OK);
    else
        assert_int_equal(schema_args_to_json(call, body, &json, &tail), OC_OK);
    if (error != NULL)
        assert_int_equal(json_print(error, &json), OC_OK);
    char *text = buf_take_str(&json);
    assert_string_equal(text, want);
    free(text);
    cJSON_Delete(error);
    buf_free(&tail);
}

static void check(const char *seed, const char *name, uint64_t seq, const char *want) {
    static uint8_t stream[STREAM_MAX_BYTES];
    size_t len = read_seed(seed, stream), at = 1;
    bool is_answer = stream[0] == 1, is_found = false;
    const schema_call *call = schema_hook(name) != NULL ? schema_hook(name) : schema_api(name);
    netrpc_reader *reader = netrpc_reader_create(is_answer);
    arena memory;
    arena_init(&memory, ARENA_MAX_BYTES);
    assert_non_null(call);
    for (int i = 0; i < CALLS_MAX && at < len; i++) {
        netrpc_message m;
        size_t used = 0;
        assert_int_equal(netrpc_read(reader, bytes_of(stream + at, len - at), &used, &memory, &m), OC_OK);
        assert_int_equal(m.body_err, OC_OK);
        at += used;
        if (m.seq != seq)
            continue;
        assert_message(call, is_answer, &m.body, want);
        is_found = true;
    }
    assert_true(is_found);
    arena_free(&memory);
    netrpc_reader_destroy(reader);
}

static void recorded_values(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        print_message("%s %s\n", ROWS[i].seed, ROWS[i].call);
        check(ROWS[i].seed, ROWS[i].call, ROWS[i].seq, ROWS[i].want);
    }
}

// What Mattermost sent, given back to our encoder: the value that the host would see is the same.
static void recorded_posts_can_be_sent_again(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const schema_call *call = schema_api(ROWS[i].call);
        if (strcmp(ROWS[i].call, "CreatePost") != 0 || ROWS[i].want[0] != '[')
            continue;
        cJSON *params = NULL;
        char error[128] = "";
        gob_value args, back;
        arena memory;
        buf wire;
        size_t used = 0;
        arena_init(&memory, ARENA_MAX_BYTES);
        buf_init(&wire, 1 << 20);
        assert_int_equal(json_parse(bytes_str(ROWS[i].want), &params), OC_OK);
        oc_err err = schema_args_from_json(call, params, bytes_str(""), &memory, &args, error, sizeof error);
        assert_string_equal(error, "");
        assert_int_equal(err, OC_OK);
        gob_encoder *encoder = gob_encoder_create();
        gob_decoder *decoder = gob_decoder_create();
        assert_int_equal(gob_encode(encoder, call->args, &args, &wire), OC_OK);
        assert_int_equal(gob_decode(decoder, buf_bytes(&wire), &used, &memory, &back, NULL), OC_OK);
        assert_message(call, false, &back, ROWS[i].want);
        gob_decoder_destroy(decoder);
        gob_encoder_destroy(encoder);
        buf_free(&wire);
        arena_free(&memory);
        cJSON_Delete(params);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_values),
        cmocka_unit_test(recorded_posts_can_be_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
