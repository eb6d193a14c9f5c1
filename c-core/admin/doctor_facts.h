// SPDX-License-Identifier: Apache-2.0
// What the doctor knows when it judges. Gathered by doctor_gather.c; a test writes it by hand. All is borrowed.
#ifndef OC_ADMIN_DOCTOR_FACTS_H
#define OC_ADMIN_DOCTOR_FACTS_H

#include "account/account.h"
#include "admin/doctor_report.h"
#include "chat/chat.h"

// How far a question to somebody else got.
typedef enum doctor_answer {
    DOCTOR_NOT_ASKED, // it makes no sense now: nobody is there to be asked
    DOCTOR_WAITING,   // no answer in time
    DOCTOR_ANSWERED,
    DOCTOR_FAILED, // the answer was an error
} doctor_answer;

enum { DOCTOR_PLACES_MAX = 50, DOCTOR_PEOPLE_MAX = CHAT_USERS_MAX };

typedef struct doctor_place { // a channel that the rules name
    const char *id, *setting;
    doctor_answer asked;
    bool exists, archived, member; // the bot is
} doctor_place;

typedef struct doctor_person { // whom the rules name by id
    const char *id, *setting;
    bool exists, active;
} doctor_person;

typedef struct doctor_ca { // of gateway.ca…: what the administrator gave
    bool given, readable;
    int64_t ends_ms; // the certificate that ends first: wall clock
} doctor_ca;

typedef struct doctor_account {
    const char *id, *bot_username;
    const account_config *rules; // NULL: the account was removed and only finishes what is open
    bool has_gateway, has_control, has_node;
    bool first_with_gateway; // accounts after it share the gateway with it
    gateway_status gateway, control;
    node_status node;
    doctor_ca ca;

    doctor_answer bot_asked;
    bool bot_exists, bot_active, bot_is_bot, bot_is_admin;
    doctor_answer teams_asked;
    size_t teams;
    doctor_answer post_asked; // whether the bot may post, in a channel that it is in
    bool may_post;
    doctor_answer agents_asked;
    const cJSON *agents; // the gateway's answer to agents.list
    doctor_answer people_asked;
    doctor_person people[DOCTOR_PEOPLE_MAX];
    size_t people_count;
    doctor_place places[DOCTOR_PLACES_MAX];
    size_t place_count;
} doctor_account;

typedef struct doctor_machine { // where this process runs
    int64_t wall_ms;
    const char *ca_bundle; // of the system; NULL: there is none
    const char *folder;    // of the program
    bool replaced;         // the program's file is another one now
    bool folder_known;
    int64_t free_bytes;
} doctor_machine;

typedef struct doctor_own { // what the process counts
    size_t open_posts;      // without an outcome
    int64_t oldest_open_ms; // age
    bool works_alone;       // this process does what one of several does (store/lease.h)
    int64_t unwritten;      // records of outcomes that could not be written, since the start
    int64_t cores;          // started since the activation
} doctor_own;

typedef struct doctor_facts {
    doctor_account *accounts;
    size_t account_count;
    bool has_rules;       // the settings can be used
    const char *problems; // why accounts have no bot: Markdown lines; NULL: all have one
    bool quiet;           // another process serves the bots: what only that one knows is left out
    doctor_answer server_asked;
    chat_server_info server;
    chat_connection way;          // to the server
    doctor_answer callback_asked; // the server was made to call us: ANSWERED: it could, FAILED: it could not
    const char *callback_error;
    doctor_answer store_asked;
    const char *store_error; // FAILED: why
    int64_t store_ms;        // how long writing and reading back took
    doctor_machine machine;
    doctor_own own;
} doctor_facts;

#endif
