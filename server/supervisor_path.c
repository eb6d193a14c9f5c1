// SPDX-License-Identifier: Apache-2.0
#include "supervisor_path.h"

#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE "amd64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#error "no release is built for this architecture"
#endif

char *supervisor_path_find(void) {
    char own[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    own[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (slash != NULL)
        *slash = '\0';
    char *path = xasprintf("%s/openclaw-core-linux-" ARCHITECTURE, own);
    if (access(path, F_OK) == 0)
        return path;
    char *plain = xasprintf("%s/openclaw-core", own);
    if (access(plain, F_OK) == 0) {
        free(path);
        return plain;
    }
    free(plain);
    return path;
}

static const char *remedy_of_denied(const char *path) {
    struct statvfs info;
    if (statvfs(path, &info) == 0 && (info.f_flag & ST_NOEXEC) != 0)
        return "the folder is mounted noexec: mount it with exec, or let PluginSettings.Directory name "
               "another folder";
    return "the file may not be executed: chmod 755 it, and check what SELinux or AppArmor say";
}

char *supervisor_path_problem(const char *path, int reason) {
    const char *remedy = "look at the server's limits on processes and memory";
    if (reason == ENOENT || reason == ENOTDIR)
        remedy = "the file is missing: upload the plugin's tarball again";
    else if (reason == EACCES || reason == EPERM)
        remedy = remedy_of_denied(path);
    else if (reason == ENOEXEC)
        remedy = "the file is damaged or made for another processor: upload the plugin's tarball again";
    return xasprintf("%s: %s (errno %d): %s", path, strerror(reason), reason, remedy);
}
