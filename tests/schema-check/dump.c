// SPDX-License-Identifier: Apache-2.0
// The C side of the comparison with Mattermost's own types (main.go).
//   dump tables     the schema tables as JSON. A type is a text: a kind ("string"), "struct:Post", "[]" or "map:" before
//                   another.
//   dump values     exchange.h
//   dump translate  exchange.h
#include "exchange.h"

#include "schema/convert.h"
#include "schema/table.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_MAX_BYTES = 4 << 20 };

static cJSON *structs; // by name, filled on the way

static cJSON *fields_of(const gob_type *type);

static const char *marked_kind(const gob_type *type) {
    if (type == JSON_TEXT)
        return "json";
    if (type == URL_TEXT)
        return "url";
    if (type == TIME)
        return "time";
    if (type == ERROR)
        return "error";
    return type->kind == GOB_INTERFACE ? "any" : NULL;
}

static char *text_of(const gob_type *type) {
    static const char *const KINDS[] = {
        [GOB_BOOL] = "bool",   [GOB_INT] = "int",     [GOB_UINT] = "uint",
        [GOB_FLOAT] = "float", [GOB_BYTES] = "bytes", [GOB_STRING] = "string"};
    const char *marked = marked_kind(type);
    if (marked != NULL)
        return xstrdup(marked);
    if (type->kind == GOB_STRUCT) {
        if (cJSON_GetObjectItemCaseSensitive(structs, type->name) == NULL) {
            json_add(structs, type->name, json_new_bool(false)); // types may hold themselves
            cJSON *fields = fields_of(type);
            cJSON_ReplaceItemInObjectCaseSensitive(structs, type->name, fields);
        }
        return xasprintf("struct:%s", type->name);
    }
    if (type->kind == GOB_SLICE || type->kind == GOB_MAP) {
        char *elem = text_of(type->elem);
        char *text = xasprintf("%s%s", type->kind == GOB_MAP ? "map:" : "[]", elem);
        free(elem);
        return text;
    }
    return xstrdup(KINDS[type->kind]);
}

static cJSON *fields_of(const gob_type *type) {
    cJSON *fields = json_new_array();
    for (size_t i = 0; i < type->field_count; i++) {
        cJSON *field = json_new_object();
        char *text = text_of(type->fields[i].type);
        json_add_string(field, "go", type->fields[i].name);
        json_add_string(field, "json", schema_json_name(&type->fields[i]));
        json_add_string(field, "type", text);
        json_push(fields, field);
        free(text);
    }
    return fields;
}

static void add_call(cJSON *calls, const schema_call *call, const char *side) {
    cJSON *row = json_new_object();
    json_add_string(row, "name", call->name);
    json_add_string(row, "side", side);
    json_add(row, "args", fields_of(call->args));
    json_add(row, "reply", fields_of(call->reply));
    json_push(calls, row);
}

static int print_tables(void) {
    cJSON *all = json_new_object();
    cJSON *calls = json_add_array(all, "calls");
    structs = json_add_object(all, "structs");
    for (size_t i = 0; schema_hook_at(i) != NULL; i++)
        add_call(calls, schema_hook_at(i), "hook");
    for (size_t i = 0; schema_api_at(i) != NULL; i++)
        add_call(calls, schema_api_at(i), "api");
    cJSON *registered = json_add_object(all, "registered");
    for (size_t i = 0; schema_registered_name_at(i) != NULL; i++) {
        char *text = text_of(schema_registered_type(schema_registered_name_at(i)));
        json_add_string(registered, schema_registered_name_at(i), text);
        free(text);
    }
    buf out;
    buf_init(&out, OUT_MAX_BYTES);
    oc_err err = json_print(all, &out);
    if (err == OC_OK)
        fwrite(out.memory + out.start, 1, out.len, stdout);
    buf_free(&out);
    cJSON_Delete(all);
    return err == OC_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *what = argc == 2 ? argv[1] : "";
    if (strcmp(what, "tables") == 0)
        return print_tables();
    if (strcmp(what, "values") == 0)
        return exchange_print_values();
    if (strcmp(what, "translate") == 0)
        return exchange_translate();
    fputs("usage: dump tables|values|translate\n", stderr);
    return 2;
}
