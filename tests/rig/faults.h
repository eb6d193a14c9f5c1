// SPDX-License-Identifier: Apache-2.0
// What goes wrong and when.
#ifndef OC_RIG_FAULTS_H
#define OC_RIG_FAULTS_H

void faults_one(void);  // one fault of chance's choice begins now
void faults_heal(void); // everything that lasts is over
void faults_print(void);
void faults_only(const char *kinds); // comma-separated names; NULL: all

#endif
