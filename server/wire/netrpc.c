// SPDX-License-Identifier: Apache-2.0
#include "wire/netrpc.h"

#include "base/mem.h"

#include <stdlib.h>

// --- the types of headers, and the body of whom has nothing to say ---

static const gob_field REQUEST_FIELDS[] = {{"ServiceMethod", &GOB_T_STRING}, {"Seq", &GOB_T_UINT}};
static const gob_field RESPONSE_FIELDS[] = {
    {"ServiceMethod", &GOB_T_STRING}, {"Seq", &GOB_T_UINT}, {"Error", &GOB_T_STRING}};
static const char *const HEADER_NAMES[] = {"ServiceMethod", "Seq", "Error"};

static const gob_type REQUEST = {
    .kind = GOB_STRUCT, .name = "Request", .fields = REQUEST_FIELDS, .field_count = 2};
static const gob_type RESPONSE = {
    .kind = GOB_STRUCT, .name = "Response", .fields = RESPONSE_FIELDS, .field_count = 3};
static const gob_type EMPTY = {.kind = GOB_STRUCT, .name = ""};
static const gob_value NOTHING = {.kind = GOB_STRUCT, .type = &EMPTY};

// --- reading ---

// A header is kept until its body is there, with places instead of pointers: the caller's input may move
// meanwhile.
typedef struct header {
    size_t len; // 0: none is kept
    size_t method_at, method_len, error_at, error_len;
    uint64_t seq;
} header;

struct netrpc_reader {
    gob_decoder *decoder;
    header kept;
    bool is_client;
};

netrpc_reader *netrpc_reader_create(bool is_client) {
    netrpc_reader *r = xcalloc(1, sizeof *r);
    r->decoder = gob_decoder_create();
    r->is_client = is_client;
    return r;
}

void netrpc_reader_destroy(netrpc_reader *r) {
    if (r == NULL)
        return;
    gob_decoder_destroy(r->decoder);
    free(r);
}

// A text field's place in the input; absent is empty.
static oc_err text_field(const gob_value *v, const char *name, bytes in, size_t *at, size_t *len) {
    const gob_value *field = gob_get(v, name);
    *at = *len = 0;
    if (field == NULL)
        return OC_OK;
    if (field->kind != GOB_STRING)
        return OC_EMALFORMED;
    *at = (size_t)(field->text.data - in.data);
    *len = field->text.len;
    return OC_OK;
}

static oc_err read_header(netrpc_reader *r, bytes in, arena *a) {
    header h = {0};
    gob_value v;
    oc_err err = gob_decode(r->decoder, in, &h.len, a, &v, NULL);
    if (err != OC_OK)
        return err;
    const gob_value *seq = gob_get(&v, "Seq");
    if (v.kind != GOB_STRUCT || (seq != NULL && seq->kind != GOB_UINT))
        return OC_EMALFORMED;
    h.seq = seq != NULL ? seq->uinteger : 0;
    err = text_field(&v, "ServiceMethod", in, &h.method_at, &h.method_len);
    if (err == OC_OK && r->is_client)
        err = text_field(&v, "Error", in, &h.error_at, &h.error_len);
    if (err == OC_OK)
        r->kept = h;
    return err;
}

oc_err netrpc_read(netrpc_reader *r, bytes in, size_t *used_bytes, arena *a, netrpc_message *out) {
    *used_bytes = 0;
    *out = (netrpc_message){.body = {.kind = GOB_NIL}};
    if (r->kept.len == 0) {
        oc_err err = read_header(r, in, a);
        if (err != OC_OK)
            return err;
    }
    const header h = r->kept;
    if (in.len < h.len)
        return OC_EAGAIN;
    size_t body_len = 0;
    oc_err err = gob_decode(r->decoder, bytes_of(in.data + h.len, in.len - h.len), &body_len, a, &out->body,
                            &out->body_error);
    if (err != OC_OK && body_len == 0)
        return err;
    r->kept = (header){0};
    out->body_err = err;
    out->method = bytes_of(in.data + h.method_at, h.method_len);
    out->error = bytes_of(in.data + h.error_at, h.error_len);
    out->seq = h.seq;
    *used_bytes = h.len + body_len;
    return OC_OK;
}

// --- writing ---

struct netrpc_writer {
    gob_encoder *encoder;
};

netrpc_writer *netrpc_writer_create(void) {
    netrpc_writer *w = xcalloc(1, sizeof *w);
    w->encoder = gob_encoder_create();
    return w;
}

void netrpc_writer_destroy(netrpc_writer *w) {
    if (w == NULL)
        return;
    gob_encoder_destroy(w->encoder);
    free(w);
}

// Header and body, or neither.
static oc_err write_both(netrpc_writer *w, const gob_type *header_type, gob_value *items,
                         const gob_type *type, const gob_value *body, buf *out) {
    gob_value head = {.kind = GOB_STRUCT};
    head.list.names = (const char **)HEADER_NAMES;
    head.list.items = items;
    head.list.count = header_type->field_count;
    size_t out_before = out->len, mark = gob_encoder_mark(w->encoder);
    oc_err err = gob_encode(w->encoder, header_type, &head, out);
    if (err == OC_OK)
        err = gob_encode(w->encoder, type != NULL ? type : &EMPTY, type != NULL ? body : &NOTHING, out);
    if (err != OC_OK) {
        buf_truncate(out, out_before);
        gob_encoder_rewind(w->encoder, mark);
    }
    return err;
}

oc_err netrpc_write_request(netrpc_writer *w, const char *method, uint64_t seq, const gob_type *type,
                            const gob_value *body, buf *out) {
    gob_value items[] = {
        {.kind = GOB_STRING, .text = bytes_str(method)},
        {.kind = GOB_UINT, .uinteger = seq},
    };
    return write_both(w, &REQUEST, items, type, body, out);
}

oc_err netrpc_write_response(netrpc_writer *w, bytes method, uint64_t seq, const char *error,
                             const gob_type *type, const gob_value *body, buf *out) {
    gob_value items[] = {
        {.kind = GOB_STRING, .text = method},
        {.kind = GOB_UINT, .uinteger = seq},
        {.kind = GOB_STRING, .text = bytes_str(error)},
    };
    bool failed = items[2].text.len > 0;
    return write_both(w, &RESPONSE, items, failed ? NULL : type, body, out);
}
