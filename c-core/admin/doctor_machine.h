// SPDX-License-Identifier: Apache-2.0
// Facts that the machine gives at once.
#ifndef OC_ADMIN_DOCTOR_MACHINE_H
#define OC_ADMIN_DOCTOR_MACHINE_H

#include "admin/doctor_facts.h"

enum { DOCTOR_FOLDER_BYTES = 512 };

// out->folder points into folder afterwards. Reads a link and a file system's numbers: quick.
void doctor_machine_look(doctor_machine *out, char folder[DOCTOR_FOLDER_BYTES], int64_t wall_ms);
doctor_ca doctor_ca_look(const gateway_config *g); // reads the file that is named: a small local one

#endif
