// SPDX-License-Identifier: Apache-2.0
#include "reply/prefix.h"

#include "base/buf.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

enum { PREFIX_MAX_BYTES = 4096 };

// "openai/gpt-9-20260102" → "gpt-9": without provider, date and "-latest".
static char *short_model(const char *model) {
    const char *slash = strrchr(model, '/');
    char *name = xstrdup(slash != NULL ? slash + 1 : model);
    size_t len = strlen(name), digits = 0;
    while (digits < len && isdigit((unsigned char)name[len - 1 - digits]) != 0)
        digits++;
    if (digits == 8 && len > 9 && name[len - 9] == '-')
        len -= 9;
    name[len] = '\0';
    if (len > 7 && strcmp(name + len - 7, "-latest") == 0)
        name[len - 7] = '\0';
    return name;
}

static bool known(const char *fact) {
    return fact != NULL && *fact != '\0';
}

// What the placeholder stands for; NULL when that is unknown. The caller frees it.
static char *value_of(const char *name, size_t len, const prefix_facts *f) {
    const struct placeholder {
        const char *name, *value;
    } plain[] = {
        {"provider", f->provider},      {"thinkinglevel", f->thinking}, {"think", f->thinking},
        {"identity.name", f->identity}, {"identityname", f->identity},
    };
    if (len == 5 && strncasecmp(name, "model", len) == 0)
        return known(f->model) ? short_model(f->model) : NULL;
    if (len == 9 && strncasecmp(name, "modelfull", len) == 0)
        return known(f->model) && known(f->provider) ? xasprintf("%s/%s", f->provider, f->model) : NULL;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strlen(plain[i].name) == len && strncasecmp(name, plain[i].name, len) == 0)
            return known(plain[i].value) ? xstrdup(plain[i].value) : NULL;
    }
    return NULL;
}

static oc_err fill(const char *prefix, const prefix_facts *f, buf *out) {
    oc_err err = OC_OK;
    for (const char *at = prefix; err == OC_OK && *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        char *value = end != NULL ? value_of(at + 1, (size_t)(end - at - 1), f) : NULL;
        err = value != NULL ? buf_append_str(out, value) : buf_append_byte(out, (uint8_t)*at);
        at = value != NULL ? end + 1 : at + 1;
        free(value);
    }
    return err;
}

char *prefix_fill(const char *prefix, const prefix_facts *facts) {
    buf out;
    if (strcmp(prefix, "auto") == 0)
        return known(facts->identity) ? xasprintf("[%s]", facts->identity) : xstrdup("");
    buf_init(&out, PREFIX_MAX_BYTES);
    if (fill(prefix, facts, &out) != OC_OK) // an absurdly long one: as it is written
        buf_clear(&out);
    if (out.len == 0) {
        buf_free(&out);
        return xstrdup(prefix);
    }
    return buf_take_str(&out);
}

char *prefix_put(const char *prefix, const char *text) {
    size_t len = strlen(prefix);
    if (len == 0 || *text == '\0' || strncmp(text, prefix, len) == 0)
        return xstrdup(text);
    return xasprintf("%s %s", prefix, text);
}
