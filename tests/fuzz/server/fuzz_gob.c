// SPDX-License-Identifier: Apache-2.0
// A stream of gob values, in pieces. What decodes is encoded again and must read the same; and what came in
// pieces must be what comes at once.
#include "wire/gob.h"

#include "wire_text.h"

#include <stdlib.h>

enum { TREE_MAX_BYTES = 4 << 20, OUT_MAX_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds)
        abort();
}

// Go leaves zeros out, so a hostile sender's zero fields do not come back: compare from the second encoding
// on.
static void check_round_trip(gob_encoder *e, gob_decoder *d, const gob_value *v) {
    buf out;
    buf_init(&out, OUT_MAX_BYTES);
    if (gob_encode(e, v->type, v, &out) == OC_OK) {
        gob_encoder *e2 = gob_encoder_create();
        gob_decoder *d2 = gob_decoder_create();
        arena a;
        gob_value again, third;
        size_t used = 0, used2 = 0;
        arena_init(&a, 2 * TREE_MAX_BYTES);
        check(gob_decode(d, buf_bytes(&out), &used, &a, &again, NULL) == OC_OK);
        check(used == out.len);
        buf out2;
        buf_init(&out2, OUT_MAX_BYTES);
        check(gob_encode(e2, again.type, &again, &out2) == OC_OK);
        check(gob_decode(d2, buf_bytes(&out2), &used2, &a, &third, NULL) == OC_OK);
        check(used2 == out2.len);
        check(wire_equal(&again, &third));
        buf_free(&out2);
        arena_free(&a);
        gob_decoder_destroy(d2);
        gob_encoder_destroy(e2);
    }
    buf_free(&out);
}

// The next value of a stream that grows by step bytes at a time.
static oc_err decode_slowly(gob_decoder *d, bytes in, size_t step, size_t *used, arena *a, gob_value *out) {
    oc_err err = OC_EAGAIN;
    for (size_t there = 0; err == OC_EAGAIN && there < in.len;) {
        there = in.len - there > step ? there + step : in.len;
        err = gob_decode(d, bytes_of(in.data, there), used, a, out, NULL);
        check(*used <= there);
        check(err != OC_EAGAIN || *used == 0);
    }
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    size_t step = 7 + 8 * (size_t)data[0];
    bytes in = bytes_of(data + 1, size - 1);
    gob_decoder *once = gob_decoder_create(), *slow = gob_decoder_create(), *again = gob_decoder_create();
    gob_encoder *e = gob_encoder_create();
    oc_err err = OC_OK;
    size_t used = 1;
    while (in.len > 0 && used > 0) {
        arena a, a2;
        gob_value v, v2;
        size_t used2 = 0;
        arena_init(&a, TREE_MAX_BYTES);
        arena_init(&a2, 64 * (size_t)TREE_MAX_BYTES);
        err = gob_decode(once, in, &used, &a, &v, NULL);
        oc_err err2 = decode_slowly(slow, in, step, &used2, &a2, &v2);
        if (err == OC_OK) {
            check(err2 == OC_OK && used2 == used && wire_equal(&v, &v2));
            check_round_trip(e, again, &v);
        }
        arena_free(&a);
        arena_free(&a2);
        in = bytes_of(in.data + used, in.len - used);
    }
    gob_encoder_destroy(e);
    gob_decoder_destroy(again);
    gob_decoder_destroy(slow);
    gob_decoder_destroy(once);
    return 0;
}
