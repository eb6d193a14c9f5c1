// SPDX-License-Identifier: Apache-2.0
// Keeps an agent from calling everybody. Pure. Follows the server's mention parser (channels/app/mention_parser_standard.go,
// server 11): text outside code is split at everything but letters, digits and ":.-_@"; "@all", "@channel" and "@here" count in
// any case, also in link texts, addresses and written with character references.
#ifndef OC_REPLY_MENTIONS_H
#define OC_REPLY_MENTIONS_H

// The text with a zero-width space behind the "@" of each such mention, which people do not see and the server splits at; in a
// web address the "@" becomes "%40". Code stays as it is. The caller frees it.
char *mentions_defuse(const char *text);

#endif
