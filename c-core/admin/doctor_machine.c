// SPDX-License-Identifier: Apache-2.0
#include "admin/doctor_machine.h"

#include "config/ca.h"
#include "net/net.h"

#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

void doctor_machine_look(doctor_machine *out, char folder[DOCTOR_FOLDER_BYTES], int64_t wall_ms) {
    static const char gone[] = " (deleted)";
    struct statvfs room;
    *out = (doctor_machine){.wall_ms = wall_ms, .ca_bundle = net_system_bundle(), .folder = folder};
    ssize_t got = readlink("/proc/self/exe", folder, DOCTOR_FOLDER_BYTES - 1);
    size_t len = got > 0 ? (size_t)got : 0;
    folder[len] = '\0';
    if (len > sizeof gone && strcmp(folder + len - (sizeof gone - 1), gone) == 0)
        out->replaced = true;
    char *slash = strrchr(folder, '/');
    if (slash == NULL || len == DOCTOR_FOLDER_BYTES - 1)
        return;
    *slash = '\0';
    if (statvfs(*folder != '\0' ? folder : "/", &room) != 0)
        return;
    out->folder_known = true;
    out->free_bytes = (int64_t)room.f_bavail * (int64_t)room.f_frsize;
}

doctor_ca doctor_ca_look(const gateway_config *g) {
    doctor_ca ca = {.given = *g->ca_file != '\0' || *g->ca_pem != '\0'};
    ca.readable = ca.given && ca_first_end(g->ca_file, g->ca_pem, &ca.ends_ms);
    return ca;
}
