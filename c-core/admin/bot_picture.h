// SPDX-License-Identifier: Apache-2.0
// The bot's profile picture: assets/icon.svg as a PNG of 128 × 128.
#ifndef OC_ADMIN_BOT_PICTURE_H
#define OC_ADMIN_BOT_PICTURE_H

#include "base/bytes.h"

#define BOT_PICTURE_VERSION "1" // rises when the picture changes

bytes bot_picture_png(void); // static

#endif
