// SPDX-License-Identifier: Apache-2.0
// Bytes and gob values as text that a test's table can hold.
#ifndef OC_TESTS_WIRE_TEXT_H
#define OC_TESTS_WIRE_TEXT_H

#include "wire/gob.h"

// Appends the bytes of a notation: hex digits, "text" in quotes, white space as one likes. Aborts on anything
// else.
void wire_bytes(const char *notation, buf *out);

// Appends a value: true, -5, 7u, 1.5f, (1,-2)c, "text", b"bytes", o"opaque", nil, [a b], map[k:v k:v],
// Name{Field:v Field:v}, <registered name>v. Bytes that are not printable are written as \xx.
void wire_show(const gob_value *v, buf *out);

// True when both are the same in all that the wire tells; struct fields stand in the same order.
bool wire_equal(const gob_value *a, const gob_value *b);

#endif
