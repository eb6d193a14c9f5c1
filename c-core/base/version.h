// SPDX-License-Identifier: Apache-2.0
// The version of this build; the Makefile defines it.
#ifndef OC_BASE_VERSION_H
#define OC_BASE_VERSION_H

#ifndef OC_VERSION
#define OC_VERSION "0.0.0-dev"
#endif

#endif
