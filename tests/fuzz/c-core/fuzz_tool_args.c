// SPDX-License-Identifier: Apache-2.0
// Arguments of a tool from a model: the first byte chooses the tool. What passes the check keeps to the schema.
#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"
#include "outbound/tool_table.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition) {
    if (!condition)
        abort();
}

static void check_param(const tool_param *p, const cJSON *value) {
    bool known = p->kind != PARAM_WORD;
    switch (p->kind) {
    case PARAM_TEXT:
        must(cJSON_IsString(value) && (int64_t)strlen(value->valuestring) <= p->max);
        break;
    case PARAM_ID:
        must(cJSON_IsString(value) && parse_is_mm_id(value->valuestring));
        break;
    case PARAM_INT:
        must(cJSON_IsNumber(value) && value->valuedouble >= (double)p->min &&
             value->valuedouble <= (double)p->max);
        break;
    case PARAM_FLAG:
        must(cJSON_IsBool(value));
        break;
    case PARAM_WORD:
        for (const char *const *word = p->words; *word != NULL; word++)
            known = known || strcmp(*word, value->valuestring) == 0;
        break;
    }
    must(known);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cJSON *args = NULL;
    if (size == 0 || json_parse(bytes_of(data + 1, size - 1), &args) != OC_OK)
        return 0;
    const tool *t = tool_at((tool_id)(data[0] % TOOL_COUNT));
    char *wrong = tool_check(t, args);
    must(wrong == NULL || (*wrong != '\0' && strlen(wrong) < 1000));
    if (wrong == NULL) {
        size_t known = 0, nulls = 0;
        const cJSON *value = NULL;
        must(cJSON_IsObject(args));
        for (size_t i = 0; i < t->param_count; i++) {
            value = json_get(args, t->params[i].name);
            known += value != NULL;
            must(value != NULL || !t->params[i].required);
            if (value != NULL)
                check_param(&t->params[i], value);
        }
        cJSON_ArrayForEach(value, args) nulls += cJSON_IsNull(value);
        must(known + nulls == (size_t)cJSON_GetArraySize(args)); // nothing unknown, nothing twice
    }
    free(wrong);
    cJSON_Delete(args);
    return 0;
}
