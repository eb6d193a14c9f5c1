// SPDX-License-Identifier: Apache-2.0
#include "external_notify.h"

#include "base/parse.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { US_PER_MS = 1000 };

void external_notify(const char *news) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path != NULL ? strlen(path) : 0;
    if (len < 2 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, len);
    if (path[0] == '@') // in the abstract namespace
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, news, strlen(news), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}

static uint64_t number_in(const char *name) {
    const char *text = getenv(name);
    uint64_t number = 0;
    return text != NULL && parse_uint(bytes_str(text), INT64_MAX, &number) == OC_OK ? number : 0;
}

int64_t external_watchdog_ms(void) {
    uint64_t pid = number_in("WATCHDOG_PID");
    if (pid != 0 && pid != (uint64_t)getpid())
        return 0;
    return (int64_t)(number_in("WATCHDOG_USEC") / US_PER_MS);
}
