// SPDX-License-Identifier: Apache-2.0
#include "net/ws_upgrade.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/random.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <strings.h>

static bool url_text_ok(const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '#' || *p == '\\')
            return false;
    }
    return true;
}

static bool port_ok(const char *host, size_t len) {
    const char *colon = NULL;
    for (size_t i = 0; i < len; i++) {
        if (host[i] == ']')
            colon = NULL;
        else if (host[i] == ':' && host[0] != '[')
            colon = host + i;
        else if (host[i] == ':' && i > 0 && host[i - 1] == ']')
            colon = host + i;
    }
    uint64_t port = 1;
    if (colon == NULL)
        return true;
    return colon != host &&
           parse_uint(bytes_of(colon + 1, (size_t)(host + len - colon - 1)), 65535, &port) == OC_OK &&
           port > 0;
}

oc_err ws_url_parse(const char *text, ws_url *out) {
    *out = (ws_url){0};
    bool tls = strncasecmp(text, "wss://", 6) == 0;
    if (!tls && strncasecmp(text, "ws://", 5) != 0)
        return OC_EINVAL;
    const char *host = text + (tls ? 6 : 5);
    size_t host_bytes = strcspn(host, "/?");
    if (host_bytes == 0 || !url_text_ok(text) || memchr(host, '@', host_bytes) != NULL ||
        !port_ok(host, host_bytes))
        return OC_EINVAL;
    const char *rest = host + host_bytes;
    out->tls = tls;
    out->host = xstrndup(host, host_bytes);
    out->path = xasprintf("%s%s", *rest == '/' ? "" : "/", rest);
    out->base = xasprintf("%s://%s", tls ? "https" : "http", out->host);
    return OC_OK;
}

void ws_url_free(ws_url *u) {
    free(u->host);
    free(u->path);
    free(u->base);
    *u = (ws_url){0};
}

void ws_key_create(char key[WS_KEY_BYTES + 1]) {
    uint8_t nonce[16];
    random_bytes(nonce, sizeof nonce);
    EVP_EncodeBlock((unsigned char *)key, nonce, sizeof nonce);
}

void ws_accept_for(const char *key, char accept[WS_ACCEPT_BYTES + 1]) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    char text[WS_KEY_BYTES + sizeof guid + 1];
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};
    size_t key_bytes = strnlen(key, WS_KEY_BYTES);
    memcpy(text, key, key_bytes);
    memcpy(text + key_bytes, guid, sizeof guid - 1);
    (void)EVP_Digest(text, key_bytes + sizeof guid - 1, digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)accept, digest, 20);
}

oc_err ws_upgrade_request(buf *out, const ws_url *url, const char *key, const char *bearer) {
    oc_err err = buf_printf(out,
                            "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n",
                            url->path, url->host, key);
    if (err == OC_OK && bearer != NULL)
        err = buf_printf(out, "Authorization: Bearer %s\r\n", bearer);
    return err == OC_OK ? buf_append_str(out, "\r\n") : err;
}

// One header line "Name: value" whose name is wanted; value without blanks around it.
static bool header_value(bytes line, const char *name, bytes *value) {
    size_t n = strlen(name);
    if (line.len <= n || line.data[n] != ':' || strncasecmp((const char *)line.data, name, n) != 0)
        return false;
    const uint8_t *start = line.data + n + 1, *end = line.data + line.len;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *value = bytes_of(start, (size_t)(end - start));
    return true;
}

static bool is_word(bytes value, const char *word) {
    return value.len == strlen(word) && strncasecmp((const char *)value.data, word, value.len) == 0;
}

// A list such as "keep-alive, Upgrade".
static bool has_word(bytes value, const char *word) {
    size_t start = 0;
    for (size_t i = 0; i <= value.len; i++) {
        if (i < value.len && value.data[i] != ',' && value.data[i] != ' ')
            continue;
        if (is_word(bytes_of(value.data + start, i - start), word))
            return true;
        start = i + 1;
    }
    return false;
}

typedef struct promises {
    bool upgrade, connection, accept, extra;
} promises;

static void read_header(bytes line, const char *accept, promises *p) {
    bytes value;
    if (header_value(line, "Upgrade", &value))
        p->upgrade = is_word(value, "websocket");
    else if (header_value(line, "Connection", &value))
        p->connection = has_word(value, "Upgrade");
    else if (header_value(line, "Sec-WebSocket-Accept", &value))
        p->accept = bytes_is(value, accept);
    else if (header_value(line, "Sec-WebSocket-Extensions", &value) ||
             header_value(line, "Sec-WebSocket-Protocol", &value))
        p->extra = p->extra || value.len > 0; // we asked for none
}

static oc_err read_status(bytes line, int *status) {
    uint64_t code = 0;
    if (line.len < 12 || memcmp(line.data, "HTTP/1.", 7) != 0 || line.data[8] != ' ')
        return OC_EMALFORMED;
    if (parse_uint(bytes_of(line.data + 9, 3), 999, &code) != OC_OK)
        return OC_EMALFORMED;
    *status = (int)code;
    return OC_OK;
}

oc_err ws_upgrade_answer(bytes data, const char *key, ws_answer *out) {
    char accept[WS_ACCEPT_BYTES + 1];
    promises p = {0};
    *out = (ws_answer){0};
    const uint8_t *end = data.len > 0 ? memmem(data.data, data.len, "\r\n\r\n", 4) : NULL;
    if (data.len > 0 && memcmp(data.data, "HTTP/", data.len < 5 ? data.len : 5) != 0)
        return OC_EMALFORMED;
    if (end == NULL)
        return data.len < WS_ANSWER_MAX_BYTES ? OC_EAGAIN : OC_ELIMIT;
    ws_accept_for(key, accept);
    out->head_bytes = (size_t)(end - data.data) + 4;
    for (const uint8_t *line = data.data; line <= end;) {
        const uint8_t *stop = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        bytes text = bytes_of(line, (size_t)(stop - line));
        if (line != data.data)
            read_header(text, accept, &p);
        else if (read_status(text, &out->status) != OC_OK)
            return OC_EMALFORMED;
        line = stop + 2;
    }
    bool fits = p.upgrade && p.connection && p.accept && !p.extra;
    return out->status == 101 && !fits ? OC_EMALFORMED : OC_OK;
}
