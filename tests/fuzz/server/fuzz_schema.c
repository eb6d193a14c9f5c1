// SPDX-License-Identifier: Apache-2.0
// The translation both ways. The first byte chooses: 0 a recorded stream of calls, 1 one of answers, both from the wire;
// 2 arguments and 3 a reply as JSON from the core, for the call that the second byte names.
// What comes out must be valid: JSON that parses, values that our encoder takes and our decoder gives back.
#include "schema/convert.h"

#include "base/json.h"
#include "wire/netrpc.h"

#include <stdlib.h>

enum { TEXT_MAX_BYTES = 4 << 20, ARENA_MAX_BYTES = 16 << 20 };

static const char PREFIX[] = "Plugin.";
static const uint8_t TAIL[16] = {0};

static void require(bool holds) {
    if (!holds)
        abort();
}

static const schema_call *call_of(bytes method) {
    char name[64] = "";
    size_t skip = sizeof PREFIX - 1;
    if (method.len <= skip || method.len >= sizeof name || memcmp(method.data, PREFIX, skip) != 0)
        return NULL;
    memcpy(name, method.data + skip, method.len - skip);
    const schema_call *call = schema_hook(name);
    return call != NULL ? call : schema_api(name);
}

static const schema_call *call_at(size_t index) {
    size_t hooks = 0;
    while (schema_hook_at(hooks) != NULL)
        hooks++;
    return index < hooks ? schema_hook_at(index) : schema_api_at(index - hooks);
}

static void require_json(const buf *json, const buf *tail) {
    cJSON *value = NULL;
    require(json_parse(buf_bytes(json), &value) == OC_OK);
    require(tail->len <= TEXT_MAX_BYTES);
    cJSON_Delete(value);
}

static void from_wire(bytes in, bool is_reply) {
    netrpc_reader *reader = netrpc_reader_create(is_reply);
    arena memory;
    arena_init(&memory, ARENA_MAX_BYTES);
    netrpc_message m;
    size_t used = 0;
    while (netrpc_read(reader, in, &used, &memory, &m) == OC_OK) {
        in = bytes_of(in.data + used, in.len - used);
        const schema_call *call = call_of(m.method);
        cJSON *error = NULL;
        buf json, tail;
        buf_init(&json, TEXT_MAX_BYTES);
        buf_init(&tail, TEXT_MAX_BYTES);
        oc_err err = OC_ENOTFOUND;
        if (call != NULL && m.body_err == OC_OK && m.error.len == 0)
            err = is_reply ? schema_reply_to_json(call, &m.body, &json, &tail, &error)
                           : schema_args_to_json(call, &m.body, &json, &tail);
        if (err == OC_OK && error == NULL)
            require_json(&json, &tail);
        cJSON_Delete(error);
        buf_free(&json);
        buf_free(&tail);
        arena_reset(&memory);
    }
    arena_free(&memory);
    netrpc_reader_destroy(reader);
}

// The value over the wire and back into JSON.
static void require_sendable(const schema_call *call, bool is_reply, const gob_value *value, arena *memory) {
    const gob_type *type = is_reply ? call->reply : call->args;
    gob_encoder *encoder = gob_encoder_create();
    gob_decoder *decoder = gob_decoder_create();
    buf wire, json, tail;
    gob_value back;
    size_t used = 0;
    cJSON *error = NULL;
    buf_init(&wire, TEXT_MAX_BYTES);
    buf_init(&json, TEXT_MAX_BYTES);
    buf_init(&tail, TEXT_MAX_BYTES);
    oc_err err = gob_encode(encoder, type, value, &wire);
    require(err == OC_OK || err == OC_ELIMIT);
    if (err == OC_OK)
        err = gob_decode(decoder, buf_bytes(&wire), &used, memory, &back, NULL);
    require(err == OC_OK || err == OC_ELIMIT);
    if (err == OC_OK && is_reply)
        err = schema_reply_to_json(call, &back, &json, &tail, &error);
    else if (err == OC_OK)
        err = schema_args_to_json(call, &back, &json, &tail);
    require(err == OC_OK || err == OC_ELIMIT);
    if (err == OC_OK && error == NULL)
        require_json(&json, &tail);
    cJSON_Delete(error);
    buf_free(&tail);
    buf_free(&json);
    buf_free(&wire);
    gob_decoder_destroy(decoder);
    gob_encoder_destroy(encoder);
}

static void from_core(const schema_call *call, bytes text, bool is_reply) {
    cJSON *value = NULL;
    char error_text[128] = "";
    gob_value out;
    arena memory;
    if (call == NULL || json_parse(text, &value) != OC_OK)
        return;
    arena_init(&memory, ARENA_MAX_BYTES);
    bytes tail = bytes_of(TAIL, sizeof TAIL);
    const cJSON *error = json_get(value, "error");
    oc_err err = is_reply
                     ? schema_reply_from_json(call, json_get(value, "result"), error, tail, &memory, &out,
                                              error_text, sizeof error_text)
                     : schema_args_from_json(call, value, tail, &memory, &out, error_text, sizeof error_text);
    require((err == OC_OK) == (error_text[0] == '\0'));
    if (err == OC_OK)
        require_sendable(call, is_reply, &out, &memory);
    arena_free(&memory);
    cJSON_Delete(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    bool is_reply = data[0] % 2 == 1;
    if (data[0] % 4 < 2)
        from_wire(bytes_of(data + 1, size - 1), is_reply);
    else
        from_core(call_at(data[1]), bytes_of(data + 2, size - 2), is_reply);
    return 0;
}
