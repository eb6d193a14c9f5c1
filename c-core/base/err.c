// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

const char *oc_err_text(oc_err err) {
    switch (err) {
    case OC_OK:
        return "ok";
    case OC_EAGAIN:
        return "not complete yet";
    case OC_EMALFORMED:
        return "malformed input";
    case OC_ELIMIT:
        return "a limit was exceeded";
    case OC_ETYPE:
        return "a value has the wrong type";
    case OC_EINVAL:
        return "invalid input";
    case OC_ENOTFOUND:
        return "not found";
    case OC_EDENIED:
        return "not permitted";
    case OC_ECONFLICT:
        return "changed by somebody else";
    case OC_EREMOTE:
        return "the other side answered with an error";
    case OC_ETIMEOUT:
        return "timed out";
    case OC_ECLOSED:
        return "the connection is closed";
    case OC_EBUSY:
        return "too busy";
    case OC_ENOMEM:
        return "out of memory";
    case OC_ESYS:
        return "the operating system refused";
    }
    return "unknown error";
}
