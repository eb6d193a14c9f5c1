// SPDX-License-Identifier: Apache-2.0
// An agent's answer with presentations in it: limits hold, and what is shown while it grows has no block in it.
#include "base/mem.h"
#include "reply/presentation.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition) {
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = xstrndup((const char *)data, size);
    cJSON *objects = json_new_array();
    char *left = presentation_extract(text, true, objects),
         *growing = presentation_extract(text, false, NULL);
    must(strlen(left) <= strlen(text) && strlen(growing) <= strlen(text));
    presentation *p = presentation_read(left, objects, cJSON_GetArrayItem(objects, 0));
    must(p->count <= PRESENTATION_ITEMS_MAX);
    for (size_t i = 0; i < p->count; i++) {
        const presentation_item *item = &p->items[i];
        must(item->label != NULL && *item->label != '\0');
        must((item->kind == PRESENTATION_MENU) == (item->option_count > 0));
        must(item->option_count <= PRESENTATION_OPTIONS_MAX);
    }
    presentation_free(p);
    free(growing);
    free(left);
    free(text);
    cJSON_Delete(objects);
    return 0;
}
