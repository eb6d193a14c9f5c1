// SPDX-License-Identifier: Apache-2.0
#include "interactions/approval_form.h"

#include <string.h>

static bool is_listed(const char *const *list, const char *id) {
    for (; *list != NULL; list++) {
        if (strcmp(*list, id) == 0)
            return true;
    }
    return false;
}

size_t approval_places(const approval_facts *f, ask_place out[ASK_POSTS_MAX]) {
    size_t count = 0;
    // A direct message is asked in where its person may decide; nobody else reads it.
    bool own = f->kind == CHAT_DIRECT && is_listed(f->approvers, f->user_id);
    bool there = own || (f->target != APPROVALS_DM && f->kind != CHAT_DIRECT && f->approver_there);
    out[count++] = (ask_place){.channel_id = f->channel_id,
                               .root_id = f->root_id,
                               .user_id = f->user_id,
                               .reader_id = f->kind == CHAT_DIRECT ? f->user_id : "",
                               .text = there ? f->request : f->notice,
                               .plain = there ? f->plain : NULL,
                               .with_buttons = there};
    for (size_t i = 0; f->approvers[i] != NULL && i < APPROVERS_ASKED_MAX; i++) {
        bool direct = !there || own || f->target == APPROVALS_BOTH;
        if (direct && !(own && strcmp(f->approvers[i], f->user_id) == 0))
            out[count++] = (ask_place){.channel_id = "",
                                       .root_id = "",
                                       .user_id = f->approvers[i],
                                       .reader_id = f->approvers[i],
                                       .text = f->request,
                                       .plain = f->plain,
                                       .with_buttons = true};
    }
    return count;
}

size_t approval_actions(const gateway_approval *a, button_action out[APPROVAL_DECISIONS]) {
    const button_action all[APPROVAL_DECISIONS] = {
        [APPROVAL_ALLOW_ONCE] = {.id = "allow-once",
                                 .label = words_marked(WORD_APPROVAL_ALLOW_ONCE),
                                 .style = "primary"},
        [APPROVAL_ALLOW_ALWAYS] = {.id = "allow-always", .label = words_marked(WORD_APPROVAL_ALLOW_ALWAYS)},
        [APPROVAL_DENY] = {.id = "deny", .label = words_marked(WORD_APPROVAL_DENY), .style = "danger"},
    };
    size_t count = 0;
    for (int d = 0; d < APPROVAL_DECISIONS; d++) {
        if (a->allowed[d])
            out[count++] = all[d];
    }
    return count;
}

int approval_decision_find(const char *name) {
    static const char *const shorts[APPROVAL_DECISIONS] = {"once", "always", "deny"};
    for (int d = 0; d < APPROVAL_DECISIONS; d++) {
        if (strcmp(name, shorts[d]) == 0 || strcmp(name, approval_decision_name((approval_decision)d)) == 0)
            return d;
    }
    return -1;
}

approval_decision approval_end_decision(approval_end end) {
    switch (end) {
    case APPROVAL_ALLOWED_ONCE:
        return APPROVAL_ALLOW_ONCE;
    case APPROVAL_ALLOWED_ALWAYS:
        return APPROVAL_ALLOW_ALWAYS;
    case APPROVAL_DENIED:
        return APPROVAL_DENY;
    case APPROVAL_EXPIRED:
    case APPROVAL_GONE:
        break;
    }
    return APPROVAL_DECISIONS;
}
