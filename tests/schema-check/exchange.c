// SPDX-License-Identifier: Apache-2.0
#include "exchange.h"

#include "schema/convert.h"
#include "schema_values.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_MAX_BYTES = 64 << 20, TEXT_MAX_BYTES = 16 << 20, NESTING = 4 };

typedef enum part { PART_ARGS, PART_REPLY, PART_ERROR } part;
static const char *const PARTS[] = {"args", "reply", "error"};

static void print_hex(const char *key, bytes content) {
    printf(",\"%s\":\"", key);
    for (size_t i = 0; i < content.len; i++)
        printf("%02x", content.data[i]);
    putchar('"');
}

// One line; false when the translation fails.
static bool print_value(const char *side, const schema_call *call, part p, const gob_value *value,
                        bytes gob) {
    buf json, tail;
    cJSON *error = NULL;
    buf_init(&json, TEXT_MAX_BYTES);
    buf_init(&tail, TEXT_MAX_BYTES);
    oc_err err = p == PART_ARGS ? schema_args_to_json(call, value, &json, &tail)
                                : schema_reply_to_json(call, value, &json, &tail, &error);
    if (err == OC_OK && error != NULL)
        err = json_print(error, &json);
    bytes text = buf_bytes(&json);
    if (err == OC_OK) {
        printf("{\"side\":\"%s\",\"call\":\"%s\",\"part\":\"%s\",\"json\":%.*s", side, call->name, PARTS[p],
               (int)text.len, (const char *)text.data);
        print_hex("tail", buf_bytes(&tail));
        print_hex("gob", gob);
        puts("}");
    } else {
        fprintf(stderr, "%s %s %s: %s\n", side, call->name, PARTS[p], oc_err_text(err));
    }
    cJSON_Delete(error);
    buf_free(&tail);
    buf_free(&json);
    return err == OC_OK;
}

static bool print_full(const char *side, const schema_call *call, part p) {
    arena memory;
    buf wire;
    arena_init(&memory, ARENA_MAX_BYTES);
    buf_init(&wire, TEXT_MAX_BYTES);
    const gob_type *type = p == PART_ARGS ? call->args : call->reply;
    gob_value value = p == PART_ARGS ? schema_full_value(&memory, type, NESTING)
                                     : schema_full_reply(&memory, type, p == PART_ERROR, NESTING);
    bool ok = true;
    if (p != PART_ERROR || value.list.count > 0) {
        gob_encoder *encoder = gob_encoder_create();
        ok = gob_encode(encoder, type, &value, &wire) == OC_OK &&
             print_value(side, call, p, &value, buf_bytes(&wire));
        gob_encoder_destroy(encoder);
    }
    buf_free(&wire);
    arena_free(&memory);
    return ok;
}

int exchange_print_values(void) {
    bool ok = true;
    for (part p = PART_ARGS; p <= PART_ERROR; p++) {
        for (size_t i = 0; schema_hook_at(i) != NULL; i++)
            ok = print_full("hook", schema_hook_at(i), p) && ok;
        for (size_t i = 0; schema_api_at(i) != NULL; i++)
            ok = print_full("api", schema_api_at(i), p) && ok;
    }
    return ok ? 0 : 1;
}

static int digit_of(char c) {
    static const char DIGITS[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(DIGITS, c) : NULL;
    return at != NULL ? (int)(at - DIGITS) : -1;
}

static bool read_hex(const char *text, buf *out) {
    for (; text[0] != '\0' && text[1] != '\0'; text += 2) {
        int high = digit_of(text[0]), low = digit_of(text[1]);
        if (high < 0 || low < 0 || buf_append_byte(out, (uint8_t)(high * 16 + low)) != OC_OK)
            return false;
    }
    return text[0] == '\0';
}

static bool translate(const char *side, const char *name, const char *part_name, const char *hex) {
    const schema_call *call = strcmp(side, "hook") == 0 ? schema_hook(name) : schema_api(name);
    part p = strcmp(part_name, "args") == 0    ? PART_ARGS
             : strcmp(part_name, "reply") == 0 ? PART_REPLY
                                               : PART_ERROR;
    gob_decoder *decoder = gob_decoder_create();
    const char *why = "not found";
    gob_value value;
    size_t used = 0;
    arena memory;
    buf wire;
    arena_init(&memory, ARENA_MAX_BYTES);
    buf_init(&wire, TEXT_MAX_BYTES);
    bool ok = call != NULL && read_hex(hex, &wire) &&
              gob_decode(decoder, buf_bytes(&wire), &used, &memory, &value, &why) == OC_OK &&
              print_value(side, call, p, &value, bytes_of(NULL, 0));
    if (!ok)
        fprintf(stderr, "%s %s %s cannot be translated: %s\n", side, name, part_name, why != NULL ? why : "");
    buf_free(&wire);
    arena_free(&memory);
    gob_decoder_destroy(decoder);
    return ok;
}

int exchange_translate(void) {
    char *line = NULL;
    size_t size = 0;
    bool ok = true;
    while (getline(&line, &size, stdin) > 0) {
        char *words[4] = {0}, *rest = line;
        line[strcspn(line, "\n")] = '\0';
        for (size_t i = 0; i < 4 && rest != NULL; i++)
            words[i] = strsep(&rest, " ");
        ok = words[3] != NULL && translate(words[0], words[1], words[2], words[3]) && ok;
    }
    free(line);
    return ok ? 0 : 1;
}
