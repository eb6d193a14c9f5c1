// SPDX-License-Identifier: Apache-2.0
// Routes for `make bench` and `make interop`; they exist only when OPENCLAW_BENCH=1 is in the server's environment.
#ifndef OC_ADMIN_BENCH_H
#define OC_ADMIN_BENCH_H

#include "admin/http.h"

void bench_small(const admin_http *a, chat_http *r); // "hello <user id>"
void bench_echo(const admin_http *a, chat_http *r);  // the body back, up to 32 MiB
// ?n=N&what=GetUser: N calls one after another: {"GetUser":{n,min_us,p50_us,p90_us,p99_us}}
void bench_api(const admin_http *a, chat_http *r);

#endif
