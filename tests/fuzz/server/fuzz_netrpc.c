// SPDX-License-Identifier: Apache-2.0
// A stream of net/rpc messages; the lowest bit of the first byte says which side reads. Each is written again
// as a response and must read the same.
#include "wire/netrpc.h"

#include "wire_text.h"

#include <stdlib.h>

enum { TREE_MAX_BYTES = 4 << 20, OUT_MAX_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds)
        abort();
}

static void check_answer(netrpc_writer *w, netrpc_reader *client, const netrpc_message *m) {
    arena a;
    buf out;
    netrpc_message back;
    size_t used = 0;
    arena_init(&a, 2 * TREE_MAX_BYTES);
    buf_init(&out, OUT_MAX_BYTES);
    const char *error = m->body_err != OC_OK ? m->body_error : NULL;
    const gob_type *type = m->body_err == OC_OK ? m->body.type : NULL;
    if (netrpc_write_response(w, m->method, m->seq, error, type, &m->body, &out) == OC_OK) {
        check(netrpc_read(client, buf_bytes(&out), &used, &a, &back) == OC_OK);
        check(used == out.len && back.seq == m->seq && bytes_equal(back.method, m->method));
        check(bytes_is(back.error, error != NULL ? error : ""));
    } else {
        check(out.len == 0);
    }
    arena_free(&a);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    bytes in = bytes_of(data + 1, size - 1);
    netrpc_reader *r = netrpc_reader_create((data[0] & 1) != 0), *client = netrpc_reader_create(true);
    netrpc_writer *w = netrpc_writer_create();
    oc_err err = OC_OK;
    while (err == OC_OK) {
        arena a;
        netrpc_message m;
        size_t used = 0;
        arena_init(&a, TREE_MAX_BYTES);
        err = netrpc_read(r, in, &used, &a, &m);
        check((used > 0) == (err == OC_OK));
        if (err == OC_OK)
            check_answer(w, client, &m);
        in = bytes_of(in.data + used, in.len - used);
        arena_free(&a);
    }
    netrpc_writer_destroy(w);
    netrpc_reader_destroy(client);
    netrpc_reader_destroy(r);
    return 0;
}
