// SPDX-License-Identifier: Apache-2.0
// Names of what is stored for each account. Pure.
#ifndef OC_STORE_ACCOUNT_KEY_H
#define OC_STORE_ACCOUNT_KEY_H

// "<prefix>.<account>", with a hash where the account's name is long: the server takes 150 characters. The caller frees it.
char *account_key(const char *prefix, const char *account_id);

#endif
