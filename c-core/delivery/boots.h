// SPDX-License-Identifier: Apache-2.0
// Which starts of gateways earlier processes of this node have talked to: their boot ids in one text, youngest first. It
// stands in the watermark. Pure.
#ifndef OC_DELIVERY_BOOTS_H
#define OC_DELIVERY_BOOTS_H

// boots with boot_id in front, the oldest dropped when there are too many. The caller frees it.
char *boots_add(const char *boots, const char *boot_id);
// boot_id when it is among them: that gateway was not restarted since. Else something that is no boot id of a gateway in
// use, "" when none is known at all. Borrowed.
const char *boots_match(const char *boots, const char *boot_id);

#endif
