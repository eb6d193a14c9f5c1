// SPDX-License-Identifier: Apache-2.0
// systemd's notification socket (sd_notify(3)): one datagram for each piece of news.
#ifndef OC_EXTERNAL_NOTIFY_H
#define OC_EXTERNAL_NOTIFY_H

#include <stdint.h>

// news: lines "READY=1", "STATUS=…" … Nothing happens where nobody listens ($NOTIFY_SOCKET is not set). Does not block.
void external_notify(const char *news);
// How often the watchdog wants to hear of us, in ms; 0: it does not ($WATCHDOG_USEC, $WATCHDOG_PID).
int64_t external_watchdog_ms(void);

#endif
