// SPDX-License-Identifier: Apache-2.0
#include "link/rpc.h"

#include <inttypes.h>

static bool known_id(const cJSON *root, uint64_t *id) {
    int64_t number = json_int(root, "id", 0);
    const cJSON *item = json_get(root, "id");
    if (number <= 0 || item->valuedouble != (double)number)
        return false;
    *id = (uint64_t)number;
    return true;
}

static oc_err read_request(rpc_envelope *e) {
    size_t len = strlen(e->method);
    if (len == 0 || len > RPC_METHOD_MAX_BYTES)
        return OC_EMALFORMED;
    e->value = json_get(e->root, "params");
    if (e->value != NULL && !cJSON_IsArray(e->value) && !cJSON_IsObject(e->value))
        return OC_EMALFORMED;
    e->kind = cJSON_GetObjectItemCaseSensitive(e->root, "id") != NULL ? RPC_CALL : RPC_NOTIFICATION;
    return e->kind == RPC_NOTIFICATION || known_id(e->root, &e->id) ? OC_OK : OC_EMALFORMED;
}

static oc_err read_answer(rpc_envelope *e) {
    e->value = cJSON_GetObjectItemCaseSensitive(e->root, "result");
    e->error = json_get(e->root, "error");
    if (!known_id(e->root, &e->id) || (e->value == NULL) == (e->error == NULL))
        return OC_EMALFORMED;
    e->kind = e->error == NULL ? RPC_RESULT : RPC_ERROR;
    if (e->kind == RPC_RESULT)
        return OC_OK;
    bool complete = json_string(e->error, "message") != NULL && cJSON_IsNumber(json_get(e->error, "code"));
    return complete ? OC_OK : OC_EMALFORMED;
}

oc_err rpc_parse(bytes text, rpc_envelope *out) {
    rpc_envelope e = {0};
    oc_err err = json_parse(text, &e.root);
    if (err != OC_OK)
        return err;
    const char *version = json_string(e.root, "jsonrpc");
    e.method = json_string(e.root, "method");
    if (version == NULL || strcmp(version, "2.0") != 0)
        err = OC_EMALFORMED;
    else
        err = e.method != NULL ? read_request(&e) : read_answer(&e);
    if (err != OC_OK)
        rpc_free(&e);
    *out = e;
    return err;
}

void rpc_free(rpc_envelope *e) {
    cJSON_Delete(e->root);
    *e = (rpc_envelope){0};
}

oc_err rpc_put_call(buf *out, uint64_t id, const char *method, bytes params_json) {
    oc_err err = buf_append_str(out, "{\"jsonrpc\":\"2.0\",");
    if (err == OC_OK && id != 0)
        err = buf_printf(out, "\"id\":%" PRIu64 ",", id);
    if (err == OC_OK)
        err = buf_printf(out, "\"method\":\"%s\"", method);
    if (err == OC_OK && params_json.len > 0) {
        err = buf_append_str(out, ",\"params\":");
        if (err == OC_OK)
            err = buf_append(out, params_json.data, params_json.len);
    }
    return err == OC_OK ? buf_append_byte(out, '}') : err;
}

oc_err rpc_put_result(buf *out, uint64_t id, bytes result_json) {
    bytes result = result_json.len > 0 ? result_json : bytes_str("null");
    oc_err err = buf_printf(out, "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64 ",\"result\":", id);
    if (err == OC_OK)
        err = buf_append(out, result.data, result.len);
    return err == OC_OK ? buf_append_byte(out, '}') : err;
}

cJSON *rpc_new_error(int code, const char *message, const cJSON *data) {
    cJSON *error = json_new_object();
    json_add_int(error, "code", code);
    json_add_string(error, "message", message);
    if (data != NULL)
        json_add(error, "data", cJSON_Duplicate(data, true));
    return error;
}

oc_err rpc_put_error(buf *out, uint64_t id, int code, const char *message, const cJSON *data) {
    cJSON *error = rpc_new_error(code, message, data);
    oc_err err = buf_printf(out, "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64 ",\"error\":", id);
    if (err == OC_OK)
        err = json_print(error, out);
    if (err == OC_OK)
        err = buf_append_byte(out, '}');
    cJSON_Delete(error);
    return err;
}
