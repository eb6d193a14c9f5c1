// SPDX-License-Identifier: Apache-2.0
#include "inbound/trigger.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "config/pattern.h"
#include "inbound/mention.h"
#include "inbound/onchar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_visible(const char *text) {
    return utf8_has_visible(bytes_str(text));
}

// One line that holds the mention and blanks.
static bool lone_mention(const char *raw, const char *bot_username) {
    bytes line = utf8_trim(bytes_str(raw));
    if (*bot_username == '\0' || strpbrk(raw, "\r\n") != NULL || line.len != strlen(bot_username) + 1)
        return false;
    return line.data[0] == '@' && strncasecmp((const char *)line.data + 1, bot_username, line.len - 1) == 0;
}

bool trigger_empty(const char *body, const char *raw, const char *bot_username) {
    return !has_visible(body) && !lone_mention(raw, bot_username);
}

trigger trigger_read(const char *text, const char *bot_username, const account_config *rules) {
    trigger t = {.mentioned = mention_has(text, bot_username),
                 .by_pattern = rules != NULL && pattern_any_matches(rules->mention_patterns, text)};
    const char *said = text;
    if (rules != NULL && rules->chatmode == CHATMODE_ONCHAR) {
        const char *rest = onchar_match(text, rules->onchar_prefixes);
        t.prefixed = rest != NULL;
        said = rest != NULL ? rest : text;
    }
    t.body = mention_strip(said, bot_username);
    t.has_body = !trigger_empty(t.body, text, bot_username);
    if (t.has_body && !has_visible(t.body)) {
        free(t.body);
        t.body = xstrdup(text);
    }
    return t;
}

void trigger_free(trigger *t) {
    free(t->body);
    t->body = NULL;
}

// What groups say about a channel: its own entry before that of "*", flag by flag.
static choice of_groups(const account_config *rules, const char *channel_id) {
    choice everywhere = UNSET;
    for (size_t i = 0; i < rules->group_count; i++) {
        const group_config *g = &rules->groups[i];
        if (strcmp(g->channel_id, channel_id) == 0 && g->require_mention != UNSET)
            return g->require_mention;
        if (strcmp(g->channel_id, "*") == 0)
            everywhere = g->require_mention;
    }
    return everywhere;
}

bool trigger_required(const account_config *rules, const char *channel_id) {
    choice said = of_groups(rules, channel_id);
    if (said != UNSET)
        return said == YES;
    if (rules->chatmode != CHATMODE_UNSET)
        return rules->chatmode != CHATMODE_ONMESSAGE;
    return rules->require_mention != NO;
}

trigger_decision trigger_decide(const trigger_facts *f) {
    trigger_decision d = {.bypass =
                              f->required && !f->mentioned && f->control_command && f->command_authorized};
    d.effective = f->mentioned || f->participant || d.bypass;
    d.skip = f->required && f->can_detect && !d.effective;
    return d;
}
