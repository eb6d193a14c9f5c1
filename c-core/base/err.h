// SPDX-License-Identifier: Apache-2.0
// The project's one error enum. Zero is success.
#ifndef OC_BASE_ERR_H
#define OC_BASE_ERR_H

typedef enum oc_err {
    OC_OK = 0,
    OC_EAGAIN,     // not complete yet: call again when there is more
    OC_EMALFORMED, // foreign bytes break the rules of their format
    OC_ELIMIT,     // a maximum would be exceeded
    OC_ETYPE,      // a value is of another kind than wanted
    OC_EINVAL,     // the caller's or the administrator's input is not allowed
    OC_ENOTFOUND,  // no such thing
    OC_EDENIED,    // not permitted
    OC_ECONFLICT,  // somebody else changed it first
    OC_EREMOTE,    // the peer answered with an error of its own
    OC_ETIMEOUT,   // the limit of a wait ran out
    OC_ECLOSED,    // the connection or process at the other end is gone
    OC_EBUSY,      // a queue is full: try later
    OC_ENOMEM,     // out of memory for something a stranger sized
    OC_ESYS,       // the operating system refused: errno says why
} oc_err;

// A short lower-case sentence for people, never NULL.
const char *oc_err_text(oc_err err);

#define OC_MUST_CHECK __attribute__((warn_unused_result))

#endif
