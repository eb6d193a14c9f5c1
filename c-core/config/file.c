// SPDX-License-Identifier: Apache-2.0
#include "config/file.h"

#include "base/mem.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Up to one byte more than allowed, so that too much is seen.
static ssize_t read_all(int fd, char *to, size_t max_bytes) {
    size_t len = 0;
    while (len <= max_bytes) {
        ssize_t got = read(fd, to + len, max_bytes + 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

char *file_read(const char *path, size_t max_bytes, const char **wrong, int *error_number) {
    struct stat about;
    char *content = NULL;
    ssize_t len = -1;
    *wrong = "names a file that cannot be read";
    *error_number = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &about) != 0) {
        *error_number = errno;
        goto out;
    }
    if (!S_ISREG(about.st_mode)) {
        *wrong = "names something that is no regular file";
        goto out;
    }
    content = xmalloc(max_bytes + 2);
    len = read_all(fd, content, max_bytes);
    if (len < 0) {
        *error_number = errno;
    } else if ((size_t)len > max_bytes) {
        *wrong = "names a file that is too long";
        len = -1;
    } else {
        content[len] = '\0';
        *wrong = memchr(content, '\0', (size_t)len) != NULL ? "names a file that is no text" : NULL;
    }
out:
    if (fd >= 0)
        close(fd);
    if (*wrong == NULL)
        return content;
    if (content != NULL && len > 0)
        secret_wipe(content, (size_t)len);
    free(content);
    return NULL;
}

void file_free(char *content) {
    if (content == NULL)
        return;
    secret_wipe(content, strlen(content));
    free(content);
}
