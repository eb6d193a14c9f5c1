// SPDX-License-Identifier: Apache-2.0
#include "inbound/edit_wakes.h"

#include "inbound/post_text.h"
#include "inbound/trigger.h"

#include <stdlib.h>

static bool calls(const account *a, const chat_post *post) {
    char *text = post_text(post);
    trigger t = trigger_read(text, a->bot_username, a->config);
    bool called = t.mentioned || t.by_pattern || t.prefixed;
    trigger_free(&t);
    free(text);
    return called;
}

bool edit_wakes(const account *a, const chat_post *now, const chat_post *before) {
    return now->edit_at_ms - now->create_at_ms <= EDIT_WINDOW_MS && now->delete_at_ms == 0 && calls(a, now) &&
           !calls(a, before);
}
