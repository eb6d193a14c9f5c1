// SPDX-License-Identifier: Apache-2.0
#include "store/identity_record.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/secret.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static oc_err seed_from_hex(const char *hex, uint8_t seed[IDENTITY_SEED_BYTES]) {
    if (hex == NULL || strlen(hex) != 2 * IDENTITY_SEED_BYTES)
        return OC_EMALFORMED;
    for (size_t i = 0; i < IDENTITY_SEED_BYTES; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return OC_EMALFORMED;
        seed[i] = (uint8_t)(high << 4 | low);
    }
    return OC_OK;
}

// A JSON object of our version.
static oc_err read_record(bytes value, cJSON **out) {
    *out = NULL;
    if (value.len > IDENTITY_RECORD_MAX_BYTES)
        return OC_EMALFORMED;
    oc_err err = json_parse(value, out);
    if (err == OC_OK && json_int(*out, "v", 0) != IDENTITY_RECORD_VERSION) {
        cJSON_Delete(*out);
        *out = NULL;
        err = OC_EMALFORMED;
    }
    return err;
}

oc_err identity_record_read(bytes value, uint8_t seed[IDENTITY_SEED_BYTES]) {
    cJSON *record = NULL;
    oc_err err = read_record(value, &record);
    if (err == OC_OK)
        err = seed_from_hex(json_string(record, "seed"), seed);
    cJSON_Delete(record);
    return err;
}

oc_err identity_record_write(const uint8_t seed[IDENTITY_SEED_BYTES], buf *out) {
    char hex[2 * IDENTITY_SEED_BYTES + 1];
    for (size_t i = 0; i < IDENTITY_SEED_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", seed[i]);
    oc_err err = buf_printf(out, "{\"v\":%d,\"seed\":\"%s\"}", IDENTITY_RECORD_VERSION, hex);
    secret_wipe(hex, sizeof hex);
    return err;
}

oc_err token_record_read(bytes value, char **token) {
    cJSON *record = NULL;
    *token = NULL;
    oc_err err = read_record(value, &record);
    const char *text = json_text(record, "token");
    if (err == OC_OK && *text == '\0')
        err = OC_EMALFORMED;
    if (err == OC_OK)
        *token = xstrdup(text);
    cJSON_Delete(record);
    return err;
}

oc_err token_record_write(const char *token, buf *out) {
    cJSON *record = json_new_object();
    json_add_int(record, "v", IDENTITY_RECORD_VERSION);
    json_add_string(record, "token", token);
    oc_err err = json_print(record, out);
    cJSON_Delete(record);
    return err;
}

void token_record_key(const char *gateway_url, const char *as, char out[TOKEN_KEY_BYTES]) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256((const uint8_t *)gateway_url, strlen(gateway_url), digest);
    bool run = strcmp(as, "run") == 0;
    int len = snprintf(out, TOKEN_KEY_BYTES, "device_token.%.8s%s", run ? "" : as, run ? "" : ".");
    for (size_t i = 0; i < 16; i++)
        len += snprintf(out + len, TOKEN_KEY_BYTES - (size_t)len, "%02x", digest[i]);
}
