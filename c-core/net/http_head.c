// SPDX-License-Identifier: Apache-2.0
#include "net/http_head.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 100 };

static const struct {
    int status;
    const char *text;
} STATUSES[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {411, "Length Required"},
    {413, "Payload Too Large"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

const char *http_status_text(int status) {
    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++) {
        if (STATUSES[i].status == status)
            return STATUSES[i].text;
    }
    return "Status";
}

oc_err http_number(bytes text, uint64_t max, uint64_t *out) {
    return parse_uint(text, max, out);
}

void http_head_free(http_head *h) {
    free(h->method);
    free(h->path);
    free(h->query);
    cJSON_Delete(h->header);
    *h = (http_head){.method = NULL};
}

static bool is_token(bytes text) {
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        if (!isalnum(text.data[i]) && (text.data[i] == '\0' || strchr(others, text.data[i]) == NULL))
            return false;
    }
    return text.len > 0;
}

static bytes until(bytes text, char end) {
    const uint8_t *at = text.len > 0 ? memchr(text.data, end, text.len) : NULL;
    return bytes_of(text.data, at != NULL ? (size_t)(at - text.data) : text.len);
}

static bytes behind(bytes text, size_t len) {
    return len < text.len ? bytes_of(text.data + len, text.len - len) : bytes_of(NULL, 0);
}

static char *text_of(bytes text) {
    return xstrndup((const char *)text.data, text.len);
}

static int read_request_line(bytes line, http_head *out) {
    bytes method = until(line, ' '), rest = behind(line, method.len + 1);
    bytes target = until(rest, ' '), version = behind(rest, target.len + 1);
    if (!is_token(method) || target.len == 0 || target.data[0] != '/')
        return 400;
    for (size_t i = 0; i < target.len; i++) {
        if (target.data[i] <= ' ' || target.data[i] >= 0x7f)
            return 400;
    }
    if (!bytes_is(version, "HTTP/1.1") && !bytes_is(version, "HTTP/1.0"))
        return version.len > 5 && memcmp(version.data, "HTTP/", 5) == 0 ? 505 : 400;
    bytes path = until(target, '?');
    out->method = text_of(method);
    out->path = text_of(path);
    out->query = text_of(behind(target, path.len + 1));
    return 200;
}

static bytes trimmed(bytes text) {
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = behind(text, 1);
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static int read_field(bytes line, http_head *out) {
    bytes name = until(line, ':'), value = trimmed(behind(line, name.len + 1));
    if (name.len == line.len || !is_token(name))
        return 400;
    for (size_t i = 0; i < value.len; i++) {
        if ((value.data[i] < ' ' && value.data[i] != '\t') || value.data[i] == 0x7f)
            return 400;
    }
    char *key = text_of(name), *text = text_of(value);
    for (char *c = key; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    const char *before = json_string(out->header, key);
    int status = before != NULL && (strcmp(key, "content-length") == 0) ? 400 : 200;
    if (before != NULL) { // RFC 9110 §5.3: as if it were one list; who reads it must see what came last, too
        char *both = xasprintf("%s, %s", before, text);
        cJSON_DeleteItemFromObjectCaseSensitive(out->header, key);
        json_add_string(out->header, key, both);
        free(both);
    } else {
        json_add_string(out->header, key, text);
    }
    free(key);
    free(text);
    return status;
}

static int judge_body(http_head *out) {
    const char *length = json_string(out->header, "content-length");
    uint64_t bytes_to_come = 0;
    if (json_get(out->header, "transfer-encoding") != NULL)
        return 411;
    if (length != NULL && parse_uint(bytes_str(length), SIZE_MAX / 2, &bytes_to_come) != OC_OK)
        return 400;
    out->body_bytes = (size_t)bytes_to_come;
    return 200;
}

static int read_lines(bytes head, http_head *out) {
    int status = 0;
    for (size_t fields = 0; head.len > 0; fields++) {
        const uint8_t *end = memmem(head.data, head.len, "\r\n", 2);
        bytes line = bytes_of(head.data, end != NULL ? (size_t)(end - head.data) : head.len);
        status = fields == 0           ? read_request_line(line, out)
                 : fields > FIELDS_MAX ? 431
                                       : read_field(line, out);
        if (status != 200)
            return status;
        head = behind(head, line.len + 2);
    }
    return status != 0 ? judge_body(out) : 400;
}

int http_head_read(bytes data, size_t max_bytes, http_head *out) {
    const uint8_t *end = data.len > 0 ? memmem(data.data, data.len, "\r\n\r\n", 4) : NULL;
    size_t len = end != NULL ? (size_t)(end - data.data) : data.len;
    if (len > max_bytes)
        return 431;
    if (end == NULL)
        return 0;
    *out = (http_head){.header = json_new_object(), .bytes = len + 4};
    int status = read_lines(bytes_of(data.data, len), out);
    if (status != 200)
        http_head_free(out);
    return status;
}
