// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration: collected while it is read, so that all of it can be said at once. A sentence never
// repeats a value: values may be secrets.
#ifndef OC_CONFIG_PROBLEMS_H
#define OC_CONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum config_severity {
    CONFIG_ERROR,  // the configuration is not taken
    CONFIG_NOTICE, // it is taken; somebody should know this
} config_severity;

typedef struct config_problem {
    const char
        *setting;   // the setting's name as the System Console knows it ("Advanced", "GatewayURL"), static
    char *key;      // within Advanced: "accounts.work.dmPolicy"; "" otherwise
    int line;       // of the text in that setting, from 1; 0 when there is none
    char *sentence; // goes on behind the name: what is wrong, and what to do
    config_severity severity;
} config_problem;

enum { CONFIG_PROBLEMS_MAX = 24 };
typedef struct config_problems {
    config_problem items[CONFIG_PROBLEMS_MAX]; // errors before notices, each in the order of the text
    size_t count;
    size_t more;   // errors and notices that found no room
    size_t errors; // of all, also of those without room
} config_problems;

// Takes the sentence. key may be NULL.
void config_problem_add(config_problems *p, config_severity severity, const char *setting, const char *key,
                        int line, char *sentence);
void config_problems_free(config_problems *p); // leaves it empty
// "Advanced, line 3, `dmPolicy`": where a problem is. The caller frees it.
char *config_problem_place(const config_problem *p);

#endif
