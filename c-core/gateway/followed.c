// SPDX-License-Identifier: Apache-2.0
#include "gateway/followed.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void followed_add(followed *f, const char *run_id) {
    free(f->ids[f->next]);
    f->ids[f->next] = xstrdup(run_id);
    f->next = (f->next + 1) % FOLLOWED_MAX;
}

bool followed_has(const followed *f, const char *run_id) {
    for (size_t i = 0; i < FOLLOWED_MAX; i++) {
        if (f->ids[i] != NULL && strcmp(f->ids[i], run_id) == 0)
            return true;
    }
    return false;
}

void followed_clear(followed *f) {
    for (size_t i = 0; i < FOLLOWED_MAX; i++)
        free(f->ids[i]);
    *f = (followed){.next = 0};
}
