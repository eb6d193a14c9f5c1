// SPDX-License-Identifier: Apache-2.0
// A turn whose message may answer a question of the agent instead of being put to it.
#include "turn/turn_private.h"

#include "base/mem.h"

#include <stdlib.h>

// Reactions and clicks say nothing of a person's own; bots answer no questions.
bool turn_says(const turn *t, question_said *out, char **text) {
    if (t->state != TURN_QUEUED || !t->by_person || t->quiet ||
        (t->event != ACCESS_POST && t->event != ACCESS_EDIT))
        return false;
    *text = xstrdup(t->text);
    for (const turn *before = t->earlier; before != NULL; before = before->earlier) {
        char *both = xasprintf("%s\n%s", before->text, *text);
        free(*text);
        *text = both;
    }
    *out = (question_said){.account = t->account,
                           .place = t->place,
                           .run_id = "",
                           .channel_id = t->post.channel_id,
                           .post_id = t->post.id,
                           .user_id = t->post.user_id,
                           .username = t->username,
                           .text = *text,
                           .with_files = cJSON_GetArraySize(t->post.file_ids) > 0,
                           .again = t->post.again,
                           .at_ms = t->post.create_at_ms};
    return true;
}

void turn_heard(turn *t, const char *sentence, outcome_reason reason) {
    char *said = words_in(chat_lang(t->world->chat, t->post.user_id), sentence);
    turn_tell(t, said, NULL, reason);
    free(said);
}

char *turn_run_id(const turn *t) {
    return xasprintf(TURN_RUN_PREFIX "%s", t->id);
}
