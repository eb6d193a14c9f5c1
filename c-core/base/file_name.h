// SPDX-License-Identifier: Apache-2.0
// Names of files that strangers chose, made fit to store, to show and to send on. Pure.
#ifndef OC_BASE_FILE_NAME_H
#define OC_BASE_FILE_NAME_H

#include "base/bytes.h"

enum { FILE_NAME_MAX_RUNES = 120 };

// The last part of a path in either notation, without control characters, signs that turn text around, and characters that
// file systems or Markdown give a meaning; cut to FILE_NAME_MAX_RUNES with its extension kept. The caller's; "" when nothing
// is left.
char *file_name_clean(bytes raw);
// The same with an extension for the content type, when it has none and the type is a common one. "file" when empty.
char *file_name_for_type(bytes raw, const char *content_type);

// The name in a Content-Disposition header (RFC 6266), not clean yet; the caller's. NULL when there is none.
char *file_name_of_disposition(const char *header);

#endif
