// SPDX-License-Identifier: Apache-2.0
// From facts to findings: one table of checks, each a pure function. To add one: a row in doctor_judge.c, its function in the
// file of its subject, rows in tests/unit/c-core/test_doctor.c, an anchor doctor-<id> in docs/troubleshooting.md.
#ifndef OC_ADMIN_DOCTOR_JUDGE_H
#define OC_ADMIN_DOCTOR_JUDGE_H

#include "admin/doctor_facts.h"

doctor_report *doctor_judge(const doctor_facts *f); // the caller's
// All checks that there are, for documentation and tests; NULL beyond the last one.
const doctor_check_name *doctor_check_at(size_t index);

// --- for the files of checks ---

typedef struct doctor_view { // one check at work
    const doctor_facts *facts;
    const doctor_check_name *check;
    doctor_report *report;
} doctor_view;
typedef void doctor_check(const doctor_view *v);

typedef struct doctor_advice { // what may be left out
    const char *account, *setting, *command;
    words_key remedy;
    const char *code; // the remedy's {code}: what to write into settings
} doctor_advice;
// Takes cause, marked text (words/words.h): most often of words_mark.
void doctor_tell(const doctor_view *v, doctor_level level, const doctor_advice *advice, char *cause);

doctor_check doctor_settings, doctor_bots, doctor_bot_user, doctor_bot_teams, doctor_bot_posts; // _bots.c
doctor_check doctor_address, doctor_tls, doctor_token, doctor_pairing, doctor_scopes, doctor_version,
    doctor_encryption, doctor_ca_given, doctor_gateway_clock; // _gateway.c
doctor_check doctor_agent, doctor_control, doctor_tools, doctor_reach, doctor_mcp,
    doctor_approvals; // _agent.c
doctor_check doctor_direct, doctor_channels, doctor_people, doctor_places, doctor_names,
    doctor_permission; // _access.c
doctor_check doctor_server, doctor_site_url, doctor_files, doctor_uploads, doctor_log, doctor_edits,
    doctor_commands;                                                           // _server.c
doctor_check doctor_way, doctor_stream, doctor_callbacks, doctor_server_clock; // _way.c
doctor_check doctor_store, doctor_lease, doctor_posts, doctor_records, doctor_cores, doctor_bundle,
    doctor_folder, doctor_clock; // _process.c

#endif
