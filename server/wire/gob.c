// SPDX-License-Identifier: Apache-2.0
#include "wire/gob.h"

const gob_type GOB_T_BOOL = {.kind = GOB_BOOL, .name = "bool"};
const gob_type GOB_T_INT = {.kind = GOB_INT, .name = "int"};
const gob_type GOB_T_UINT = {.kind = GOB_UINT, .name = "uint"};
const gob_type GOB_T_FLOAT = {.kind = GOB_FLOAT, .name = "float"};
const gob_type GOB_T_BYTES = {.kind = GOB_BYTES, .name = "bytes"};
const gob_type GOB_T_STRING = {.kind = GOB_STRING, .name = "string"};
const gob_type GOB_T_COMPLEX = {.kind = GOB_COMPLEX, .name = "complex"};
const gob_type GOB_T_INTERFACE = {.kind = GOB_INTERFACE, .name = "interface"};

const gob_value *gob_get(const gob_value *v, const char *field) {
    if (v == NULL || v->kind != GOB_STRUCT)
        return NULL;
    for (size_t i = 0; i < v->list.count; i++) {
        if (strcmp(v->list.names[i], field) == 0)
            return &v->list.items[i];
    }
    return NULL;
}
