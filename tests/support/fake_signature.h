// SPDX-License-Identifier: Apache-2.0
// The gateway's check of a connect request's v3 signature (gateway-protocol notes §4), written apart from the core's.
#ifndef OC_TESTS_FAKE_SIGNATURE_H
#define OC_TESTS_FAKE_SIGNATURE_H

#include "base/json.h"

bool fake_signature_good(const cJSON *connect_params);

#endif
