// SPDX-License-Identifier: Apache-2.0
// A web server on loopback, on the same event loop as its client: each path has one answer, given as raw bytes.
#ifndef OC_TESTS_FAKE_WEB_H
#define OC_TESTS_FAKE_WEB_H

#include "base/bytes.h"
#include "base/loop.h"

typedef struct fake_web fake_web;

// Listens on 127.0.0.1 on a port of the kernel's choice.
fake_web *fake_web_create(loop *l);
void fake_web_destroy(fake_web *w); // NULL-safe
int fake_web_port(const fake_web *w);

// What a GET of the path is answered with, status line included; then the connection ends, or is held open in silence.
// Other paths are answered with 404. The bytes are copied.
void fake_web_answer(fake_web *w, const char *path, bytes answer, bool hold);
int fake_web_requests(const fake_web *w);
int fake_web_connections(const fake_web *w);
uint64_t fake_web_sent_bytes(const fake_web *w);
const char *fake_web_last(const fake_web *w); // the last request as it came; "" before

#endif
