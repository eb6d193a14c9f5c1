// SPDX-License-Identifier: Apache-2.0
#include "vectors.h"

#include "reply/tables.h"

#include <stdlib.h>
#include <string.h>

static table_mode mode_of(const char *name) {
    return strcmp(name, "code") == 0      ? TABLES_CODE
           : strcmp(name, "bullets") == 0 ? TABLES_BULLETS
           : strcmp(name, "block") == 0   ? TABLES_BLOCK
                                          : TABLES_OFF;
}

void run_tables(report *r, const cJSON *content) {
    const cJSON *row;
    cJSON_ArrayForEach(row, content) {
        char *got = tables_convert(json_text(row, "markdown"), mode_of(json_text(row, "mode")));
        check_text(r, row, json_string(row, "output"), got);
        free(got);
    }
}
