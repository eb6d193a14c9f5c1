// SPDX-License-Identifier: Apache-2.0
// Allocation of small things whose size we choose. Out of memory here ends the process with one line on
// standard error: there is nothing useful left to do, and both processes are restarted by their supervisor.
// What a stranger can size is allocated through buf.h or arena.h, which have a maximum and return an error.
#ifndef OC_BASE_MEM_H
#define OC_BASE_MEM_H

#include <stddef.h>

// Never return NULL. Free with free().
void *xmalloc(size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *old, size_t size_bytes) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull)); // NULL counts as ""
char *xstrndup(const char *text, size_t length_bytes) __attribute__((malloc, returns_nonnull));
// Formatted text of any length; the caller frees it.
char *xasprintf(const char *format, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

#endif
