// SPDX-License-Identifier: Apache-2.0
// What a turn gives to the agent: prompt.h from what was found out.
#include "turn/turn_private.h"

#include "base/mem.h"
#include "base/random.h"
#include "turn/prompt.h"

#include <stdlib.h>

const group_config *turn_group(const turn *t) {
    bool direct = t->channel_type == 'D';
    return direct || t->account->config == NULL ? NULL
                                                : account_group(t->account->config, t->post.channel_id);
}

static prompt_facts facts_of(const turn *t) {
    const account_config *rules = t->account->config;
    const group_config *g = turn_group(t);
    return (prompt_facts){.sender = t->sender,
                          .profile = t->sender_profile,
                          .people = rules != NULL ? rules->people_info : PEOPLE_USERNAME,
                          .channel_name = t->channel_name,
                          .channel_type = t->channel_type,
                          .text = t->text,
                          .files = t->files_text != NULL ? t->files_text : "",
                          .instructions = g != NULL ? g->prompt : "",
                          .buttons =
                              t->world->buttons != NULL && rules != NULL && account_offers_buttons(rules),
                          .reactions = "",
                          .context = t->context,
                          .nonce = ""};
}

void turn_follow(turn *t, turn *later) {
    later->earlier = t;
}

void turn_unfollow(turn *t, turn *later) {
    later->earlier = t->earlier;
}

// Of the whole burst, oldest first.
static char *what_was_said(const turn *t) {
    char *text = xstrdup(t->text);
    for (const turn *e = t->earlier; e != NULL; e = e->earlier) {
        char *longer = xasprintf("%s\n%s", e->text, text);
        free(text);
        text = longer;
    }
    return text;
}

char *turn_message(const turn *t) {
    char nonce[2 * PROMPT_NONCE_BYTES + 1];
    prompt_facts facts = facts_of(t);
    random_hex(nonce, PROMPT_NONCE_BYTES);
    facts.nonce = nonce;
    char *reactions = pending_lines_take(t->world->pending, t->place);
    facts.reactions = reactions != NULL ? reactions : "";
    char *said = what_was_said(t);
    facts.text = said;
    char *message = prompt_message(&facts);
    free(said);
    free(reactions);
    return message;
}

char *turn_system_prompt(const turn *t) {
    const prompt_facts facts = facts_of(t);
    return prompt_system(&facts);
}
