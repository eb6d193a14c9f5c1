// SPDX-License-Identifier: Apache-2.0
// What the agent is given. Pure. Strangers' text is in the message and nowhere else; the system prompt holds our own
// words and, as escaped JSON, names from Mattermost's restricted alphabets (gateway-protocol notes §6, §15).
#ifndef OC_TURN_PROMPT_H
#define OC_TURN_PROMPT_H

typedef struct prompt_facts {
    const char *sender_name;  // user name
    const char *channel_name; // URL name
    char channel_type;
    const char *text;
    int file_count; // attached files, which the agent cannot see yet
} prompt_facts;

// "name: text". The name in front also keeps a text from being read as a command. The caller frees both.
char *prompt_message(const prompt_facts *f);
char *prompt_system(const prompt_facts *f);

#endif
