// SPDX-License-Identifier: Apache-2.0
// Random bytes behind a seam, so that a test can be repeated from its seed.
#ifndef OC_BASE_RANDOM_H
#define OC_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

// Unpredictable bytes from the kernel (getrandom). Does not fail: without them the process ends.
void random_bytes(void *out, size_t len);
// Lower-case hex of byte_count random bytes; out has room for 2 * byte_count + 1.
void random_hex(char *out, size_t byte_count);
// Uniform in [0, below); below > 0. For jitter.
uint32_t random_below(uint32_t below);
// Makes the sequence repeat from a seed, for tests only. 0 goes back to the kernel's.
void random_seed_for_test(uint64_t seed);

#endif
