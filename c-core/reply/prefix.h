// SPDX-License-Identifier: Apache-2.0
// What stands before each answer (responsePrefix; reference-behaviour notes §6.10). Pure.
#ifndef OC_REPLY_PREFIX_H
#define OC_REPLY_PREFIX_H

// What its placeholders stand for; NULL or "" when unknown: then the placeholder stays as written.
typedef struct prefix_facts {
    const char *provider, *model; // model as the gateway names it
    const char *thinking;         // the level
    const char *identity;         // the bot's name
} prefix_facts;

// The prefix with {model}, {modelFull}, {provider}, {thinkingLevel}, {think}, {identity.name} and {identityName} filled in, their
// names in any case; "auto" is "[<name>]". The caller frees it.
char *prefix_fill(const char *prefix, const prefix_facts *facts);
// "<prefix> <text>", unless the text begins with it already, or one of them is empty. The caller frees it.
char *prefix_put(const char *prefix, const char *text);

#endif
