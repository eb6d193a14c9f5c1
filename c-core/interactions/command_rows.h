// SPDX-License-Identifier: Apache-2.0
// For those who write commands: a file of rows for each subject (command_<subject>.c), named below and in command_table.c.
#ifndef OC_INTERACTIONS_COMMAND_ROWS_H
#define OC_INTERACTIONS_COMMAND_ROWS_H

#include "interactions/person.h"
#include "interactions/place.h"

// What somebody is, at the moment of the command. A row names the roles of which one suffices.
typedef enum command_role {
    COMMAND_FOR_NOBODY = 0,
    COMMAND_FOR_EVERYBODY = 1, // active people
    COMMAND_FOR_TALKERS = 2,   // who may talk to the bot in the place where they command
    COMMAND_FOR_OWNERS = 4,    // talkers who are owners of the account
    COMMAND_FOR_APPROVERS = 8, // who may approve pairings of some account
    COMMAND_FOR_ADMINS = 16,   // system administrators
} command_role;

typedef struct command_call command_call; // one that was given, on its way to its answer
typedef struct command_world command_world;

typedef struct command_choice { // for autocomplete
    const char *value;          // NULL: the list ends
    words_key help;
} command_choice;

typedef struct command_row {
    const char *path; // its words: "pairing approve"
    // "<code>" must be there, "[name]" may, "" there is none; one word, but with "..." in it the rest of the line
    const char *argument;
    words_key argument_help; // for autocomplete; WORD_NONE: none
    words_key help;          // one line
    unsigned right;          // command_roles, one of which suffices; 0: nobody
    // It is about the conversation of the place: call->place is there, "bot:<name>" chooses among several bots. When only
    // COMMAND_FOR_ADMINS lets somebody in, place may still be NULL (no bot of ours there).
    bool placed;
    bool native;                   // also /oc_<path>, where commands.native says so
    const command_choice *choices; // of the argument, up to one without a value; NULL: free
    const char *list;              // or the name of a list that the client fetches from us; NULL: none
    void (*run)(command_call *call);
} command_row;

typedef struct command_rows {
    const command_row *rows;
    size_t count;
    const char *word; // that all its paths begin with, for autocomplete; NULL: none
    words_key word_help;
} command_rows;
#define COMMAND_ROWS(table) (table), sizeof(table) / sizeof *(table)

extern const command_rows command_rows_general, command_rows_session, command_rows_display,
    command_rows_settings, command_rows_skill, command_rows_approve, command_rows_find, command_rows_pairing,
    command_rows_admin, command_rows_purge, command_rows_carry;
#define COMMAND_LISTS_PATH "/api/v1/lists"     // of those lists; a name follows
const command_row *commands_row(size_t index); // of all tables; NULL beyond the last one

// What a handler is given. Borrowed until the answer, which each handler gives exactly once, now or later.
struct command_call {
    const command_world *world;
    const command_row *row;
    const char *argument; // "" for none
    person person;        // person.lang: what the answer is written in
    unsigned roles;
    bot_place *place; // of a placed row
    const char *channel_id, *root_id, *team_id;
    const char *trigger_id; // opens a dialog; "" when the command was typed as text
    void *engine;           // commands.c's own
};

typedef struct command_reply { // texts may be marked (words/words.h)
    const char *text;          // Markdown for the person only; "" when nothing is left to say to them
    const cJSON *props;        // of that answer: "attachments" carries buttons; NULL: none
    const char *everybody;     // is posted there by the place's bot, in the thread; NULL: nothing
} command_reply;

void command_answer(command_call *call, const char *text);
// A text of the catalogue, in the language of who commands.
void command_answer_word(command_call *call, words_key key);
// Tells the person to wait; the answer is still owed and comes as a message of its own.
void command_wait(command_call *call, const char *text);
void command_answer_with(command_call *call, const command_reply *reply);

#endif
