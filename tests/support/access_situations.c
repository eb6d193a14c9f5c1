// SPDX-License-Identifier: Apache-2.0
#include "access_situations.h"

static char *NOBODY[] = {NULL};

static void add_access_group(situation *s, const char *name, bool supported, const char *const *members) {
    s->access_groups[s->rules.access_group_count++] = (access_group){
        .name = (char *)name, .supported = supported, .members = situation_entries(s, members)};
}

void situation_init(situation *s) {
    *s = (situation){.configured = true, .list = NOBODY};
    s->rules = (account_config){
        .dm_policy = DM_PAIRING,
        .group_policy = GROUP_ALLOWLIST,
        .allow_from = NOBODY,
        .group_allow_from = NOBODY,
        .owners = NOBODY,
        .allow_bots = NOBODY,
        .access_groups = s->access_groups,
        .bot_hops = 3,
        .text_commands = true,
        .thread_participation = true,
    };
    s->facts = (access_facts){
        .channel_known = true,
        .channel_id = "here",
        .bot_is_member = true,
        .has_body = true,
        .sender_id = "stranger",
        .sender_name = "sam",
    };
    add_access_group(s, "ops", true, (const char *const[]){"somebody", "user:Alice", NULL});
    add_access_group(s, "odd", false, (const char *const[]){"alice", "*", NULL});
    add_access_group(s, "all", true, (const char *const[]){"*", NULL});
    add_access_group(s, "bots", true, (const char *const[]){"friend", NULL});
}

char **situation_entries(situation *s, const char *const *entries) {
    char **list = &s->entries[s->used];
    for (; *entries != NULL; entries++)
        s->entries[s->used++] = (char *)*entries;
    s->entries[s->used++] = NULL;
    return list;
}

void situation_list(situation *s, const char *word) {
    static const struct {
        const char *word, *first, *second;
    } lists[] = {
        {"nobody", NULL, NULL},
        {"id", "other", "Alice"},
        {"name", "@Alice.A", NULL},
        {"named", "@Alice.A", NULL},
        {"group", "accessGroup:ops", NULL},
        {"nogroup", "other", "accessGroup:nope"},
        {"oddgroup", "accessGroup:odd", "accessGroup:nope"},
        {"anybody", "*", NULL},
        {"anyandid", "*", "user:alice"},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].word, word) == 0) {
            s->rules.name_matching = strcmp(word, "named") == 0;
            s->list = situation_entries(s, (const char *const[]){lists[i].first, lists[i].second, NULL});
            return;
        }
    }
    abort(); // the table is wrong
}

static group_config *add_group(situation *s, const char *id) {
    s->rules.groups = s->groups;
    group_config *g = &s->groups[s->rules.group_count++];
    g->channel_id = (char *)id;
    return g;
}

static void own_lists(situation *s, const char *word) {
    char **anybody = situation_entries(s, (const char *const[]){"*", NULL});
    char **alice = situation_entries(s, (const char *const[]){"alice", NULL});
    s->rules.group_allow_from = anybody;
    if (strcmp(word, "own-id") == 0)
        add_group(s, "here")->allow_from = alice;
    else if (strcmp(word, "own-nobody") == 0)
        add_group(s, "here")->allow_from = NOBODY;
    else if (strcmp(word, "every-id") == 0)
        add_group(s, "*")->allow_from = alice;
    else if (strcmp(word, "elsewhere") == 0)
        add_group(s, "other")->allow_from = alice;
    else if (strcmp(word, "own-any") == 0) {
        add_group(s, "here")->allow_from = anybody;
        s->rules.group_allow_from = NOBODY;
    } else if (strcmp(word, "own-first") == 0) {
        add_group(s, "here")->allow_from = alice;
        add_group(s, "*")->allow_from = anybody;
    } else if (strcmp(word, "own-last") == 0) {
        add_group(s, "*")->allow_from = anybody;
        add_group(s, "here")->allow_from = alice;
    } else if (strcmp(word, "own-unset") == 0) {
        add_group(s, "here");
        add_group(s, "*")->allow_from = alice;
    } else
        abort(); // the table is wrong
}

void situation_group_lists(situation *s, const char *word) {
    if (strcmp(word, "fallback") == 0) {
        s->rules.allow_from = situation_entries(s, (const char *const[]){"alice", NULL});
    } else if (strcmp(word, "other") == 0) {
        s->rules.allow_from = situation_entries(s, (const char *const[]){"alice", NULL});
        s->rules.group_allow_from = situation_entries(s, (const char *const[]){"somebody", NULL});
    } else if (strcmp(word, "other-any") == 0) {
        s->rules.allow_from = situation_entries(s, (const char *const[]){"*", NULL});
        s->rules.group_allow_from = situation_entries(s, (const char *const[]){"somebody", NULL});
    } else if (strncmp(word, "own-", 4) == 0 || strcmp(word, "every-id") == 0 ||
               strcmp(word, "elsewhere") == 0) {
        own_lists(s, word);
    } else {
        situation_list(s, word);
        s->rules.group_allow_from = s->list;
    }
}

choice situation_choice(const char *word) {
    return strncmp(word, "yes", 3) == 0 ? YES : strncmp(word, "no", 2) == 0 ? NO : UNSET;
}

void situation_groups(situation *s, const char *word) {
    static const char *const ids[][2] = {
        {"here=", "here"}, {"every=", "*"}, {"other=", "other"}, {"HERE=", "HERE"}};
    while (strcmp(word, "none") != 0) {
        for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
            if (strncmp(word, ids[i][0], strlen(ids[i][0])) == 0)
                add_group(s, ids[i][1])->require_mention = situation_choice(word + strlen(ids[i][0]));
        }
        word = strchr(word, ',');
        if (word == NULL)
            return;
        word++;
    }
}

void situation_person(situation *s, const char *word) {
    access_facts *f = &s->facts;
    bool alice = strcmp(word, "alice") == 0 || strcmp(word, "visitor") == 0 || strcmp(word, "gone") == 0;
    bool friend = strcmp(word, "friend") == 0 || strcmp(word, "maybe") == 0 || strcmp(word, "liar") == 0;
    f->sender_known = strcmp(word, "ghost") != 0 && strcmp(word, "maybe") != 0;
    f->sender_id = alice ? "alice" : friend ? "friend" : strcmp(word, "bot") == 0 ? "robot" : "stranger";
    f->sender_name = alice ? "Alice.a" : friend ? "friend.bot" : "sam";
    f->paired = strcmp(word, "paired") == 0;
    f->sender_is_guest = strcmp(word, "guest") == 0 || strcmp(word, "visitor") == 0;
    f->sender_is_bot = strcmp(word, "bot") == 0 || strcmp(word, "friend") == 0;
    f->sender_deactivated = strcmp(word, "gone") == 0;
    if (friend)
        s->rules.allow_bots = situation_entries(s, (const char *const[]){"friend", NULL});
}
